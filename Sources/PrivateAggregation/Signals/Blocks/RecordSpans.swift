// RecordSpans.swift: where unit and keys stand in a batch of records without quotes.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Where a field begins and ends in a piece.
struct FieldSpan {
  let begin: UInt32
  let end: UInt32

  /// The number of bytes.
  @inline(__always)
  var count: Int { Int(end &- begin) }

  /// The bytes, in the piece in which they stand.
  @inline(__always)
  func slice(of bytes: UnsafePointer<UInt8>) -> ByteSlice {
    ByteSlice(base: bytes + Int(begin), count: count)
  }
}

/// Where the unit and the keys stand in a batch of records, which can so be gone through column by
/// column.
struct RecordSpans {
  /// The most records of a batch.
  static let batch = 64

  /// The field of the unit, then those of the keys, in the file at hand.
  private let fields: UnsafeMutablePointer<Int>
  private let fieldCount: Int
  /// For each of these fields the spans of a batch.
  private let spans: UnsafeMutablePointer<FieldSpan>
  /// The records that were taken.
  private(set) var count = 0

  init(keyCount: Int) {
    fieldCount = keyCount + 1
    fields = .allocate(capacity: fieldCount)
    fields.initialize(repeating: 0, count: fieldCount)
    spans = .allocate(capacity: fieldCount * Self.batch)
  }

  func free() {
    fields.deallocate()
    spans.deallocate()
  }

  /// Learns which field of a record each column is.
  func begin(_ rules: SignalRules, places: UnsafePointer<Int>) {
    fields[0] = places[rules.unitColumn]
    for (index, key) in rules.keys.enumerated() { fields[index + 1] = places[key.column] }
  }

  /// Takes a record whose field i lies between the delimiters i - 1 and i; tells whether the batch is
  /// full.
  @inline(__always)
  mutating func take(_ delimiters: UnsafeMutablePointer<UInt32>) -> Bool {
    var span = spans + count
    for field in 0..<fieldCount {
      let place = fields[field]
      // Before the first field there is the line feed of the record before, or -1.
      span.initialize(to: FieldSpan(begin: delimiters[place &- 1] &+ 1, end: delimiters[place]))
      span += Self.batch
    }
    count &+= 1
    return count == Self.batch
  }

  /// Forgets the records.
  mutating func removeAll() { count = 0 }

  /// The spans of the unit, one for each record.
  @inline(__always)
  var units: UnsafePointer<FieldSpan> { UnsafePointer(spans) }

  /// The spans of a key, one for each record.
  @inline(__always)
  func key(_ index: Int) -> UnsafePointer<FieldSpan> {
    UnsafePointer(spans + (index + 1) * Self.batch)
  }
}
