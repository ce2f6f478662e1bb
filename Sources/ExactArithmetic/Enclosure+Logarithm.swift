// Enclosure+Logarithm.swift: rigorous bounds on the natural logarithm.
// Reference: [BZ10] section 4.8.
// SPDX-License-Identifier: Apache-2.0

extension Enclosure {
  /// Encloses the natural logarithm of every number in the enclosure.
  ///
  /// With `y = m 2^e` and `m` between 2/3 and 4/3, `ln y = e ln 2 + 2 atanh((m - 1) / (m + 1))`.
  /// Next to one the result keeps its relative precision, as far as the argument has it.
  ///
  /// - Precondition: `lower > 0`.
  /// - Reference: [BZ10] section 4.8.
  public var logarithm: Enclosure {
    precondition(lower.signum > 0, "a logarithm takes a number above zero")
    let below = Self.logarithm(of: lower, precision: precision)
    let above = lower == upper ? below : Self.logarithm(of: upper, precision: precision)
    return Enclosure(from: below.lower, to: above.upper, precision: precision)
  }

  /// `ln 2 = 2 atanh(1/3)`, kept for the precisions that are asked for most.
  private static let logarithmOfTwo =
    doubledInverseTangent(Enclosure(Rational(1, 3), precision: 1024))

  private static func logarithm(of value: Dyadic, precision: Int) -> Enclosure {
    let working = precision + 24
    // value = m 2^e with 1/2 <= m < 1, moved to 2/3 < m < 4/3.
    var exponent = value.leadingExponent
    var mantissa = value.shifted(by: -exponent)
    if mantissa * Dyadic(3) < Dyadic(2) {
      exponent -= 1
      mantissa = mantissa.shifted(by: 1)
    }
    let numerator = mantissa - .one
    var result = Enclosure(from: .zero, to: .zero, precision: working)
    if numerator.signum != 0 {
      let argument =
        Enclosure(from: numerator, to: numerator, precision: working)
        / Enclosure(from: mantissa + .one, to: mantissa + .one, precision: working)
      result = doubledInverseTangent(argument)
    }
    if exponent != 0 {
      let two =
        working <= logarithmOfTwo.precision
        ? Enclosure(from: logarithmOfTwo.lower, to: logarithmOfTwo.upper, precision: working)
        : doubledInverseTangent(Enclosure(Rational(1, 3), precision: working))
      let factor = Dyadic(BigInteger(exponent))
      result = result + two * Enclosure(from: factor, to: factor, precision: working)
    }
    return Enclosure(from: result.lower, to: result.upper, precision: precision)
  }

  /// Encloses `2 atanh(t) = 2 (t + t^3/3 + t^5/5 + ...)` for `0 < |t| <= 1/3`.
  ///
  /// Powers and sums are integers, in units of the last digit that `t` keeps: rounded down for the
  /// lower bound and up for the upper one.
  private static func doubledInverseTangent(_ t: Enclosure) -> Enclosure {
    if t.upper.signum < 0 { return -doubledInverseTangent(-t) }
    precondition(t.lower.signum > 0, "an argument whose sign is known")
    let bits = t.precision + 16
    // Relative to t, so that a small argument keeps its digits.
    let shift = bits - t.lower.leadingExponent
    var low = t.lower.scaledRoundingDown(by: shift)
    var high = t.upper.scaledRoundingUp(by: shift)
    let square = t * t
    let lowSquare = square.lower.scaledRoundingDown(by: bits)
    let highSquare = square.upper.scaledRoundingUp(by: bits)
    var (lowSum, highSum) = (low, high)
    var index: BigInteger = 3
    while true {
      low = (low * lowSquare) >> bits
      high = (high * highSquare).shiftedRightRoundingUp(by: bits)
      let term = high.dividedRoundingUp(by: index)
      highSum += term
      // What is left out is below term (t^2 + t^4 + ...) <= 1/8 term.
      if term <= 1 { break }
      lowSum += low.dividedRoundingDown(by: index)
      index += 2
    }
    return Enclosure(
      from: Dyadic(lowSum, exponent: 1 - shift),
      to: Dyadic(highSum + 1, exponent: 1 - shift),
      precision: t.precision
    )
  }
}
