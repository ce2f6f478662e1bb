// ReleaseBody+Statistics.swift: what is derived from the noisy numbers of a release.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension ReleaseBody {
  /// Derives what was asked for; `nil` where that is nothing.
  static func statistics(
    _ plan: AggregationPlan,
    _ query: ReleaseQuery,
    _ measures: [ReleasedMeasure],
    _ cells: [ReleasedCell],
    _ bins: [Int64]
  ) -> ReleasedStatistics? {
    guard let request = plan.specification.statistics else { return nil }
    var form = StatisticsForm(confidence: plan.specification.confidence)
    form.hasMean = request.mean
    switch request.share {
    case .all: form.share = .all
    case .over(let key): form.share = .over(key.rawValue)
    case nil: break
    }
    form.top = request.top.map { ($0.key.rawValue, $0.count) }
    if let planned = plan.quantiles, let grid = request.values?.range {
      let width = planned.request.binCount
      form.quantiles = StatisticsForm.Histogram(
        thresholds: planned.request.thresholds.map { grid.value($0) },
        ranks: planned.request.ranks,
        epsilon: planned.epsilon,
        bins: cells.indices.map { Array(bins[($0 * width)..<(($0 + 1) * width)]) }
      )
    }
    return form.isEmpty ? nil : form.derived(plan.specification.bounds, query, measures, cells)
  }
}
