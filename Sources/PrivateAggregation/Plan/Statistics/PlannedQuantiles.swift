// PlannedQuantiles.swift: the histogram that quantiles are read off, with its noise.
// Reference: `docs/measures.md`, section "Quantiles".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// The histogram that quantiles are read off, with its noise: a signal is in one bin of its cell.
public struct PlannedQuantiles: Sendable, Hashable {
  /// What was asked.
  public let request: QuantileRequest
  /// The L1 sensitivity over all bins of all cells: that of signals.
  public let sensitivity: BigInteger
  /// The part of the loss that the histogram costs, in nats.
  public let epsilon: Rational
  /// The scale of the discrete Laplace noise: `sensitivity / epsilon`.
  public let scale: Rational
  /// The half-width that holds for all bins of a cell at once.
  public let halfWidth: BigInteger

  /// Prices the quantiles of a spec; `nil` where it asks for none.
  ///
  /// - Throws: `PlanError`, for a scale out of range and for more bins than memory holds.
  init?(_ specification: ReportSpecification, cells: Int) throws(PlanError) {
    guard let request = specification.statistics?.quantiles else { return nil }
    let bins = BigInteger(request.binCount) * BigInteger(cells)
    guard bins <= BigInteger(AggregationPlan.largestCellCount) else {
      throw .tooManyCells(count: bins, limit: AggregationPlan.largestCellCount)
    }
    self.request = request
    sensitivity = specification.bounds.sensitivity(of: .signals)
    epsilon = specification.budget.epsilon * request.share
    scale = Rational(sensitivity) / epsilon
    guard AggregationPlan.scales.contains(scale) else { throw .quantilesOutOfRange(scale: scale) }
    halfWidth = DiscreteLaplaceLaw(scale: scale).halfWidth(
      alpha: .one - specification.confidence,
      draws: request.binCount
    )
  }
}

extension AggregationPlan {
  /// The cells that memory is counted for: sums and bins take as much again.
  public var cellsInMemory: Int {
    specification.statistics?.values == nil ? cellCount : cellCount * ValueTally.weight(of: self)
  }
}
