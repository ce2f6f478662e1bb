// PlainRecords.swift: records under rules that ask for nothing but unit and keys, a batch at a time.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Looks up the keys of records under rules without times, filters, consent and prefixes.
///
/// Records are taken in batches and gone through column by column: in no step does one record wait for
/// another, so that the processor looks up many at once.
final class PlainRecords {
  /// What is added to the cell of a record with a value that is not listed; the sum stays negative.
  private static let nowhere = Int.min >> 16

  /// A short value and where it stands if it is listed.
  private struct Sought {
    var key: PackedBytes
    var slot: Int
  }

  private let rules: SignalRules
  private var spans: RecordSpans
  private let sought: UnsafeMutablePointer<Sought>
  private let cells: UnsafeMutablePointer<Int>
  private let masks = PackedBytes.makeMasks()

  init(_ rules: SignalRules) {
    self.rules = rules
    spans = RecordSpans(keyCount: rules.keyCount)
    sought = .allocate(capacity: RecordSpans.batch)
    cells = .allocate(capacity: RecordSpans.batch)
  }

  deinit {
    spans.free()
    sought.deallocate()
    cells.deallocate()
    masks.deallocate()
  }

  /// Learns which field of a record each column is.
  func begin(places: UnsafePointer<Int>) { spans.begin(rules, places: places) }

  /// Takes a record, as `RecordSpans` does; tells whether the batch must be added before the next.
  @inline(__always)
  func take(_ delimiters: UnsafeMutablePointer<UInt32>) -> Bool { spans.take(delimiters) }

  /// Adds the rows of the records that were taken.
  ///
  /// - Parameters:
  ///   - bytes: The piece, with 16 readable bytes behind its last record.
  ///   - rows: What they are added to.
  func add(_ bytes: UnsafePointer<UInt8>, to rows: RowBuffer) {
    let units = spans.units
    cells.initialize(repeating: 0, count: spans.count)
    for (index, key) in rules.keys.enumerated() { look(up: key, spans.key(index), in: bytes) }
    for record in 0..<spans.count where cells[record] >= 0 && units[record].count > 0 {
      let span = units[record]
      let cell = UInt32(truncatingIfNeeded: cells[record])
      if span.count <= PackedBytes.mostBytes {
        let unit = packed(span, in: bytes)
        if unit.isASCII {
          rows.append(unit, cell: cell)
          continue
        }
      }
      let unit = span.slice(of: bytes)
      if unit.isValidUTF8 { rows.append(unit: unit, cell: cell) }
    }
    spans.removeAll()
  }

  /// Adds what a key contributes to the cells of all records.
  private func look(
    up key: SignalRules.Key,
    _ values: UnsafePointer<FieldSpan>,
    in bytes: UnsafePointer<UInt8>
  ) {
    let probe = key.table.probe
    let weight = key.weight
    for record in 0..<spans.count {
      let span = values[record]
      guard span.count <= PackedBytes.mostBytes else {
        let place = key.table.find(span.slice(of: bytes))
        cells[record] &+= place < 0 ? Self.nowhere : place &* weight
        sought[record].slot = -1
        continue
      }
      let packed = packed(span, in: bytes)
      sought[record] = Sought(key: packed, slot: probe.slot(of: packed))
    }
    for record in 0..<spans.count {
      let value = sought[record]
      if value.slot < 0 { continue }
      let place = probe.place(of: value.key, in: value.slot)
      cells[record] &+= place < 0 ? Self.nowhere : place &* weight
    }
  }

  @inline(__always)
  private func packed(_ span: FieldSpan, in bytes: UnsafePointer<UInt8>) -> PackedBytes {
    PackedBytes(padded: bytes + Int(span.begin), count: span.count, masks: masks)
  }
}
