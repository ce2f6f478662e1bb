// OptimalSelection.swift: cells are kept with the largest probability that any rule may give them.
// Reference: [DVGM22] theorem 1; `docs/selection.md` derives the closed form.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The optimal rule: whether a cell exists, and nothing else, for the most cells.
///
/// With `E = e^(epsilon / c)` and the delta `d` of one cell, a cell of `n` units is kept with
/// ```
/// pi(0) = 0,   pi(n) = min(E pi(n-1) + d,  1 - (1 - pi(n-1) - d) / E,  1)
/// ```
/// No rule with the same loss keeps a cell of any number of units more often.
///
/// - Privacy: Which cells are kept is (epsilon, delta)-DP for adding or removing one unit.
/// - Reference: [DVGM22] theorem 1.
public struct OptimalSelection: Sendable, Hashable {
  /// The part of epsilon for each cell, in nats.
  public let epsilonPerCell: Rational
  /// The part of delta for each cell.
  public let delta: CellDelta
  /// The last number of units up to which the probability grows exponentially, `n1`.
  public let crossover: BigInteger
  /// The first number of units with which a cell is always kept.
  public let certain: BigInteger

  /// Prepares the rule for terms.
  public init(_ terms: SelectionTerms) {
    self.init(
      epsilonPerCell: terms.epsilonPerCell,
      delta: CellDelta(terms.delta, cells: terms.cells)
    )
  }

  /// Prepares the rule for one cell's parts.
  ///
  /// - Precondition: `0 < epsilonPerCell <= 10^4`.
  public init(epsilonPerCell: Rational, delta: CellDelta) {
    precondition(epsilonPerCell.signum > 0, "an epsilon above zero")
    self.epsilonPerCell = epsilonPerCell
    self.delta = delta
    let edge = SelectionEdge(epsilon: epsilonPerCell, delta: delta)
    crossover = edge.crossover
    certain = edge.certain
  }

  /// Encloses `pi(n)`; exactly zero for an empty cell, exactly one from `certain` on.
  ///
  /// - Complexity: A few exponentials, whatever `n` is.
  public func keepProbability(of units: BigInteger, digits: Int) -> Enclosure {
    let spare = epsilonPerCell.denominator.bitWidth
    return .refined(digits: digits, spare: spare) { enclosure(of: units, precision: $0) }
  }

  /// Encloses the probability under a threshold ahead of the rule: no cell of fewer than `pre` units
  /// is kept, and one of `n` as often as one of `n - pre + 1` without the threshold.
  ///
  /// - Precondition: `pre >= 1`.
  public func keepProbability(
    of units: BigInteger,
    preThreshold pre: BigInteger,
    digits: Int
  ) -> Enclosure {
    precondition(pre.signum > 0, "a threshold of at least one unit")
    return keepProbability(of: units - pre + 1, digits: digits)
  }

  /// Encloses `pi(n)` with the working precision of its exponentials.
  ///
  /// From `pi(n) = E pi(n-1) + d` up to `n1`, and `1 - pi(n) = (1 - pi(n-1) - d) / E` from there:
  /// ```
  /// pi(n) = d (E^n - 1) / (E - 1)                                              n <= n1
  /// pi(n) = (E - 1 + d - E^(n1-n) (E - 1 + 2d - d E^n1)) / (E - 1)            n > n1
  /// ```
  package func enclosure(of units: BigInteger, precision: Int) -> Enclosure {
    guard units.signum > 0 else { return Enclosure(from: .zero, to: .zero, precision: precision) }
    guard units < certain else { return .one(precision) }
    let d = delta.enclosure(precision: precision)
    if units == 1 { return d }
    let one = Enclosure.one(precision)
    func power(_ exponent: BigInteger) -> Enclosure {
      .exp(epsilonPerCell * Rational(exponent), precision: precision)
    }
    let gap = power(1) - one
    // Too few bits to tell E from one.
    guard gap.lower.signum > 0 else {
      return Enclosure(from: .zero, to: .one, precision: precision)
    }
    guard units > crossover else { return (d * (power(units) - one) / gap).asProbability }
    let rest = gap + d + d - d * power(crossover)
    return ((gap + d - power(crossover - units) * rest) / gap).asProbability
  }
}

/// Where the optimal probabilities change their course, decided exactly.
struct SelectionEdge {
  /// The smallest `k >= 1` with `E^k > R`, `R = (E - 1 + 2d) / (d (E + 1))`.
  ///
  /// It is the last `n` for which `E pi(n-1) + d` is the smaller one, and how far the noise of the
  /// truncated geometric rule reaches.
  let crossover: BigInteger
  /// The smallest `n` with `pi(n) = 1`.
  let certain: BigInteger

  init(epsilon: Rational, delta: CellDelta) {
    let crossover = Self.crossover(epsilon, delta)
    self.crossover = crossover
    certain = crossover + Self.stepsToCertainty(epsilon, delta, crossover)
  }

  /// `E` and `d` at a precision, for as long as they leave a question open.
  ///
  /// `E` is transcendental and `d` algebraic, so that `E^k d (E + 1) = E - 1 + 2d`, a polynomial in
  /// `E` that is not zero, never holds, and enough bits decide.
  private static func decided(
    _ epsilon: Rational,
    _ delta: CellDelta,
    _ ask: (_ e: (BigInteger) -> Enclosure, _ d: Enclosure, _ precision: Int) -> Bool?
  ) -> Bool {
    var precision = 64 + epsilon.denominator.bitWidth
    while true {
      let d = delta.enclosure(precision: precision)
      let power: (BigInteger) -> Enclosure = { exponent in
        .exp(epsilon * Rational(exponent), precision: precision)
      }
      if let answer = ask(power, d, precision) { return answer }
      precision *= 2
    }
  }

  /// Tells which of two numbers is larger, where their bounds do.
  private static func isLarger(_ left: Enclosure, than right: Enclosure) -> Bool? {
    if left.lower > right.upper { return true }
    return left.upper < right.lower ? false : nil
  }

  private static func crossover(_ epsilon: Rational, _ delta: CellDelta) -> BigInteger {
    // R is below 1/d; 0.69 is close enough to ln 2 for a guess.
    let bits = max(0, -delta.enclosure(precision: 64).lower.leadingExponent)
    let most = Rational(BigInteger(bits) * 69, 100) / epsilon
    // Where epsilon is small, E - 1 is too, and R about 1 + epsilon / 2d.
    return DiscreteLaplaceLaw.smallest(
      from: 1,
      near: max(1, most.roundedDown),
      step: epsilon.reciprocal.roundedUp
    ) { k in
      decided(epsilon, delta) { power, d, precision in
        let one = Enclosure.one(precision)
        let e = power(1)
        return isLarger(power(k) * d * (e + one), than: e - one + d + d)
      }
    }
  }

  /// The smallest `k >= 1` with `d E^k >= E - 1 + 2d - d E^n1`, from `1 - pi(n1 + k) <= 0`.
  ///
  /// Both sides agree only for `n1 = k = 1` and `d = 1/2`, where `(2d - 1) (E - 1) >= 0` decides.
  private static func stepsToCertainty(
    _ epsilon: Rational,
    _ delta: CellDelta,
    _ crossover: BigInteger
  ) -> BigInteger {
    DiscreteLaplaceLaw.smallest(from: 1, near: crossover) { k in
      if k == 1, crossover == 1 { return delta.isAtLeastHalf }
      return decided(epsilon, delta) { power, d, precision in
        let right = power(1) - .one(precision) + d + d
        return isLarger(d * power(k) + d * power(crossover), than: right)
      }
    }
  }
}
