// LawTests.swift: the coins of the sampler against reference values made without this code.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Sampling
import TestSupport
import Testing

/// `Tests/Vectors/discrete_laplace.json`, as far as it is used here.
struct ReferenceLaws: Decodable {
  struct Record: Decodable, Sendable, CustomTestStringConvertible {
    let b: String
    let q: [String]
    let points: [Point]
    var testDescription: String { "scale \(b)" }

    func scale() throws -> Rational { try Rational(parsing: b) }
  }

  struct Point: Decodable, Sendable {
    let x: Int
    let pmf: [String]
  }

  let records: [Record]

  static let all: [Record] =
    (try? Vectors.decode(Self.self, from: "discrete_laplace.json"))?
    .records ?? []
}

/// `Tests/Vectors/samplers.json`, as far as it is used here.
struct ReferenceExpansions: Decodable {
  struct Expansion: Decodable {
    let gamma: String
    /// `floor(2^256 e^-gamma)` in hexadecimal digits.
    let digits: String?

    enum CodingKeys: String, CodingKey {
      case gamma
      case digits = "floor_2_256_p_hex"
    }
  }

  let expansions: [Expansion]

  enum CodingKeys: String, CodingKey {
    case expansions = "bernoulli_exp_expansion"
  }
}

@Suite struct `The coins of the sampler` {
  static let precision = 320

  static let one = Enclosure(from: .one, to: .one, precision: precision)

  /// What two decimal bounds hold.
  static func enclosure(_ bounds: [String]) throws -> Enclosure {
    let lower = try Rational(parsing: bounds[0])
    let upper = try Rational(parsing: bounds[1])
    return Enclosure(
      from: Dyadic(lower, bits: precision, .down),
      to: Dyadic(upper, bits: precision, .up),
      precision: precision
    )
  }

  /// The first 64 bits of a number, where its bounds agree on them.
  static func firstBits(_ number: Enclosure) throws -> UInt64 {
    let lower = number.lower.scaledRoundingDown(by: 64)
    try #require(lower == number.upper.scaledRoundingDown(by: 64), "the bounds decide 64 bits")
    return try #require(UInt64(exactly: lower))
  }

  @Test func `are checked at every scale of the file`() {
    #expect(ReferenceLaws.all.count >= 8)
  }

  /// `q^(2^i)` by squaring the reference's own `q`: no exponential is taken here.
  @Test(arguments: ReferenceLaws.all)
  func `have the thresholds that follow from the reference's q`(
    _ record: ReferenceLaws.Record
  )
    throws
  {
    let sampler = DiscreteLaplaceSampler(scale: try record.scale())
    let q = try Self.enclosure(record.q)
    #expect(try Self.firstBits(q / (Self.one + q)) == sampler.thresholds[0])
    var power = q
    for index in 0..<sampler.digitCount {
      let expected = try Self.firstBits(power / (Self.one + power))
      #expect(sampler.thresholds[sampler.digitCount - index] == expected, "digit \(index)")
      // Before the last squaring, q^(2^(K-1)) is still at least 2^-64: K is the smallest.
      if index == sampler.digitCount - 1 {
        #expect(power.lower.leadingExponent > -64)
      }
      power = power * power
    }
    #expect(power.upper.leadingExponent <= -64, "a higher digit is set less often than 2^-64")
    #expect(sampler.thresholds[sampler.digitCount + 1] == 0)
    #expect(sampler.thresholds.count == sampler.wordsPerDraw)
  }

  /// The probability of a value, as the product of its coins.
  private func product(_ sampler: DiscreteLaplaceSampler, at x: Int) -> Enclosure {
    let minus = sampler.sign.enclosure(precision: Self.precision)
    guard x != 0 else { return Self.one - minus - minus }
    let g = BigInteger(x.magnitude) - 1
    var result = minus
    for (index, digit) in sampler.digits.enumerated() {
      let probability = digit.enclosure(precision: Self.precision)
      let isSet = (g >> index).lowWord & 1 == 1
      result = result * (isSet ? probability : Self.one - probability)
    }
    let higher = sampler.higher.enclosure(precision: Self.precision)
    guard let above = Int(exactly: g >> sampler.digitCount) else { preconditionFailure("small") }
    return result * higher.power(above) * (Self.one - higher)
  }

  @Test(arguments: ReferenceLaws.all)
  func `multiply to the reference's probability of every value`(
    _ record: ReferenceLaws.Record
  )
    throws
  {
    let sampler = DiscreteLaplaceSampler(scale: try record.scale())
    for point in record.points {
      let expected = try Self.enclosure(point.pmf)
      let found = product(sampler, at: point.x)
      // Two enclosures of one number overlap, and these are 41 and 60 digits wide.
      #expect(found.isTighter(than: 60), "value \(point.x)")
      #expect(found.lower <= expected.upper && expected.lower <= found.upper, "value \(point.x)")
    }
  }

  /// The values in the file's tails are beyond the digits, so the part above them is looked at too.
  @Test func `cover values beyond the digits`() throws {
    let reached = try ReferenceLaws.all.contains { record in
      let sampler = DiscreteLaplaceSampler(scale: try record.scale())
      return record.points.contains { $0.x.magnitude > 1 << sampler.digitCount }
    }
    #expect(reached)
  }

  @Test func `give the bits of an exponential to any depth`() throws {
    let file = try Vectors.decode(ReferenceExpansions.self, from: "samplers.json")
    var checked = 0
    for expansion in file.expansions {
      guard let hex = expansion.digits else { continue }
      var expected: BigInteger = 0
      for digit in hex {
        expected = (expected << 4) + BigInteger(try #require(digit.hexDigitValue))
      }
      let coin = DecayProbability(.exponential, of: try Rational(parsing: expansion.gamma))
      #expect(coin.prefix(bits: 256) == expected)
      #expect(coin.prefix(bits: 64) == expected >> 192)
      checked += 1
    }
    #expect(checked >= 5)
  }

  /// `1 / (1 + e^x) + 1 / (1 + e^-x) = 1` shows that a sign word may be mirrored.
  @Test(arguments: [Rational(1, 65_536), Rational(1, 3), 1, 40, 1000, 65_536])
  func `have irrational probabilities, so that prefixes are decided`(x: Rational) {
    let coin = DecayProbability(.logistic, of: x)
    let bits = coin.prefix(bits: 192)
    #expect(bits >> 128 == coin.prefix(bits: 64))
    #expect(bits < BigInteger(1) << 191)
  }
}
