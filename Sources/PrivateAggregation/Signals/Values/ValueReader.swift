// ValueReader.swift: from the text of a value to a whole number of steps, exactly.
// Reference: `docs/measures.md`, section "Values".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// Reads values as whole numbers of steps of a decimal grid, with no floating point.
///
/// A value is an integer or a decimal, with an exponent if need be, such as `-12.50` or `1e3`; spaces
/// around it are left out of account. Anything else is none: an empty text, `NaN`, `inf`, `1,5`.
///
/// - Complexity: A division of 64 or 128 bits; big integers only for more than 18 digits.
struct ValueReader: Sendable {
  /// The longest text that can be a value, in bytes.
  static let longestText = 1000
  /// From this power of ten on a value lies outside every range.
  private static let highestPower = 19
  /// The lowest power of ten that the first digit of half a step can stand at.
  private static let lowestPower = -10
  /// So many significant digits fit a word.
  private static let mostDigits = 18

  /// The grid times ten to the power of `places`, a whole number.
  private let unit: UInt64
  private let unitDigits: Int
  private let places: Int
  private let isUp: Bool
  private let low: Int64
  private let high: Int64
  private let grid: ValueGrid

  init(_ grid: ValueGrid) {
    self.grid = grid
    let range = grid.range
    guard let places = ValueRange.places(of: range.grid),
      let unit = UInt64(exactly: (range.grid * Rational(Self.power(places))).numerator)
    else { preconditionFailure("a range has a decimal grid") }
    self.places = places
    self.unit = unit
    unitDigits = unit.description.utf8.count
    isUp = grid.rounding == .up
    low = range.low
    high = range.high
  }

  private static func power(_ exponent: Int) -> BigInteger { BigInteger(10).power(exponent) }

  /// The steps of a number that `index(of:)` gave.
  func steps(at index: UInt32) -> Int64 { low + Int64(index) }

  /// The steps above the lowest value; `nil` where the text is no value.
  func index(of text: ByteSlice) -> UInt32? {
    guard let number = DecimalText(text) else { return nil }
    let steps = min(max(rounded(number), low), high)
    return UInt32(truncatingIfNeeded: steps - low)
  }

  /// The nearest number of steps, or the next one above, held just outside every range.
  private func rounded(_ number: DecimalText) -> Int64 {
    guard number.digits > 0 else { return 0 }
    let lead = number.digits + number.exponent
    // Far outside every range, or far less than half a step.
    if lead > Self.highestPower { return number.isNegative ? -.max : .max }
    if lead < Self.lowestPower { return isUp && !number.isNegative ? 1 : 0 }
    guard number.digits <= Self.mostDigits else { return roundedExactly(number) }
    let shift = number.exponent + places
    var value = UInt128(number.mantissa)
    var divisor = UInt128(unit)
    if shift >= 0 {
      value *= Self.powers(shift)
    } else {
      // At most 18 digits divided by more than 36 are far less than half a step.
      if unitDigits - shift > 37 { return isUp && !number.isNegative ? 1 : 0 }
      divisor *= Self.powers(-shift)
    }
    let (quotient, rest) = Self.divided(value, divisor)
    var steps = Int64(truncatingIfNeeded: min(quotient, UInt128(1) << 40))
    if isUp {
      if rest > 0, !number.isNegative { steps += 1 }
    } else if rest + rest >= divisor {
      steps += 1
    }
    return number.isNegative ? -steps : steps
  }

  private static func divided(_ value: UInt128, _ divisor: UInt128) -> (UInt128, UInt128) {
    if let value = UInt64(exactly: value), let divisor = UInt64(exactly: divisor) {
      let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
      return (UInt128(quotient), UInt128(rest))
    }
    return value.quotientAndRemainder(dividingBy: divisor)
  }

  private static func powers(_ exponent: Int) -> UInt128 {
    var power: UInt128 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }

  /// The same for any number of digits.
  private func roundedExactly(_ number: DecimalText) -> Int64 {
    guard let value = try? Rational(parsing: number.text) else { return 0 }
    let steps = value / grid.range.grid
    let half = Rational(1, 2)
    let whole =
      isUp
      ? steps.roundedUp
      : steps.signum < 0 ? (steps - half).roundedUp : (steps + half).roundedDown
    return Int64(exactly: whole) ?? (whole.signum < 0 ? -.max : .max)
  }
}

/// A decimal number as it is written: a sign, its significant digits and a power of ten.
struct DecimalText {
  let isNegative: Bool
  /// The significant digits as a number, where they are at most 18.
  let mantissa: UInt64
  /// How many significant digits there are, from the first that is not zero to the last.
  let digits: Int
  /// The power of ten that the last significant digit stands at.
  let exponent: Int
  private let slice: ByteSlice

  /// The text without the spaces around it.
  var text: String { String(decoding: slice.buffer, as: UTF8.self) }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Reads a whole text; `nil` where it is no number.
  init?(_ text: ByteSlice) {
    let space = UInt8(ascii: " ")
    var start = 0
    var end = text.count
    while start < end, text[start] == space { start += 1 }
    while end > start, text[end - 1] == space { end -= 1 }
    guard start < end, end - start <= ValueReader.longestText else { return nil }
    slice = ByteSlice(base: text.base + start, count: end - start)
    var index = 0
    var isNegative = false
    if slice[0] == UInt8(ascii: "-") || slice[0] == UInt8(ascii: "+") {
      isNegative = slice[0] == UInt8(ascii: "-")
      index = 1
    }
    var mantissa: UInt64 = 0
    var digits = 0
    // Zeros that only count where another digit follows.
    var zeros = 0
    var exponent = 0
    var hasDigits = false
    var isFraction = false
    while index < slice.count {
      let byte = slice[index]
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if Self.isDigit(byte) {
        hasDigits = true
        if isFraction { exponent -= 1 }
        if byte == 0x30 {
          if digits > 0 { zeros += 1 }
        } else {
          for _ in 0..<zeros { mantissa = mantissa &* 10 }
          mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
          digits += zeros + 1
          zeros = 0
        }
      } else {
        break
      }
      index += 1
    }
    guard hasDigits else { return nil }
    if index < slice.count {
      guard let power = Self.power(slice, from: index) else { return nil }
      exponent += power
    }
    self.isNegative = isNegative
    self.mantissa = mantissa
    self.digits = digits
    self.exponent = exponent + zeros
  }

  /// The exponent behind the letter e, held within a million.
  private static func power(_ slice: ByteSlice, from start: Int) -> Int? {
    var index = start + 1
    guard slice[start] | 0x20 == UInt8(ascii: "e"), index < slice.count else { return nil }
    var isNegative = false
    if slice[index] == UInt8(ascii: "-") || slice[index] == UInt8(ascii: "+") {
      isNegative = slice[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < slice.count else { return nil }
    var power = 0
    while index < slice.count {
      guard isDigit(slice[index]) else { return nil }
      power = min(power * 10 + Int(slice[index] &- 0x30), 1_000_000)
      index += 1
    }
    return isNegative ? -power : power
  }
}
