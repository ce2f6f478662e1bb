// DiscreteLaplaceSumTests.swift: the exact law of several draws together, against reference values.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

/// The sums of `discrete_laplace.json`.
private struct SumFile: Decodable {
  struct Point: Decodable {
    let x: Int
    let p: [String]
  }

  struct Interval: Decodable {
    let alpha: String
    let k: Int
    let tail: [String]

    enum CodingKeys: String, CodingKey {
      case alpha, k
      case tail = "tail_gt_k"
    }
  }

  struct Record: Decodable {
    let b: String
    let m: Int
    let variance: [String]
    let pmf: [Point]
    let ci: [Interval]
  }

  let sums: [Record]

  enum CodingKeys: String, CodingKey { case sums = "sum_of_m_iid" }
}

@Suite struct `Sum of draws of discrete Laplace noise` {
  private static let file = Result {
    try Vectors.decode(SumFile.self, from: "discrete_laplace.json")
  }

  @Test func `encloses every reference value to 40 digits`() throws {
    let records = try Self.file.get().sums
    #expect(records.count >= 10)
    for record in records {
      let law = DiscreteLaplaceLaw(scale: try Rational(parsing: record.b))
      let sum = DiscreteLaplaceSum(of: law, draws: record.m)
      let place = "\(record.m) draws of scale \(record.b)"
      func agrees(_ ours: Enclosure, _ oracle: [String]) throws -> Bool {
        try `Discrete Laplace law`.agrees(ours, with: oracle, digits: 40)
      }
      #expect(try agrees(sum.variance(digits: 40), record.variance), "\(place)")
      for point in record.pmf {
        let ours = sum.probability(of: BigInteger(point.x), precision: 160)
        #expect(try agrees(ours, point.p), "\(place) at \(point.x)")
      }
      for interval in record.ci {
        let alpha = try Rational(parsing: interval.alpha)
        #expect(sum.halfWidth(alpha: alpha) == BigInteger(interval.k), "\(place), \(alpha)")
        let tail = sum.twoSidedTail(above: BigInteger(interval.k), precision: 160)
        #expect(try agrees(tail, interval.tail), "\(place) above \(interval.k)")
      }
    }
  }

  @Test func `is the law of a draw where there is one`() {
    let law = DiscreteLaplaceLaw(scale: Rational(17, 3))
    let sum = DiscreteLaplaceSum(of: law, draws: 1)
    for k in 0..<20 {
      let (ours, own) = (
        sum.twoSidedTail(above: BigInteger(k), precision: 100),
        law.twoSidedTail(above: BigInteger(k), precision: 100)
      )
      #expect(ours.lower <= own.upper && own.lower <= ours.upper)
    }
    #expect(
      sum.halfWidth(alpha: Rational(1, 20), cells: 50)
        == law.halfWidth(alpha: Rational(1, 20), draws: 50)
    )
  }

  /// Probabilities and tails come from different formulas, and add up to one.
  @Test(arguments: [(2, Rational(3)), (5, Rational(1, 2)), (27, Rational(6)), (40, Rational(90))])
  func `has tails that its probabilities leave`(draws: Int, scale: Rational) {
    let sum = DiscreteLaplaceSum(of: DiscreteLaplaceLaw(scale: scale), draws: draws)
    var inside = sum.probability(of: 0, precision: 200)
    for k in 0..<60 {
      let tail = sum.twoSidedTail(above: BigInteger(k), precision: 200)
      let all = inside + tail
      #expect(all.lower.rational <= .one && .one <= all.upper.rational, "at \(k)")
      #expect(all.isTighter(than: 40))
      let next = sum.probability(of: BigInteger(k + 1), precision: 200)
      inside = inside + next + next
    }
  }

  @Test func `has half-widths on the two sides of which the tail lies`() {
    let sum = DiscreteLaplaceSum(of: DiscreteLaplaceLaw(scale: 24), draws: 9)
    for (alpha, cells) in [
      (Rational(1, 20), 1), (Rational(1, 20), 51), (Rational(1, 1_000_000), 3),
    ] {
      let k = sum.halfWidth(alpha: alpha, cells: cells)
      func isOutside(_ k: BigInteger) -> Enclosure {
        let tail = sum.twoSidedTail(above: k, precision: 200)
        let one = Enclosure(.one, precision: 200)
        return one - (one - tail).power(cells)
      }
      #expect(isOutside(k).upper.rational <= alpha)
      #expect(isOutside(k - 1).lower.rational > alpha)
    }
  }
}
