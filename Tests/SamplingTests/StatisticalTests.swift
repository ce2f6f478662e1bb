// StatisticalTests.swift: many draws against the law, and broken samplers that must be noticed.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import Sampling
import TestSupport
import Testing

@Suite struct `Many draws` {
  static let scales: [Rational] = [
    Rational(1, 1000), Rational(1, 3), 1, 8, Rational(123_457, 1000),
    Rational(BigInteger(1) << 40),
  ]

  private func draws(_ count: Int, scale: Rational, seed: UInt64) -> [Int64] {
    var words = CountedWords(seed: seed)
    var values = [Int64](repeating: 0, count: count)
    DiscreteLaplaceSampler(scale: scale).fill(&values, from: &words)
    return values
  }

  private func number(_ scale: Rational) throws -> Double {
    try #require(Double(scale.decimal(digits: 20, .down)))
  }

  /// False alarm: none by chance, as the seed is fixed; 1e-6 for a new seed.
  @Test(arguments: scales)
  func `follow the law`(scale: Rational) throws {
    let checks = NoiseChecks(draws(60_000, scale: scale, seed: 1), scale: try number(scale))
    #expect(checks.rejections.isEmpty, "\(checks.falseAlarms)")
  }

  /// False alarm: at most 1e-6 a run.
  @Test func `follow the law from the product's own words`() {
    var values = [Int64](repeating: 0, count: 60_000)
    DiscreteLaplaceSampler(scale: 8).fill(&values)
    let checks = NoiseChecks(values, scale: 8)
    #expect(checks.rejections.isEmpty, "\(checks.falseAlarms)")
  }

  /// False alarm: two of these calls agree in 40 draws with a probability far below 1e-9.
  @Test func `differ from call to call`() {
    let sampler = DiscreteLaplaceSampler(scale: 1000)
    var values = [[Int64]](repeating: [Int64](repeating: 0, count: 40), count: 3)
    for index in values.indices { sampler.fill(&values[index]) }
    #expect(Set(values).count == 3)
    #expect(Set((0..<20).map { _ in sampler.draw() }).count > 1)
  }

  /// How a sampler may be broken, and which checks must say so at least.
  enum Mutant: String, CaseIterable, Sendable {
    case scaleTooLarge, scaleTooSmall, zeroCountedTwice, zeroTooRare, signLost, signBiased
    case digitDropped, wordReusedInADraw, wordsReusedByTheNextDraw, wordsReusedByTheNextBatch
    case tailCut

    var caughtBy: String {
      switch self {
      case .scaleTooLarge, .scaleTooSmall, .digitDropped, .wordReusedInADraw: "probabilities"
      case .zeroCountedTwice, .zeroTooRare: "zeros"
      case .signLost, .signBiased: "signs"
      case .wordsReusedByTheNextDraw: "pairs at distance 1"
      case .wordsReusedByTheNextBatch: "pairs at distance 8"
      case .tailCut: "tail at 6.0 scales"
      }
    }
  }

  private func broken(_ mutant: Mutant) -> [Int64] {
    let count = 60_000
    let true8 = draws(count, scale: 8, seed: 2)
    switch mutant {
    case .scaleTooLarge: return draws(count, scale: Rational(42, 5), seed: 2)
    case .scaleTooSmall: return draws(count, scale: Rational(38, 5), seed: 2)
    case .zeroCountedTwice:
      // Sign times G, and not sign times 1 + G, so that both signs of zero stay.
      return Array(draws(count + 6_000, scale: 8, seed: 2).filter { $0 != 0 }.prefix(count))
        .map { $0 - $0.signum() }
    case .zeroTooRare:
      // A zero is drawn again once, as for (1 - q) / 2 in place of (1 - q) / (1 + q).
      let again = draws(count, scale: 8, seed: 3)
      return true8.indices.map { true8[$0] == 0 && $0 % 2 == 0 ? again[$0] : true8[$0] }
    case .signLost: return true8.map { Int64($0.magnitude) }
    case .signBiased: return true8.indices.map { $0 % 20 == 0 ? abs(true8[$0]) : true8[$0] }
    case .digitDropped:
      return true8.map { $0 == 0 ? 0 : $0.signum() * (((abs($0) - 1) & ~(1 << 4)) + 1) }
    case .wordReusedInADraw: return draws(count) { $0[8] = $0[9] }
    case .wordsReusedByTheNextDraw:
      return true8.indices.map { $0 % 10 == 1 ? true8[$0 - 1] : true8[$0] }
    case .wordsReusedByTheNextBatch:
      return true8.indices.map { $0 % 80 >= 8 && $0 % 80 < 16 ? true8[$0 - 8] : true8[$0] }
    case .tailCut: return true8.map { max(-48, min(48, $0)) == $0 ? $0 : $0 % 48 }
    }
  }

  /// Draws whose words are changed before they are used.
  private func draws(_ count: Int, _ change: (inout [UInt64]) -> Void) -> [Int64] {
    let sampler = DiscreteLaplaceSampler(scale: 8)
    var generator = SeededGenerator(seed: 2)
    var block: [UInt64] = []
    for _ in 0..<((count + 7) / 8) {
      let lanes = (0..<8).map { _ in
        var lane = (0..<sampler.wordsPerDraw).map { _ in generator.next() }
        change(&lane)
        return lane
      }
      for row in 0..<sampler.wordsPerDraw { block += lanes.map { $0[row] } }
    }
    var words = CountedWords(seed: 1, first: block)
    var values = [Int64](repeating: 0, count: count)
    sampler.fill(&values, from: &words)
    return values
  }

  @Test(arguments: Mutant.allCases)
  func `are rejected when the sampler is broken`(mutant: Mutant) {
    let checks = NoiseChecks(broken(mutant), scale: 8)
    #expect(
      checks.rejections.contains(mutant.caughtBy),
      "\(mutant) gives \(checks.falseAlarms)"
    )
  }
}
