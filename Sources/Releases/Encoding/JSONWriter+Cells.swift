// JSONWriter+Cells.swift: the cells of a release, of which there may be millions.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// A member of every cell: the name of a key or a measure, and where a cell holds it.
private struct CellColumn {
  let isCount: Bool
  let index: Int
  /// What stands before each value, the same in every cell.
  let opening: [UInt8]
}

extension JSONWriter {
  /// Appends the cells, one a line, with their members in the order of their names.
  ///
  /// - Complexity: O(n) in the bytes; nothing is allocated for a cell.
  mutating func cells(of body: ReleaseBody) {
    let columns = Self.columns(of: body)
    let opened = columns.reduce(8) { $0 + $1.opening.count }
    var piece = CellPiece()
    defer { piece.free() }
    for (index, cell) in body.cells.enumerated() {
      precondition(
        cell.values.count == body.query.keys.count && cell.counts.count == body.measures.count,
        "a cell with a value for each key and a count for each measure"
      )
      piece.reserve(opened, strings: cell.values, integers: cell.counts.count) {
        bytes.append(contentsOf: $0)
      }
      piece.append(index > 0 ? ",\n" : "\n")
      for column in columns {
        piece.append(column.opening)
        if column.isCount {
          piece.append(cell.counts[column.index])
        } else if !piece.append(plain: cell.values[column.index]) {
          piece.flush { bytes.append(contentsOf: $0) }
          string(cell.values[column.index])
        }
      }
      piece.append(columns.isEmpty ? "{}" : "}")
    }
    piece.flush { bytes.append(contentsOf: $0) }
    raw("\n")
  }

  private static func columns(of body: ReleaseBody) -> [CellColumn] {
    var columns: [(name: String, isCount: Bool, index: Int)] = []
    for (index, key) in body.query.keys.enumerated() {
      columns.append((key.name, false, index))
    }
    for (index, measure) in body.measures.enumerated() {
      columns.append((measure.measure.rawValue, true, index))
    }
    columns.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    precondition(
      Set(columns.map { Array($0.name.utf8) }).count == columns.count,
      "a key named like another key or a measure"
    )
    return columns.enumerated().map { place, column in
      var opening = JSONWriter()
      opening.raw(place == 0 ? "{" : ",")
      opening.name(column.name)
      return CellColumn(isCount: column.isCount, index: column.index, opening: opening.bytes)
    }
  }
}

/// Bytes that are written without asking for each whether there is room.
private struct CellPiece {
  private static let size = 32 << 10
  private var base = UnsafeMutablePointer<UInt8>.allocate(capacity: CellPiece.size)
  private var room = CellPiece.size
  private var count = 0

  func free() { base.deallocate() }

  /// Makes room for a cell, after handing over what is there if need be.
  mutating func reserve(
    _ bytes: Int,
    strings: [String],
    integers: Int,
    _ take: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    // With its quotes; and the digits of 64 bits with a sign.
    let needed = strings.reduce(bytes + 20 * integers) { $0 + $1.utf8.count + 2 }
    guard room - count < needed else { return }
    flush(take)
    guard room < needed else { return }
    base.deallocate()
    base = .allocate(capacity: needed)
    room = needed
  }

  mutating func flush(_ take: (UnsafeBufferPointer<UInt8>) -> Void) {
    take(UnsafeBufferPointer(start: base, count: count))
    count = 0
  }

  @inline(__always)
  mutating func append(_ text: StaticString) {
    (base + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    count += text.utf8CodeUnitCount
  }

  @inline(__always)
  mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { bytes in
      guard let first = bytes.baseAddress else { return }
      (base + count).update(from: first, count: bytes.count)
    }
    count += bytes.count
  }

  /// Appends a string with its quotes if nothing in it needs an escape; else nothing.
  @inline(__always)
  mutating func append(plain text: String) -> Bool {
    var text = text
    let target = base + count
    let length: Int? = text.withUTF8 { buffer in
      var mayNeedEscape = false
      for (index, byte) in buffer.enumerated() {
        mayNeedEscape = mayNeedEscape || JSONWriter.mayNeedEscape(byte)
        target[1 + index] = byte
      }
      return mayNeedEscape ? nil : buffer.count
    }
    guard let length else { return false }
    target[0] = UInt8(ascii: "\"")
    target[1 + length] = UInt8(ascii: "\"")
    count += length + 2
    return true
  }

  @inline(__always)
  mutating func append(_ value: Int64) {
    var rest = value.magnitude
    var digits = 1
    var limit: UInt64 = 10
    while digits < 19, rest >= limit {
      digits += 1
      limit &*= 10
    }
    if digits == 19, rest >= 10_000_000_000_000_000_000 { digits = 20 }
    if value < 0 {
      base[count] = UInt8(ascii: "-")
      count += 1
    }
    var place = base + (count + digits)
    count += digits
    for _ in 0..<digits {
      place -= 1
      place.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}
