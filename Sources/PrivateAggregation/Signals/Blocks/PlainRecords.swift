// PlainRecords.swift: records under rules that ask for nothing but unit and keys, a batch at a time.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Looks up the keys of records under rules without times, filters, consent and prefixes.
///
/// Records are taken in batches and gone through column by column: in no step does one record wait for
/// another, so that the processor looks up many at once.
final class PlainRecords {
  private static let batch = 64
  /// What is added to the cell of a record with a value that is not listed; the sum stays negative.
  private static let nowhere = Int.min >> 16

  /// Where a field begins and ends in a piece.
  private struct Span {
    let begin: UInt32
    let end: UInt32

    @inline(__always)
    var count: Int { Int(end &- begin) }
  }

  /// A short value and where it stands if it is listed.
  private struct Sought {
    var key: PackedBytes
    var slot: Int
  }

  private let rules: SignalRules
  /// The field of the unit, then those of the keys, in the file at hand.
  private let fields: UnsafeMutablePointer<Int>
  private let fieldCount: Int
  /// For each of these fields the spans of a batch.
  private let spans: UnsafeMutablePointer<Span>
  private let sought: UnsafeMutablePointer<Sought>
  private let cells: UnsafeMutablePointer<Int>
  private let masks = PackedBytes.makeMasks()
  private var count = 0

  init(_ rules: SignalRules) {
    self.rules = rules
    fieldCount = rules.keyCount + 1
    fields = .allocate(capacity: fieldCount)
    fields.initialize(repeating: 0, count: fieldCount)
    spans = .allocate(capacity: fieldCount * Self.batch)
    sought = .allocate(capacity: Self.batch)
    cells = .allocate(capacity: Self.batch)
  }

  deinit {
    fields.deallocate()
    spans.deallocate()
    sought.deallocate()
    cells.deallocate()
    masks.deallocate()
  }

  /// Learns which field of a record each column is.
  func begin(places: UnsafePointer<Int>) {
    fields[0] = places[rules.unitColumn]
    for (index, key) in rules.keys.enumerated() { fields[index + 1] = places[key.column] }
  }

  /// Takes a record whose field i lies between the delimiters i - 1 and i; tells whether the batch is
  /// full and must be added before the next.
  @inline(__always)
  func take(_ delimiters: UnsafeMutablePointer<UInt32>) -> Bool {
    var span = spans + count
    for field in 0..<fieldCount {
      let place = fields[field]
      // Before the first field there is the line feed of the record before, or -1.
      span.initialize(to: Span(begin: delimiters[place &- 1] &+ 1, end: delimiters[place]))
      span += Self.batch
    }
    count &+= 1
    return count == Self.batch
  }

  /// Adds the rows of the records that were taken.
  ///
  /// - Parameters:
  ///   - bytes: The piece, with 16 readable bytes behind its last record.
  ///   - rows: What they are added to.
  func add(_ bytes: UnsafePointer<UInt8>, to rows: RowBuffer) {
    cells.initialize(repeating: 0, count: count)
    for (index, key) in rules.keys.enumerated() {
      look(up: key, spans + (index + 1) * Self.batch, in: bytes)
    }
    for record in 0..<count where cells[record] >= 0 && spans[record].count > 0 {
      let span = spans[record]
      let cell = UInt32(truncatingIfNeeded: cells[record])
      if span.count <= PackedBytes.mostBytes {
        let unit = packed(span, in: bytes)
        if unit.isASCII {
          rows.append(unit, cell: cell)
          continue
        }
      }
      let unit = ByteSlice(base: bytes + Int(span.begin), count: span.count)
      if unit.isValidUTF8 { rows.append(unit: unit, cell: cell) }
    }
    count = 0
  }

  /// Adds what a key contributes to the cells of all records.
  private func look(
    up key: SignalRules.Key,
    _ spans: UnsafePointer<Span>,
    in bytes: UnsafePointer<UInt8>
  ) {
    let probe = key.table.probe
    let weight = key.weight
    for record in 0..<count {
      let span = spans[record]
      guard span.count <= PackedBytes.mostBytes else {
        let value = ByteSlice(base: bytes + Int(span.begin), count: span.count)
        let place = key.table.find(value)
        cells[record] &+= place < 0 ? Self.nowhere : place &* weight
        sought[record].slot = -1
        continue
      }
      let packed = packed(span, in: bytes)
      sought[record] = Sought(key: packed, slot: probe.slot(of: packed))
    }
    for record in 0..<count {
      let value = sought[record]
      if value.slot < 0 { continue }
      let place = probe.place(of: value.key, in: value.slot)
      cells[record] &+= place < 0 ? Self.nowhere : place &* weight
    }
  }

  @inline(__always)
  private func packed(_ span: Span, in bytes: UnsafePointer<UInt8>) -> PackedBytes {
    PackedBytes(padded: bytes + Int(span.begin), count: span.count, masks: masks)
  }
}
