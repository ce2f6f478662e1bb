// ValueRows.swift: (unit, cell, value) rows of one thread, divided by unit.
// SPDX-License-Identifier: Apache-2.0

/// The (unit, cell, value) rows that one thread decoded, divided into parts by a keyed hash of the unit.
///
/// A row is the number of bytes of the unit, the cell and the value, a word each, and the bytes of the
/// unit: it holds no address, so that rows can be written to a file as they stand.
final class ValueRows {
  /// The bytes of a row besides those of its unit.
  static let headerSize = 12
  /// From so many bytes on rows of a part are written as more than one piece.
  private static let pieceSize = 256 << 10

  let partCount: Int
  let hash: PlaceHash
  private let shift: UInt64
  private let parts: UnsafeMutablePointer<Growable<UInt8>>
  /// The bytes of memory that rows take.
  private(set) var bytesHeld = 0

  /// - Precondition: `partCount` is a power of two from 2 on.
  init(partCount: Int, hash: PlaceHash) {
    precondition(partCount > 1 && partCount & (partCount - 1) == 0, "a power of two")
    self.partCount = partCount
    self.hash = hash
    shift = UInt64(64 - partCount.trailingZeroBitCount)
    parts = .allocate(capacity: partCount)
    for part in 0..<partCount { (parts + part).initialize(to: Growable()) }
  }

  deinit {
    for part in 0..<partCount { parts[part].free() }
    parts.deallocate()
  }

  /// Adds a row.
  func append(unit: ByteSlice, cell: UInt32, value: UInt32) {
    let part = Int(truncatingIfNeeded: hash(unit) &>> shift)
    let held = parts[part].bytesHeld
    let header = (UInt32(unit.count), cell, value)
    withUnsafeBytes(of: header) { words in
      if let first = words.baseAddress {
        parts[part].append(first.assumingMemoryBound(to: UInt8.self), count: Self.headerSize)
      }
    }
    parts[part].append(unit.base, count: unit.count)
    bytesHeld += parts[part].bytesHeld - held
  }

  /// Calls `body` with the rows of a part, from an address to an address.
  func withRows(of part: Int, _ body: (UnsafeRawPointer, _ end: UnsafeRawPointer) -> Void) {
    let first = UnsafeRawPointer(parts[part].base)
    body(first, first + parts[part].count)
  }

  /// Gives the memory of a part back; another thread may do so with another part.
  func free(_ part: Int) {
    parts[part].free()
    parts[part] = Growable()
  }

  /// Writes all rows to a file and gives their memory back.
  func write(to file: SpillFile) throws(SignalFileError) {
    for part in 0..<partCount where parts[part].count > 0 {
      let first = UnsafeRawPointer(parts[part].base)
      let end = first + parts[part].count
      var begin = first
      while begin < end {
        var next = begin
        while next < end, next - begin < Self.pieceSize { next += Self.size(of: next) }
        try file.append(UnsafeRawBufferPointer(start: begin, count: next - begin), to: part)
        begin = next
      }
      free(part)
    }
    bytesHeld = 0
  }
}

// MARK: - Single rows

extension ValueRows {
  /// The bytes that a row takes.
  static func size(of row: UnsafeRawPointer) -> Int {
    headerSize + Int(row.loadUnaligned(as: UInt32.self))
  }

  /// The unit of a row.
  static func unit(of row: UnsafeRawPointer) -> ByteSlice {
    ByteSlice(
      base: (row + headerSize).assumingMemoryBound(to: UInt8.self),
      count: Int(row.loadUnaligned(as: UInt32.self))
    )
  }

  /// The cell of a row.
  static func cell(of row: UnsafeRawPointer) -> UInt32 {
    row.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
  }

  /// The value of a row.
  static func value(of row: UnsafeRawPointer) -> UInt32 {
    row.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
  }
}
