// DiscreteLaplaceLaw+Sums.swift: how far the sum of several draws lies from zero, certified.
// Reference: `docs/measures.md`, section "Sums of noise".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

extension DiscreteLaplaceLaw {
  /// The most draws whose law is worked out.
  private static let mostExactDraws = 16
  /// The number of exponents that the bound is tried with: `(4/5)^1, (4/5)^2, ...`, in units of 1/b.
  private static let exponentCount = 40

  /// A `k >= 0` with `P(|X_1 + ... + X_m| > k) <= alpha` for independent draws.
  ///
  /// It is the smallest for up to 16 draws, by their exact law. For more, whose law takes long to
  /// compute, it is the smaller of two certified bounds: `m` times the
  /// half-width that holds for all draws at once, and the smallest `k` for which some `t` of a fixed
  /// list has
  /// ```
  /// 2 M^m e^(-t (k + 1) / b) <= alpha,   M = E e^(t X / b) = (1 - q)^2 / ((1 - q^(1-t)) (1 - q^(1+t)))
  /// ```
  /// which bounds both tails together. Both follow from the law alone, so the smaller one holds too.
  /// The decisions are exact, as for `halfWidth`.
  ///
  /// - Precondition: `0 < alpha < 1` and `draws >= 0`.
  /// - Complexity: A few exponentials for each exponent.
  public func halfWidthOfSum(alpha: Rational, draws: Int) -> BigInteger {
    precondition(alpha.signum > 0 && alpha < .one && draws >= 0, "an error probability below one")
    guard draws > Self.mostExactDraws else {
      return draws == 0 ? 0 : DiscreteLaplaceSum(of: self, draws: draws).halfWidth(alpha: alpha)
    }
    var best = BigInteger(draws) * halfWidth(alpha: alpha, draws: draws)
    var exponent = Rational.one
    for _ in 0..<Self.exponentCount {
      exponent = exponent * Rational(4, 5)
      let tail = SumTail(scale: scale, exponent: exponent, draws: draws)
      // Only what does better is looked for.
      guard best.signum > 0, tail.stays(within: alpha, beyond: best - 1) else { continue }
      best = tail.smallest(within: alpha, atMost: best - 1)
    }
    return best
  }
}

/// A bound on the tails of a sum of draws, for one exponent.
private struct SumTail {
  let scale: Rational
  let exponent: Rational
  let draws: Int

  /// Tells whether `2 M^m e^(-t (k + 1) / b) <= alpha`; the two sides are never equal.
  func stays(within alpha: Rational, beyond k: BigInteger) -> Bool {
    var precision = 64 + 2 * scale.roundedUp.bitWidth + draws.bitWidth - draws.leadingZeroBitCount
    while true {
      let one = Enclosure(from: .one, to: .one, precision: precision)
      func decay(_ power: Rational) -> Enclosure {
        Enclosure.exp(-power / scale, precision: precision)
      }
      let gap = one - decay(.one)
      let below = (one - decay(.one - exponent)) * (one - decay(.one + exponent))
      if below.lower.rational.signum > 0 {
        let moment = (gap * gap / below).power(draws)
        let bound = moment * decay(exponent * Rational(k + 1))
        if bound.upper.rational * 2 <= alpha { return true }
        if bound.lower.rational * 2 > alpha { return false }
      }
      precision *= 2
    }
  }

  /// The smallest `k` that stays, by halving.
  ///
  /// - Precondition: `limit` stays.
  func smallest(within alpha: Rational, atMost limit: BigInteger) -> BigInteger {
    var below: BigInteger = -1
    var above = limit
    while above - below > 1 {
      let middle = (below + above) >> 1
      if stays(within: alpha, beyond: middle) { above = middle } else { below = middle }
    }
    return above
  }
}
