// Enclosure.swift: real numbers held between two exact bounds, always rounded outward.
// SPDX-License-Identifier: Apache-2.0

/// A real number known to lie in `[lower, upper]`.
///
/// Every operation rounds outward to the precision of its operands, so the true value never
/// leaves its enclosure. Comparisons that the bounds do not decide are asked again with more bits.
public struct Enclosure: Sendable, Hashable {
  /// A bound that the number is not below.
  public let lower: Dyadic
  /// A bound that the number is not above.
  public let upper: Dyadic
  /// The significant bits that each bound keeps.
  public let precision: Int

  /// Holds a number between two bounds, rounded outward.
  ///
  /// - Precondition: `lower <= upper` and `precision > 0`.
  public init(from lower: Dyadic, to upper: Dyadic, precision: Int) {
    precondition(lower <= upper, "an enclosure has its lower bound first")
    self.lower = lower.rounded(to: precision, .down)
    self.upper = upper.rounded(to: precision, .up)
    self.precision = precision
  }

  /// Encloses a fraction.
  public init(_ value: Rational, precision: Int) {
    self.init(
      from: Dyadic(value, bits: precision, .down),
      to: Dyadic(value, bits: precision, .up),
      precision: precision
    )
  }

  /// Tells whether the number is certainly above `value`.
  public func isAbove(_ value: Rational) -> Bool { lower.rational > value }

  /// Tells whether the number is certainly below `value`.
  public func isBelow(_ value: Rational) -> Bool { upper.rational < value }

  /// Tells whether the relative width `(upper - lower) / |x|` is at most `10^-digits`.
  public func isTighter(than digits: Int) -> Bool {
    let width = upper - lower
    guard width.signum > 0 else { return true }
    let smaller = lower.signum >= 0 ? lower : (upper.signum <= 0 ? -upper : .zero)
    return width * Dyadic(BigInteger(10).power(digits)) <= smaller
  }
}

extension Enclosure {
  /// The sum.
  public static func + (left: Enclosure, right: Enclosure) -> Enclosure {
    Enclosure(
      from: left.lower + right.lower,
      to: left.upper + right.upper,
      precision: min(left.precision, right.precision)
    )
  }

  /// The difference.
  public static func - (left: Enclosure, right: Enclosure) -> Enclosure {
    Enclosure(
      from: left.lower - right.upper,
      to: left.upper - right.lower,
      precision: min(left.precision, right.precision)
    )
  }

  /// The product.
  public static func * (left: Enclosure, right: Enclosure) -> Enclosure {
    let precision = min(left.precision, right.precision)
    if left.lower.signum >= 0, right.lower.signum >= 0 {
      return Enclosure(
        from: left.lower * right.lower,
        to: left.upper * right.upper,
        precision: precision
      )
    }
    let corners = [
      left.lower * right.upper, left.upper * right.lower, left.upper * right.upper,
    ]
    let first = left.lower * right.lower
    return Enclosure(
      from: corners.reduce(first, min),
      to: corners.reduce(first, max),
      precision: precision
    )
  }

  /// The quotient.
  ///
  /// - Precondition: Zero is not in `right`.
  public static func / (left: Enclosure, right: Enclosure) -> Enclosure {
    left * right.reciprocal
  }

  /// One divided by the number.
  ///
  /// - Precondition: Zero is not in the enclosure.
  public var reciprocal: Enclosure {
    precondition(lower.signum == upper.signum && lower.signum != 0, "division by zero")
    if lower.signum < 0 { return -(-self).reciprocal }
    return Enclosure(
      from: Self.inverse(upper, precision, .down),
      to: Self.inverse(lower, precision, .up),
      precision: precision
    )
  }

  private static func inverse(
    _ value: Dyadic,
    _ bits: Int,
    _ direction: RoundingDirection
  ) -> Dyadic {
    let quotient = Dyadic(1, dividedBy: value.mantissa, bits: bits, direction)
    return Dyadic(quotient.mantissa, exponent: quotient.exponent - value.exponent)
  }

  /// The negative.
  public static prefix func - (value: Enclosure) -> Enclosure {
    Enclosure(from: -value.upper, to: -value.lower, precision: value.precision)
  }

  /// The power with a natural exponent, by repeated squaring.
  public func power(_ exponent: Int) -> Enclosure {
    precondition(exponent >= 0, "a power of an enclosure takes a natural exponent")
    var result = Enclosure(from: .one, to: .one, precision: precision)
    var square = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = result * square }
      rest >>= 1
      if rest > 0 { square = square * square }
    }
    return result
  }
}
