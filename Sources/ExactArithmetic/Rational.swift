// Rational.swift: exact fractions in lowest terms.
// SPDX-License-Identifier: Apache-2.0

/// An exact fraction, always in lowest terms with a positive denominator.
public struct Rational: Sendable, Hashable {
  /// The numerator, which carries the sign.
  public let numerator: BigInteger
  /// The denominator.
  ///
  /// - Invariant: `denominator > 0`, and it has no factor in common with the numerator.
  public let denominator: BigInteger

  /// Makes the fraction `numerator / denominator` in lowest terms.
  ///
  /// - Precondition: `denominator != 0`.
  public init(_ numerator: BigInteger, _ denominator: BigInteger) {
    precondition(denominator.signum != 0, "a fraction has a denominator other than zero")
    let divisor = numerator.greatestCommonDivisor(with: denominator)
    let sign: BigInteger = denominator.signum < 0 ? -1 : 1
    self.numerator = numerator.dividedExactly(by: divisor) * sign
    self.denominator = denominator.dividedExactly(by: divisor) * sign
  }

  /// Makes a whole number.
  public init(_ value: BigInteger) {
    numerator = value
    denominator = 1
  }

  /// Makes a whole number.
  public init(_ value: Int) {
    self.init(BigInteger(value))
  }

  /// Zero.
  public static let zero = Rational(0)
  /// One.
  public static let one = Rational(1)

  /// Minus one, zero or one, as the fraction is negative, zero or positive.
  public var signum: Int { numerator.signum }

  /// Tells whether the fraction is a whole number.
  public var isInteger: Bool { denominator == 1 }

  /// The largest whole number not above the fraction.
  public var roundedDown: BigInteger { numerator.dividedRoundingDown(by: denominator) }

  /// The smallest whole number not below the fraction.
  public var roundedUp: BigInteger { numerator.dividedRoundingUp(by: denominator) }

  /// The absolute value.
  public var magnitude: Rational { signum < 0 ? -self : self }

  /// One divided by the fraction.
  ///
  /// - Precondition: The fraction is not zero.
  public var reciprocal: Rational { Rational(denominator, numerator) }
}

extension Rational: ExpressibleByIntegerLiteral {
  /// Makes a whole number from a literal.
  public init(integerLiteral value: Int) {
    self.init(value)
  }
}

extension Rational: Comparable {
  /// Tells whether one fraction is less than another.
  public static func < (left: Rational, right: Rational) -> Bool {
    left.numerator * right.denominator < right.numerator * left.denominator
  }
}

extension Rational {
  /// The sum.
  public static func + (left: Rational, right: Rational) -> Rational {
    Rational(
      left.numerator * right.denominator + right.numerator * left.denominator,
      left.denominator * right.denominator
    )
  }

  /// The difference.
  public static func - (left: Rational, right: Rational) -> Rational {
    left + -right
  }

  /// The product.
  public static func * (left: Rational, right: Rational) -> Rational {
    Rational(left.numerator * right.numerator, left.denominator * right.denominator)
  }

  /// The quotient.
  ///
  /// - Precondition: `right != 0`.
  public static func / (left: Rational, right: Rational) -> Rational {
    left * right.reciprocal
  }

  /// The negative.
  public static prefix func - (value: Rational) -> Rational {
    Rational(-value.numerator, value.denominator)
  }

  /// Adds in place.
  public static func += (left: inout Rational, right: Rational) {
    left = left + right
  }

  /// Subtracts in place.
  public static func -= (left: inout Rational, right: Rational) {
    left = left - right
  }
}

extension Rational: CustomStringConvertible {
  /// The fraction in lowest terms, `p/q`, or `p` alone for a whole number.
  public var description: String {
    isInteger ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}
