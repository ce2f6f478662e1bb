// RowBuffer.swift: (unit, cell) pairs of one thread, divided by unit so that each part fits a cache.
// SPDX-License-Identifier: Apache-2.0

/// The (unit, cell) pairs that one thread decoded, divided into parts by a keyed hash of the unit.
///
/// A row is the unit in two words and the cell. Units of more than 15 bytes stand elsewhere, behind
/// their number of bytes: the first word is then a hash, the second one their address.
final class RowBuffer {
  /// Two words and a cell, without gaps.
  static let rowSize = 20
  private static let rowsPerPiece = 816
  private static let headerSize = 16
  private static let pieceSize = headerSize + rowSize * rowsPerPiece

  let partCount: Int
  let hash: PlaceHash
  private let shift: UInt64
  /// Where the next row of each part goes, and where its piece ends.
  private let cursors: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let limits: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// A place that is always full: where parts without a piece begin.
  private let nowhere: UnsafeMutableRawPointer
  private let pieces = SlabPool()
  private let texts = SlabPool()

  /// - Precondition: `partCount` is a power of two from 2 on.
  init(partCount: Int, hash: PlaceHash) {
    precondition(partCount > 1 && partCount & (partCount - 1) == 0, "a power of two")
    self.partCount = partCount
    self.hash = hash
    shift = UInt64(64 - partCount.trailingZeroBitCount)
    cursors = .allocate(capacity: partCount)
    limits = .allocate(capacity: partCount)
    nowhere = .allocate(byteCount: 16, alignment: 16)
    cursors.initialize(repeating: nowhere, count: partCount)
    limits.initialize(repeating: nowhere, count: partCount)
  }

  deinit {
    cursors.deallocate()
    limits.deallocate()
    nowhere.deallocate()
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
    let text = texts.take(unit.count + 4)
    text.storeBytes(of: UInt32(unit.count), as: UInt32.self)
    (text + 4).copyMemory(from: unit.base, byteCount: unit.count)
    let address = UInt64(UInt(bitPattern: text))
    precondition(address < 1 << 56, "addresses of at most 56 bits")
    let hash = hash(unit)
    append(low: hash, high: address | PackedBytes.elsewhere << 56, hash: hash, cell: cell)
  }

  @inline(__always)
  private func append(low: UInt64, high: UInt64, hash: UInt64, cell: UInt32) {
    let part = Int(truncatingIfNeeded: hash &>> shift)
    if cursors[part] == limits[part] { addPiece(part) }
    let row = cursors[part]
    row.storeBytes(of: low, as: UInt64.self)
    row.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
    row.storeBytes(of: cell, toByteOffset: 16, as: UInt32.self)
    cursors[part] = row + Self.rowSize
  }

  @inline(never)
  private func addPiece(_ part: Int) {
    let piece = pieces.take(Self.pieceSize)
    // A piece knows the one before it.
    let full = cursors[part] == nowhere ? nil : cursors[part] - (Self.pieceSize)
    piece.storeBytes(of: full.map { UInt(bitPattern: $0) } ?? 0, as: UInt.self)
    cursors[part] = piece + Self.headerSize
    limits[part] = piece + Self.pieceSize
  }

  /// Moves the rows of a part into a table.
  func drain(_ part: Int, into table: inout PartTable) {
    guard limits[part] != nowhere else { return }
    var piece: UnsafeMutableRawPointer? = limits[part] - Self.pieceSize
    var end = cursors[part]
    while let rows = piece {
      table.add(UnsafeRawPointer(rows + Self.headerSize), to: UnsafeRawPointer(end))
      piece = UnsafeMutableRawPointer(bitPattern: rows.load(as: UInt.self))
      end = (piece ?? rows) + Self.pieceSize
    }
    cursors[part] = nowhere
    limits[part] = nowhere
  }

  /// Takes the memory of all rows back.
  ///
  /// - Precondition: Every part was drained.
  func reset() {
    for part in 0..<partCount { precondition(limits[part] == nowhere, "drained parts") }
    pieces.reset()
    texts.reset()
  }
}
