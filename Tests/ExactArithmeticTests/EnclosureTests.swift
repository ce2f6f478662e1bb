// EnclosureTests.swift: bounds that never lose the number they hold.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import TestSupport
import Testing

@Suite struct `Enclosures` {
  struct Law: Decodable {
    struct Record: Decodable {
      let b: String
      let q: [String]
    }
    let records: [Record]
  }

  @Test func `hold every reference value of the exponential`() throws {
    let law = try Vectors.decode(Law.self, from: "discrete_laplace.json")
    #expect(law.records.count == 8)
    for record in law.records {
      let exponent = -(try Rational(parsing: record.b)).reciprocal
      let lower = try Rational(parsing: record.q[0])
      let upper = try Rational(parsing: record.q[1])
      let ours = Enclosure.exp(exponent, precision: 200)
      // Both hold the true value, so they meet; ours is far narrower than the reference.
      #expect(ours.lower.rational <= upper && lower <= ours.upper.rational, "scale \(record.b)")
      #expect(ours.isTighter(than: 55), "scale \(record.b)")
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `agree with themselves at a higher precision`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let x =
      `Rationals`.random(using: &generator)
      / Rational(BigInteger(1) << Int.random(in: 0...260, using: &generator))
    guard x.magnitude < Rational(100_000) else { return }
    let precision = Int.random(in: 1...300, using: &generator)
    let coarse = Enclosure.exp(x, precision: precision)
    let fine = Enclosure.exp(x, precision: precision + 200)
    #expect(coarse.lower <= fine.lower && fine.upper <= coarse.upper)
    // Two units in the last place, never more: the guard bits are enough.
    let width = coarse.upper - coarse.lower
    #expect(width.leadingExponent <= coarse.upper.leadingExponent - precision + 2)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `turn sums into products`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let x = Rational(BigInteger(Int32(truncatingIfNeeded: generator.next())), 1_000_000_007)
    let y = Rational(BigInteger(Int32(truncatingIfNeeded: generator.next())), 1_000_000_009)
    let product = Enclosure.exp(x, precision: 150) * Enclosure.exp(y, precision: 150)
    let sum = Enclosure.exp(x + y, precision: 150)
    #expect(product.lower <= sum.upper && sum.lower <= product.upper)
    let one = Enclosure.exp(x, precision: 150) * Enclosure.exp(-x, precision: 150)
    #expect(one.lower <= .one && .one <= one.upper)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `keep exact results inside through every operation`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let a = `Rationals`.random(using: &generator)
    let b = `Rationals`.random(using: &generator)
    let precision = Int.random(in: 2...90, using: &generator)
    let x = Enclosure(a, precision: precision)
    let y = Enclosure(b, precision: precision)
    func holds(_ enclosure: Enclosure, _ value: Rational) -> Bool {
      enclosure.lower.rational <= value && value <= enclosure.upper.rational
    }
    #expect(holds(x, a))
    #expect(holds(x + y, a + b))
    #expect(holds(x - y, a - b))
    #expect(holds(x * y, a * b))
    #expect(holds(-x, -a))
    #expect(holds(x.power(5), a * a * a * a * a))
    if y.lower.signum == y.upper.signum, y.lower.signum != 0 { #expect(holds(x / y, a / b)) }
  }

  @Test func `are exact where nothing needs rounding`() {
    let one = Enclosure.exp(.zero, precision: 64)
    #expect(one.lower == .one && one.upper == .one && one.isTighter(than: 1000))
    let third = Enclosure(Rational(1, 3), precision: 64)
    #expect(third.lower < third.upper)
    #expect(third.isAbove(Rational(1, 4)) && third.isBelow(Rational(1, 2)))
    #expect(!third.isAbove(Rational(1, 3)) && !third.isBelow(Rational(1, 3)))
  }

  @Test func `reach the largest exponents without losing the number`() {
    let tiny = Enclosure.exp(-Enclosure.largestExponent, precision: 64)
    #expect(tiny.lower.signum > 0 && tiny.isTighter(than: 15))
    let huge = Enclosure.exp(Enclosure.largestExponent, precision: 64)
    let one = tiny * huge
    #expect(one.lower <= .one && .one <= one.upper)
  }
}

@Suite struct `Dyadics` {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `round in the direction that is named`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let mantissa = `Big integers`.random(bits: 200, using: &generator)
    let value = Dyadic(mantissa, exponent: Int.random(in: -90...90, using: &generator))
    let bits = Int.random(in: 1...150, using: &generator)
    let down = value.rounded(to: bits, .down)
    let up = value.rounded(to: bits, .up)
    #expect(down <= value && value <= up)
    #expect(down.mantissa.bitWidth <= bits && up.mantissa.bitWidth <= bits)
    #expect(value.rational.signum == value.signum)
    let shift = Int.random(in: -100...100, using: &generator)
    let scaled = value.shifted(by: shift).rational
    #expect(value.scaledRoundingDown(by: shift) == scaled.roundedDown)
    #expect(value.scaledRoundingUp(by: shift) == scaled.roundedUp)
  }

  @Test func `have one form each`() {
    #expect(Dyadic(12, exponent: 1) == Dyadic(3, exponent: 3))
    #expect(Dyadic(0, exponent: 9) == .zero)
    #expect(Set([Dyadic(8), Dyadic(1, exponent: 3)]).count == 1)
  }
}
