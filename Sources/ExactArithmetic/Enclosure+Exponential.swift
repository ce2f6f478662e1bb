// Enclosure+Exponential.swift: rigorous bounds on e^x for exact x.
// Reference: [BZ10] section 4.4, argument halving and the Taylor series.
// SPDX-License-Identifier: Apache-2.0

extension Enclosure {
  /// The largest magnitude that `exp` takes: 2^40.
  public static let largestExponent = Rational(BigInteger(1) << 40)

  /// Encloses `e^x`.
  ///
  /// With `r = |x| / 2^h < 2^-8`, the sum of the first `n` terms of the series of `e^r` is too
  /// small by less than `2 r^n / n!`; `h` squarings give `e^|x|`, and each doubles the relative
  /// error, for which the working precision carries `h` further bits.
  ///
  /// - Precondition: `|x| <= Enclosure.largestExponent`; `precision > 0`.
  /// - Postcondition: The bounds agree to a relative error of about `2^-precision`.
  /// - Complexity: O(`precision` + log|x|) multiplications of `precision + log|x|` bits.
  /// - Reference: [BZ10] section 4.4.
  public static func exp(_ x: Rational, precision: Int) -> Enclosure {
    precondition(x.magnitude <= largestExponent, "an exponent of at most 2^40")
    guard x.signum != 0 else { return Enclosure(from: .one, to: .one, precision: precision) }
    let magnitude = x.magnitude
    // |x| < 2^(leading), so h = leading + 8 halvings bring it below 2^-8.
    let leading = magnitude.numerator.bitWidth - magnitude.denominator.bitWidth + 1
    let halvings = max(0, leading + 8)
    let working = precision + halvings + 16
    let reduced = Enclosure(
      Rational(magnitude.numerator, magnitude.denominator << halvings),
      precision: working
    )
    var result = series(reduced, working)
    for _ in 0..<halvings { result = result * result }
    if x.signum < 0 { result = result.reciprocal }
    return Enclosure(from: result.lower, to: result.upper, precision: precision)
  }

  /// Encloses `e^r` for `0 < r < 2^-8` by the Taylor series with its remainder.
  private static func series(_ r: Enclosure, _ working: Int) -> Enclosure {
    var term = Enclosure(from: .one, to: .one, precision: working)
    var sum = term
    var index: BigInteger = 1
    let negligible = -(working + 8)
    while true {
      let product = term * r
      term = Enclosure(
        from: Dyadic(product.lower.mantissa, dividedBy: index, bits: working, .down)
          .shifted(by: product.lower.exponent),
        to: Dyadic(product.upper.mantissa, dividedBy: index, bits: working, .up)
          .shifted(by: product.upper.exponent),
        precision: working
      )
      if term.upper.leadingExponent < negligible { break }
      sum = sum + term
      index += 1
    }
    // What is left out is the last term times 1 + r/(n+1) + ... < 2.
    let remainder = term.upper.shifted(by: 1)
    return Enclosure(from: sum.lower, to: sum.upper + remainder, precision: working)
  }
}

extension Dyadic {
  /// The number times `2^shift`.
  public func shifted(by shift: Int) -> Dyadic {
    Dyadic(mantissa, exponent: exponent + shift)
  }
}
