// RationalTests.swift: fractions are exact, canonical and safe to read from strangers.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import TestSupport
import Testing

@Suite struct `Rationals` {
  static func random(using generator: inout SeededGenerator) -> Rational {
    let numerator = `Big integers`.random(bits: 130, using: &generator)
    let denominator = `Big integers`.random(bits: 130, using: &generator).magnitude + 1
    return Rational(numerator, denominator)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `obey the laws of a field`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let a = Self.random(using: &generator)
    let b = Self.random(using: &generator)
    let c = Self.random(using: &generator)
    #expect((a + b) + c == a + (b + c))
    #expect(a * (b + c) == a * b + a * c)
    #expect(a - b == -(b - a))
    if b.signum != 0 { #expect(a / b * b == a) }
    #expect((a < b) == ((b - a).signum > 0))
    #expect(Rational(a.roundedDown) <= a && a < Rational(a.roundedDown + 1))
    #expect(Rational(a.roundedUp) >= a && a > Rational(a.roundedUp - 1))
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `stay in lowest terms and read what they print`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let value = Self.random(using: &generator)
    let grown = Rational(value.numerator * -6, value.denominator * -6)
    #expect(grown == value)
    #expect(grown.denominator.signum > 0)
    #expect(grown.numerator.greatestCommonDivisor(with: grown.denominator) == 1)
    #expect(try Rational(parsing: value.description) == value)
  }

  @Test(arguments: [
    ("0.1", "1/10"), ("1/3", "1/3"), ("2/6", "1/3"), ("1e-9", "1/1000000000"), ("-0.25", "-1/4"),
    ("+3", "3"), ("1E3", "1000"), (".5", "1/2"), ("5.", "5"), ("-0", "0"), ("0/7", "0"),
    ("1.5/0.5", "3"), ("1/-2", "-1/2"), ("007", "7"), ("0.10", "1/10"), ("1e+2", "100"),
    ("1e-30", "1/1000000000000000000000000000000"),
  ])
  func `read numbers exactly`(text: String, canonical: String) throws {
    #expect(try Rational(parsing: text).description == canonical)
  }

  @Test(arguments: [
    "", " ", "1 ", "nan", "NaN", "inf", "-inf", "Infinity", "1/2/3", "/", "1/", "/2", "e5", "1e",
    "1e1.5", "0x1p3", "1,5", "--1", "1..2", ".", "-", "1e--2", "½", "1_0", "٣", "1\u{0}2", "1e٣",
  ])
  func `refuse what is no number`(text: String) {
    #expect(throws: RationalParsingError.notANumber) { try Rational(parsing: text) }
  }

  @Test(arguments: ["1/0", "0/0", "1/0.000", "5/-0"])
  func `refuse to divide by zero`(text: String) {
    #expect(throws: RationalParsingError.zeroDenominator) { try Rational(parsing: text) }
  }

  @Test(arguments: ["1e999999999", "1e-999999999", "1/1e10001", "1e99999999999999999999999"])
  func `refuse exponents that would eat memory`(text: String) {
    #expect(throws: RationalParsingError.exponentOutOfRange(limit: 10_000)) {
      try Rational(parsing: text)
    }
  }

  @Test func `refuse texts that would eat time`() {
    #expect(throws: RationalParsingError.tooLong(limit: 10_000)) {
      try Rational(parsing: String(repeating: "1", count: 10_001))
    }
  }

  @Test func `add ten tenths to one`() throws {
    let tenth = try Rational(parsing: "0.1")
    #expect((0..<10).reduce(Rational.zero) { sum, _ in sum + tenth } == .one)
  }

  @Test func `compose the reference sums`() throws {
    for (parts, sum) in [
      (["1/3", "1/7", "1/11", "1/13"], "1934/3003"), (["0.1", "0.2", "0.3"], "3/5"),
      (
        ["123456789/987654321", "987654321/123456789", "1/18446744073709551615"],
        "13271777770083989234676604434125387/1633449557275829730692578241848155"
      ),
    ] {
      let total = try parts.map { try Rational(parsing: $0) }.reduce(.zero, +)
      #expect(total.description == sum)
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `print decimals that bracket them`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let shift = Int.random(in: -300...300, using: &generator)
    let base = Self.random(using: &generator)
    let value =
      shift >= 0
      ? base * Rational(BigInteger(10).power(shift))
      : base / Rational(BigInteger(10).power(-shift))
    let digits = Int.random(in: 1...40, using: &generator)
    let below = try Rational(parsing: value.decimal(digits: digits, .down))
    let above = try Rational(parsing: value.decimal(digits: digits, .up))
    #expect(below <= value && value <= above)
    // One unit in the last of `digits` places is at most 10^(1 - digits) of the value.
    #expect((above - below) * Rational(BigInteger(10).power(digits - 1)) <= value.magnitude)
  }

  @Test(arguments: [
    ("1/3", 3, "0.333", "0.334"), ("-1/3", 3, "-0.334", "-0.333"), ("999/1000", 2, "0.99", "1"),
    ("100", 2, "100", "100"), ("12345", 2, "12000", "13000"), ("0", 5, "0", "0"),
    ("1e-7", 3, "1e-7", "1e-7"), ("1/3e-9", 3, "333000000", "334000000"),
    ("12.5", 4, "12.5", "12.5"),
  ])
  func `print decimals as expected`(text: String, digits: Int, down: String, up: String) throws {
    let value = try Rational(parsing: text)
    #expect(value.decimal(digits: digits, .down) == down)
    #expect(value.decimal(digits: digits, .up) == up)
  }
}
