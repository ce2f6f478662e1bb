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
///   not on the order of rows. After `forEachBounded` a unit is in at most `c` cells, with at most `m`
///   signals in each and `t` in all.
/// - Complexity: One look-up for each signal and a search of at most 64 slots, or of a heap for units
///   with more cells; memory grows with the number of units times the cells they keep.
struct UnitTable {
  private struct Unit {
    let priorities: UnitPriorities
    /// Where its cells begin in `slots`, or which of `large` it is.
    var offset: Int
    var count: Int32
    /// The room for cells in `slots`; zero for a large unit.
    var capacity: Int32
  }

  /// From so many cells on a unit is large: searching through fewer costs less than a dictionary.
  private static let largeFrom = 64

  private let bounds: ContributionBounds
  private let function: SipHash
  /// The cells, where they are found in the signals: their numbers depend on other units.
  private let found: FoundCells?
  private var table: ByteTable
  private var units: [Unit] = []
  private var slots: [UnitCell] = []
  private var large: [LargeUnit] = []

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - bounds: How much one unit may contribute.
  ///   - key: Four secret words, drawn for one release.
  ///   - hashMask: The bits of a unit's hash that are kept; fewer than all are for tests.
  ///   - found: Where cells are found in the signals, what tells them apart for a choice.
  init(
    bounds: ContributionBounds,
    key: ChoiceKey,
    hashMask: UInt64 = .max,
    found: FoundCells? = nil
  ) {
    self.bounds = bounds
    self.found = found
    function = SipHash(key: (key.words.0, key.words.1))
    table = ByteTable(hash: SipHash(key: (key.words.2, key.words.3)), hashMask: hashMask)
  }

  /// Counts one signal of a unit in a cell.
  mutating func add(unit: ByteSlice, cell: UInt32) {
    let index = table.add(unit)
    if index == units.count {
      let capacity = min(bounds.cellsPerUnit, 4)
      units.append(
        Unit(
          priorities: UnitPriorities(function, unit: unit),
          offset: slots.count,
          count: 0,
          capacity: Int32(capacity)
        )
      )
      for _ in 0..<capacity { slots.append(Self.free) }
    }
    let unit = units[index]
    // More than m are never counted, so m is where counting may stop.
    let most = UInt32(bounds.signalsPerCell)
    if unit.capacity == 0 {
      if large[unit.offset].count(cell, most: most) { return }
    } else {
      for slot in unit.offset..<(unit.offset + Int(unit.count)) where slots[slot].cell == cell {
        if slots[slot].count < most { slots[slot].count += 1 }
        return
      }
    }
    let priority = priority(unit.priorities, cell)
    found?.keep(cell)
    let lost = offer(UnitCell(priority: priority, cell: cell, count: 1), to: index)
    if let found, let lost { found.letGo(lost) }
  }

  /// The priority of a cell or of one of its signals: by a listed cell's number, a found cell's bytes.
  private func priority(
    _ priorities: UnitPriorities,
    _ cell: UInt32,
    signal: UInt32 = 0
  ) -> UInt64 {
    if let found { return priorities.priority(label: found.label(of: cell), signal: signal) }
    return signal == 0 ? priorities.priority(cell) : priorities.priority(cell, signal: signal)
  }

  /// Takes in a cell that a unit does not keep, if it is among the smallest; returns the cell that is
  /// not kept then, the new one or one that had to leave.
  private mutating func offer(_ new: UnitCell, to index: Int) -> UInt32? {
    let unit = units[index]
    if unit.capacity == 0 {
      return large[unit.offset].offer(new, limit: bounds.cellsPerUnit)
    }
    let range = unit.offset..<(unit.offset + Int(unit.count))
    guard Int(unit.count) == bounds.cellsPerUnit else {
      if unit.count == unit.capacity {
        guard unit.count < Self.largeFrom else {
          units[index].offset = large.count
          units[index].count = 0
          units[index].capacity = 0
          large.append(LargeUnit(slots[range]))
          return offer(new, to: index)
        }
        grow(index)
      }
      slots[units[index].offset + Int(unit.count)] = new
      units[index].count += 1
      return nil
    }
    var worst = unit.offset
    for slot in range where UnitCell.isBefore(slots[worst], slots[slot]) { worst = slot }
    guard UnitCell.isBefore(new, slots[worst]) else { return new.cell }
    let lost = slots[worst].cell
    slots[worst] = new
    return lost
  }

  /// Moves a unit's slots to where there is twice the room.
  private mutating func grow(_ index: Int) {
    let old = units[index]
    let capacity = min(Int(old.capacity) * 2, bounds.cellsPerUnit)
    units[index].offset = slots.count
    units[index].capacity = Int32(capacity)
    for slot in 0..<Int(old.count) { slots.append(slots[old.offset + slot]) }
    for _ in Int(old.count)..<capacity { slots.append(Self.free) }
  }

  private static let free = UnitCell(priority: 0, cell: 0, count: 0)

  /// The cells that a unit keeps.
  private func cells(of unit: Unit) -> ArraySlice<UnitCell> {
    unit.capacity == 0
      ? large[unit.offset].cells[...] : slots[unit.offset..<(unit.offset + Int(unit.count))]
  }

  /// Calls `body` with the number of cells and of signals that each unit keeps before
  /// `signals_per_unit` applies.
  func forEachUnit(_ body: (_ cells: Int, _ signals: Int) -> Void) {
    for unit in units {
      let cells = cells(of: unit)
      body(cells.count, cells.reduce(0) { $0 + Int($1.count) })
    }
  }

  /// Calls `begin` for each unit, and `body` with every cell that it keeps and the number of signals
  /// kept in it.
  ///
  /// Where a unit holds more than `t` signals, `t` are kept at random: the j-th signal of a cell has a
  /// priority of its own, and the `t` smallest over all cells of the unit stay. Which of the signals
  /// of one cell stay makes no difference to a count.
  func forEachBounded(
    unit begin: () -> Void = {},
    _ body: (_ cell: UInt32, _ signals: UInt32) -> Void
  ) {
    var candidates: [Candidate] = []
    var kept: [UInt32] = []
    for unit in units {
      begin()
      let cells = cells(of: unit)
      let total = cells.reduce(0) { $0 + Int($1.count) }
      guard let most = bounds.signalsPerUnit, total > most else {
        for cell in cells { body(cell.cell, cell.count) }
        continue
      }
      choose(most, of: cells, unit.priorities, into: &candidates)
      kept.removeAll(keepingCapacity: true)
      kept.append(contentsOf: repeatElement(0, count: cells.count))
      for candidate in candidates { kept[Int(candidate.place)] += 1 }
      for (cell, kept) in zip(cells, kept) where kept > 0 { body(cell.cell, kept) }
    }
  }

  /// One signal of a unit, while some are chosen.
  private struct Candidate {
    var priority: UInt64
    /// The number of its cell, to order equal priorities.
    var cell: UInt32
    /// Which of the cells of the unit it is.
    var place: UInt32
    /// Which of the signals of the cell.
    var signal: UInt32
  }

  /// Leaves the `most` signals of the smallest priorities, in room for about twice as many.
  private func choose(
    _ most: Int,
    of cells: ArraySlice<UnitCell>,
    _ priorities: UnitPriorities,
    into candidates: inout [Candidate]
  ) {
    func prune() {
      candidates.sort {
        ($0.priority, $0.cell, $0.signal) < ($1.priority, $1.cell, $1.signal)
      }
      candidates.removeLast(max(0, candidates.count - most))
    }
    candidates.removeAll(keepingCapacity: true)
    for (place, cell) in cells.enumerated() {
      for signal in 1...cell.count {
        candidates.append(
          Candidate(
            priority: priority(priorities, cell.cell, signal: signal),
            cell: cell.cell,
            place: UInt32(place),
            signal: signal
          )
        )
        if candidates.count >= 2 * most + 4096 { prune() }
      }
    }
    prune()
  }
}
