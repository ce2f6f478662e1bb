// TargetSolution.swift: the least epsilon that meets a target, or bounds or cells that would.
// Reference: `docs/planning.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// What would meet a target, by exact search over half-widths; no data is looked at.
///
/// A half-width never grows with epsilon and never shrinks with a sensitivity, so that each search is
/// one by halves, and what it gives is the least, or the most, that does.
public struct TargetSolution: Sendable, Hashable {
  /// The target.
  public let target: ErrorTarget
  /// The half-width that the spec gives as it is.
  public let halfWidth: BigInteger
  /// The step of which `epsilon` is a multiple.
  public let step: Rational
  /// The least multiple of `step` that, in place of the spec's epsilon, meets the target, and the
  /// half-width that it gives; `nil` where none does whose noise can be drawn.
  public let epsilon: (value: Rational, halfWidth: BigInteger)?
  /// The largest `signals_per_unit` that meets the target at the spec's epsilon; `nil` where the
  /// spec meets it already, or not even one does.
  public let signalsPerUnit: Int?
  /// The size from which on a cell meets a target in percent at the spec's epsilon and bounds.
  public let cellsFrom: BigInteger?

  /// Whether the spec meets the target as it is.
  public var isMet: Bool { halfWidth <= target.largest }

  /// Searches.
  ///
  /// - Returns: `nil` where the plan does not count what the target is about.
  /// - Precondition: `step` above zero.
  /// - Complexity: O(log e) plans for each search.
  public init?(_ target: ErrorTarget, for plan: AggregationPlan, step: Rational) {
    precondition(step.signum > 0, "epsilons are multiples of a step")
    guard let halfWidth = target.halfWidth(in: plan) else { return nil }
    self.target = target
    self.halfWidth = halfWidth
    self.step = step
    epsilon = Self.leastEpsilon(target, plan.specification, step)
    signalsPerUnit =
      halfWidth <= target.largest ? nil : Self.mostSignals(target, plan.specification)
    cellsFrom = target.share.map { (Rational(halfWidth) / $0).roundedUp }
  }

  /// What a plan with another epsilon is: too noisy to draw, a plan, or too exact to draw.
  private enum Trial {
    case tooNoisy
    case plan(BigInteger)
    case tooExact

    init(_ target: ErrorTarget, _ specification: ReportSpecification) {
      do throws(PlanError) {
        let plan = try AggregationPlan(specification)
        self = target.halfWidth(in: plan).map { .plan($0) } ?? .tooExact
      } catch {
        switch error {
        case .scaleOutOfRange(_, let scale), .selectionOutOfRange(let scale):
          self = scale < .one ? .tooExact : .tooNoisy
        default: self = .tooNoisy
        }
      }
    }

    func meets(_ target: ErrorTarget) -> Bool {
      switch self {
      case .tooNoisy: false
      case .plan(let halfWidth): halfWidth <= target.largest
      case .tooExact: true
      }
    }
  }

  private static func leastEpsilon(
    _ target: ErrorTarget,
    _ specification: ReportSpecification,
    _ step: Rational
  ) -> (value: Rational, halfWidth: BigInteger)? {
    func trial(_ steps: BigInteger) -> Trial {
      Trial(target, specification.costing(step * Rational(steps)))
    }
    // Noise of every scale that can be drawn lies within so many doublings.
    var enough: BigInteger = 1
    var doublings = 0
    while !trial(enough).meets(target) {
      enough = enough * 2
      doublings += 1
      guard doublings < 200 else { return nil }
    }
    var tooFew = doublings == 0 ? BigInteger(0) : enough.dividedRoundingDown(by: 2)
    while enough - tooFew > 1 {
      let middle = (enough + tooFew).dividedRoundingDown(by: 2)
      if trial(middle).meets(target) { enough = middle } else { tooFew = middle }
    }
    guard case .plan(let halfWidth) = trial(enough) else { return nil }
    return (step * Rational(enough), halfWidth)
  }

  private static func mostSignals(
    _ target: ErrorTarget,
    _ specification: ReportSpecification
  ) -> Int? {
    let bounds = specification.bounds
    func meets(_ signals: Int) -> Bool {
      guard
        let bounds = try? ContributionBounds(
          cellsPerUnit: bounds.cellsPerUnit,
          signalsPerCell: bounds.signalsPerCell,
          signalsPerUnit: signals
        )
      else { return false }
      return Trial(target, specification.bounded(by: bounds)).meets(target)
    }
    guard meets(1) else { return nil }
    var most = 1
    var tooMany = min(
      Int(exactly: bounds.sensitivity(of: target.measure)) ?? ContributionBounds.largest,
      ContributionBounds.largest
    )
    while tooMany - most > 1 {
      let middle = most + (tooMany - most) / 2
      if meets(middle) { most = middle } else { tooMany = middle }
    }
    return most
  }
}

extension TargetSolution {
  /// Equal where all that was found is.
  public static func == (left: TargetSolution, right: TargetSolution) -> Bool {
    left.target == right.target && left.halfWidth == right.halfWidth && left.step == right.step
      && left.epsilon?.value == right.epsilon?.value
      && left.signalsPerUnit == right.signalsPerUnit && left.cellsFrom == right.cellsFrom
  }

  /// Hashes the target and what was found.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(target)
    hasher.combine(epsilon?.value)
    hasher.combine(signalsPerUnit)
  }
}
