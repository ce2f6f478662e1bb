// RowBuffer.swift: (unit, cell) pairs of one thread, divided by unit so that each part fits a cache.
// SPDX-License-Identifier: Apache-2.0

import CProcessor

/// The (unit, cell) pairs that one thread decoded, divided into parts by a keyed hash of the unit.
///
/// A row is a word of the cell and the length of the unit, and the bytes of the unit. Units of more
/// than 15 bytes stand elsewhere, behind their number of bytes: their rows hold a hash and an address.
final class RowBuffer {
  /// No cell has this number or one beyond it: a length stands beside it in one word.
  static let mostCells = 1 << 24
  /// The most bytes of a row: so many may be read and written, whatever its length is.
  static let longestRow = 20
  private static let headerSize = 16
  /// The bytes of memory that are given to a part at once, unless told otherwise.
  static let pieceSize = 16 << 10

  let partCount: Int
  private let pieceSize: Int
  let hash: PlaceHash
  private let shift: UInt64
  /// Where the rows of a part go.
  private struct End {
    /// Where the next row goes.
    var cursor: UnsafeMutableRawPointer
    /// Behind which place the piece is full: there is no room for a row before the long units, which
    /// fill a piece from its end on.
    var limit: UnsafeMutableRawPointer
    /// The piece, if there is one.
    var piece: UnsafeMutableRawPointer?
  }

  private let ends: UnsafeMutablePointer<End>
  /// A place that is always full: where parts without a piece begin.
  private let nowhere: UnsafeMutableRawPointer
  private let full: UnsafeMutableRawPointer
  private let pieces = SlabPool()
  private let texts = SlabPool()

  /// - Precondition: `partCount` is a power of two from 2 on.
  init(partCount: Int, hash: PlaceHash, pieceSize: Int = RowBuffer.pieceSize) {
    precondition(partCount > 1 && partCount & (partCount - 1) == 0, "a power of two")
    precondition(pieceSize >= Self.headerSize + 2 * Self.longestRow, "room for rows")
    self.partCount = partCount
    self.pieceSize = pieceSize
    self.hash = hash
    shift = UInt64(64 - partCount.trailingZeroBitCount)
    ends = .allocate(capacity: partCount)
    full = .allocate(byteCount: 16, alignment: 16)
    nowhere = full + 1
    ends.initialize(repeating: End(cursor: nowhere, limit: full, piece: nil), count: partCount)
  }

  deinit {
    ends.deallocate()
    full.deallocate()
  }

  /// The bytes of memory that rows and long units take.
  var bytesHeld: Int { pieces.bytesHeld + texts.bytesHeld }

  /// Adds a row of a unit of at most 15 bytes.
  @inline(__always)
  func append(_ unit: PackedBytes, cell: UInt32) {
    append(low: unit.low, high: unit.high, hash: hash(unit.low, unit.high), cell: cell)
  }

  /// Adds a row.
  func append(unit: ByteSlice, cell: UInt32) {
    guard unit.count > PackedBytes.mostBytes else {
      append(PackedBytes(unit.base, count: unit.count), cell: cell)
      return
    }
    let hash = hash(unit)
    let text = textRoom(unit.count + 4, part: Int(truncatingIfNeeded: hash &>> shift))
    text.storeBytes(of: UInt32(unit.count), as: UInt32.self)
    (text + 4).copyMemory(from: unit.base, byteCount: unit.count)
    let address = UInt64(UInt(bitPattern: text))
    precondition(address < 1 << 56, "addresses of at most 56 bits")
    append(low: hash, high: address | PackedBytes.elsewhere << 56, hash: hash, cell: cell)
  }

  /// Adds a row of a cell that goes with its bytes.
  func append(unit: ByteSlice, cellBytes: ByteSlice) {
    let hash: UInt64
    if unit.count <= PackedBytes.mostBytes {
      let packed = PackedBytes(unit.base, count: unit.count)
      hash = self.hash(packed.low, packed.high)
    } else {
      hash = self.hash(unit)
    }
    let count = 8 + unit.count + cellBytes.count
    let text = textRoom(count, part: Int(truncatingIfNeeded: hash &>> shift))
    Self.write(unit: unit, cell: cellBytes, at: text)
    let address = UInt64(UInt(bitPattern: text))
    precondition(address < 1 << 56, "addresses of at most 56 bits")
    append(
      low: hash,
      high: address | PackedBytes.elsewhere << 56,
      hash: hash,
      cell: CellDirectory.elsewhere
    )
  }

  /// Room for a long unit: with the rows of its part, so that it is near when they are looked at.
  private func textRoom(_ count: Int, part: Int) -> UnsafeMutableRawPointer {
    hasLongUnits = true
    // One that would fill much of a piece has a place of its own.
    guard count <= pieceSize / 8 else { return texts.take(count) }
    let end = ends + part
    if end.pointee.cursor + count > end.pointee.limit { addPiece(part) }
    end.pointee.limit -= count
    return end.pointee.limit + Self.longestRow
  }

  @inline(__always)
  private func append(low: UInt64, high: UInt64, hash: UInt64, cell: UInt32) {
    let part = Int(truncatingIfNeeded: hash &>> shift)
    let end = ends + part
    if end.pointee.cursor > end.pointee.limit { addPiece(part) }
    let row = end.pointee.cursor
    // A line of memory further on: rows of so many parts are written that none is near.
    hubbub_expect_write(row + 128)
    let length = UInt32(truncatingIfNeeded: high &>> 56)
    row.storeBytes(of: cell | length &<< 24, as: UInt32.self)
    row.storeBytes(of: low, toByteOffset: 4, as: UInt64.self)
    row.storeBytes(of: high, toByteOffset: 12, as: UInt64.self)
    // What is behind the bytes of the unit is overwritten by the next row.
    end.pointee.cursor = row + (4 &+ Int(min(length, 16)))
  }

  @inline(never)
  private func addPiece(_ part: Int) {
    let piece = pieces.take(pieceSize)
    // A piece knows the one before it and where that one ends.
    let last = ends[part].piece
    piece.storeBytes(of: last.map { UInt(bitPattern: $0) } ?? 0, as: UInt.self)
    piece.storeBytes(of: UInt(bitPattern: ends[part].cursor), toByteOffset: 8, as: UInt.self)
    ends[part] = End(
      cursor: piece + Self.headerSize,
      limit: piece + (pieceSize - Self.longestRow),
      piece: piece
    )
  }

  /// Whether there are rows whose units stand elsewhere.
  private(set) var hasLongUnits = false

  /// Moves the rows of a part into a table.
  func drain(_ part: Int, into table: inout PartTable) {
    forEachPiece(of: part) { first, end in table.add(first, to: end) }
    clear(part)
  }

  /// Calls `body` with the rows of a part, piece by piece, from an address to an address.
  func forEachPiece<Failure: Error>(
    of part: Int,
    _ body: (_ first: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var piece = ends[part].piece
    var end = UnsafeRawPointer(ends[part].cursor)
    while let rows = piece {
      try body(UnsafeRawPointer(rows + Self.headerSize), end)
      piece = UnsafeMutableRawPointer(bitPattern: rows.load(as: UInt.self))
      let before = rows.load(fromByteOffset: 8, as: UInt.self)
      if let place = UnsafeRawPointer(bitPattern: before) { end = place }
    }
  }

  /// Forgets the rows of a part.
  func clear(_ part: Int) {
    ends[part] = End(cursor: nowhere, limit: full, piece: nil)
  }

  /// Takes the memory of all rows back.
  ///
  /// - Parameter isLast: Whether no further rows come, so that it is given back to the system.
  /// - Precondition: Every part was drained or cleared.
  func reset(isLast: Bool = false) {
    for part in 0..<partCount { precondition(ends[part].limit == full, "drained parts") }
    pieces.reset(isLast: isLast)
    texts.reset(isLast: isLast)
    hasLongUnits = false
  }
}

// MARK: - Single rows

extension RowBuffer {
  /// Whether the bytes of a row's unit stand elsewhere.
  static func isLong(_ row: UnsafeRawPointer) -> Bool {
    row.loadUnaligned(as: UInt32.self) &>> 24 == UInt32(PackedBytes.elsewhere)
  }

  /// The bytes that a row takes.
  static func size(of row: UnsafeRawPointer) -> Int {
    isLong(row) ? longestRow : 4 + Int(row.loadUnaligned(as: UInt32.self) &>> 24)
  }

  /// Where the bytes of a long unit stand, behind their number; `nil` for a short one.
  static func text(of row: UnsafeRawPointer) -> UnsafeRawPointer? {
    guard isLong(row) else { return nil }
    let address = row.loadUnaligned(fromByteOffset: 12, as: UInt64.self) & (1 << 56 - 1)
    return UnsafeRawPointer(bitPattern: UInt(address))
  }

  /// Writes a unit and the bytes of a cell, as they stand elsewhere: the bytes of all that follows, the
  /// unit behind its number of bytes, the cell.
  static func write(unit: ByteSlice, cell: ByteSlice, at text: UnsafeMutableRawPointer) {
    text.storeBytes(of: UInt32(4 + unit.count + cell.count), as: UInt32.self)
    text.storeBytes(of: UInt32(unit.count), toByteOffset: 4, as: UInt32.self)
    (text + 8).copyMemory(from: unit.base, byteCount: unit.count)
    (text + 8 + unit.count).copyMemory(from: cell.base, byteCount: cell.count)
  }

  /// The hash by which rows are divided.
  static func hash(of row: UnsafeRawPointer, by hash: PlaceHash) -> UInt64 {
    let header = row.loadUnaligned(as: UInt32.self)
    let low = row.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
    let length = Int(header &>> 24)
    if length == Int(PackedBytes.elsewhere) { return low }
    let unit = PackedBytes((row + 4).assumingMemoryBound(to: UInt8.self), count: length)
    return hash(unit.low, unit.high)
  }
}
