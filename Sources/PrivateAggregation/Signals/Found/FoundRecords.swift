// FoundRecords.swift: plain records whose cells are found in the signals, a batch at a time.
// SPDX-License-Identifier: Apache-2.0

/// Finds the cells of records under rules without times, filters, consent and prefixes.
///
/// As in `PlainRecords` no record waits for another: what a thread remembers is looked up column by
/// column, and only then are the others looked for one by one.
final class FoundRecords {
  private static let batch = 64

  /// Where a field begins and ends in a piece.
  private struct Span {
    let begin: UInt32
    let end: UInt32
  }

  private let rules: SignalRules
  private let finder: CellFinder
  private let keyCount: Int
  /// The field of the unit, then those of the keys, in the file at hand.
  private let fields: UnsafeMutablePointer<Int>
  /// For each of these fields the spans of a batch.
  private let spans: UnsafeMutablePointer<Span>
  private let places: UnsafeMutablePointer<Int>
  private let cells: UnsafeMutablePointer<Int>
  /// The texts of one record.
  private let texts: UnsafeMutablePointer<ByteSlice>
  private let masks = PackedBytes.makeMasks()
  private var count = 0

  init(_ rules: SignalRules, finder: CellFinder) {
    self.rules = rules
    self.finder = finder
    keyCount = rules.keyCount
    fields = .allocate(capacity: keyCount + 1)
    fields.initialize(repeating: 0, count: keyCount + 1)
    spans = .allocate(capacity: (keyCount + 1) * Self.batch)
    places = .allocate(capacity: Self.batch)
    cells = .allocate(capacity: Self.batch)
    texts = .allocate(capacity: max(1, keyCount))
  }

  deinit {
    fields.deallocate()
    spans.deallocate()
    places.deallocate()
    cells.deallocate()
    texts.deallocate()
    masks.deallocate()
  }

  /// Learns which field of a record each column is.
  func begin(places: UnsafePointer<Int>) {
    fields[0] = places[rules.unitColumn]
    for (index, key) in rules.keys.enumerated() { fields[index + 1] = places[key.column] }
  }

  /// Takes a record as `PlainRecords` does; tells whether the batch is full.
  @inline(__always)
  func take(_ delimiters: UnsafeMutablePointer<UInt32>) -> Bool {
    var span = spans + count
    for field in 0...keyCount {
      let place = fields[field]
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
    for key in 0..<keyCount { look(up: key, in: bytes) }
    for record in 0..<count {
      let unit = slice(spans[record], in: bytes)
      guard unit.count > 0 else { continue }
      var cell = cells[record]
      if cell < 0 || cell == Int(CellDirectory.elsewhere) {
        for key in 0..<keyCount {
          texts[key] = slice(spans[(key + 1) * Self.batch + record], in: bytes)
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
    count = 0
  }

  @inline(__always)
  private func slice(_ span: Span, in bytes: UnsafePointer<UInt8>) -> ByteSlice {
    ByteSlice(base: bytes + Int(span.begin), count: Int(span.end &- span.begin))
  }

  /// Joins what is remembered of a key to the cells of all records; below zero is what is not.
  private func look(up key: Int, in bytes: UnsafePointer<UInt8>) {
    let spans = spans + (key + 1) * Self.batch
    let probe = finder.probe(ofValue: key)
    for record in 0..<count {
      let value = slice(spans[record], in: bytes)
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
