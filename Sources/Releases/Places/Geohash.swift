// Geohash.swift: the cells of a grid over latitudes and longitudes, in integers.
// Reference: [Nie08]; `docs/places.md`, section "Grids".
// SPDX-License-Identifier: Apache-2.0

/// Cells of the geohash grid: halves of halves of the longitudes and latitudes, in turns.
///
/// A cell of length n has `5 n` bits, the first one of longitude. Column and row count from west and
/// from south; both are exact, as coordinates are integers.
///
/// - Reference: [Nie08].
package enum Geohash {
  /// The most characters of a cell.
  package static let longest = 12
  private static let alphabet = Array("0123456789bcdefghjkmnpqrstuvwxyz".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  /// Half the range of latitudes, in billionths of a degree.
  package static let quarterTurn = 90 * ExactDecimal.one

  /// The bits of the column and of the row of a cell.
  package static func bits(length: Int) -> (column: Int, row: Int) {
    ((5 * length + 1) / 2, 5 * length / 2)
  }

  /// The column that a longitude lies in: billionths of a degree, from -180 degrees to below 180.
  package static func column(_ longitude: Int64, length: Int) -> UInt32 {
    place(longitude + 2 * quarterTurn, of: 4 * quarterTurn, bits: bits(length: length).column)
  }

  /// The row that a latitude lies in: billionths of a degree, from -90 degrees to 90, which is in the
  /// last row.
  package static func row(_ latitude: Int64, length: Int) -> UInt32 {
    let bits = bits(length: length).row
    return min(place(latitude + quarterTurn, of: 2 * quarterTurn, bits: bits), 1 << bits - 1)
  }

  /// `offset * 2^bits / whole`, rounded down.
  private static func place(_ offset: Int64, of whole: Int64, bits: Int) -> UInt32 {
    let product = offset.magnitude.multipliedFullWidth(by: 1 << UInt64(bits))
    return UInt32(whole.magnitude.dividingFullWidth(product).quotient)
  }

  /// Writes the characters of a cell.
  package static func write(
    column: UInt32,
    row: UInt32,
    length: Int,
    into bytes: UnsafeMutablePointer<UInt8>
  ) {
    let bits = bits(length: length)
    var (column, row) = (UInt64(column) << UInt64(64 - bits.column), UInt64(row))
    row = bits.row == 0 ? 0 : row << UInt64(64 - bits.row)
    var isColumn = true
    for index in 0..<length {
      var value = 0
      for _ in 0..<5 {
        let bit = isColumn ? column >> 63 : row >> 63
        if isColumn { column <<= 1 } else { row <<= 1 }
        value = value << 1 | Int(bit)
        isColumn.toggle()
      }
      bytes[index] = alphabet[value]
    }
  }

  /// The text of a cell.
  package static func text(column: UInt32, row: UInt32, length: Int) -> String {
    String(unsafeUninitializedCapacity: length) { bytes in
      if let base = bytes.baseAddress {
        write(column: column, row: row, length: length, into: base)
      }
      return length
    }
  }

  /// Whether a text is a cell of so many characters.
  package static func isCell(_ text: String, length: Int) -> Bool {
    text.utf8.count == length && text.utf8.allSatisfy { values[Int($0)] < 32 }
  }

  /// A box on the sphere, in billionths of a degree; it crosses the antimeridian where its west is
  /// greater than its east.
  package struct Box: Sendable, Hashable {
    package let south: Int64
    package let west: Int64
    package let north: Int64
    package let east: Int64

    /// Makes a box; `nil` where it is none, or its corners are out of range.
    package init?(south: Int64, west: Int64, north: Int64, east: Int64) {
      let latitudes = -quarterTurn...quarterTurn
      let longitudes = (-2 * quarterTurn)...(2 * quarterTurn)
      guard latitudes.contains(south), latitudes.contains(north), longitudes.contains(west),
        longitudes.contains(east), south <= north
      else { return nil }
      self.south = south
      self.west = west
      self.north = north
      self.east = east
    }

    /// The same from south, west, north and east as exact decimals in degrees.
    package init?(_ texts: [String]) {
      let numbers = texts.compactMap(ExactDecimal.billionths)
      guard numbers.count == 4, texts.count == 4 else { return nil }
      self.init(south: numbers[0], west: numbers[1], north: numbers[2], east: numbers[3])
    }
  }

  /// The cells that meet a box, its borders included, in the order of their texts.
  ///
  /// - Returns: The cells; `nil` where they are more than `limit`.
  package static func cells(within box: Box, length: Int, limit: Int) -> [String]? {
    let rows = row(box.south, length: length)...row(box.north, length: length)
    let columns = columns(from: box.west, to: box.east, length: length)
    let count = columns.reduce(0) { $0 + $1.count } * rows.count
    guard count <= limit else { return nil }
    var cells: [String] = []
    cells.reserveCapacity(count)
    for row in rows {
      for range in columns {
        for column in range { cells.append(text(column: column, row: row, length: length)) }
      }
    }
    return cells.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The columns from a longitude eastward to another one; 180 degrees east is 180 degrees west, but
  /// where it ends a box it ends the last column.
  private static func columns(
    from west: Int64,
    to east: Int64,
    length: Int
  ) -> [ClosedRange<UInt32>] {
    let half = 2 * quarterTurn
    let last: UInt32 = 1 << bits(length: length).column - 1
    let begin = column(west == half ? -half : west, length: length)
    let isPastHalf = east == half && west < half
    let end = isPastHalf ? last : column(east == half ? -half : east, length: length)
    if west <= east || west == half { return [begin...end] }
    // So far round that both ends lie in one column: all of them.
    return begin <= end ? [0...last] : [0...end, begin...last]
  }
}
