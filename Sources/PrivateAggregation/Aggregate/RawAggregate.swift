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
  /// The cells that were found in the signals with their numbers of units, in the same order; `nil`
  /// where all cells are listed.
  package private(set) var found: [FoundCell]?
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
    if let found {
      // A cell without units is never selected; most such numbers are not those of a cell any more.
      let cells = units.indices.filter { units[$0] > 0 }.map {
        (number: $0, cell: FoundCell(values: found.values(of: $0), units: units[$0]))
      }
      // In the order of their bytes, which tells nothing of where they were seen.
      let sorted = cells.sorted { FoundCell.isBefore($0.cell, $1.cell) }
      self.found = sorted.map(\.cell)
      signals = sorted.map { signals[$0.number] }
      units = sorted.map(\.cell.units)
    }
    counts = plan.measures.map { $0.measure == .signals ? signals : units }
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
  mutating func take() -> (counts: [[Int64]], found: [FoundCell]?, bins: [Int64]) {
    let taken = (counts, found, bins)
    counts = []
    found = nil
    bins = []
    return taken
  }
}
