// EstimateHalfWidthTests.swift: half-widths of estimates against the law of their noise, worked out.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import TestSupport
import Testing

/// The law of `sum a_j X_j` on the grid of the common denominator of the weights, by convolution.
struct WeightedNoise {
  private var law: [Double]
  private let denominator: Int
  private let middle: Int

  /// - Parameter weights: Each with the scale of its noise.
  init(_ weights: [(weight: Rational, scale: Double)]) {
    let denominator = weights.reduce(1) { common, part in
      let other = Int(exactly: part.weight.denominator) ?? 1
      var (a, b) = (common, other)
      while b != 0 { (a, b) = (b, a % b) }
      return common / a * other
    }
    let widest = weights.reduce(0.0) { $0 + 24 * $1.scale * abs(Self.double($1.weight)) }
    middle = Int(widest + 4) * denominator
    law = [Double](repeating: 0, count: 2 * middle + 1)
    law[middle] = 1
    for (weight, scale) in weights where weight.signum != 0 {
      let step = abs(Int((Self.double(weight) * Double(denominator)).rounded()))
      let q = exp(-1 / scale)
      // The discrete Laplace law is one geometric filter forward and one backward.
      for place in law.indices {
        law[place] = (1 - q) * law[place] + (place >= step ? q * law[place - step] : 0)
      }
      for place in law.indices.reversed() {
        law[place] =
          (1 - q) * law[place] + (place + step < law.count ? q * law[place + step] : 0)
      }
    }
    self.denominator = denominator
  }

  static func double(_ value: Rational) -> Double {
    Double(value.decimal(digits: 17, .down)) ?? .nan
  }

  /// P(|S| > k).
  func tail(above k: Int) -> Double {
    let edge = k * denominator
    return law.enumerated().reduce(0) { abs($1.offset - middle) > edge ? $0 + $1.element : $0 }
  }
}

@Suite struct `Half-widths of estimates` {
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let parents: [Int?]
    /// The scale of each node.
    let scales: [Int]
    var testDescription: String { "\(name), scales \(scales)" }
  }

  static let samples: [Sample] = [1, 3, 10].flatMap { scale in
    [
      Sample(name: "two", parents: [nil, 0, 0], scales: [scale, scale, scale]),
      Sample(name: "two, fine leaves", parents: [nil, 0, 0], scales: [3 * scale, scale, scale]),
      Sample(
        name: "two, coarse leaves",
        parents: [nil, 0, 0],
        scales: [scale, scale * 2, scale * 2]
      ),
      Sample(name: "chain", parents: [nil, 0, 1], scales: [scale, scale, scale]),
      Sample(
        name: "six",
        parents: [nil, 0, 0, 0, 0, 0, 0],
        scales: .init(repeating: scale, count: 7)
      ),
      Sample(
        name: "2 x 2",
        parents: [nil, 0, 0, 1, 1, 2, 2],
        scales: .init(repeating: scale, count: 7)
      ),
    ]
  }

  @Test(arguments: samples, [Rational(1, 5), Rational(1, 20), Rational(1, 100_000)])
  func `are sound, and not much wider than they must be`(
    sample: Sample,
    alpha: Rational
  ) throws {
    let tree = TreeShape(parents: sample.parents)
    let consistency = try TreeConsistency(
      tree,
      variances: sample.scales.map { Rational(2 * $0 * $0) }
    )
    let columns = sample.parents.indices.map { node in
      consistency.estimates(of: sample.parents.indices.map { $0 == node ? 1 : 0 })
    }
    let widths = EstimateHalfWidth(
      alpha: alpha,
      smallestScale: Rational(sample.scales.min() ?? 1)
    )
    for node in sample.parents.indices {
      let noise = WeightedNoise(
        columns.indices.map { (columns[$0][node], Double(sample.scales[$0])) }
      )
      let scale = Rational(sample.scales[node])
      let found = widths.halfWidth(variance: consistency.variances[node], scale: scale)
      let width = try #require(Int(exactly: found))
      let limit = WeightedNoise.double(alpha)
      #expect(noise.tail(above: width) <= limit * (1 + 1e-9), "node \(node)")
      var least = 0
      while noise.tail(above: least) > limit { least += 1 }
      #expect(Double(width) <= Double(least) * 1.8 + 4, "node \(node): \(width) for \(least)")
    }
  }

  /// What would be too narrow is seen: the law above rejects half of each half-width.
  @Test func `could not be half as wide`() throws {
    let noise = WeightedNoise([(Rational(1, 3), 10), (Rational(1, 3), 10), (Rational(2, 3), 10)])
    let widths = EstimateHalfWidth(alpha: Rational(1, 20), smallestScale: 10)
    let found = widths.halfWidth(variance: Rational(400, 3), scale: 10)
    let width = try #require(Int(exactly: found))
    #expect(noise.tail(above: width) <= 0.05)
    #expect(noise.tail(above: width / 2) > 0.05)
  }

  @Test func `of a count by itself are those of its law`() {
    let widths = EstimateHalfWidth(alpha: Rational(1, 20), smallestScale: 8)
    #expect(widths.halfWidth(variance: 128, scale: 8) == 24)
  }
}
