// UnitTable.swift: what each unit contributes, bounded as its signals arrive.
// Reference: `docs/privacy-model.md`, section "Why it holds"; bottom-k sampling [CK07].
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Keeps for each unit a uniform choice of `c` of its cells, and in each the number of its signals.
///
/// Every (unit, cell) has a priority: a keyed pseudo-random function of the unit's bytes and the
/// cell. A unit keeps the `c` cells of the smallest priorities. That can be done as signals arrive:
/// the largest kept priority only ever falls, so a cell that was turned away, or that had to leave,
/// would be turned away again, and a cell that is among the smallest in the end was never turned
/// away, so its count is whole.
///
/// - Privacy: What a unit keeps depends on its own signals and the key alone, not on other units and
///   not on the order of rows. After `bounded()` a unit is in at most `c` cells, with at most `m`
///   signals in each and `t` in all.
/// - Complexity: One look-up and a search of at most `c` slots for each signal; memory grows with the
///   number of units times the cells they keep.
struct UnitTable {
  private struct Slot {
    var priority: UInt64
    var cell: UInt32
    var count: UInt32
  }

  private struct Unit {
    var offset: Int
    var count: Int32
    var capacity: Int32
  }

  private let bounds: ContributionBounds
  private let prioritise: SipHash
  private var table: ByteTable
  private var units: [Unit] = []
  private var slots: [Slot] = []

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - bounds: How much one unit may contribute.
  ///   - key: Four secret words, drawn for one release.
  init(bounds: ContributionBounds, key: ChoiceKey) {
    self.bounds = bounds
    prioritise = SipHash(key: (key.words.0, key.words.1))
    table = ByteTable(hash: SipHash(key: (key.words.2, key.words.3)))
  }

  /// Counts one signal of a unit in a cell.
  mutating func add(unit: ByteSlice, cell: UInt32) {
    let index = table.add(unit)
    if index == units.count {
      let capacity = min(bounds.cellsPerUnit, 4)
      units.append(Unit(offset: slots.count, count: 0, capacity: Int32(capacity)))
      for _ in 0..<capacity { slots.append(Slot(priority: 0, cell: 0, count: 0)) }
    }
    let unit = units[index]
    for slot in unit.offset..<(unit.offset + Int(unit.count)) where slots[slot].cell == cell {
      // More than m are never counted, so m is where counting may stop.
      if slots[slot].count < UInt32(bounds.signalsPerCell) { slots[slot].count += 1 }
      return
    }
    // The hash of the unit's bytes is keyed too, so this is a function of those bytes and the key.
    let priority = prioritise(table.hash(of: index), UInt64(cell), 0)
    let new = Slot(priority: priority, cell: cell, count: 1)
    guard Int(unit.count) == bounds.cellsPerUnit else {
      if unit.count == unit.capacity { grow(index) }
      slots[units[index].offset + Int(unit.count)] = new
      units[index].count += 1
      return
    }
    var worst = unit.offset
    for slot in unit.offset..<(unit.offset + Int(unit.count))
    where Self.isBefore(slots[worst], slots[slot]) { worst = slot }
    if Self.isBefore(new, slots[worst]) { slots[worst] = new }
  }

  /// Cells of equal priority, which is one pair in 2^64, are ordered by their number.
  private static func isBefore(_ left: Slot, _ right: Slot) -> Bool {
    (left.priority, left.cell) < (right.priority, right.cell)
  }

  /// Moves a unit's slots to where there is twice the room.
  private mutating func grow(_ index: Int) {
    let old = units[index]
    let capacity = min(Int(old.capacity) * 2, bounds.cellsPerUnit)
    units[index].offset = slots.count
    units[index].capacity = Int32(capacity)
    slots.reserveCapacity(slots.count + capacity)
    for slot in 0..<Int(old.count) { slots.append(slots[old.offset + slot]) }
    for _ in Int(old.count)..<capacity { slots.append(Slot(priority: 0, cell: 0, count: 0)) }
  }

  /// Calls `body` with every (unit, cell) that is kept and the number of signals kept in it.
  ///
  /// Where a unit holds more than `t` signals, `t` are kept at random: the j-th signal of a cell has a
  /// priority of its own, and the `t` smallest over all cells of the unit stay. Which of the signals
  /// of one cell stay makes no difference to a count.
  func forEachBounded(_ body: (_ cell: UInt32, _ signals: UInt32) -> Void) {
    var candidates: [Slot] = []
    var kept: [UInt32] = []
    for (index, unit) in units.enumerated() {
      let range = unit.offset..<(unit.offset + Int(unit.count))
      let total = slots[range].reduce(0) { $0 + Int($1.count) }
      guard let most = bounds.signalsPerUnit, total > most else {
        for slot in range { body(slots[slot].cell, slots[slot].count) }
        continue
      }
      candidates.removeAll(keepingCapacity: true)
      for slot in range {
        for signal in 1...slots[slot].count {
          let priority = prioritise(
            table.hash(of: index),
            UInt64(slots[slot].cell),
            UInt64(signal)
          )
          candidates.append(
            Slot(priority: priority, cell: UInt32(slot - unit.offset), count: signal)
          )
        }
      }
      candidates.sort { ($0.priority, $0.cell, $0.count) < ($1.priority, $1.cell, $1.count) }
      kept.removeAll(keepingCapacity: true)
      kept.append(contentsOf: repeatElement(0, count: Int(unit.count)))
      for candidate in candidates.prefix(most) { kept[Int(candidate.cell)] += 1 }
      for slot in range where kept[slot - unit.offset] > 0 {
        body(slots[slot].cell, kept[slot - unit.offset])
      }
    }
  }
}
