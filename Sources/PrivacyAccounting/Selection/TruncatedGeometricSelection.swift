// TruncatedGeometricSelection.swift: one noise of bounded size gives both count and decision.
// Reference: [DVGM22]; `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The truncated geometric rule: a cell of `n` units is kept where `n + Z > k`, and `n + Z` shown.
///
/// ```
/// P(Z = x) = C e^(-|x| e),  -k <= x <= k,   C = (E - 1) / (E + 1 - 2 E^-k),   E = e^e
/// ```
/// with `e = epsilon / c` and the smallest `k` for which an edge has at most the delta of one cell:
/// `E^k >= (E - 1 + 2d) / (d (E + 1))`. A cell of `2k + 1` units is always kept.
///
/// - Privacy: The noisy numbers of units that are kept are (epsilon, delta)-DP for adding or removing
///   one unit.
/// - Reference: [DVGM22], the truncated symmetric geometric distribution.
public struct TruncatedGeometricSelection: Sendable, Hashable {
  /// The part of epsilon for each cell, in nats.
  public let epsilonPerCell: Rational
  /// The part of delta for each cell.
  public let delta: CellDelta
  /// The largest magnitude of the noise, `k`.
  public let reach: BigInteger

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
    reach = SelectionEdge(epsilon: epsilonPerCell, delta: delta).crossover
  }

  /// The smallest noisy number of units that is kept: `k + 1`.
  public var threshold: BigInteger { reach + 1 }

  /// The scale of the noise before it is truncated, in units: `1 / e`.
  public var scale: Rational { epsilonPerCell.reciprocal }

  private func power(_ exponent: BigInteger, _ precision: Int) -> Enclosure {
    .exp(epsilonPerCell * Rational(exponent), precision: precision)
  }

  private func refined(_ digits: Int, _ compute: (Int) -> Enclosure) -> Enclosure {
    .refined(digits: digits, spare: epsilonPerCell.denominator.bitWidth, compute)
  }

  /// Encloses the normaliser `C`.
  private func normaliser(_ precision: Int) -> Enclosure {
    let one = Enclosure.one(precision)
    let e = power(1, precision)
    let edge = power(-reach, precision)
    let (above, below) = (e - one, e + one - edge - edge)
    // Too few bits to tell E from one.
    guard above.lower.signum > 0, below.lower.signum > 0 else {
      return Enclosure(from: .zero, to: .one, precision: precision)
    }
    return (above / below).asProbability
  }

  /// Encloses `P(Z = x)`.
  public func probability(of x: BigInteger, digits: Int) -> Enclosure {
    guard x.magnitude <= reach else { return Enclosure(from: .zero, to: .zero, precision: 64) }
    return refined(digits) { normaliser($0) * power(-x.magnitude, $0) }
  }

  /// Encloses the probability that a cell of `n` units is kept: `P(n + Z >= k + 1)`, exactly one from
  /// `2k + 1` units on, and zero for an empty cell.
  public func keepProbability(of units: BigInteger, digits: Int) -> Enclosure {
    guard units.signum > 0 else { return Enclosure(from: .zero, to: .zero, precision: 64) }
    guard units <= reach + reach else { return .one(64) }
    let from = threshold - units
    return refined(digits) { precision in
      guard from.signum <= 0 else { return tail(from: from, precision) }
      // The law is symmetric: at least `from` unless at least `1 - from`.
      return (.one(precision) - tail(from: 1 - from, precision)).asProbability
    }
  }

  /// Encloses `P(Z >= j)` for `1 <= j <= k`: `C (E^(1-j) - E^-k) / (E - 1)`.
  private func tail(from j: BigInteger, _ precision: Int) -> Enclosure {
    let one = Enclosure.one(precision)
    let e = power(1, precision)
    let edge = power(-reach, precision)
    let below = e + one - edge - edge
    guard below.lower.signum > 0 else {
      return Enclosure(from: .zero, to: .one, precision: precision)
    }
    // C / (E - 1) is one over the denominator of C.
    return ((power(1 - j, precision) - edge) / below).asProbability
  }
}
