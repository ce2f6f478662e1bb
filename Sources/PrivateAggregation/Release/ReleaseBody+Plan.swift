// ReleaseBody+Plan.swift: the body of a release, from its plan and its noisy counts.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

extension ReleaseBody {
  /// Joins what was asked, what it cost and what came out.
  init(
    _ plan: AggregationPlan,
    id: ReleaseID,
    created: String,
    counts: [[Int64]],
    remaining: RemainingBudget
  ) {
    let specification = plan.specification
    let lists = specification.groupBy.compactMap { key in
      specification.cells[key].map { (key: key, list: $0) }
    }
    self.init(
      id: id,
      name: specification.name,
      dataset: specification.dataset,
      created: created,
      specSHA256: specification.sha256,
      privacy: ReleasePrivacy(unit: specification.privacyUnit, loss: plan.loss),
      bounds: specification.bounds,
      query: ReleaseQuery(
        keys: lists.map {
          ReleasedKey(
            name: $0.key.rawValue,
            count: $0.list.values.count,
            listSHA256: $0.list.listSHA256,
            fileSHA256: $0.list.fileSHA256
          )
        },
        filters: Dictionary(
          uniqueKeysWithValues: specification.filters.map { ($0.key.rawValue, $0.value) }
        ),
        window: specification.window?.text,
        consent: specification.columns[.consent] != nil,
        nonnegative: specification.nonnegative
      ),
      measures: plan.measures.map {
        ReleasedMeasure(
          measure: $0.measure,
          scale: $0.scale,
          sensitivity: $0.sensitivity,
          epsilon: $0.epsilon,
          halfWidth: $0.halfWidth,
          simultaneousHalfWidth: $0.simultaneousHalfWidth,
          confidence: specification.confidence
        )
      },
      cells: Self.cells(lists.map { $0.list.values }, counts),
      remaining: remaining
    )
  }

  /// Every combination of the lists, the last key running fastest, with its counts.
  private static func cells(_ lists: [[String]], _ counts: [[Int64]]) -> [ReleasedCell] {
    let total = lists.reduce(1) { $0 * $1.count }
    return (0..<total).map { index in
      var rest = index
      var values: [String] = []
      for list in lists.reversed() {
        values.append(list[rest % list.count])
        rest /= list.count
      }
      return ReleasedCell(values: values.reversed(), counts: counts.map { $0[index] })
    }
  }
}
