// EstimateHalfWidth.swift: how far the noise in an estimate that adds up certainly reaches.
// Reference: [Bir48]; `docs/hierarchies.md`, section "How exact the estimates are".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A certified half-width for the noise of an estimate of `TreeConsistency`.
///
/// The noise is `S = sum a_j X_j`, the `X_j` independent discrete Laplace of scales `b_j`, and the
/// weights are those for the variances `2 b_j^2`. Then the weight of the node's own count is
/// `a = V / (2 b^2)`, `V` being the variance of the estimate by `TreeConsistency`, and its own count
/// has the part `a` of `V`. As `E exp(t X) <= 1 / (1 - b^2 t^2)`, all others together have, for any `s` that
/// keeps this finite, `E exp(s S') <= 1 / (1 - (1 - a) V/2 s^2)`. Two bounds follow, and the smaller counts.
///
/// 1. For `a > 1/2`: `P(X > y) <= e^(-y/b) / (1 + e^(-1/b))` for every real `y`, hence with `s = 1 / (a b)`
///    `P(|S| > k) <= e^(1/(2b)) e^(-k/(a b)) a / (2 a - 1)`.
/// 2. A Laplace variable is the sum of a discrete one and an independent one within (-1, 1), so that
///    `P(|S| > k) <= 22/21 P(|T| > k - r)`, `T` having Laplace noise and `r >= 5/2 sqrt(sum a_j^2)`; and, as
///    sums of Laplace variables are unimodal, `P(|T| > k) <= e^(-s k) / (1 - (1 - a) V/2 s^2)`.
///
/// - Reference: [Bir48] for the second: more peaked summands make a more peaked sum.
public struct EstimateHalfWidth: Sendable {
  /// The probability that the noise may leave the half-width.
  private let alpha: Rational
  /// The smallest scale of any count.
  private let smallestScale: Rational
  /// Where the bound on all others together is put: what is near the best, for the bits of alpha.
  private let load: Rational

  /// Prepares for an error probability.
  ///
  /// - Precondition: `0 < alpha < 1`.
  public init(alpha: Rational, smallestScale: Rational) {
    precondition(alpha.signum > 0 && alpha < .one, "a probability")
    self.alpha = alpha
    self.smallestScale = smallestScale
    let bits = max(1, (alpha.denominator.bitWidth - alpha.numerator.bitWidth))
    load = Rational(BigInteger(7 * bits + 10), BigInteger(7 * bits + 30))
  }

  /// The half-width of an estimate.
  ///
  /// - Parameters:
  ///   - variance: That of the estimate, for counts of variance `2 b_j^2`.
  ///   - scale: The scale of the node's own count.
  /// - Returns: A whole number `k >= 0` with `P(|S| > k) <= alpha`.
  public func halfWidth(variance: Rational, scale: Rational) -> BigInteger {
    let own = variance / (scale * scale * 2)
    guard own < .one else { return DiscreteLaplaceLaw(scale: scale).halfWidth(alpha: alpha) }
    let second = byPeakedness(own, scale)
    return own > Rational(1, 2) ? min(byOwnCount(own, scale), second) : second
  }

  private func byOwnCount(_ own: Rational, _ scale: Rational) -> BigInteger {
    Self.smallest(
      rate: (own * scale).reciprocal,
      beyond: own / 2,
      bound: alpha * (own * 2 - .one) / own
    )
  }

  private func byPeakedness(_ own: Rational, _ scale: Rational) -> BigInteger {
    // The square of `s b`, and `s b` itself to 32 binary places, rounded down.
    let square = min(own.reciprocal, load / (.one - own)) / own
    let root =
      Rational((square * Rational(BigInteger(1) << 64)).roundedDown.squareRoot)
      / Rational(BigInteger(1) << 32)
    let ratio = scale / smallestScale
    let reach = Self.rootRoundedUp(own * ratio * ratio * Rational(25, 4))
    return Self.smallest(
      rate: root / scale,
      beyond: Rational(reach),
      bound: alpha * Rational(21, 22) * (.one - (.one - own) * own * root * root)
    )
  }

  /// The smallest whole number of which the square is at least a number.
  private static func rootRoundedUp(_ value: Rational) -> BigInteger {
    let root = value.roundedDown.squareRoot
    return Rational(root * root) < value ? root + 1 : root
  }

  /// The smallest whole `k` with `exp(-rate (k - beyond)) <= bound`, for a bound below one.
  ///
  /// The decision is exact: the left side is transcendental, so more bits always decide.
  private static func smallest(
    rate: Rational,
    beyond: Rational,
    bound: Rational
  ) -> BigInteger {
    let bits = max(0, bound.denominator.bitWidth - bound.numerator.bitWidth)
    let guess = (beyond + Rational(BigInteger(bits) * 69, 100) / rate).roundedDown
    let start = beyond.roundedDown + 1
    return DiscreteLaplaceLaw.smallest(
      from: start,
      near: max(start, guess),
      step: rate.reciprocal.roundedUp
    ) { k in
      let exponent = rate * (beyond - Rational(k))
      var precision = 64
      while true {
        let power = Enclosure.exp(exponent, precision: precision)
        if power.upper.rational <= bound { return true }
        if power.lower.rational > bound { return false }
        precision *= 2
      }
    }
  }
}
