// SelectionDrawTests.swift: the draws that select cells, on every tape and on many draws.
// Reference: `docs/sampler.md`, section "Selecting cells".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import Sampling
import TestSupport
import Testing

/// What every tape of at most `length` words comes to, in units of one tape of `length` words.
private func census<Value: Hashable>(
  width: Int,
  length: Int,
  _ draw: (inout Tape) throws -> Value
) -> (finished: [Value: BigInteger], unfinished: BigInteger, total: BigInteger) {
  var finished: [Value: BigInteger] = [:]
  var unfinished: BigInteger = 0
  var open: [[UInt64]] = [[]]
  while let words = open.popLast() {
    var tape = Tape(words)
    do {
      let value = try draw(&tape)
      finished[value, default: 0] += BigInteger(1) << (width * (length - tape.read))
    } catch {
      if words.count == length {
        unfinished += 1
      } else {
        for word in 0..<(UInt64(1) << width) { open.append(words + [word]) }
      }
    }
  }
  return (finished, unfinished, BigInteger(1) << (width * length))
}

private func rule(_ epsilon: String, _ delta: String, _ cells: Int) throws -> OptimalSelection {
  OptimalSelection(
    try SelectionTerms(
      epsilon: Rational(parsing: epsilon),
      delta: Rational(parsing: delta),
      cells: cells
    )
  )
}

private func sampler(_ rule: OptimalSelection, width: Int = 64) -> KeepSampler {
  KeepSampler(certain: rule.certain, width: width) { rule.enclosure(of: $0, precision: $1) }
}

@Suite struct `Draws that keep cells` {
  /// Fractions among them whose bounds never meet.
  static let probabilities: [Rational] = [
    Rational(1, 2), Rational(1, 4), Rational(3, 8), Rational(1, 3), Rational(999, 1000),
    Rational(1, 1_000_000), Rational(255, 256),
  ]

  @Test(arguments: probabilities, [false, true])
  func `have their probability on every tape`(p: Rational, isHazy: Bool) {
    let coin = EnclosedCoin(width: 4) { precision in
      let haze = isHazy ? Dyadic(1, exponent: -precision) : .zero
      let bounds = Enclosure(p, precision: precision)
      return Enclosure(
        from: bounds.lower - haze,
        to: bounds.upper + haze,
        precision: precision + 64
      )
    }
    let tapes = census(width: 4, length: 4) { tape in
      try coin.toss(startingWith: try tape.next(), from: &tape)
    }
    let heads = tapes.finished[true] ?? 0
    #expect(Rational(heads, tapes.total) <= p)
    #expect(Rational(heads + tapes.unfinished, tapes.total) >= p)
    // A tie a word, or two words where hazy bounds lie around a border of words.
    #expect(tapes.unfinished <= 16)
    if isHazy, p == Rational(1, 2) { #expect(tapes.unfinished.signum > 0) }
  }

  @Test(arguments: [("1", "1e-6", 1), ("2", "0.3", 2), ("1/3", "0.05", 1), ("1", "3/4", 2)])
  func `have the optimal probabilities on every tape`(
    epsilon: String,
    delta: String,
    cells: Int
  ) throws {
    let rule = try rule(epsilon, delta, cells)
    let sampler = sampler(rule, width: 5)
    for n in 0...min(30, try #require(Int64(exactly: rule.certain)) + 1) {
      let tapes = census(width: 5, length: 3) { try sampler.draw([n], from: &$0)[0] }
      let kept = tapes.finished[true] ?? 0
      let exact = rule.keepProbability(of: BigInteger(n), digits: 30)
      #expect(Rational(kept, tapes.total) <= exact.upper.rational, "n = \(n)")
      #expect(exact.lower.rational <= Rational(kept + tapes.unfinished, tapes.total), "n = \(n)")
      #expect(tapes.unfinished <= 2)
    }
  }

  /// One word for each cell, empty, certain or not, and further ones at a tie alone.
  @Test func `read one word a cell`() throws {
    let rule = try rule("1", "1e-6", 1)
    let sampler = sampler(rule)
    let counts: [Int64] = [0, 1, 5, 13, 14, 15, 27, 28, 1_000_000]
    var words = CountedWords(seed: 1)
    for round in 1...200 {
      _ = sampler.draw(counts, from: &words)
      #expect(words.count == round * counts.count)
    }
    var many = CountedWords(seed: 2)
    _ = sampler.draw([Int64](repeating: 14, count: 20_000), from: &many)
    #expect(many.count == 20_000)
    #expect(sampler.draw([]).isEmpty)
  }

  @Test func `read on at a tie, and decide as more bits say`() throws {
    let rule = try rule("1", "1e-6", 1)
    let sampler = sampler(rule)
    let exact = rule.enclosure(of: 14, precision: 256)
    let first = try #require(UInt64(exactly: exact.lower.scaledRoundingDown(by: 64)))
    let second = (exact.lower.scaledRoundingDown(by: 128)).lowWord
    for (given, kept, read) in [
      ([first - 1], true, 1), ([first + 1], false, 1), ([first, second - 1], true, 2),
      ([first, second + 1], false, 2), ([first, second, 0], true, 3),
      ([first, second, .max], false, 3),
    ] as [([UInt64], Bool, Int)] {
      var words = CountedWords(seed: 1, first: given)
      #expect(sampler.draw([14], from: &words) == [kept])
      #expect(words.count == read)
    }
  }

  /// How the draws may be broken; the counts of kept cells must show each.
  enum Mutant: CaseIterable {
    case none, neighbour, unionDelta, wordsReused
  }

  /// False alarm: none by chance, as the seed is fixed; for another seed at most 1e-6 in all, as
  /// each of ten checks rejects below 1e-7.
  @Test(arguments: Mutant.allCases)
  func `keep as many of many cells as they should`(mutant: Mutant) throws {
    let rule = try rule("2", "0.4", 2)
    let broken = OptimalSelection(
      epsilonPerCell: rule.epsilonPerCell,
      delta: CellDelta(rule.delta.delta, cells: 2, split: .union)
    )
    let drawn = mutant == .unionDelta ? sampler(broken) : sampler(rule)
    let draws = 20_000
    var words = CountedWords(seed: 7)
    var rejections = 0
    for n in 1..<(try #require(Int64(exactly: rule.certain))) {
      let count = mutant == .neighbour ? n + 1 : n
      var kept = drawn.draw([Int64](repeating: count, count: draws), from: &words)
      if mutant == .wordsReused {
        for index in stride(from: 1, to: draws, by: 5) { kept[index] = kept[index - 1] }
      }
      let exact = rule.keepProbability(of: BigInteger(n), digits: 20)
      let p = try #require(Double(exact.lower.rational.decimal(digits: 17, .down)))
      let marginal = BinomialCount.falseAlarm(kept.count { $0 }, of: draws, probability: p)
      var pairs = [Int](repeating: 0, count: 4)
      for index in stride(from: 0, to: draws, by: 2) {
        pairs[(kept[index] ? 2 : 0) + (kept[index + 1] ? 1 : 0)] += 1
      }
      let joint = ChiSquared(
        observed: pairs,
        probabilities: [(1 - p) * (1 - p), (1 - p) * p, p * (1 - p), p * p]
      )
      if marginal < 1e-7 || joint.falseAlarm < 1e-7 { rejections += 1 }
    }
    #expect((rejections > 0) == (mutant != .none))
  }
}

@Suite struct `Truncated geometric draws` {
  @Test(arguments: [(Rational(1, 2), 1, 3, 5), (1, 2, 2, 7), (Rational(1, 3), 0, 3, 4)])
  func `have their law on every tape`(scale: Rational, reach: Int64, width: Int, length: Int) {
    let sampler = TruncatedGeometricSampler(scale: scale, reach: reach, wordWidth: width)
    let tapes = census(width: width, length: length) { try sampler.draw(from: &$0) }
    let q = Enclosure.exp(-scale.reciprocal, precision: 100)
    var whole = Enclosure(.one, precision: 100)
    for x in 1...max(reach, 1) where x <= reach {
      whole = whole + q.power(Int(x)) + q.power(Int(x))
    }
    #expect(tapes.finished.keys.allSatisfy { $0.magnitude <= reach.magnitude })
    for x in -reach...reach {
      let exact = q.power(Int(x.magnitude)) / whole
      let found = tapes.finished[x] ?? 0
      #expect(Rational(found, tapes.total) <= exact.upper.rational, "x = \(x)")
      let most = Rational(found + tapes.unfinished, tapes.total)
      #expect(exact.lower.rational <= most, "x = \(x)")
      #expect(found == tapes.finished[-x], "the sign is symmetric")
    }
    #expect(Rational(tapes.unfinished, tapes.total) < Rational(1, 5))
  }

  enum Mutant: CaseIterable {
    case none, clamped, reachTooSmall, whole, foldedBack
  }

  /// False alarm: none by chance, as the seed is fixed; 1e-7 for another seed.
  @Test(arguments: Mutant.allCases)
  func `follow the law of the accountant`(mutant: Mutant) throws {
    let terms = try SelectionTerms(epsilon: Rational(1, 2), delta: Rational(1, 10), cells: 1)
    let rule = TruncatedGeometricSelection(terms)
    let reach = try #require(Int64(exactly: rule.reach))
    let sampler = TruncatedGeometricSampler(scale: rule.scale, reach: reach)
    var values = [Int64](repeating: 0, count: 30_000)
    var words = CountedWords(seed: 11)
    switch mutant {
    case .none: sampler.fill(&values, from: &words)
    case .clamped:
      DiscreteLaplaceSampler(scale: rule.scale).fill(&values, from: &words)
      values = values.map { max(-reach, min(reach, $0)) }
    case .reachTooSmall:
      TruncatedGeometricSampler(scale: rule.scale, reach: reach - 1).fill(&values, from: &words)
    case .whole: DiscreteLaplaceSampler(scale: rule.scale).fill(&values, from: &words)
    case .foldedBack:
      DiscreteLaplaceSampler(scale: rule.scale).fill(&values, from: &words)
      values = values.map { $0.magnitude > reach.magnitude ? $0 % (reach + 1) : $0 }
    }
    let probabilities = try (-reach...reach).map { x in
      let exact = rule.probability(of: BigInteger(x), digits: 20).lower.rational
      return try #require(Double(exact.decimal(digits: 17, .down)))
    }
    var observed = [Int](repeating: 0, count: probabilities.count)
    var beyond = 0
    for value in values {
      if value.magnitude <= reach.magnitude {
        observed[Int(value + reach)] += 1
      } else {
        beyond += 1
      }
    }
    let alarm = ChiSquared(observed: observed, probabilities: probabilities).falseAlarm
    #expect((alarm < 1e-7 || beyond > 0) == (mutant != .none), "\(alarm), \(beyond) beyond")
  }

  @Test func `stay within their reach under the product's own words`() {
    var values = [Int64](repeating: 0, count: 10_000)
    TruncatedGeometricSampler(scale: 3, reach: 2).fill(&values)
    #expect(Set(values) == Set(-2...2))
  }
}
