// Decimal.swift: certified decimal digits of exact numbers, rounded in a named direction.
// SPDX-License-Identifier: Apache-2.0

extension Rational {
  /// The fraction in decimal with at most `digits` significant digits.
  ///
  /// Plain notation where the point falls near the digits, otherwise `d.ddde-k`. The result, read
  /// back exactly, is not above the fraction for `.down` and not below it for `.up`.
  ///
  /// - Precondition: `digits > 0`.
  public func decimal(digits: Int, _ direction: RoundingDirection) -> String {
    precondition(digits > 0, "a decimal has at least one digit")
    guard signum != 0 else { return "0" }
    let up = (direction == .up) == (signum > 0)
    let value = magnitude
    // 10^power <= value < 10^(power + 1).
    var power = Self.decimalEstimate(value)
    while value < Self.tenth(power) { power -= 1 }
    while value >= Self.tenth(power + 1) { power += 1 }
    let scaled = value * Self.tenth(digits - 1 - power)
    var mantissa = up ? scaled.roundedUp : scaled.roundedDown
    if mantissa >= BigInteger(10).power(digits) {
      mantissa = BigInteger(10).power(digits - 1)
      power += 1
    }
    let text = Self.place(point: power, in: mantissa.description)
    return signum < 0 ? "-" + text : text
  }

  /// A first guess at the decimal exponent, from the binary one: 1233 / 4096 is log10(2) to 4 digits.
  private static func decimalEstimate(_ value: Rational) -> Int {
    ((value.numerator.bitWidth - value.denominator.bitWidth) * 1233) >> 12
  }

  private static func tenth(_ power: Int) -> Rational {
    let ten: BigInteger = 10
    return power >= 0 ? Rational(ten.power(power)) : Rational(1, ten.power(-power))
  }

  /// Writes digits `d1 d2 d3 ...`, the first worth `10^point`, without trailing zeros.
  private static func place(point: Int, in digits: String) -> String {
    var kept = Substring(digits)
    while kept.count > 1, kept.last == "0" { kept = kept.dropLast() }
    if point < -6 || point > 39 {
      let rest = kept.dropFirst()
      return kept.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e\(point)"
    }
    if point < 0 {
      return "0." + String(repeating: "0", count: -point - 1) + kept
    }
    if kept.count <= point + 1 {
      return kept + String(repeating: "0", count: point + 1 - kept.count)
    }
    return kept.prefix(point + 1) + "." + kept.dropFirst(point + 1)
  }
}

extension Enclosure {
  /// The bounds in decimal, rounded outward to `digits` significant digits.
  public func decimals(digits: Int) -> (lower: String, upper: String) {
    (lower.rational.decimal(digits: digits, .down), upper.rational.decimal(digits: digits, .up))
  }
}
