// RowPiece.swift: the rows of one part as one piece of bytes, to be written and read back.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Rows of one part in one piece of bytes that holds no addresses.
///
/// First come the rows as in a `RowBuffer`, then bytes that a reader of the last row may touch, then
/// the texts of long units; the rows of those hold places among the texts instead of addresses.
final class RowPiece {
  /// From so many bytes on a piece is written.
  private static let fullSize = 256 << 10
  /// The size of the rows stands in front.
  private static let headerSize = 8

  private var rows = Growable<UInt8>()
  private var texts = Growable<UInt8>()

  init() {}

  deinit {
    rows.free()
    texts.free()
  }

  // MARK: - Writing

  /// Writes the rows of a part to a file, in as many pieces as it takes, and forgets them.
  func write(_ buffer: RowBuffer, part: Int, to file: SpillFile) throws(SignalFileError) {
    begin()
    try buffer.forEachPiece(of: part) { (first, end) throws(SignalFileError) in
      if buffer.hasLongUnits {
        try take(first, to: end) { () throws(SignalFileError) in try finish(part, file) }
      } else {
        rows.append(first.assumingMemoryBound(to: UInt8.self), count: end - first)
      }
      if rows.count >= Self.fullSize { try finish(part, file) }
    }
    if rows.count > Self.headerSize { try finish(part, file) }
    buffer.clear(part)
  }

  private func begin() {
    rows.removeAll()
    texts.removeAll()
    rows.append(repeating: 0, count: Self.headerSize)
  }

  /// Takes rows one by one, with the texts of long units.
  private func take(
    _ first: UnsafeRawPointer,
    to end: UnsafeRawPointer,
    whenFull: () throws(SignalFileError) -> Void
  ) throws(SignalFileError) {
    var row = first
    while row < end {
      let size = RowBuffer.size(of: row)
      rows.append(row.assumingMemoryBound(to: UInt8.self), count: size)
      if let text = RowBuffer.text(of: row) {
        let place = UInt64(texts.count) | PackedBytes.elsewhere << 56
        UnsafeMutableRawPointer(rows.base + rows.count - 8).storeBytes(of: place, as: UInt64.self)
        let length = Int(text.loadUnaligned(as: UInt32.self)) + 4
        texts.append(text.assumingMemoryBound(to: UInt8.self), count: length)
        if texts.count >= Self.fullSize { try whenFull() }
      }
      row += size
    }
  }

  private func finish(_ part: Int, _ file: SpillFile) throws(SignalFileError) {
    UnsafeMutableRawPointer(rows.base).storeBytes(of: UInt64(rows.count), as: UInt64.self)
    rows.append(repeating: 0, count: RowBuffer.longestRow)
    rows.append(texts.base, count: texts.count)
    try file.append(UnsafeRawBufferPointer(start: rows.base, count: rows.count), to: part)
    begin()
  }

  // MARK: - Reading

  /// Reads a piece back and lends its rows, from an address to an address.
  func read(
    _ piece: SpillFile.Piece,
    of file: SpillFile,
    _ body: (_ first: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Void
  ) throws(SignalFileError) {
    rows.removeAll()
    rows.append(repeating: 0, count: piece.count)
    let bytes = UnsafeMutableRawBufferPointer(start: rows.base, count: piece.count)
    try file.read(piece, into: bytes)
    let base = UnsafeMutableRawPointer(rows.base)
    let end = base + Int(base.load(as: UInt64.self))
    let first = base + Self.headerSize
    let texts = end + RowBuffer.longestRow
    if texts < base + piece.count { Self.address(texts, from: first, to: end) }
    body(first, end)
  }

  /// Turns the places of texts into addresses.
  private static func address(
    _ texts: UnsafeMutableRawPointer,
    from first: UnsafeMutableRawPointer,
    to end: UnsafeMutableRawPointer
  ) {
    var row = first
    while row < end {
      if RowBuffer.isLong(row) {
        let place = row.loadUnaligned(fromByteOffset: 12, as: UInt64.self)
        let address = UInt64(UInt(bitPattern: texts)) + place & (1 << 56 - 1)
        row.storeBytes(
          of: address | PackedBytes.elsewhere << 56,
          toByteOffset: 12,
          as: UInt64.self
        )
      }
      row += RowBuffer.size(of: row)
    }
  }
}
