// PrivacyLoss.swift: what a release costs, exactly.
// Reference: [DR14] definition 2.4, theorem 3.16.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Why a pair of numbers is no privacy loss.
public enum PrivacyLossError: Error, Equatable, Sendable {
  /// Epsilon is below zero.
  case negativeEpsilon
  /// Delta is below zero.
  case negativeDelta
  /// Delta is one or more, which promises nothing.
  case deltaNotBelowOne
}

/// A privacy loss `(epsilon, delta)`, both exact.
///
/// - Privacy: A mechanism has this loss when it is (epsilon, delta)-differentially private for
///   adding or removing one privacy unit; epsilon is in nats.
/// - Reference: [DR14] definition 2.4.
public struct PrivacyLoss: Sendable, Hashable {
  /// The bound on the privacy-loss random variable, in nats.
  public let epsilon: Rational
  /// The probability mass that epsilon need not cover.
  public let delta: Rational

  /// Makes a loss.
  ///
  /// - Throws: `PrivacyLossError` for negative values and for a delta of one or more.
  public init(epsilon: Rational, delta: Rational = .zero) throws(PrivacyLossError) {
    guard epsilon.signum >= 0 else { throw .negativeEpsilon }
    guard delta.signum >= 0 else { throw .negativeDelta }
    guard delta < .one else { throw .deltaNotBelowOne }
    self.init(checkedEpsilon: epsilon, delta: delta)
  }

  private init(checkedEpsilon epsilon: Rational, delta: Rational) {
    self.epsilon = epsilon
    self.delta = delta
  }

  /// The loss of a constant: nothing.
  public static let zero = PrivacyLoss(checkedEpsilon: .zero, delta: .zero)

  /// The loss of two releases together, by basic composition, also for adaptively chosen ones.
  ///
  /// The sum of two deltas may reach one; it is still the exact sum, and no budget admits it.
  ///
  /// - Reference: [DR14] theorem 3.16.
  public static func + (left: PrivacyLoss, right: PrivacyLoss) -> PrivacyLoss {
    PrivacyLoss(
      checkedEpsilon: left.epsilon + right.epsilon,
      delta: left.delta + right.delta
    )
  }

  /// Adds in place.
  public static func += (left: inout PrivacyLoss, right: PrivacyLoss) {
    left = left + right
  }

  /// The loss of so many releases that each have this one, by basic composition.
  ///
  /// - Precondition: `times >= 0`.
  /// - Reference: [DR14] theorem 3.16.
  public func repeated(_ times: Int) -> PrivacyLoss {
    precondition(times >= 0, "a release takes place a natural number of times")
    return PrivacyLoss(
      checkedEpsilon: epsilon * Rational(times),
      delta: delta * Rational(times)
    )
  }

  /// Joins two sums, which are not negative because no loss is.
  package init(epsilonSum: Rational, deltaSum: Rational) {
    precondition(epsilonSum.signum >= 0 && deltaSum.signum >= 0, "sums of losses are not negative")
    self.init(checkedEpsilon: epsilonSum, delta: deltaSum)
  }

  /// What this loss, as a cap, leaves after `spent`; a part that is passed leaves nothing.
  public func remainder(after spent: PrivacyLoss) -> PrivacyLoss {
    PrivacyLoss(
      checkedEpsilon: max(.zero, epsilon - spent.epsilon),
      delta: max(.zero, delta - spent.delta)
    )
  }

  /// The most digits of a numerator or denominator that a ledger keeps.
  package static let mostDigits = 1000

  /// Whether no numerator and no denominator has more than `mostDigits` digits, about.
  package var isShort: Bool {
    [epsilon, delta].allSatisfy { part in
      // A digit takes log2(10) bits, which is a little less than 10 / 3.
      max(part.numerator.bitWidth, part.denominator.bitWidth) <= Self.mostDigits * 10 / 3
    }
  }

  /// Tells whether this loss stays within `cap` in both parts; reaching it exactly does.
  public func fits(within cap: PrivacyLoss) -> Bool {
    epsilon <= cap.epsilon && delta <= cap.delta
  }
}
