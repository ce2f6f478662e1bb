// RawAggregate.swift: exact bounded counts, secret, used once and unprintable.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

/// Exact bounded counts of every cell, for every measure of a plan.
///
/// - Privacy: Secret. It cannot be copied, printed or compared; the only way out is through noise.
struct RawAggregate: ~Copyable {
  /// A count for every cell, in the order of the cells, for each measure in the order of the plan.
  package private(set) var counts: [[Int64]]
  /// The cells that were found in the signals, in the same order; `nil` where all cells are listed.
  private(set) var found: FoundCellList?
  /// The bins of a histogram of values, cell by cell; none where no quantiles are asked for.
  package private(set) var bins: [Int64] = []

  /// Adds up what the units of a table keep in listed cells, or in cells that were found.
  init(_ table: consuming UnitTable, found: FoundCells?, under plan: AggregationPlan) {
    let cellCount = found?.numbers ?? plan.cellCount
    var signals = [Int64](repeating: 0, count: cellCount)
    var units = [Int64](repeating: 0, count: cellCount)
    // No sum can run over: each counts signals that were read, and nobody reads 2^63 of them.
    table.forEachBounded { cell, kept in
      signals[Int(cell)] += Int64(kept)
      units[Int(cell)] += 1
    }
    guard let found else {
      self.init(signals: signals, units: units, under: plan)
      return
    }
    var list = FoundCellList()
    // Most numbers without units are not those of a cell any more.
    for cell in units.indices where units[cell] > 0 {
      list.append(found.bytes(of: cell), signals: signals[cell], units: units[cell])
    }
    self.init(found: list, under: plan)
  }

  /// Takes the cells that were found, with their counts.
  init(found: FoundCellList, under plan: AggregationPlan) {
    self.found = found
    counts = plan.measures.map { found.counts(of: $0.measure) }
  }

  /// Adds up what units keep in the innermost regions of a hierarchy, and in all that these lie in.
  init(
    _ table: consuming UnitTable,
    _ cells: HierarchyCells,
    under plan: AggregationPlan
  ) {
    var signals = [Int64](repeating: 0, count: cells.leafCellCount)
    let units = LevelTally(cells)
    table.forEachBounded(
      unit: { units.begin() },
      { cell, kept in
        signals[Int(cell)] += Int64(kept)
        units.add(cell)
      }
    )
    self.init(signals: cells.sums(signals), units: units.unitCounts, under: plan)
  }

  /// Takes the counts of every cell.
  init(signals: [Int64], units: [Int64], under plan: AggregationPlan) {
    counts = plan.measures.map { $0.measure == .signals ? signals : units }
  }

  /// Takes the numbers of every cell where values are added up.
  init(_ tally: ValueTally) {
    (counts, bins) = tally.totals
  }

  /// Adds noise to every cell and turns the reservation into a charge.
  ///
  /// - Privacy: Each measure costs its epsilon; together they cost what was reserved.
  consuming func noised(
    by plan: AggregationPlan,
    spending reservation: consuming OpenReservation,
    threads: Int
  ) -> NoisyAggregate {
    NoisyAggregate(self, plan, charge: reservation.charged(), threads: threads)
  }

  /// Hands the counts over and forgets them.
  mutating func take() -> (counts: [[Int64]], found: FoundCellList?, bins: [Int64]) {
    let taken = (counts, found, bins)
    counts = []
    found = nil
    bins = []
    return taken
  }
}
