// JSONCursor+Cells.swift: the cells of a release, of which there can be millions.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// The members that every cell has.
private struct CellShape {
  let keys: [[UInt8]]
  let measures: [[UInt8]]
  /// What a cell in canonical form looks like: the text before each value, in order, and where the
  /// value belongs.
  let columns: [(opening: [UInt8], isCount: Bool, index: Int)]

  init(keys: [String], measures: [Measure]) {
    self.keys = keys.map { Array($0.utf8) }
    self.measures = measures.map { Array($0.rawValue.utf8) }
    let names =
      keys.enumerated().map { (name: $1, isCount: false, index: $0) }
      + measures.enumerated().map { (name: $1.rawValue, isCount: true, index: $0) }
    columns = names.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      .enumerated().map { position, column in
        var opening = JSONWriter()
        opening.raw(position == 0 ? "{" : ",")
        opening.name(column.name)
        return (opening.bytes, column.isCount, column.index)
      }
  }
}

extension JSONCursor {
  /// Reads the cells: a value for each key and a count for each measure, and nothing else.
  ///
  /// - Complexity: O(n) in the number of cells.
  mutating func cells(
    keys: [String],
    measures: [Measure]
  ) throws(ReleaseDecodingError) -> [ReleasedCell] {
    let shape = CellShape(keys: keys, measures: measures)
    var cells: [ReleasedCell] = []
    try array { cursor throws(ReleaseDecodingError) in
      if let cell = cursor.canonicalCell(shape) {
        cells.append(cell)
      } else {
        cells.append(try cursor.anyCell(shape))
      }
    }
    return cells
  }

  /// Reads a cell that is written as `encoded` writes it; otherwise stays where it was.
  private mutating func canonicalCell(_ shape: CellShape) -> ReleasedCell? {
    var cursor = self
    guard cursor.isAtValue, !shape.columns.isEmpty else { return nil }
    var values = [String](repeating: "", count: shape.keys.count)
    var counts = [Int64](repeating: 0, count: shape.measures.count)
    for column in shape.columns {
      guard cursor.passes(literally: column.opening) else { return nil }
      if column.isCount {
        guard let count = try? cursor.int64() else { return nil }
        counts[column.index] = count
      } else {
        guard let value = try? cursor.string() else { return nil }
        values[column.index] = value
      }
    }
    guard cursor.passes(literally: [UInt8(ascii: "}")]) else { return nil }
    self = cursor
    return ReleasedCell(values: values, counts: counts)
  }

  /// Reads a cell with its members in any order, and says what is wrong with it.
  private mutating func anyCell(_ shape: CellShape) throws(ReleaseDecodingError) -> ReleasedCell {
    var values = [String](repeating: "", count: shape.keys.count)
    var counts = [Int64](repeating: 0, count: shape.measures.count)
    var read = 0
    try object { name, cursor throws(ReleaseDecodingError) in
      if let index = shape.keys.firstIndex(where: { $0.elementsEqual(name.utf8) }) {
        values[index] = try cursor.string()
      } else if let index = shape.measures.firstIndex(where: { $0.elementsEqual(name.utf8) }) {
        counts[index] = try cursor.int64()
      } else {
        throw ReleaseDecodingError(.unknown)
      }
      read += 1
    }
    guard read == shape.keys.count + shape.measures.count else {
      throw ReleaseDecodingError(.unsuitable(expected: "given all its keys and measures"))
    }
    return ReleasedCell(values: values, counts: counts)
  }
}
