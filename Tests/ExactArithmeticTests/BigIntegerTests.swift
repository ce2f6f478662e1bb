// BigIntegerTests.swift: big integers against the laws of arithmetic and against fixed widths.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import TestSupport
import Testing

@Suite struct `Big integers` {
  /// A random integer of up to `bits` bits, either sign.
  static func random(bits: Int, using generator: inout SeededGenerator) -> BigInteger {
    var value: BigInteger = 0
    for _ in 0..<(bits / 64 + 1) {
      value = (value << 64) + BigInteger(generator.next())
    }
    value = value >> Int.random(in: 0...bits, using: &generator)
    return Bool.random(using: &generator) ? value : -value
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `obey the laws of a ring`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let a = Self.random(bits: 700, using: &generator)
    let b = Self.random(bits: 300, using: &generator)
    let c = Self.random(bits: 90, using: &generator)
    #expect(a + b == b + a)
    #expect((a + b) + c == a + (b + c))
    #expect(a * b == b * a)
    #expect((a * b) * c == a * (b * c))
    #expect(a * (b + c) == a * b + a * c)
    #expect(a - a == 0)
    #expect(a + -b == a - b)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `divide with the remainder that the rounding names`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let a = Self.random(bits: 500, using: &generator)
    let b = Self.random(bits: 200, using: &generator)
    guard b.signum != 0 else { return }
    let down = a.dividedRoundingDown(by: b)
    let up = a.dividedRoundingUp(by: b)
    let rest = a.modulo(b)
    #expect(down * b + rest == a)
    #expect(rest.signum == 0 || rest.signum == b.signum)
    #expect(rest.magnitude < b.magnitude)
    #expect(up - down == (rest.signum == 0 ? 0 : 1))
    #expect((a * b).dividedExactly(by: b) == a)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `agree with 64-bit arithmetic where it fits`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let a = Int64(truncatingIfNeeded: generator.next()) >> 33
    let b = Int64(truncatingIfNeeded: generator.next()) >> 33
    #expect(BigInteger(a) + BigInteger(b) == BigInteger(a + b))
    #expect(BigInteger(a) * BigInteger(b) == BigInteger(a * b))
    #expect((BigInteger(a) < BigInteger(b)) == (a < b))
    #expect(BigInteger(a) >> 3 == BigInteger(a >> 3))
    #expect(BigInteger(a).description == String(a))
    #expect(BigInteger(a).bitWidth == Int64.bitWidth - a.magnitude.leadingZeroBitCount)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `read what they print`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let a = Self.random(bits: 2000, using: &generator)
    #expect(BigInteger(a.description) == a)
    #expect(Set([a, BigInteger(a.description)]).count == 1)
  }

  @Test(arguments: ["", "-", "+", "1_000", "0x10", " 1", "1 ", "1.0", "--1", "٣", "1\u{0}"])
  func `refuse what is no decimal integer`(text: String) {
    #expect(BigInteger(text) == nil)
  }

  @Test func `take and give the ends of every width`() {
    #expect(Int64(exactly: BigInteger(Int64.min)) == Int64.min)
    #expect(Int64(exactly: BigInteger(Int64.max)) == Int64.max)
    #expect(Int64(exactly: BigInteger(Int64.min) - 1) == nil)
    #expect(Int64(exactly: BigInteger(Int64.max) + 1) == nil)
    #expect(UInt64(exactly: BigInteger(UInt64.max)) == UInt64.max)
    #expect(UInt64(exactly: -1 as BigInteger) == nil)
    #expect(Int8(exactly: -128 as BigInteger) == -128)
    #expect(Int8(exactly: 128 as BigInteger) == nil)
    #expect(UInt32(exactly: BigInteger(UInt64.max)) == nil)
    #expect(Int128(exactly: BigInteger(Int128.min)) == Int128.min)
    #expect(Int(exactly: 0 as BigInteger) == 0)
    #expect(BigInteger(UInt128.max) == (1 << 128) - 1)
  }

  @Test func `shift down towards negative infinity and up on request`() {
    let value: BigInteger = -5
    #expect(value >> 1 == -3)
    #expect(value.shiftedRightRoundingUp(by: 1) == -2)
    #expect((5 as BigInteger).shiftedRightRoundingUp(by: 1) == 3)
    #expect((5 as BigInteger) << -1 == 2)
    #expect((1 as BigInteger) >> -3 == 8)
  }

  @Test func `know their smallest cases`() {
    let zero: BigInteger = 0
    #expect(zero.signum == 0 && zero.bitWidth == 0 && zero.trailingZeroBitCount == 0)
    #expect(zero.description == "0")
    #expect((12 as BigInteger).trailingZeroBitCount == 2)
    #expect((12 as BigInteger).greatestCommonDivisor(with: -18) == 6)
    #expect((2 as BigInteger).power(100) == BigInteger(1) << 100)
    #expect((0 as BigInteger).power(0) == 1)
  }
}
