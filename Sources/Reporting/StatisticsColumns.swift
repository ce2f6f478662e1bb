// StatisticsColumns.swift: what was derived for each cell, as columns beside its numbers.
// Reference: `docs/measures.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// One number that was derived for each cell, with its interval.
struct StatisticsColumn {
  /// The name in tables and of the column.
  let name: String
  /// The interval of each cell.
  let cells: [EstimatedInterval]
  /// The decimal places that numbers are rounded to: ends of intervals outward.
  let places: Int
  /// Whether an end that is left out lies beyond what is known: above a last threshold, say.
  let isOpen: Bool

  /// The columns of a release.
  static func all(of body: ReleaseBody) -> [StatisticsColumn] {
    guard let statistics = body.statistics else { return [] }
    var columns: [StatisticsColumn] = []
    if let mean = statistics.mean {
      let range = body.measures.lazy.compactMap(\.measure.range).first
      let places = range.flatMap { PlainNumber.places(of: $0) } ?? 0
      columns.append(
        StatisticsColumn(name: "mean", cells: mean.cells, places: places + 2, isOpen: false)
      )
    }
    if let share = statistics.share {
      columns.append(
        StatisticsColumn(name: "share", cells: share.cells, places: 4, isOpen: false)
      )
    }
    if let quantiles = statistics.quantiles {
      for (index, rank) in quantiles.ranks.enumerated() {
        columns.append(
          StatisticsColumn(
            name: "quantile_" + (PlainNumber.decimal(rank) ?? rank.description),
            cells: quantiles.cells.map { $0[index] },
            places: 9,
            isOpen: true
          )
        )
      }
    }
    return columns
  }

  /// The estimate, the lower and the upper end of a cell, as a program reads them; empty for what is
  /// left out.
  func written(_ cell: Int) -> (estimate: String, low: String, high: String) {
    let interval = cells[cell]
    return (
      interval.estimate.map { PlainNumber.fixed($0, places, .toNearestOrAwayFromZero) } ?? "",
      interval.low.map { PlainNumber.fixed($0, places, .down) } ?? "",
      interval.high.map { PlainNumber.fixed($0, places, .up) } ?? ""
    )
  }

  /// The estimate, and the interval in words.
  func shown(_ cell: Int) -> (estimate: String, interval: String) {
    let text = written(cell)
    if isOpen {
      let estimate = text.estimate.isEmpty ? "above" : text.estimate
      switch (text.low.isEmpty, text.high.isEmpty) {
      case (true, true): return (estimate, "(any)")
      case (true, false): return (estimate, "(up to \(text.high))")
      case (false, true): return (estimate, "(above \(text.low))")
      case (false, false): return (estimate, "(above \(text.low), up to \(text.high))")
      }
    }
    let estimate = text.estimate.isEmpty ? "-" : text.estimate
    return (estimate, text.low.isEmpty ? "" : "(\(text.low) to \(text.high))")
  }
}

extension ReleaseBody {
  /// The measures that a reader looks for: a deviation is shown as the mean that is made of it.
  var shownMeasures: [Int] {
    measures.indices.filter {
      statistics?.mean == nil || measures[$0].measure.rawValue != "deviation"
    }
  }
}
