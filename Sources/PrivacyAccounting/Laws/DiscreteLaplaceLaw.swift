// DiscreteLaplaceLaw.swift: the exact law of the noise, as certified bounds and exact decisions.
// Reference: [GRS09]; [IK06]; `docs/privacy-model.md`, section "The noise".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The discrete Laplace law of scale `b`, centred at zero.
///
/// ```
/// P(X = x) = (1 - q) / (1 + q) * q^|x|,   q = e^(-1/b)
/// ```
///
/// This is the law on paper; draws come from the sampler, which cannot be reached from here.
///
/// - Privacy: Adding it to an integer query of L1 sensitivity `s` is (s / b)-DP.
/// - Reference: [GRS09] section 2.
public struct DiscreteLaplaceLaw: Sendable, Hashable {
  /// The scale `b`, in units of the query's output.
  ///
  /// - Invariant: `scale > 0`.
  public let scale: Rational

  /// Makes the law of a scale.
  ///
  /// - Precondition: `scale > 0`.
  public init(scale: Rational) {
    precondition(scale.signum > 0, "a scale above zero")
    self.scale = scale
  }

  /// Encloses `q^exponent`.
  public func decay(_ exponent: BigInteger, precision: Int) -> Enclosure {
    Enclosure.exp(-Rational(exponent) / scale, precision: precision)
  }

  /// Tells whether `q^exponent` is too small for `Enclosure.exp`.
  private func isBeyondReach(_ exponent: BigInteger) -> Bool {
    Rational(exponent) / scale > Enclosure.largestExponent
  }

  private static func one(_ precision: Int) -> Enclosure {
    Enclosure(from: .one, to: .one, precision: precision)
  }

  /// Encloses the variance `2 q / (1 - q)^2`, in squared units of the query's output.
  public func variance(digits: Int) -> Enclosure {
    refined(digits: digits) { precision in
      let q = decay(1, precision: precision)
      let gap = Self.one(precision) - q
      return (q + q) / (gap * gap)
    }
  }

  /// Encloses `P(X = x)`.
  public func probability(of x: BigInteger, digits: Int) -> Enclosure {
    refined(digits: digits) { precision in
      let q = decay(1, precision: precision)
      let one = Self.one(precision)
      return (one - q) / (one + q) * decay(x.magnitude, precision: precision)
    }
  }

  /// Encloses `P(X <= x)`, which is `q^-x / (1 + q)` below zero and `1 - q^(x+1) / (1 + q)` above.
  public func cumulative(_ x: BigInteger, digits: Int) -> Enclosure {
    refined(digits: digits) { precision in
      let one = Self.one(precision)
      let denominator = one + decay(1, precision: precision)
      guard x.signum >= 0 else { return decay(-x, precision: precision) / denominator }
      return one - decay(x + 1, precision: precision) / denominator
    }
  }

  /// Encloses `P(|X| > k) = 2 q^(k+1) / (1 + q)` for `k >= 0`.
  public func twoSidedTail(above k: BigInteger, precision: Int) -> Enclosure {
    precondition(k.signum >= 0, "a half-width of at least zero")
    let power = decay(k + 1, precision: precision)
    return (power + power) / (Self.one(precision) + decay(1, precision: precision))
  }

  /// The smallest `k >= 0` with `P(max |X_i| > k) <= alpha` over independent draws `X_1 ... X_n`.
  ///
  /// That is the smallest `k` with `(1 - t)^n >= 1 - alpha`, `t = P(|X| > k)`; for one draw, the
  /// smallest with `t <= alpha`. The decision is exact: `q` is transcendental, so the two sides
  /// are never equal, and more bits always decide. A double answers wrongly next to a tail value.
  ///
  /// - Precondition: `0 < alpha` and `draws >= 1`.
  /// - Complexity: O(log k) exponentials.
  public func halfWidth(alpha: Rational, draws: Int = 1) -> BigInteger {
    precondition(alpha.signum > 0 && draws >= 1, "an error probability above zero")
    guard alpha < .one else { return 0 }
    let kept = .one - alpha
    func suffices(_ k: BigInteger) -> Bool {
      // Beyond reach the tail is below e^(-2^40), far below any alpha that text can spell.
      guard !isBeyondReach(k + 1) else { return true }
      var precision = 64
      while true {
        let tail = twoSidedTail(above: k, precision: precision)
        let inside = (Self.one(precision) - tail).power(draws)
        if inside.lower.rational >= kept { return true }
        if inside.upper.rational < kept { return false }
        precision *= 2
      }
    }
    return Self.smallest(from: 0, where: suffices)
  }

  /// The smallest integer from `start` on for which a monotone condition holds.
  package static func smallest(
    from start: BigInteger,
    where holds: (BigInteger) -> Bool
  ) -> BigInteger {
    if holds(start) { return start }
    var step: BigInteger = 1
    while !holds(start + step) { step = step << 1 }
    var below = start + (step >> 1)
    var above = start + step
    if step == 1 { below = start }
    while above - below > 1 {
      let middle = (below + above) >> 1
      if holds(middle) { above = middle } else { below = middle }
    }
    return above
  }

  /// Computes at growing precision until the relative width is at most `10^-digits`.
  private func refined(digits: Int, _ compute: (Int) -> Enclosure) -> Enclosure {
    // A digit is under 3.33 bits; a scale of 2^k cancels k bits in 1 - q, so those are added.
    let cancelled = max(0, scale.numerator.bitWidth - scale.denominator.bitWidth)
    var precision = digits * 10 / 3 + 2 * cancelled + 32
    while true {
      let result = compute(precision)
      if result.isTighter(than: digits) { return result }
      precision *= 2
    }
  }
}
