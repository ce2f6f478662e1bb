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

  /// Tells whether `P(X = x)` is above about `10^-434295`, so that its digits can be written.
  ///
  /// - Returns: Whether `|x| + 1 <= 10^6 b`.
  public func reaches(_ x: BigInteger) -> Bool {
    Rational(x.magnitude + 1) <= scale * 1_000_000
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
      // A tail of fewer than e^-p < 2^-p is not worth a number of that many bits.
      guard Rational(x + 1) / scale < Rational(precision) else {
        return one
          - Enclosure(from: .zero, to: Dyadic(1, exponent: -precision), precision: precision)
      }
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
  /// That is the smallest `k` with `1 - (1 - t)^n <= alpha`, `t = P(|X| > k)`; for one draw, the
  /// smallest with `t <= alpha`. The decision is exact: `q` is transcendental, so the two sides
  /// are never equal, and more bits always decide. A double answers wrongly next to a tail value.
  ///
  /// - Precondition: `0 < alpha` and `draws >= 1`.
  /// - Complexity: O(log b) exponentials, nearly all of them of 64 bits.
  public func halfWidth(alpha: Rational, draws: Int = 1) -> BigInteger {
    precondition(alpha.signum > 0 && draws >= 1, "an error probability above zero")
    guard alpha < .one else { return 0 }
    // t is about e^(-k/b), so k is about b ln(n / alpha); 0.69 is close enough to ln 2 for a guess.
    let ratio = Rational(draws) / alpha
    let bits = max(0, ratio.numerator.bitWidth - ratio.denominator.bitWidth)
    let guess = (scale * Rational(BigInteger(bits) * 69, 100)).roundedDown
    return Self.smallest(from: 0, near: guess, step: scale.roundedUp) { k in
      var precision = 64
      while true {
        let tail = twoSidedTail(above: k, precision: precision)
        if let decision = Self.stays(within: alpha, draws: draws, tail) { return decision }
        precision *= 2
      }
    }
  }

  /// Tells whether `1 - (1 - t)^n <= alpha`; `nil` where the enclosure of `t` does not decide.
  static func stays(
    within alpha: Rational,
    draws: Int,
    _ tail: Enclosure
  ) -> Bool? {
    // Bonferroni: n t - n (n - 1) / 2 t^2 <= 1 - (1 - t)^n <= n t, which is tight for a small n t
    // and needs no more bits for a small alpha.
    let count = Rational(draws)
    let (low, high) = (tail.lower.rational, tail.upper.rational)
    if count * high <= alpha { return true }
    let pairs = count * (count - 1) / 2
    if count * low - pairs * high * high > alpha { return false }
    guard draws > 1 else { return nil }
    let inside = (one(tail.precision) - tail).power(draws)
    if inside.lower.rational >= .one - alpha { return true }
    return inside.upper.rational < .one - alpha ? false : nil
  }

  /// The smallest integer from `start` on for which a monotone condition holds.
  ///
  /// A guess and a step close to the answer save evaluations; they do not change it.
  ///
  /// - Precondition: The condition holds from some integer on, and `step >= 1`.
  package static func smallest(
    from start: BigInteger,
    near guess: BigInteger? = nil,
    step: BigInteger = 1,
    where holds: (BigInteger) -> Bool
  ) -> BigInteger {
    var above = max(start, guess ?? start)
    var below = start - 1
    var stride = step
    if holds(above) {
      // Everything at or under `start - 1` is out of the question.
      while above > start {
        let candidate = max(start, above - stride)
        guard holds(candidate) else {
          below = candidate
          break
        }
        above = candidate
        stride = stride << 1
      }
    } else {
      repeat {
        below = above
        above += stride
        stride = stride << 1
      } while !holds(above)
    }
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
