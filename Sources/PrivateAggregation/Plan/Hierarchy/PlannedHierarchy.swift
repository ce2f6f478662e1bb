// PlannedHierarchy.swift: cost and noise of each level of a hierarchy, from the spec alone.
// Reference: `docs/hierarchies.md`, section "What it costs".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// Cost and noise of each level of a hierarchy.
///
/// Each level is one more group-by over the same bounded signals, so a unit changes each by what it may
/// change one, and the losses of the levels add up: a number that adds up others is never treated as a
/// cell among them.
///
/// - Privacy: A measure costs the sum over the levels, pure epsilon.
public struct PlannedHierarchy: Sendable, Hashable {
  /// What was asked.
  public let hierarchy: RegionHierarchy
  /// The noise of each level, for each measure in the order of the plan.
  public let noise: [[LevelNoise]]
  /// How the cells go through the regions.
  public let layout: HierarchyLayout

  /// Plans every level of every measure.
  init(
    _ hierarchy: RegionHierarchy,
    of specification: ReportSpecification,
    cellCount: Int
  ) throws(PlanError) {
    self.hierarchy = hierarchy
    var stride = 1
    for key in specification.groupBy.reversed() {
      if key == .region { break }
      stride *= specification.cells[key]?.values.count ?? 1
    }
    layout = HierarchyLayout(regions: hierarchy.tree.count, stride: stride, cells: cellCount)
    let alpha = .one - specification.confidence
    var noise: [[LevelNoise]] = []
    for request in specification.measures {
      var levels: [LevelNoise] = []
      for level in hierarchy.levels {
        let cells = level.count * layout.combinations
        let sensitivity = Self.sensitivity(of: request.measure, specification.bounds, cells: cells)
        let epsilon = specification.budget.epsilon * request.share * level.share
        let scale = Rational(sensitivity) / epsilon
        guard AggregationPlan.scales.contains(scale) else {
          throw .scaleOutOfRange(request.measure, scale: scale)
        }
        let law = DiscreteLaplaceLaw(scale: scale)
        levels.append(
          LevelNoise(
            measure: request.measure.rawValue,
            epsilon: epsilon,
            sensitivity: sensitivity,
            scale: scale,
            halfWidth: law.halfWidth(alpha: alpha),
            simultaneousHalfWidth: law.halfWidth(alpha: alpha, draws: cells)
          )
        )
      }
      noise.append(levels)
    }
    self.noise = noise
  }

  /// The L1 sensitivity of a measure over the cells of one level: that over all cells, and for units no
  /// more than the level has cells, as a unit counts once in each.
  static func sensitivity(
    of measure: Measure,
    _ bounds: ContributionBounds,
    cells: Int
  ) -> BigInteger {
    let most = bounds.sensitivity(of: measure)
    return measure == .units ? min(most, BigInteger(cells)) : most
  }

  /// The measures as a whole: all levels' epsilon, and the noise of the level that has the most.
  func measures(of specification: ReportSpecification) -> [PlannedMeasure] {
    zip(specification.measures, noise).map { request, levels in
      var worst = levels[0]
      for level in levels where level.scale > worst.scale { worst = level }
      return PlannedMeasure(
        measure: request.measure,
        sensitivity: worst.sensitivity,
        epsilon: levels.reduce(.zero) { $0 + $1.epsilon },
        scale: worst.scale,
        halfWidth: worst.halfWidth,
        simultaneousHalfWidth: DiscreteLaplaceLaw(scale: worst.scale)
          .halfWidth(alpha: .one - specification.confidence, draws: max(layout.cells, 1))
      )
    }
  }

  /// Which of the measures has estimates that add up; `nil` where none has.
  public func estimatedMeasure(of specification: ReportSpecification) -> Int? {
    guard hierarchy.consistency != .none else { return nil }
    return specification.measures.firstIndex { $0.measure == .signals }
  }

  /// The figures of the estimates, where there are any.
  ///
  /// - Throws: `PlanError.estimatesTooLong`.
  public func figures(
    of specification: ReportSpecification
  ) throws(PlanError) -> HierarchyFigures? {
    guard let measure = estimatedMeasure(of: specification) else { return nil }
    do {
      return try HierarchyFigures(
        hierarchy.tree,
        scales: noise[measure].map(\.scale),
        levelOf: hierarchy.levelOf,
        alpha: .one - specification.confidence,
        combinations: layout.combinations
      )
    } catch {
      throw .estimatesTooLong
    }
  }

  /// What the release says, with estimates from its noisy counts.
  func released(
    _ specification: ReportSpecification,
    counts: [[Int64]]
  ) -> ReleasedHierarchy {
    var estimates: ReleasedEstimates?
    if let measure = estimatedMeasure(of: specification),
      // The plan has been through it.
      let figures = try? figures(of: specification)
    {
      estimates = figures.estimates(
        of: { counts[measure][$0] },
        layout: layout,
        whole: hierarchy.consistency == .whole
      )
    }
    let codes = specification.cells[.region]?.values ?? []
    return ReleasedHierarchy(
      levels: hierarchy.levels.enumerated().map { index, level in
        ReleasedLevel(name: level.name, count: level.count, noise: noise.map { $0[index] })
      },
      parents: hierarchy.tree.parents.map { $0.map { codes[$0] } ?? "" },
      estimates: estimates
    )
  }
}
