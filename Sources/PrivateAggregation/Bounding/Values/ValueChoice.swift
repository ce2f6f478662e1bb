// ValueChoice.swift: which signals of a unit are kept where they carry values.
// Reference: `docs/decisions/0009-measures.md`; bottom-k sampling [CK07].
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Signals of one unit in one cell with one value.
struct ValueEntry: BitwiseCopyable {
  /// The number of the unit among those of its part.
  var unit: UInt32
  var cell: UInt32
  /// The steps of the value above the lowest.
  var value: UInt32
  /// How many signals there are.
  var count: UInt32

  /// By unit, cell and value.
  static func isBefore(_ left: ValueEntry, _ right: ValueEntry) -> Bool {
    let (first, second) = (left.place, right.place)
    return first == second ? left.value < right.value : first < second
  }

  /// The unit and the cell in one word.
  private var place: UInt64 { UInt64(unit) << 32 | UInt64(cell) }

  func isSame(_ other: ValueEntry) -> Bool { place == other.place && value == other.value }
}

/// Chooses among the signals of a unit where they carry values.
///
/// Which cells are kept, and how many signals of each, is decided as by `PartTable` and `SignalChoice`,
/// from the numbers of signals alone. Which signals of a cell these are is decided by priorities of
/// their own: the j-th signal of a value has a keyed pseudo-random number of the unit's bytes, the
/// cell, the value and j, and the smallest stay. Signals of one value are alike, so it makes no
/// difference which of them is the j-th.
///
/// - Privacy: Afterwards a unit is in at most `c` cells, with at most `m` signals in each and `t` in
///   all. It depends on the unit's own signals and the key alone, not on their order.
/// - Complexity: A priority for each cell, and for each signal of a cell with more than are kept.
final class ValueChoice {
  private struct Candidate {
    var priority: UInt64
    var value: UInt32
    var occurrence: UInt32

    static func isBefore(_ left: Candidate, _ right: Candidate) -> Bool {
      (left.priority, left.value, left.occurrence) < (right.priority, right.value, right.occurrence)
    }
  }

  /// A cell of the unit: where its entries are, and how many signals they are.
  private struct Cell {
    var cell: UnitCell
    var range: Range<Int>
    var total: Int
  }

  private let bounds: ContributionBounds
  private let choice: SignalChoice
  private var cells: [Cell] = []
  private var slots: [UnitCell] = []
  private var counts: [UInt32] = []
  private var candidates: [Candidate] = []

  init(bounds: ContributionBounds) {
    self.bounds = bounds
    choice = SignalChoice(bounds: bounds)
  }

  /// Calls `body` for each value that is kept of each cell, cell by cell.
  ///
  /// - Parameters:
  ///   - entries: Those of one unit, in the order of their cells and values, each once.
  ///   - priorities: Those of the unit.
  ///   - body: Takes an entry whose `count` is the number of signals that are kept, above zero.
  func forEachKept(
    _ entries: UnsafeBufferPointer<ValueEntry>,
    _ priorities: UnitPriorities,
    _ body: (ValueEntry) -> Void
  ) {
    gather(entries)
    if cells.count > bounds.cellsPerUnit {
      for place in cells.indices {
        cells[place].cell.priority = priorities.priority(cells[place].cell.cell)
      }
      cells.sort { UnitCell.isBefore($0.cell, $1.cell) }
      cells.removeLast(cells.count - bounds.cellsPerUnit)
    }
    slots.removeAll(keepingCapacity: true)
    slots.append(contentsOf: cells.lazy.map(\.cell))
    slots.withUnsafeBufferPointer { choice.counts(of: $0, priorities, into: &counts) }
    for (cell, count) in zip(cells, counts) where count > 0 {
      let own = UnsafeBufferPointer(rebasing: entries[cell.range])
      if Int(count) == cell.total {
        own.forEach(body)
      } else {
        choose(Int(count), of: own, priorities)
        forEachChosen(own, body)
      }
    }
  }

  /// Finds the cells, with the number of signals that each may keep.
  private func gather(_ entries: UnsafeBufferPointer<ValueEntry>) {
    cells.removeAll(keepingCapacity: true)
    var start = 0
    while start < entries.count {
      var end = start
      var total = 0
      while end < entries.count, entries[end].cell == entries[start].cell {
        total += Int(entries[end].count)
        end += 1
      }
      let count = UInt32(min(total, bounds.signalsPerCell))
      cells.append(
        Cell(
          cell: UnitCell(priority: 0, cell: entries[start].cell, count: count),
          range: start..<end,
          total: total
        )
      )
      start = end
    }
  }

  /// Leaves the `count` signals of the smallest priorities, in room for about twice as many.
  private func choose(
    _ count: Int,
    of entries: UnsafeBufferPointer<ValueEntry>,
    _ priorities: UnitPriorities
  ) {
    func prune() {
      candidates.sort(by: Candidate.isBefore)
      candidates.removeLast(max(0, candidates.count - count))
    }
    candidates.removeAll(keepingCapacity: true)
    for entry in entries {
      for occurrence in 1...entry.count {
        let priority = priorities.priority(
          entry.cell,
          value: entry.value,
          occurrence: occurrence
        )
        candidates.append(
          Candidate(priority: priority, value: entry.value, occurrence: occurrence)
        )
        if candidates.count >= 2 * count + 4096 { prune() }
      }
    }
    prune()
    candidates.sort { $0.value < $1.value }
  }

  /// Calls `body` with how many signals of each value were chosen.
  private func forEachChosen(
    _ entries: UnsafeBufferPointer<ValueEntry>,
    _ body: (ValueEntry) -> Void
  ) {
    var next = 0
    for entry in entries {
      var chosen = entry
      chosen.count = 0
      while next < candidates.count, candidates[next].value == entry.value {
        chosen.count += 1
        next += 1
      }
      if chosen.count > 0 { body(chosen) }
    }
  }
}
