// BigInteger+Arithmetic.swift: the operations on big integers.
// Reference: [GMP].
// SPDX-License-Identifier: Apache-2.0

import CGMP

extension BigInteger {
  private static func combine(
    _ left: BigInteger,
    _ right: BigInteger,
    _ operation: (
      UnsafeMutablePointer<__mpz_struct>, UnsafePointer<__mpz_struct>,
      UnsafePointer<__mpz_struct>
    ) -> Void
  ) -> BigInteger {
    left.withPointer { l in right.withPointer { r in .make { operation($0, l, r) } } }
  }

  /// The sum.
  public static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    combine(left, right) { __gmpz_add($0, $1, $2) }
  }

  /// The difference.
  public static func - (left: BigInteger, right: BigInteger) -> BigInteger {
    combine(left, right) { __gmpz_sub($0, $1, $2) }
  }

  /// The product.
  public static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    combine(left, right) { __gmpz_mul($0, $1, $2) }
  }

  /// The negative.
  public static prefix func - (value: BigInteger) -> BigInteger {
    value.withPointer { source in .make { __gmpz_neg($0, source) } }
  }

  /// Adds in place.
  public static func += (left: inout BigInteger, right: BigInteger) {
    left = left + right
  }

  /// Subtracts in place.
  public static func -= (left: inout BigInteger, right: BigInteger) {
    left = left - right
  }

  /// Multiplies in place.
  public static func *= (left: inout BigInteger, right: BigInteger) {
    left = left * right
  }

  /// The largest integer not above `self / divisor`.
  ///
  /// - Precondition: `divisor != 0`.
  public func dividedRoundingDown(by divisor: BigInteger) -> BigInteger {
    precondition(divisor.signum != 0, "division by zero")
    return Self.combine(self, divisor) { __gmpz_fdiv_q($0, $1, $2) }
  }

  /// The smallest integer not below `self / divisor`.
  ///
  /// - Precondition: `divisor != 0`.
  public func dividedRoundingUp(by divisor: BigInteger) -> BigInteger {
    precondition(divisor.signum != 0, "division by zero")
    return Self.combine(self, divisor) { __gmpz_cdiv_q($0, $1, $2) }
  }

  /// The quotient, where the division leaves no remainder.
  ///
  /// - Precondition: `divisor` is not zero and divides `self`.
  public func dividedExactly(by divisor: BigInteger) -> BigInteger {
    precondition(divisor.signum != 0, "division by zero")
    return Self.combine(self, divisor) { __gmpz_divexact($0, $1, $2) }
  }

  /// The remainder of the division that rounds down: it has the sign of the divisor.
  ///
  /// - Precondition: `divisor != 0`.
  public func modulo(_ divisor: BigInteger) -> BigInteger {
    precondition(divisor.signum != 0, "division by zero")
    return Self.combine(self, divisor) { __gmpz_fdiv_r($0, $1, $2) }
  }

  /// The greatest common divisor; never negative.
  public func greatestCommonDivisor(with other: BigInteger) -> BigInteger {
    Self.combine(self, other) { __gmpz_gcd($0, $1, $2) }
  }

  /// The largest integer whose square is not above this one.
  ///
  /// - Precondition: The number is not negative.
  public var squareRoot: BigInteger {
    precondition(signum >= 0, "a square root of a negative number")
    return withPointer { source in .make { __gmpz_sqrt($0, source) } }
  }

  /// The power with a natural exponent.
  public func power(_ exponent: Int) -> BigInteger {
    precondition(exponent >= 0, "a power of an integer takes a natural exponent")
    return withPointer { source in .make { __gmpz_pow_ui($0, source, UInt(exponent)) } }
  }

  /// Multiplies by `2^shift`.
  public static func << (value: BigInteger, shift: Int) -> BigInteger {
    guard shift >= 0 else { return value >> -shift }
    return value.withPointer { source in .make { __gmpz_mul_2exp($0, source, UInt(shift)) } }
  }

  /// Divides by `2^shift`, rounding down.
  public static func >> (value: BigInteger, shift: Int) -> BigInteger {
    guard shift >= 0 else { return value << -shift }
    return value.withPointer { source in .make { __gmpz_fdiv_q_2exp($0, source, UInt(shift)) } }
  }

  /// Divides by `2^shift`, rounding up.
  public func shiftedRightRoundingUp(by shift: Int) -> BigInteger {
    guard shift >= 0 else { return self << -shift }
    return withPointer { source in .make { __gmpz_cdiv_q_2exp($0, source, UInt(shift)) } }
  }
}
