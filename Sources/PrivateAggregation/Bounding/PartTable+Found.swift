// PartTable+Found.swift: rows of cells that are found in the signals, beside those that are listed.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension PartTable {
  /// Counts a batch of rows that was gathered.
  mutating func takeFound(_ count: Int, _ cells: PartCells) {
    for row in 0..<count where waiting[row].cell == CellDirectory.elsewhere {
      resolve(row, cells)
    }
    compare(count)
    switch bounds.cellsPerUnit {
    case 1: takeFound(count, cells, OneCell.self)
    case 2: takeFound(count, cells, TwoCells.self)
    case 3: takeFound(count, cells, ThreeCells.self)
    case 4: takeFound(count, cells, FourCells.self)
    default:
      for row in 0..<count {
        let unit = unit(of: row)
        let priorities = FoundPriorities(unit: priorities(of: unit), cells: cells)
        many.count(waiting[row].cell, priorities, in: slots(of: unit))
      }
    }
    if cells.isCrowded { forget(cells) }
  }

  /// Puts the unit and the cell of a row in place, both of which stand elsewhere.
  private func resolve(_ row: Int, _ cells: PartCells) {
    let text = text(waiting[row].high)
    let size = Int(text.loadUnaligned(as: UInt32.self))
    let unitSize = Int(text.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    let unit = (text + 8).assumingMemoryBound(to: UInt8.self)
    waiting[row].cell = cells.number(
      of: ByteSlice(base: unit + unitSize, count: size - 4 - unitSize)
    )
    guard unitSize <= PackedBytes.mostBytes else {
      // The unit stands behind its number of bytes, as that of any other row.
      waiting[row].high += 4
      return
    }
    let packed = PackedBytes(unit, count: unitSize)
    waiting[row].low = packed.low
    waiting[row].high = packed.high
  }

  private mutating func takeFound<Few: FewCells>(
    _ count: Int,
    _ cells: PartCells,
    _ few: Few.Type
  ) {
    // Apart from what follows, so that the processor fetches for many rows at once.
    for row in 0..<count { labels[row] = cells.label(waiting[row].cell) }
    for row in 0..<count {
      let unit = unit(of: row)
      let priority = priorities(of: unit).priority(label: labels[row], signal: 0)
      few.count(waiting[row].cell, priority: priority, limit: limit, in: slots(of: unit))
    }
  }

  /// Forgets the cells that no unit keeps any more.
  private func forget(_ cells: PartCells) {
    for number in 1..<units.count {
      withCells(of: number) { kept in
        for cell in kept where cell.count > 0 { cells.mark(cell.cell) }
      }
    }
    cells.forgetUnmarked()
  }

  /// Adds what all units keep, and forgets what was counted in the tally.
  func add(to tally: FoundTally, by choice: SignalChoice) {
    guard let cells else { preconditionFailure("a table of found cells") }
    tally.begin(cells.count)
    for number in 1..<units.count {
      let priorities = FoundPriorities(
        unit: priorities(of: units.base + number),
        cells: cells
      )
      withCells(of: number) { choice.add($0, priorities, to: tally) }
    }
    tally.finish(cells)
  }

  /// The row of a unit and a cell that is held by its bytes; its own address and hash.
  func rowElsewhere(_ number: Int, _ cell: UInt32, _ cells: PartCells) -> UnsafeRawPointer {
    let unit = units.base[number]
    guard !unit.isLong else {
      let text = keptText(unit.high)
      let bytes = ByteSlice(
        base: (text + 4).assumingMemoryBound(to: UInt8.self),
        count: Int(text.loadUnaligned(as: UInt32.self))
      )
      return cells.makeRow(unit: bytes, hash: unit.low, cell: cell)
    }
    var words = (unit.low.littleEndian, unit.high.littleEndian)
    let hash = hashPlace(unit.low, unit.high)
    return withUnsafeBytes(of: &words) { bytes in
      guard let base = bytes.baseAddress else { preconditionFailure("two words") }
      let slice = ByteSlice(
        base: base.assumingMemoryBound(to: UInt8.self),
        count: Int(unit.high >> 56)
      )
      return cells.makeRow(unit: slice, hash: hash, cell: cell)
    }
  }
}
