// FewCells.swift: the cells that a unit keeps where it may keep at most four.
// SPDX-License-Identifier: Apache-2.0

/// How many cells a unit keeps, known when the code is made, so that loops over them are unrolled.
protocol FewCells {
  static var most: Int { get }
}

enum OneCell: FewCells {
  @inline(__always) static var most: Int { 1 }
}

enum TwoCells: FewCells {
  @inline(__always) static var most: Int { 2 }
}

enum ThreeCells: FewCells {
  @inline(__always) static var most: Int { 3 }
}

enum FourCells: FewCells {
  @inline(__always) static var most: Int { 4 }
}

extension FewCells {
  /// A slot without a cell: it comes after every cell that there can be.
  static var free: UnitCell { UnitCell(priority: .max, cell: .max, count: 0) }

  /// Counts a signal in a cell: in the slot of the cell, or in that of a cell that comes after it.
  ///
  /// The `most` slots are in order. One more takes what leaves, and nobody looks at it. No branch
  /// here depends on the data, as none could be foreseen.
  ///
  /// - Parameters:
  ///   - cell: The cell.
  ///   - priority: Its priority, always the same for this unit.
  ///   - limit: The most signals that are counted in a cell, at least one.
  ///   - slots: `most` slots and one more.
  @inline(__always)
  static func count(
    _ cell: UInt32,
    priority: UInt64,
    limit: UInt32,
    in slots: UnsafeMutablePointer<UnitCell>
  ) {
    var rank = 0
    for slot in 0..<most { rank &+= slots[slot].priority < priority ? 1 : 0 }
    let here = slots[rank]
    let difference = here.priority ^ priority
    let otherCell = UInt64(here.cell ^ cell)
    // Zero where the priorities are equal and the cells are not, which is one pair in 2^64.
    if difference | (otherCell &- 1) &>> 63 == 0 {
      countExactly(UnitCell(priority: priority, cell: cell, count: 1), limit: limit, in: slots)
      return
    }
    let isHere: UInt32 = difference | otherCell == 0 ? 1 : 0
    let count = min(here.count & (0 &- isHere), limit &- 1) &+ 1
    // If the cell is new, all from its place on move one slot further.
    let step = 16 &* Int(1 &- isHere)
    let raw = UnsafeMutableRawPointer(slots)
    let first = raw.load(as: Bits.self)
    let second = most > 1 ? raw.load(fromByteOffset: 16, as: Bits.self) : first
    let third = most > 2 ? raw.load(fromByteOffset: 32, as: Bits.self) : first
    let fourth = most > 3 ? raw.load(fromByteOffset: 48, as: Bits.self) : first
    if most > 3 { move(fourth, 3, rank, step, in: raw) }
    if most > 2 { move(third, 2, rank, step, in: raw) }
    if most > 1 { move(second, 1, rank, step, in: raw) }
    move(first, 0, rank, step, in: raw)
    slots[rank] = UnitCell(priority: priority, cell: cell, count: count)
  }

  /// All of a slot.
  private typealias Bits = SIMD2<UInt64>

  @inline(__always)
  private static func move(
    _ bits: Bits,
    _ slot: Int,
    _ rank: Int,
    _ step: Int,
    in slots: UnsafeMutableRawPointer
  ) {
    let offset = 16 &* slot &+ (rank <= slot ? step : 0)
    slots.storeBytes(of: bits, toByteOffset: offset, as: Bits.self)
  }

  /// The same, one slot after the other, with cells of equal priority ordered by their number.
  @inline(never)
  private static func countExactly(
    _ new: UnitCell,
    limit: UInt32,
    in slots: UnsafeMutablePointer<UnitCell>
  ) {
    var place = 0
    while place < most, UnitCell.isBefore(slots[place], new) { place += 1 }
    guard place < most else { return }
    if slots[place].cell == new.cell {
      slots[place].count = min(slots[place].count, limit - 1) + 1
      return
    }
    var slot = most - 1
    while slot > place {
      slots[slot] = slots[slot - 1]
      slot -= 1
    }
    slots[place] = new
  }
}
