// Dyadic.swift: binary fractions of any size, rounded only where asked and in a named direction.
// SPDX-License-Identifier: Apache-2.0

/// The direction in which a result is rounded.
public enum RoundingDirection: Sendable {
  /// Towards negative infinity.
  case down
  /// Towards positive infinity.
  case up
}

/// The number `mantissa * 2^exponent`.
///
/// Sums, differences and products are exact. Quotients and roundings name their direction.
public struct Dyadic: Sendable, Hashable {
  /// The significant digits, with the sign.
  ///
  /// - Invariant: Odd, or zero with an exponent of zero: each number has one form.
  public let mantissa: BigInteger
  /// The power of two.
  public let exponent: Int

  /// Makes `mantissa * 2^exponent`.
  public init(_ mantissa: BigInteger, exponent: Int = 0) {
    let zeros = mantissa.trailingZeroBitCount
    self.mantissa = zeros == 0 ? mantissa : mantissa >> zeros
    self.exponent = mantissa.signum == 0 ? 0 : exponent + zeros
  }

  /// Zero.
  public static let zero = Dyadic(0)
  /// One.
  public static let one = Dyadic(1)

  /// Minus one, zero or one, as the number is negative, zero or positive.
  public var signum: Int { mantissa.signum }

  /// The power of two just above the magnitude: `|self| < 2^leadingExponent`.
  public var leadingExponent: Int { mantissa.bitWidth + exponent }

  /// The number with at most `bits` significant bits.
  ///
  /// - Precondition: `bits > 0`.
  public func rounded(to bits: Int, _ direction: RoundingDirection) -> Dyadic {
    precondition(bits > 0, "a rounded number keeps at least one bit")
    let excess = mantissa.bitWidth - bits
    guard excess > 0 else { return self }
    switch direction {
    case .down: return Dyadic(mantissa >> excess, exponent: exponent + excess)
    case .up:
      return Dyadic(mantissa.shiftedRightRoundingUp(by: excess), exponent: exponent + excess)
    }
  }

  /// The quotient of two whole numbers, with at least `bits` significant bits.
  ///
  /// - Precondition: `bits > 0` and `denominator > 0`.
  public init(
    _ numerator: BigInteger,
    dividedBy denominator: BigInteger,
    bits: Int,
    _ direction: RoundingDirection
  ) {
    precondition(denominator.signum > 0, "a quotient has a positive denominator")
    let shift = bits + 1 + denominator.bitWidth - numerator.bitWidth
    let scaled = shift >= 0 ? numerator << shift : numerator
    let divisor = shift >= 0 ? denominator : denominator << -shift
    let quotient =
      switch direction {
      case .down: scaled.dividedRoundingDown(by: divisor)
      case .up: scaled.dividedRoundingUp(by: divisor)
      }
    self = Dyadic(quotient, exponent: -shift).rounded(to: bits, direction)
  }

  /// The fraction rounded to `bits` significant bits.
  public init(_ value: Rational, bits: Int, _ direction: RoundingDirection) {
    self.init(value.numerator, dividedBy: value.denominator, bits: bits, direction)
  }

  /// The same number as a fraction.
  public var rational: Rational {
    exponent >= 0
      ? Rational(mantissa << exponent)
      : Rational(mantissa, BigInteger(1) << -exponent)
  }

  /// The largest integer not above `self * 2^shift`.
  public func scaledRoundingDown(by shift: Int) -> BigInteger {
    mantissa << (exponent + shift)
  }

  /// The smallest integer not below `self * 2^shift`.
  public func scaledRoundingUp(by shift: Int) -> BigInteger {
    mantissa.shiftedRightRoundingUp(by: -(exponent + shift))
  }
}

extension Dyadic: Comparable {
  /// Tells whether one number is less than another.
  public static func < (left: Dyadic, right: Dyadic) -> Bool {
    (left - right).signum < 0
  }
}

extension Dyadic {
  /// The exact sum.
  public static func + (left: Dyadic, right: Dyadic) -> Dyadic {
    let exponent = min(left.exponent, right.exponent)
    return Dyadic(
      (left.mantissa << (left.exponent - exponent))
        + (right.mantissa << (right.exponent - exponent)),
      exponent: exponent
    )
  }

  /// The exact difference.
  public static func - (left: Dyadic, right: Dyadic) -> Dyadic {
    left + -right
  }

  /// The exact product.
  public static func * (left: Dyadic, right: Dyadic) -> Dyadic {
    Dyadic(left.mantissa * right.mantissa, exponent: left.exponent + right.exponent)
  }

  /// The negative.
  public static prefix func - (value: Dyadic) -> Dyadic {
    Dyadic(-value.mantissa, exponent: value.exponent)
  }
}
