// PartCells.swift: the cells of one part's units that were found in the signals.
// Reference: `docs/decisions/0013-found-cells-on-all-threads.md`.
// SPDX-License-Identifier: Apache-2.0

/// The found cells of one part's units: those with a number in the shared directory, and the others,
/// whose bytes are held here under numbers of this part's own.
///
/// Cells that no unit of the part keeps any more are forgotten now and then: one with many values
/// leaves no more than twice what all keep, and a few thousand.
final class PartCells {
  /// The smallest number of a cell that is held here.
  static let first = CellDirectory.elsewhere + 1
  /// So many cells stay before any is forgotten.
  private static let patience = 4096

  private struct Cell {
    var label: UInt64
    /// Where its bytes begin in `texts`.
    var offset: Int
    var count: Int32
    /// Whether some unit keeps it, while that is asked.
    var isKept: Bool
  }

  let directory: CellDirectory
  private let patience: Int
  private var cells = Growable<Cell>()
  private var texts = Growable<UInt8>()
  private var unused: [UInt32] = []
  /// The index of a cell, from 1, or zero; looked for from the place on that its label says.
  private var places: [UInt32] = Array(repeating: 0, count: 16)
  /// So many cells are there when it is next asked which of them units keep.
  private var crowd: Int
  /// A row that is made up of a kept cell.
  private var row = Growable<UInt8>()

  init(_ directory: CellDirectory, patience: Int = PartCells.patience) {
    self.directory = directory
    self.patience = patience
    crowd = patience
  }

  deinit {
    cells.free()
    texts.free()
    row.free()
  }

  /// The number of cells that are held here, and of those that were.
  var count: Int { cells.count }

  var bytesHeld: Int { cells.bytesHeld + texts.bytesHeld + places.count * 4 }

  var bytesFilled: Int { cells.count * (MemoryLayout<Cell>.stride + 8) + texts.count }

  func removeAll() {
    guard cells.count > 0 else { return }
    cells.removeAll()
    texts.removeAll()
    unused.removeAll()
    places = Array(repeating: 0, count: 16)
    crowd = patience
  }

  /// What tells a cell apart where units choose among theirs.
  @inline(__always)
  func label(_ cell: UInt32) -> UInt64 {
    cell < CellDirectory.elsewhere
      ? directory.label(of: cell) : cells.base[Int(cell &- Self.first)].label
  }

  /// The bytes of a cell that is held here.
  func bytes(of cell: UInt32) -> ByteSlice {
    let cell = cells.base[Int(cell - Self.first)]
    return ByteSlice(base: UnsafePointer(texts.base + cell.offset), count: Int(cell.count))
  }

  /// The number of a cell that has none in the directory.
  func number(of bytes: ByteSlice) -> UInt32 {
    let label = directory.label(of: bytes)
    var place = Int(truncatingIfNeeded: label) & (places.count - 1)
    while places[place] != 0 {
      let index = places[place] - 1
      if cells.base[Int(index)].label == label,
        self.bytes(of: Self.first + index).hasBytes(of: bytes)
      {
        return Self.first + index
      }
      place = (place + 1) & (places.count - 1)
    }
    let cell = Cell(label: label, offset: texts.count, count: Int32(bytes.count), isKept: false)
    texts.append(bytes.base, count: bytes.count)
    let index: UInt32
    if let last = unused.popLast() {
      index = last
      cells.base[Int(index)] = cell
    } else {
      index = UInt32(cells.count)
      cells.append(cell)
    }
    places[place] = index + 1
    if (cells.count - unused.count) * 2 > places.count { placeAll(in: places.count * 2) }
    return Self.first + index
  }

  private func placeAll(in size: Int) {
    places = Array(repeating: 0, count: size)
    for index in 0..<cells.count where cells.base[index].count > 0 {
      var place = Int(truncatingIfNeeded: cells.base[index].label) & (size - 1)
      while places[place] != 0 { place = (place + 1) & (size - 1) }
      places[place] = UInt32(index + 1)
    }
  }

  // MARK: - Forgetting

  /// Whether it is time to ask which cells units keep.
  @inline(__always)
  var isCrowded: Bool { cells.count &- unused.count > crowd }

  /// Notes that a unit keeps a cell.
  func mark(_ cell: UInt32) {
    if cell >= Self.first { cells.base[Int(cell - Self.first)].isKept = true }
  }

  /// Forgets the cells that were not marked; their numbers go to others.
  func forgetUnmarked() {
    var kept = Growable<UInt8>()
    unused.removeAll(keepingCapacity: true)
    for index in 0..<cells.count {
      let cell = cells.base[index]
      if cell.isKept {
        cells.base[index].offset = kept.count
        cells.base[index].isKept = false
        kept.append(texts.base + cell.offset, count: Int(cell.count))
      } else {
        cells.base[index].count = 0
        unused.append(UInt32(index))
      }
    }
    texts.free()
    texts = kept
    placeAll(in: places.count)
    crowd = max(patience, 2 * (cells.count - unused.count))
  }

  // MARK: - Rows

  /// The row of a unit and a cell that is held here, valid until the next call.
  func makeRow(unit: ByteSlice, hash: UInt64, cell: UInt32) -> UnsafeRawPointer {
    row.removeAll()
    let bytes = bytes(of: cell)
    row.append(repeating: 0, count: RowBuffer.longestRow + 8 + unit.count + bytes.count)
    let base = UnsafeMutableRawPointer(row.base)
    let text = base + RowBuffer.longestRow
    RowBuffer.write(unit: unit, cell: bytes, at: text)
    base.storeBytes(
      of: CellDirectory.elsewhere | UInt32(PackedBytes.elsewhere) << 24,
      as: UInt32.self
    )
    base.storeBytes(of: hash, toByteOffset: 4, as: UInt64.self)
    let address = UInt64(UInt(bitPattern: text)) | PackedBytes.elsewhere << 56
    base.storeBytes(of: address, toByteOffset: 12, as: UInt64.self)
    return UnsafeRawPointer(base)
  }
}

/// What orders the cells and signals of a unit.
protocol CellPriorities {
  /// The priority of a cell.
  func priority(_ cell: UInt32) -> UInt64
  /// The priority of a signal of a cell.
  func priority(_ cell: UInt32, signal: UInt32) -> UInt64
}

extension UnitPriorities: CellPriorities {}

/// The same where cells are found in the signals: by what their bytes are, not by their numbers.
struct FoundPriorities: CellPriorities {
  let unit: UnitPriorities
  let cells: PartCells

  @inline(__always)
  func priority(_ cell: UInt32) -> UInt64 { unit.priority(label: cells.label(cell), signal: 0) }

  @inline(__always)
  func priority(_ cell: UInt32, signal: UInt32) -> UInt64 {
    unit.priority(label: cells.label(cell), signal: signal)
  }
}
