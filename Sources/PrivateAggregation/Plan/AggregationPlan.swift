// AggregationPlan.swift: cost, noise and error of a report, from its spec alone.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// Why a specification cannot be planned.
public enum PlanError: Error, Hashable, Sendable {
  /// More cells than `limit`; the product of the lists is `count`.
  case tooManyCells(count: BigInteger, limit: Int)
  /// The scale of a measure's noise lies outside what the sampler takes.
  case scaleOutOfRange(Measure, scale: Rational)
  /// The scale of what selects cells lies outside what the sampler takes.
  case selectionOutOfRange(scale: Rational)
  /// Cells are to be selected and the budget has no delta.
  case selectionWithoutDelta
  /// The scale of the noise on a histogram of values lies outside what the sampler takes.
  case quantilesOutOfRange(scale: Rational)
  /// The exact estimates of a hierarchy would take more bits than a release holds.
  case estimatesTooLong
}

/// One measure with its noise.
public struct PlannedMeasure: Sendable, Hashable {
  /// What is counted.
  public let measure: Measure
  /// The L1 sensitivity, in units of the measure.
  public let sensitivity: BigInteger
  /// The part of the loss that this measure costs, in nats.
  public let epsilon: Rational
  /// The scale of the discrete Laplace noise: `sensitivity / epsilon`.
  public let scale: Rational
  /// The half-width of each cell's own interval.
  public let halfWidth: BigInteger
  /// The half-width that holds for all cells at once, by the exact joint law of independent noise.
  public let simultaneousHalfWidth: BigInteger
}

/// Everything about a report that follows from its spec alone: reads no data, spends nothing.
public struct AggregationPlan: Sendable, Hashable {
  /// The most cells in one release: 2^22, about what a release of a few hundred megabytes holds.
  public static let largestCellCount = 1 << 22
  /// The smallest and the largest scale that the sampler takes.
  public static let scales = Rational(1, 1000)...Rational(BigInteger(1) << 40)

  /// What was asked.
  public let specification: ReportSpecification
  /// The number of listed cells; zero where cells are found in the signals.
  public let cellCount: Int
  /// How cells are selected; `nil` where all of them are listed.
  public let selection: PlannedSelection?
  /// How running counts are noised; `nil` for counts of the window alone.
  public let continual: PlannedContinual?
  /// The levels of regions that lie in one another; `nil` where they stand side by side.
  public let hierarchy: PlannedHierarchy?
  /// The measures with their noise.
  public let measures: [PlannedMeasure]
  /// The histogram of values with its noise; `nil` where no quantiles are asked for.
  public let quantiles: PlannedQuantiles?
  /// The whole loss: what is reserved before any signal is read.
  public let loss: PrivacyLoss

  /// Plans a report.
  ///
  /// - Throws: `PlanError` for more cells than memory holds and for scales out of range.
  public init(_ specification: ReportSpecification) throws(PlanError) {
    var count: BigInteger = 1
    for key in specification.groupBy {
      // Of cells that are found in the signals nothing is known.
      count *= BigInteger(
        specification.selection == nil ? specification.cells[key]?.values.count ?? 0 : 0
      )
    }
    guard let cellCount = Int(exactly: count), cellCount <= Self.largestCellCount else {
      throw .tooManyCells(count: count, limit: Self.largestCellCount)
    }
    var measures: [PlannedMeasure] = []
    selection = try specification.selection.map { request throws(PlanError) in
      try PlannedSelection(request, budget: specification.budget, bounds: specification.bounds)
    }
    var epsilon = selection?.terms.epsilon ?? .zero
    let alpha = .one - specification.confidence
    continual = specification.plannedContinual
    hierarchy = try specification.hierarchy.map { (request) throws(PlanError) in
      try PlannedHierarchy(request, of: specification, cellCount: cellCount)
    }
    if let hierarchy {
      _ = try hierarchy.figures(of: specification)
      measures = hierarchy.measures(of: specification)
      for measure in measures { epsilon += measure.epsilon }
    }
    for request in hierarchy == nil ? specification.measures : [] {
      let sensitivity =
        specification.bounds.sensitivity(of: request.measure)
        * BigInteger(continual?.tree.levels ?? 1)
      let part = specification.budget.epsilon * request.share
      let scale = Rational(sensitivity) / part
      guard Self.scales.contains(scale) else {
        throw .scaleOutOfRange(request.measure, scale: scale)
      }
      let law =
        continual?.law(scale: scale)
        ?? DiscreteLaplaceSum(of: DiscreteLaplaceLaw(scale: scale), draws: 1)
      measures.append(
        PlannedMeasure(
          measure: request.measure,
          sensitivity: sensitivity,
          epsilon: part,
          scale: scale,
          halfWidth: law.halfWidth(alpha: alpha),
          simultaneousHalfWidth: law.halfWidth(alpha: alpha, cells: max(cellCount, 1))
        )
      )
      epsilon += part
    }
    quantiles = try PlannedQuantiles(specification, cells: cellCount)
    if let quantiles { epsilon += quantiles.epsilon }
    self.specification = specification
    self.cellCount = cellCount
    self.measures = measures
    // The parts are shares of a valid loss, so their sum is one; delta is used by selection alone,
    // and what nothing uses is not charged.
    let delta = selection?.terms.delta ?? .zero
    guard let loss = try? PrivacyLoss(epsilon: epsilon, delta: delta) else {
      preconditionFailure("shares of a valid loss make a valid loss")
    }
    self.loss = loss
  }
}

extension AggregationPlan {
  /// What the privacy unit means for a person, and what a person loses at most by one release.
  public var personLoss: PersonLoss {
    let window = continual == nil ? specification.window : nil
    return PersonLoss(
      of: specification.privacyUnit,
      loss: loss,
      selection: selection?.loss,
      within: window.map { ($0.from, $0.to) }
    )
  }
}
