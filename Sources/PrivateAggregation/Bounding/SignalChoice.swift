// SignalChoice.swift: which signals of a unit stay where it holds more than `signals_per_unit`.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Chooses among the signals that a unit keeps in its cells, by the rule of `UnitTable`.
///
/// The j-th signal of a cell has a priority of its own, a keyed pseudo-random function of the unit's
/// bytes, the cell and j, and the `t` smallest over all cells of the unit stay.
///
/// - Privacy: Afterwards a unit has at most `t` signals in all.
final class SignalChoice {
  private struct Candidate {
    var priority: UInt64
    /// The number of its cell, to order equal priorities.
    var cell: UInt32
    /// Which of the cells of the unit it is.
    var place: UInt32
    /// Which of the signals of the cell.
    var signal: UInt32
  }

  private let most: Int
  private var candidates: [Candidate] = []
  private var kept: [UInt32] = []

  init(bounds: ContributionBounds) {
    most = bounds.signalsPerUnit ?? .max
  }

  /// Whether a unit may hold more than it may keep.
  var isNeeded: Bool { most != .max }

  /// Adds what stays of a unit to a tally; some slots may be free.
  func add(
    _ cells: UnsafeBufferPointer<UnitCell>,
    _ priorities: some CellPriorities,
    to tally: some CellCounter
  ) {
    var total = 0
    if isNeeded {
      for cell in cells { total += Int(cell.count) }
    }
    guard total > most else {
      for cell in cells { tally.addSlot(cell) }
      return
    }
    choose(cells, priorities)
    kept.removeAll(keepingCapacity: true)
    kept.append(contentsOf: repeatElement(0, count: cells.count))
    for candidate in candidates { kept[Int(candidate.place)] += 1 }
    for (cell, kept) in zip(cells, kept) where kept > 0 { tally.add(kept, in: cell.cell) }
  }

  /// How many signals of each cell stay.
  func counts(
    of cells: UnsafeBufferPointer<UnitCell>,
    _ priorities: UnitPriorities,
    into counts: inout [UInt32]
  ) {
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: cells.lazy.map(\.count))
    guard isNeeded, cells.reduce(0, { $0 + Int($1.count) }) > most else { return }
    choose(cells, priorities)
    for place in counts.indices { counts[place] = 0 }
    for candidate in candidates { counts[Int(candidate.place)] += 1 }
  }

  /// Calls `body` with the cells in which something of a unit stays, and how many signals; some slots may
  /// be free.
  func forEachKept(
    _ cells: UnsafeBufferPointer<UnitCell>,
    _ priorities: UnitPriorities,
    _ body: (_ cell: UInt32, _ signals: UInt32) -> Void
  ) {
    let total = isNeeded ? cells.reduce(0) { $0 + Int($1.count) } : 0
    guard total > most else {
      for cell in cells where cell.count > 0 { body(cell.cell, cell.count) }
      return
    }
    choose(cells, priorities)
    kept.removeAll(keepingCapacity: true)
    kept.append(contentsOf: repeatElement(0, count: cells.count))
    for candidate in candidates { kept[Int(candidate.place)] += 1 }
    for (cell, kept) in zip(cells, kept) where kept > 0 { body(cell.cell, kept) }
  }

  /// Leaves the signals of the smallest priorities, in room for about twice as many.
  private func choose(
    _ cells: UnsafeBufferPointer<UnitCell>,
    _ priorities: some CellPriorities
  ) {
    candidates.removeAll(keepingCapacity: true)
    for (place, cell) in cells.enumerated() where cell.count > 0 {
      for signal in 1...cell.count {
        candidates.append(
          Candidate(
            priority: priorities.priority(cell.cell, signal: signal),
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

  private func prune() {
    candidates.sort { ($0.priority, $0.cell, $0.signal) < ($1.priority, $1.cell, $1.signal) }
    candidates.removeLast(max(0, candidates.count - most))
  }
}
