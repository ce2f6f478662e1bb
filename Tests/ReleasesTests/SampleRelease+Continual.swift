// SampleRelease+Continual.swift: releases of running counts for tests.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension SampleRelease {
  /// The third of a year of days.
  static let runningCounts = SampleRelease(continual: (29, 365, 3))

  private static let firstDay = "2026-11-01"

  /// The tree of running counts.
  var tree: BalancedTree? {
    continual.map { BalancedTree(arity: $0.arity, horizon: $0.horizon) }
  }

  /// All periods so far.
  var runningWindow: [String]? {
    guard let continual, let first = CivilDay(Self.firstDay) else { return nil }
    return [first.label, (first + Int64(continual.t)).label]
  }

  /// The place among the periods, at the price of the horizon.
  func horizon() throws -> ReleasedSchedule? {
    guard let continual, let first = CivilDay(Self.firstDay) else { return nil }
    return ReleasedSchedule(
      name: try ReleasedSchedule.name(dataset: "signals-2026", spec: name) ?? ReleaseID("none"),
      every: .day,
      first: first.label,
      last: (first + Int64(continual.horizon - 1)).label,
      times: continual.horizon,
      run: continual.t,
      day: (first + Int64(continual.t - 1)).label,
      price: SchedulePrice(rule: .horizon, loss: try PrivacyLoss(epsilon: epsilon))
    )
  }

  /// What is said of running counts; the earlier ones are a little smaller.
  func running(_ measures: [ReleasedMeasure], _ cells: [ReleasedCell]) -> ReleasedContinual? {
    guard let continual, let tree, let first = CivilDay(Self.firstDay) else { return nil }
    let names = measures.map(\.measure.rawValue)
    func named<Value>(_ values: [Value]) -> [String: Value] {
      Dictionary(uniqueKeysWithValues: zip(names, values))
    }
    let length = ReleasedSeries.length(
      at: continual.t,
      cells: cells.count,
      measures: measures.count
    )
    let periods = (continual.t - length + 1)...continual.t
    return ReleasedContinual(
      tree: tree,
      t: continual.t,
      variances: named(
        measures.map {
          ReleasedContinual.variance(
            ReleasedContinual.law(tree, at: continual.t, scale: $0.scale)
          )
        }
      ),
      state: String(repeating: "5a", count: 16),
      series: ReleasedSeries(
        days: periods.map { (first + Int64($0 - 1)).label },
        halfWidths: named(
          measures.map {
            ReleasedSeries.halfWidths(
              tree,
              scale: $0.scale,
              confidence: $0.confidence,
              periods: periods
            )
          }
        ),
        values: named(
          measures.indices.map { measure in
            cells.map { cell in
              periods.map { t in
                let count = cell.counts[measure] - Int64(2 * (continual.t - t))
                return nonnegative ? max(0, count) : count
              }
            }
          }
        )
      )
    )
  }
}
