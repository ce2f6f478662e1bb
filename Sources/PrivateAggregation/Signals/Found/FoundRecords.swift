// FoundRecords.swift: plain records whose cells are found in the signals, a batch at a time.
// SPDX-License-Identifier: Apache-2.0

/// Finds the cells of records under rules without times, filters, consent and prefixes.
///
/// As in `PlainRecords` no record waits for another: what a thread remembers is looked up column by
/// column, and only then are the others looked for one by one.
final class FoundRecords {
  private let rules: SignalRules
  private let finder: CellFinder
  private let keyCount: Int
  private var spans: RecordSpans
  private let places: UnsafeMutablePointer<Int>
  private let cells: UnsafeMutablePointer<Int>
  /// The texts of one record.
  private let texts: UnsafeMutablePointer<ByteSlice>
  private let masks = PackedBytes.makeMasks()

  init(_ rules: SignalRules, finder: CellFinder) {
    self.rules = rules
    self.finder = finder
    keyCount = rules.keyCount
    spans = RecordSpans(keyCount: keyCount)
    places = .allocate(capacity: RecordSpans.batch)
    cells = .allocate(capacity: RecordSpans.batch)
    texts = .allocate(capacity: max(1, keyCount))
  }

  deinit {
    spans.free()
    places.deallocate()
    cells.deallocate()
    texts.deallocate()
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
    for key in 0..<keyCount { look(up: key, in: bytes) }
    let units = spans.units
    for record in 0..<spans.count {
      let unit = units[record].slice(of: bytes)
      guard unit.count > 0 else { continue }
      var cell = cells[record]
      if cell < 0 || cell == Int(CellDirectory.elsewhere) {
        for key in 0..<keyCount {
          texts[key] = spans.key(key)[record].slice(of: bytes)
        }
        cell = finder.number(texts)
        guard cell != CellFinder.refused else { continue }
        if cell == Int(CellDirectory.elsewhere) {
          if unit.isValidUTF8 { rows.append(unit: unit, cellBytes: finder.bytes(texts)) }
          continue
        }
      }
      if unit.count <= PackedBytes.mostBytes {
        let packed = PackedBytes(padded: unit.base, count: unit.count, masks: masks)
        if packed.isASCII {
          rows.append(packed, cell: UInt32(truncatingIfNeeded: cell))
          continue
        }
      }
      if unit.isValidUTF8 { rows.append(unit: unit, cell: UInt32(truncatingIfNeeded: cell)) }
    }
    spans.removeAll()
  }

  /// Joins what is remembered of a key to the cells of all records; below zero is what is not.
  private func look(up key: Int, in bytes: UnsafePointer<UInt8>) {
    let (values, count) = (spans.key(key), spans.count)
    let probe = finder.probe(ofValue: key)
    for record in 0..<count {
      let value = values[record].slice(of: bytes)
      places[record] =
        value.count <= PackedBytes.mostBytes
        ? probe.find(PackedBytes(padded: value.base, count: value.count, masks: masks))
        : finder.find(long: value, key)
    }
    guard key > 0 else {
      cells.update(from: places, count: count)
      return
    }
    let pairs = finder.probe(ofPair: key - 1)
    // Every loop asks for its slot before it needs one, so many are on their way at once.
    for record in 0..<count {
      let (first, second) = (cells[record], places[record])
      cells[record] = first | second < 0 ? -1 : pairs.find(first, second)
    }
  }
}
