// StatisticsTests.swift: the acceptance tests accept what is true and reject what is not.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct Statistics {
  /// From printed tables of the chi-squared law, to the digits that they give.
  @Test(arguments: [
    (3.841459, 1, 0.05), (10.827566, 1, 0.001), (18.307038, 10, 0.05), (29.588298, 10, 0.001),
    (86.660815, 50, 0.001), (2.558212, 10, 0.99), (124.342113, 100, 0.05),
  ])
  func `know the chi-squared law`(x: Double, degrees: Int, expected: Double) {
    let found = ChiSquared.upperTail(of: x, degreesOfFreedom: degrees)
    #expect(abs(found / expected - 1) < 1e-5)
  }

  /// With two degrees of freedom the upper tail is `e^(-x/2)`.
  @Test(arguments: [0.1, 1, 2, 3.9, 4.1, 30, 100, 600])
  func `keep their relative precision far out`(x: Double) {
    let found = ChiSquared.upperTail(of: x, degreesOfFreedom: 2)
    #expect(abs(found / exp(-x / 2) - 1) < 1e-9)
  }

  /// Rolls of a die whose last face comes `weight` times as often as the others.
  private func rolls(_ count: Int, weight: Double, seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    var faces = [Int](repeating: 0, count: 6)
    for _ in 0..<count {
      let point = Double.random(in: 0..<(5 + weight), using: &generator)
      faces[min(5, Int(point))] += 1
    }
    return faces
  }

  /// False alarm: 1e-7.
  @Test func `accept a fair die and reject a loaded one`() {
    let fair = [Double](repeating: 1.0 / 6, count: 6)
    let good = ChiSquared(observed: rolls(60_000, weight: 1, seed: 1), probabilities: fair)
    let bad = ChiSquared(observed: rolls(60_000, weight: 1.1, seed: 1), probabilities: fair)
    #expect(good.falseAlarm > 1e-7)
    #expect(bad.falseAlarm < 1e-9)
  }

  /// Too good a fit is no fault here, and a shifted category is.
  @Test func `reject a shift between two categories`() {
    let halves = [0.5, 0.5]
    #expect(ChiSquared(observed: [5000, 5000], probabilities: halves).falseAlarm == 1)
    #expect(ChiSquared(observed: [4700, 5300], probabilities: halves).falseAlarm < 1e-8)
  }

  /// About one in ten of many fair dice is rejected at a rate of one in ten.
  ///
  /// False alarm: below 1e-6 by the bound on binomial counts.
  @Test func `reject the truth as often as they say`() {
    let fair = [Double](repeating: 1.0 / 6, count: 6)
    let alarms = (0..<2000).count { seed in
      let counts = rolls(300, weight: 1, seed: UInt64(seed))
      return ChiSquared(observed: counts, probabilities: fair).falseAlarm < 0.1
    }
    #expect(BinomialCount.falseAlarm(alarms, of: 2000, probability: 0.1) > 1e-6)
  }

  /// The exact tails of a binomial law of 30 trials, by adding up.
  @Test(arguments: [0.01, 0.3, 0.5, 0.9])
  func `never understate the tail of a binomial law`(p: Double) {
    let n = 30
    var masses: [Double] = []
    for k in 0...n {
      let choices = lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
      masses.append(exp(choices + Double(k) * log(p) + Double(n - k) * log(1 - p)))
    }
    for count in 0...n {
      let upper = masses[count...].reduce(0, +)
      let lower = masses[...count].reduce(0, +)
      let bound = BinomialCount.falseAlarm(count, of: n, probability: p)
      #expect(bound >= min(1, 2 * min(upper, lower)) * (1 - 1e-9))
      // Nor is it without force: a polynomial factor at most.
      #expect(bound <= 40 * min(upper, lower) || bound == 1)
    }
  }

  @Test func `reject a coin with a bias of two in a hundred`() {
    #expect(BinomialCount.falseAlarm(50_000, of: 100_000, probability: 0.5) == 1)
    #expect(BinomialCount.falseAlarm(51_000, of: 100_000, probability: 0.5) < 1e-8)
  }
}
