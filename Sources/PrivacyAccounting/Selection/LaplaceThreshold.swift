// LaplaceThreshold.swift: cells are kept where a count with discrete Laplace noise is large enough.
// Reference: [KKMN09]; `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The threshold above which a noisy count may be shown.
///
/// A cell of count `n > 0` is kept where `n + X >= tau`, `X` discrete Laplace of scale `b`. A unit
/// adds at most `s` to one cell, so a cell that is its alone is kept with probability at most
/// `p = P(X >= tau - s)`, and some cell out of `c` with `1 - (1 - p)^c`, which is to stay within delta.
///
/// - Privacy: For counts of L1 sensitivity `L` the noisy counts that are kept, together, are
///   (`L / b`, delta)-DP for adding or removing one unit.
/// - Reference: [KKMN09].
public struct LaplaceThreshold: Sendable, Hashable {
  /// The law of the noise.
  public let law: DiscreteLaplaceLaw
  /// The most that one unit adds to one cell, `s`.
  public let largestChange: BigInteger
  /// The most cells that one unit is in, `c`.
  public let cells: Int
  /// The probability with which any cell of one unit alone may be kept.
  public let delta: Rational
  /// The smallest noisy count that is kept, `tau`: the smallest integer that keeps within delta.
  public let threshold: BigInteger

  /// Finds the threshold.
  ///
  /// - Precondition: `scale > 0`, `largestChange >= 1`, `cells >= 1` and `0 < delta < 1`.
  /// - Complexity: O(log b) exponentials, nearly all of them of 64 bits.
  public init(scale: Rational, largestChange: BigInteger, cells: Int, delta: Rational) {
    precondition(largestChange.signum > 0 && cells >= 1, "a unit in at least one cell")
    precondition(delta.signum > 0 && delta < .one, "a delta between zero and one")
    let law = DiscreteLaplaceLaw(scale: scale)
    self.law = law
    self.largestChange = largestChange
    self.cells = cells
    self.delta = delta
    threshold = largestChange + Self.smallestDistance(law, cells: cells, delta: delta)
  }

  /// The smallest `k` with `1 - (1 - p)^c <= delta`, `p = P(X >= k)`.
  ///
  /// `q` is transcendental and `p` no constant function of it, so the two sides never agree and
  /// more bits always decide.
  private static func smallestDistance(
    _ law: DiscreteLaplaceLaw,
    cells: Int,
    delta: Rational
  ) -> BigInteger {
    // p is about e^(-k/b) / 2; 0.69 is close enough to ln 2 for a guess.
    let ratio = Rational(cells) / delta
    let bits = max(0, ratio.numerator.bitWidth - ratio.denominator.bitWidth - 1)
    let guess = (law.scale * Rational(BigInteger(bits) * 69, 100)).roundedDown
    return DiscreteLaplaceLaw.smallest(
      from: least(law, delta),
      near: guess,
      step: law.scale.roundedUp
    ) { k in
      var precision = 64
      while true {
        let tail = law.tail(from: k, precision: precision)
        if let decision = DiscreteLaplaceLaw.stays(within: delta, draws: cells, tail) {
          return decision
        }
        precision *= 2
      }
    }
  }

  /// An integer below which `p` is too large: for `k <= 0`, `1 - p = q^(1-k) / (1 + q)` would have
  /// to be at least `1 - delta`, so that `k >= 1 - b ln(1 / (1 - delta))`.
  private static func least(_ law: DiscreteLaplaceLaw, _ delta: Rational) -> BigInteger {
    // For k = 0 the probability p is above one half.
    guard delta > Rational(1, 2) else { return 1 }
    let rest = .one - delta
    let bits = rest.denominator.bitWidth - rest.numerator.bitWidth + 1
    return -(law.scale * Rational(bits)).roundedUp
  }

  /// The smallest threshold that the union bound admits, `c p <= delta`, for information.
  public var unionThreshold: BigInteger {
    let share = delta / Rational(cells)
    return largestChange + Self.smallestDistance(law, cells: 1, delta: share)
  }

  /// Encloses the delta that the threshold comes to: `1 - (1 - p)^c`, at most `delta`.
  public func achievedDelta(digits: Int) -> Enclosure {
    achievedDelta(at: threshold, digits: digits)
  }

  /// Encloses the delta that any threshold comes to.
  package func achievedDelta(at threshold: BigInteger, digits: Int) -> Enclosure {
    .refined(digits: digits, spare: cells.bitWidth) { precision in
      let tail = law.tail(from: threshold - largestChange, precision: precision)
      if cells == 1 { return tail }
      return .one(precision) - (.one(precision) - tail).power(cells)
    }
  }

  /// Encloses the probability that a cell of count `n` is kept: `P(n + X >= tau)`, and zero for an
  /// empty cell, which is never considered.
  public func keepProbability(of count: BigInteger, digits: Int) -> Enclosure {
    guard count.signum > 0 else { return Enclosure(from: .zero, to: .zero, precision: 64) }
    return .refined(digits: digits, spare: 0) { precision in
      law.tail(from: threshold - count, precision: precision).asProbability
    }
  }
}

extension DiscreteLaplaceLaw {
  /// Encloses `P(X >= k)`, which is `q^k / (1 + q)` from zero on and `1 - q^(1-k) / (1 + q)` below.
  func tail(from k: BigInteger, precision: Int) -> Enclosure {
    let one = Enclosure.one(precision)
    let denominator = one + decay(1, precision: precision)
    guard k.signum < 0 else { return decay(k, precision: precision) / denominator }
    // A tail of fewer than e^-p < 2^-p is not worth a number of that many bits.
    guard Rational(1 - k) / scale < Rational(precision) else {
      return Enclosure(from: .one - Dyadic(1, exponent: -precision), to: .one, precision: precision)
    }
    return one - decay(1 - k, precision: precision) / denominator
  }
}
