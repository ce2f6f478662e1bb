// DiscreteLaplaceLawTests.swift: the exact law of the noise against the reference values.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

/// The reference values of `discrete_laplace.json` that the law is asked for.
private struct LawFile: Decodable {
  struct Point: Decodable {
    let x: Int
    let pmf: [String]
    let cdf: [String]
  }

  struct Interval: Decodable {
    let alpha: String
    let k: Int
  }

  struct Record: Decodable {
    let b: String
    let variance: [String]
    let points: [Point]
    let ci: [Interval]
    let adversarial: [Interval]

    enum CodingKeys: String, CodingKey {
      case b, variance, points, ci
      case adversarial = "ci_adversarial"
    }
  }

  let records: [Record]
}

@Suite struct `Discrete Laplace law` {
  private static let file = Result {
    try Vectors.decode(LawFile.self, from: "discrete_laplace.json")
  }

  /// Both enclosures hold the true value, so they meet; ours is as tight as it was asked to be.
  static func agrees(_ ours: Enclosure, with oracle: [String], digits: Int) throws -> Bool {
    let (low, high) = (try Rational(parsing: oracle[0]), try Rational(parsing: oracle[1]))
    return ours.lower.rational <= high && low <= ours.upper.rational
      && ours.isTighter(than: digits)
  }

  @Test func `encloses every reference value to 40 digits`() throws {
    let records = try Self.file.get().records
    #expect(records.count >= 8)
    for record in records {
      let law = DiscreteLaplaceLaw(scale: try Rational(parsing: record.b))
      #expect(
        try Self.agrees(law.variance(digits: 40), with: record.variance, digits: 40),
        "variance at \(record.b)"
      )
      for point in record.points {
        let x = BigInteger(point.x)
        #expect(
          try Self.agrees(law.probability(of: x, digits: 40), with: point.pmf, digits: 40),
          "P(X = \(point.x)) at \(record.b)"
        )
        #expect(
          try Self.agrees(law.cumulative(x, digits: 40), with: point.cdf, digits: 40),
          "P(X <= \(point.x)) at \(record.b)"
        )
      }
    }
  }

  @Test func `gives every reference half-width, next to tail values too`() throws {
    for record in try Self.file.get().records {
      let law = DiscreteLaplaceLaw(scale: try Rational(parsing: record.b))
      #expect(!record.adversarial.isEmpty)
      for interval in record.ci + record.adversarial {
        let alpha = try Rational(parsing: interval.alpha)
        #expect(
          law.halfWidth(alpha: alpha) == BigInteger(interval.k),
          "alpha \(interval.alpha) at \(record.b)"
        )
      }
    }
  }

  /// Every mass of a small law, summed with outward rounding.
  @Test(arguments: ["1/3", "1", "8", "123457/1000"], [1, 2, 50])
  func `gives the smallest half-width for several draws at once`(
    scale: String,
    draws: Int
  ) throws {
    let law = DiscreteLaplaceLaw(scale: try Rational(parsing: scale))
    let alpha = Rational(1, 20)
    let k = law.halfWidth(alpha: alpha, draws: draws)
    // P(max |X| <= k) is ( F(k) - F(-k - 1) )^n, from the other formula of the law.
    func inside(_ k: BigInteger) -> Enclosure {
      let difference =
        law.cumulative(k, digits: 60) - law.cumulative(-k - 1, digits: 60)
      return difference.power(draws)
    }
    #expect(inside(k).isAbove(.one - alpha))
    if k.signum > 0 { #expect(inside(k - 1).isBelow(.one - alpha)) }
    #expect(k >= law.halfWidth(alpha: alpha))
    #expect(k <= law.halfWidth(alpha: alpha / Rational(draws)))
  }

  @Test func `agrees with its own sums`() throws {
    let law = DiscreteLaplaceLaw(scale: Rational(8, 3))
    var sum = law.cumulative(-40, digits: 50)
    for x in -39...40 {
      sum = sum + law.probability(of: BigInteger(x), digits: 50)
      let direct = law.cumulative(BigInteger(x), digits: 50)
      #expect(sum.lower <= direct.upper && direct.lower <= sum.upper, "x = \(x)")
    }
  }

  @Test func `needs no time for extreme scales and tails`() throws {
    let clock = ContinuousClock()
    let elapsed = try clock.measure {
      for scale in ["1/1000", "1099511627776", "1e-3", "123456789012345/7"] {
        let law = DiscreteLaplaceLaw(scale: try Rational(parsing: scale))
        _ = law.halfWidth(alpha: try Rational(parsing: "1e-300"), draws: 1 << 26)
        _ = law.halfWidth(alpha: try Rational(parsing: "1/2"))
        _ = law.halfWidth(alpha: try Rational(parsing: "0.99999999999999999999999999"))
        _ = law.variance(digits: 40)
        _ = law.probability(of: 0, digits: 40)
        _ = law.cumulative(1_000, digits: 40)
        _ = law.cumulative(-1_000, digits: 40)
      }
    }
    #expect(elapsed < .seconds(10))
  }

  @Test func `encloses values far out without a number as long as the tail is thin`() {
    let law = DiscreteLaplaceLaw(scale: 1)
    let far = law.cumulative(BigInteger(10).power(30), digits: 40)
    #expect(far.lower.rational < .one && far.upper.rational == .one)
    #expect(far.isTighter(than: 40))
    #expect(law.reaches(999_999) && !law.reaches(1_000_000))
    #expect(law.reaches(-999_999) && !law.reaches(-1_000_000))
  }

  @Test(arguments: [0, 1, 7, 1000], [nil, 0, 3, 7, 8, 5000] as [Int?])
  func `finds the smallest from any guess`(answer: Int, guess: Int?) {
    var asked: [BigInteger] = []
    let found = DiscreteLaplaceLaw.smallest(from: 0, near: guess.map { BigInteger($0) }, step: 3) {
      asked.append($0)
      return $0 >= BigInteger(answer)
    }
    #expect(found == BigInteger(answer))
    #expect(asked.allSatisfy { $0.signum >= 0 })
    #expect(asked.count < 40)
  }
}
