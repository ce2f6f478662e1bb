// ReleaseBody+Plan.swift: the body of a release, from its plan and its noisy counts.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension ReleaseBody {
  /// Joins what was asked, what it cost and what came out.
  init(
    _ plan: AggregationPlan,
    id: ReleaseID,
    created: String,
    selected: [[String]]? = nil,
    other: [Int64]? = nil,
    counts: [[Int64]],
    bins: [Int64] = [],
    remaining: RemainingBudget,
    schedule: ReleasedSchedule? = nil,
    continual: ReleasedContinual? = nil,
    hierarchy: ReleasedHierarchy? = nil
  ) {
    let specification = plan.specification
    let cells =
      selected.map { Self.cells(selected: $0, counts) }
      ?? Self.cells(specification.groupBy.map { specification.cells[$0]?.values ?? [] }, counts)
    // The noise is independent of what was selected, so the number of cells may follow it.
    let alpha = .one - specification.confidence
    let draws = max(cells.count + (other == nil ? 0 : 1), 1)
    let query = ReleaseQuery(
      keys: Self.keys(of: specification, cells),
      filters: Dictionary(
        uniqueKeysWithValues: specification.filters.map { ($0.key.rawValue, $0.value) }
      ),
      window: Self.window(of: plan, schedule),
      consent: specification.columns[.consent] != nil,
      purpose: specification.consent?.purpose,
      nonnegative: specification.nonnegative
    )
    let measures = plan.measures.map {
      ReleasedMeasure(
        measure: $0.measure,
        scale: $0.scale,
        sensitivity: $0.sensitivity,
        epsilon: $0.epsilon,
        halfWidth: $0.halfWidth,
        simultaneousHalfWidth: plan.selection == nil
          ? $0.simultaneousHalfWidth
          : DiscreteLaplaceLaw(scale: $0.scale).halfWidth(alpha: alpha, draws: draws),
        confidence: specification.confidence
      )
    }
    self.init(
      id: id,
      name: specification.name,
      dataset: specification.dataset,
      created: created,
      specSHA256: specification.sha256,
      privacy: ReleasePrivacy(
        unit: specification.privacyUnit,
        loss: plan.loss,
        person: plan.personLoss
      ),
      bounds: specification.bounds,
      query: query,
      measures: measures,
      selection: plan.selection.map { planned in
        ReleasedSelection(
          rule: planned.selection.rule,
          loss: planned.loss,
          threshold: planned.selection.threshold,
          keys: specification.groupBy.filter { specification.cells[$0] == nil }.map(\.rawValue),
          measure: planned.measure,
          other: other.map { counts in
            Dictionary(
              uniqueKeysWithValues: zip(plan.measures.map(\.measure.rawValue), counts)
            )
          }
        )
      },
      cells: cells,
      statistics: Self.statistics(plan, query, measures, cells, bins),
      remaining: remaining,
      schedule: schedule,
      places: specification.shapes.map {
        ReleasedPlaces($0, names: specification.cells[.region]?.values ?? [])
      },
      continual: continual,
      hierarchy: hierarchy
    )
  }

  /// The span of time that the counts are about.
  private static func window(
    of plan: AggregationPlan,
    _ schedule: ReleasedSchedule?
  ) -> [String]? {
    guard let continual = plan.continual, let schedule, let first = CivilDay(schedule.first) else {
      return plan.specification.window?.text
    }
    return [first.label, schedule.every.day(continual.t, from: first).label]
  }

  /// The keys: with their lists, or with the values that were selected.
  private static func keys(
    of specification: ReportSpecification,
    _ cells: [ReleasedCell]
  ) -> [ReleasedKey] {
    specification.groupBy.enumerated().map { index, key in
      guard let list = specification.cells[key] else {
        return ReleasedKey(name: key.rawValue, selected: cells.map { $0.values[index] })
      }
      return ReleasedKey(
        name: key.rawValue,
        count: list.values.count,
        listSHA256: list.listSHA256,
        fileSHA256: list.fileSHA256
      )
    }
  }

  /// The cells that were selected, with their counts.
  private static func cells(selected: [[String]], _ counts: [[Int64]]) -> [ReleasedCell] {
    selected.enumerated().map { index, values in
      ReleasedCell(values: values, counts: counts.map { $0[index] })
    }
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
