// FoundCells.swift: full cells that are found in the signals, told apart by all their bytes.
// Reference: `docs/decisions/0006-private-cells.md`.
// SPDX-License-Identifier: Apache-2.0

/// The full cells of signals that were read, numbered in the order in which they were first seen.
///
/// - Privacy: Secret, as every cell that is found may be one unit's alone. The numbers depend on the
///   order of rows, so nothing that is decided about a cell follows from its number: choices use its
///   label, a keyed hash of its bytes, and what is released is sorted.
final class FoundCells {
  /// The most bytes of one value; a signal with a longer one contributes nothing.
  static let longestValue = 256

  private var table: ByteTable
  private let keyCount: Int
  private var scratch: [UInt8] = []

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - keyCount: The values of one cell.
  ///   - key: The key of the release's choices, from which labels follow.
  init(keyCount: Int, key: ChoiceKey) {
    self.keyCount = keyCount
    // Words 2 and 3 hash units; a cell's bytes begin with a length, and are hashed under 0 and 3.
    table = ByteTable(hash: SipHash(key: (key.words.0, key.words.3)))
  }

  /// The number of cells.
  var count: Int { table.count }

  /// Forgets the values of a cell that was not completed.
  func begin() { scratch.removeAll(keepingCapacity: true) }

  /// Adds the value of the next key; tells whether a cell can have it.
  ///
  /// That is a text of 1 to `longestValue` bytes without control characters.
  func append(_ value: ByteSlice) -> Bool {
    guard value.count > 0, value.count <= Self.longestValue else { return false }
    for byte in value.buffer where byte < 0x20 || byte == 0x7F { return false }
    scratch.append(UInt8(truncatingIfNeeded: value.count))
    scratch.append(UInt8(truncatingIfNeeded: value.count >> 8))
    scratch.append(contentsOf: value.buffer)
    return true
  }

  /// The number of the cell with the values that were added.
  func number() -> UInt32 {
    let index = scratch.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { table.add(ByteSlice(base: $0, count: bytes.count)) }
    }
    guard let index, let number = UInt32(exactly: index), number < .max else {
      preconditionFailure("fewer than 2^32 cells fit into memory")
    }
    return number
  }

  /// What tells a cell apart where units choose among theirs: a keyed hash of its bytes.
  func label(of cell: UInt32) -> UInt64 { table.hash(of: Int(cell)) }

  /// The values of a cell, in the order of the keys.
  func values(of cell: Int) -> [String] {
    var rest = table.bytes(of: cell)
    return (0..<keyCount).map { _ in
      let length = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
      let value = rest.dropFirst(2).prefix(length)
      rest = rest.dropFirst(2 + length)
      return String(decoding: value, as: UTF8.self)
    }
  }
}
