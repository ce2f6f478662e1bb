// DiscreteLaplaceSum.swift: the exact law of several draws of discrete Laplace noise together.
// Reference: [GRS09]; `docs/continual.md`, section "The error".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The law of the sum of `m` independent draws of discrete Laplace noise of one scale, each added or
/// taken off.
///
/// With `q = e^(-1/b)`, `p = 1 - q` and `D = 1 - q^2` the generating function has the principal part
/// ```
/// (p / (1+q))^m  sum over r = 1...m of  g_(m-r) (1 - q z)^(-r),
/// g_j = coefficient of u^j in ((1 - u) / (1 - u/D))^m = (1 + (q^2/D) u / (1 - u/D))^m
/// ```
/// at `z = 1/q`, and for `x >= 0` no other part has a say. Every coefficient is positive, so nothing
/// cancels:
/// ```
/// P(S = x)   = (p / (1+q))^m  sum of g_(m-r) C(x+r-1, r-1) q^x
/// P(|S| > k) = 2 (p / (1+q))^m  sum of g_(m-r) p^(-r) sum over i < r of C(k+i, i) p^i q^(k+1)
/// ```
/// The inner sum is the chance that `r` successes take more than `k` failures.
public struct DiscreteLaplaceSum: Sendable, Hashable {
  /// The law of one draw.
  public let law: DiscreteLaplaceLaw
  /// The number of draws.
  public let draws: Int

  /// Names the sum.
  ///
  /// - Precondition: At least one draw.
  public init(of law: DiscreteLaplaceLaw, draws: Int) {
    precondition(draws >= 1, "a sum of at least one draw")
    self.law = law
    self.draws = draws
  }

  /// Encloses the variance `2 m q / (1 - q)^2`, in squared units of the query's output.
  public func variance(digits: Int) -> Enclosure {
    let one = law.variance(digits: digits + 2)
    return one * Enclosure(Rational(draws), precision: one.precision)
  }

  /// Encloses `P(S = x)`.
  public func probability(of x: BigInteger, precision: Int) -> Enclosure {
    let terms = Terms(self, precision: precision)
    let x = x.magnitude
    var sum = terms.zero
    var choices: BigInteger = 1
    for r in 1...draws {
      sum = sum + terms.parts[draws - r] * terms.number(choices)
      choices = (choices * (x + BigInteger(r))).dividedRoundingDown(by: BigInteger(r))
    }
    return terms.factor * sum * law.decay(x, precision: terms.precision)
  }

  /// Encloses `P(|S| > k)` for `k >= 0`.
  public func twoSidedTail(above k: BigInteger, precision: Int) -> Enclosure {
    tail(above: k, Terms(self, precision: precision))
  }

  private func tail(above k: BigInteger, _ terms: Terms) -> Enclosure {
    precondition(k.signum >= 0, "a half-width of at least zero")
    var sum = terms.zero
    var chance = terms.zero
    var choices: BigInteger = 1
    var powers = terms.one
    var inverse = terms.one
    for r in 1...draws {
      // C(k+i, i) p^i for i = r - 1.
      chance = chance + terms.number(choices) * powers
      choices = (choices * (k + BigInteger(r))).dividedRoundingDown(by: BigInteger(r))
      powers = powers * terms.p
      inverse = inverse / terms.p
      sum = sum + terms.parts[draws - r] * inverse * chance
    }
    let whole = terms.factor * sum * law.decay(k + 1, precision: terms.precision)
    return whole + whole
  }

  /// The smallest `k >= 0` with `P(max |S_i| > k) <= alpha` over `cells` independent sums.
  ///
  /// The decision is exact, as for a single draw: a tail is a quotient of polynomials in the
  /// transcendental `q`, so the two sides are never equal and more bits always decide.
  ///
  /// - Precondition: `0 < alpha` and `cells >= 1`.
  public func halfWidth(alpha: Rational, cells: Int = 1) -> BigInteger {
    precondition(alpha.signum > 0 && cells >= 1, "an error probability above zero")
    guard draws > 1 else { return law.halfWidth(alpha: alpha, draws: cells) }
    guard alpha < .one else { return 0 }
    var known: [Int: Terms] = [:]
    return DiscreteLaplaceLaw.smallest(
      from: 0,
      near: law.halfWidth(alpha: alpha, draws: cells),
      step: law.scale.roundedUp
    ) { k in
      var precision = 64
      while true {
        let terms = known[precision] ?? Terms(self, precision: precision)
        known[precision] = terms
        let tail = tail(above: k, terms)
        if let isWithin = DiscreteLaplaceLaw.stays(within: alpha, draws: cells, tail) {
          return isWithin
        }
        precision *= 2
      }
    }
  }
}

extension DiscreteLaplaceSum {
  /// What does not depend on where a probability is asked for.
  private struct Terms {
    let precision: Int
    let one: Enclosure
    let zero: Enclosure
    /// `1 - q`.
    let p: Enclosure
    /// `((1 - q) / (1 + q))^m`.
    let factor: Enclosure
    /// `g_0 ... g_(m-1)`.
    let parts: [Enclosure]

    init(_ sum: DiscreteLaplaceSum, precision: Int) {
      // 1 - q loses the bits of the scale.
      let scale = sum.law.scale
      let lost = max(0, scale.numerator.bitWidth - scale.denominator.bitWidth)
      let bits = precision + 2 * lost + 64
      self.precision = bits
      one = Enclosure(from: .one, to: .one, precision: bits)
      zero = Enclosure(from: .zero, to: .zero, precision: bits)
      let q = sum.law.decay(1, precision: bits)
      p = one - q
      factor = (p / (one + q)).power(sum.draws)
      let inverse = (p * (one + q)).reciprocal
      let first = q * q * inverse
      let count = sum.draws
      // g_j is the sum over i of C(m, i) C(j-1, i-1) first^i inverse^(j-i).
      var powers = [one]
      var inverses = [one]
      for _ in 1...count {
        powers.append(powers[powers.count - 1] * first)
        inverses.append(inverses[inverses.count - 1] * inverse)
      }
      var parts = [one]
      for j in 1..<max(count, 1) {
        var part = Enclosure(from: .zero, to: .zero, precision: bits)
        var outer = BigInteger(count)
        var inner: BigInteger = 1
        for i in 1...j {
          let number = Enclosure(Rational(outer * inner), precision: bits)
          part = part + number * powers[i] * inverses[j - i]
          outer = (outer * BigInteger(count - i)).dividedRoundingDown(by: BigInteger(i + 1))
          inner = (inner * BigInteger(j - i)).dividedRoundingDown(by: BigInteger(i))
        }
        parts.append(part)
      }
      self.parts = parts
    }

    /// A whole number as it is.
    func number(_ value: BigInteger) -> Enclosure {
      Enclosure(Rational(value), precision: precision)
    }
  }
}
