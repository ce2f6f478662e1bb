// CellDelta.swift: the part of delta that each cell of a unit may use, enclosed or exact.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The delta of one cell out of at most `c` cells of a unit.
///
/// Cells are selected independently, so a unit alone in `c` cells is seen with probability
/// `1 - (1 - d)^c`, which reaches `delta` for `d = 1 - (1 - delta)^(1/c)`; the union bound asks for
/// the smaller `d = delta / c`.
public struct CellDelta: Sendable, Hashable {
  /// How delta is divided among cells.
  public enum Split: String, Sendable, Hashable {
    /// As independent draws have it: `1 - (1 - delta)^(1/c)`.
    case exact
    /// As the union bound has it: `delta / c`.
    case union
  }

  /// The delta of all cells of a unit.
  ///
  /// - Invariant: `0 < delta < 1`.
  public let delta: Rational
  /// The most cells that a unit is in, `c`.
  public let cells: Int
  /// How delta is divided.
  public let split: Split

  /// Divides a delta.
  ///
  /// - Precondition: `0 < delta < 1` and `cells >= 1`.
  public init(_ delta: Rational, cells: Int, split: Split = .exact) {
    precondition(delta.signum > 0 && delta < .one, "a delta between zero and one")
    precondition(cells >= 1, "a unit in at least one cell")
    self.delta = delta
    self.cells = cells
    self.split = split
  }

  /// Tells exactly whether `d >= 1/2`.
  ///
  /// That is `1 - delta <= 2^-c`, a question of two integers; no enclosure would ever settle it
  /// where `d` is one half.
  var isAtLeastHalf: Bool {
    guard split == .exact else { return delta * 2 >= Rational(cells) }
    let rest = .one - delta
    guard cells < rest.denominator.bitWidth else { return false }
    return rest.numerator << cells <= rest.denominator
  }

  /// Encloses `d` in bounds of `precision` significant bits, equal ones where `d` is a fraction that
  /// has as many.
  ///
  /// - Complexity: For a delta of at most one half O(`precision` / log(1/delta)) multiplications.
  public func enclosure(precision: Int) -> Enclosure {
    if cells == 1 { return Enclosure(delta, precision: precision) }
    if split == .union { return Enclosure(delta / Rational(cells), precision: precision) }
    let working = precision + cells.bitWidth - cells.leadingZeroBitCount + 16
    let wide = delta <= Rational(1, 2) ? series(working) : fromLogarithm(working)
    return Enclosure(from: wide.lower, to: wide.upper, precision: precision)
  }

  /// The binomial series, whose terms are all positive for a power between zero and one:
  /// `d = a_1 delta + a_2 delta^2 + ...`, `a_1 = 1/c`, `a_(j+1) = a_j (j c - 1) / ((j + 1) c)`.
  private func series(_ working: Int) -> Enclosure {
    let count = BigInteger(cells)
    let base = Enclosure(delta, precision: working)
    var term = base * Enclosure(Rational(1, count), precision: working)
    var sum = term
    let negligible = term.lower.leadingExponent - working - 2
    var j: BigInteger = 1
    while term.upper.leadingExponent >= negligible {
      let factor = Rational(j * count - 1, (j + 1) * count)
      term = term * base * Enclosure(factor, precision: working)
      sum = sum + term
      j += 1
    }
    // Each further term is at most delta <= 1/2 of the one before, so together they are below it.
    return Enclosure(from: sum.lower, to: sum.upper + term.upper, precision: working)
  }

  /// `1 - e^(ln(1 - delta) / c)`, for a delta so large that the logarithm keeps its digits.
  private func fromLogarithm(_ working: Int) -> Enclosure {
    let logarithm = Enclosure(.one - delta, precision: working).logarithm
    let exponent = logarithm / Enclosure(Rational(cells), precision: working)
    let lower = Enclosure.exp(exponent.lower.rational, precision: working)
    let upper = Enclosure.exp(exponent.upper.rational, precision: working)
    let one = Enclosure(from: .one, to: .one, precision: working)
    return one - Enclosure(from: lower.lower, to: upper.upper, precision: working)
  }
}

extension Enclosure {
  /// One, exactly.
  static func one(_ precision: Int) -> Enclosure {
    Enclosure(from: .one, to: .one, precision: precision)
  }

  /// Computes a number at growing precision until its relative width is at most `10^-digits`.
  static func refined(
    digits: Int,
    spare: Int,
    _ compute: (_ precision: Int) -> Enclosure
  ) -> Enclosure {
    // A digit is under 3.33 bits.
    var precision = digits * 10 / 3 + spare + 32
    while true {
      let result = compute(precision)
      if result.isTighter(than: digits) { return result }
      precision *= 2
    }
  }

  /// The number, known to be a probability.
  var asProbability: Enclosure {
    Enclosure(from: max(lower, .zero), to: min(upper, .one), precision: precision)
  }
}
