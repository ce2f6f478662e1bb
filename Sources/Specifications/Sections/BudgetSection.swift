// BudgetSection.swift: the part of a spec that says what a release may cost.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// The `budget` and the `confidence` of a spec.
struct BudgetSection {
  /// What one release may cost.
  let loss: PrivacyLoss
  /// The delta as the spec writes it; `nil` where it leaves it out.
  let delta: Rational?
  /// The probability that the noise stays within a reported half-width.
  let confidence: Rational

  init(_ top: MappingReader) throws(SpecificationError) {
    loss = try Self.loss(top)
    let isWritten = try top.optional("budget")?.mapping(nil).optional("delta") != nil
    delta = isWritten ? loss.delta : nil
    confidence = try Self.confidence(top)
  }

  private static func loss(_ top: MappingReader) throws(SpecificationError) -> PrivacyLoss {
    let field = try top.required("budget", example: "budget: {epsilon: 1}")
    let keys = try field.mapping(["epsilon", "delta"])
    let epsilonField = try keys.required("epsilon", example: "epsilon: 1")
    let epsilon = try epsilonField.rational()
    guard epsilon.signum > 0 else {
      throw epsilonField.error(
        "epsilon must be above zero; write a number such as 1, 0.5 or 1/3 (a smaller one means "
          + "more privacy and more noise)"
      )
    }
    let delta = try keys.optional("delta")?.rational() ?? .zero
    guard let loss = try? PrivacyLoss(epsilon: epsilon, delta: delta) else {
      throw keys.error("delta", "delta must be at least 0 and below 1; write 0 or 1e-9")
    }
    return loss
  }

  private static func confidence(_ top: MappingReader) throws(SpecificationError) -> Rational {
    guard let field = top.optional("confidence") else { return Rational(19, 20) }
    let value = try field.rational()
    guard value.signum > 0, value < .one else {
      throw field.error("the confidence lies between 0 and 1; write a number such as 0.95")
    }
    return value
  }

  /// Refuses an epsilon that asks for noise outside what can be drawn exactly.
  func checkScales(
    _ top: MappingReader,
    of measures: [MeasureRequest],
    within bounds: ContributionBounds
  ) throws(SpecificationError) {
    for request in measures {
      let sensitivity = Rational(bounds.sensitivity(of: request.measure))
      let scale = sensitivity / (loss.epsilon * request.share)
      guard !AggregationPlan.scales.contains(scale) else { continue }
      let field = try top.required("budget", example: "").mapping(nil)
      let isSmall = scale < AggregationPlan.scales.lowerBound
      let limit = isSmall ? AggregationPlan.scales.lowerBound : AggregationPlan.scales.upperBound
      let edge = sensitivity / (limit * request.share)
      throw field.error(
        "epsilon",
        isSmall
          ? "asks for so little noise on `\(request.measure.rawValue)` that it protects nobody "
            + "(a scale below 1/1000); write at most \(edge)"
          : "asks for more noise on `\(request.measure.rawValue)` than can be drawn (a scale "
            + "above 2^40); write at least \(edge)"
      )
    }
  }
}
