// ManyCells.swift: the cells that units keep where they may keep more than four.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The cells that units keep where they may keep more than four.
///
/// A unit has five slots of its own: up to four cells stand in these, as most units have no more; the
/// fifth tells where its cells are if there are more.
///
/// - Complexity: A search of at most 64 slots for each signal, or of a heap for units with more cells.
struct ManyCells: ~Copyable {
  /// From so many cells on a unit is large, as in `UnitTable`.
  private static let largeFrom = 64
  private static let ownSlots = 4

  private let cellsPerUnit: Int
  private let limit: UInt32
  private var slots: Growable<UnitCell>
  private var large: [LargeUnit] = []

  /// - Parameters:
  ///   - cellsPerUnit: The most cells of a unit, more than four.
  ///   - limit: The most signals that are counted in a cell.
  init(cellsPerUnit: Int, limit: UInt32) {
    self.cellsPerUnit = cellsPerUnit
    self.limit = limit
    slots = Growable()
  }

  deinit { slots.free() }

  /// The bytes of memory that are used.
  var bytesHeld: Int { slots.bytesHeld + large.reduce(0) { $0 + $1.cells.count * 64 } }

  /// The bytes that cells fill, of those that are used.
  var bytesFilled: Int {
    slots.count * MemoryLayout<UnitCell>.stride + large.reduce(0) { $0 + $1.cells.count * 64 }
  }

  mutating func removeAll() {
    slots.removeAll()
    large.removeAll()
  }

  /// The fifth slot of a unit: its `cell` is the room for cells, zero for a large unit; its `priority`
  /// is where they begin in `slots` if they are more than four, or which of `large` it is.
  static var header: UnitCell { UnitCell(priority: 0, cell: UInt32(ownSlots), count: 0) }

  /// Counts a signal in a cell.
  ///
  /// It looks at all slots without branching, as no branch here could be foreseen.
  @inline(__always)
  mutating func count(
    _ cell: UInt32,
    _ priorities: some CellPriorities,
    in own: UnsafeMutablePointer<UnitCell>
  ) {
    let room = Int(own[Self.ownSlots].cell)
    if room == 0 {
      countLarge(cell, priorities, in: own)
      return
    }
    let first = cells(own, room)
    var found = -1
    var worst = first[0]
    var worstSlot = 0
    var slot = 0
    while slot < room {
      let here = first[slot]
      found = here.cell == cell ? slot : found
      // As `UnitCell.isBefore(worst, here)`.
      let isWorse =
        (here.priority > worst.priority ? 1 : 0)
        | ((here.priority == worst.priority ? 1 : 0) & (here.cell > worst.cell ? 1 : 0))
      worst = isWorse != 0 ? here : worst
      worstSlot = isWorse != 0 ? slot : worstSlot
      slot &+= 1
    }
    if found >= 0 {
      // More than m are never counted, so m is where counting may stop.
      let count = first[found].count
      first[found].count = count < limit ? count &+ 1 : count
      return
    }
    let new = UnitCell(priority: priorities.priority(cell), cell: cell, count: 1)
    if worst.cell != .max, room < cellsPerUnit {
      grow(own, with: new)
    } else if UnitCell.isBefore(new, worst) {
      first[worstSlot] = new
    }
  }

  @inline(__always)
  private func cells(
    _ own: UnsafeMutablePointer<UnitCell>,
    _ room: Int
  ) -> UnsafeMutablePointer<UnitCell> {
    room <= Self.ownSlots ? own : slots.base + Int(own[Self.ownSlots].priority)
  }

  private mutating func countLarge(
    _ cell: UInt32,
    _ priorities: some CellPriorities,
    in own: UnsafeMutablePointer<UnitCell>
  ) {
    let number = Int(own[Self.ownSlots].priority)
    if large[number].count(cell, most: limit) { return }
    let new = UnitCell(priority: priorities.priority(cell), cell: cell, count: 1)
    large[number].offer(new, limit: cellsPerUnit)
  }

  /// Makes room for one more cell.
  @inline(never)
  private mutating func grow(_ own: UnsafeMutablePointer<UnitCell>, with new: UnitCell) {
    let kept = Int(own[Self.ownSlots].cell)
    guard kept < Self.largeFrom else {
      var unit = LargeUnit(UnsafeBufferPointer(start: cells(own, kept), count: kept))
      unit.offer(new, limit: cellsPerUnit)
      own[Self.ownSlots] = UnitCell(priority: UInt64(large.count), cell: 0, count: 0)
      large.append(unit)
      return
    }
    let room = min(kept * 2, cellsPerUnit, Self.largeFrom)
    let offset = slots.count
    slots.append(repeating: FourCells.free, count: room)
    // Only now, as the memory may have moved.
    (slots.base + offset).update(from: cells(own, kept), count: kept)
    slots.base[offset + kept] = new
    own[Self.ownSlots] = UnitCell(priority: UInt64(offset), cell: UInt32(room), count: 0)
  }

  /// Calls `body` with the slots of a unit, some of which may be free.
  func withCells(
    _ own: UnsafeMutablePointer<UnitCell>,
    _ body: (UnsafeBufferPointer<UnitCell>) -> Void
  ) {
    let room = Int(own[Self.ownSlots].cell)
    if room > 0 {
      body(UnsafeBufferPointer(start: cells(own, room), count: room))
    } else {
      large[Int(own[Self.ownSlots].priority)].cells.withUnsafeBufferPointer(body)
    }
  }
}
