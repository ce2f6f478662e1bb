// DerivedStatisticsTests.swift: intervals hold the exact numbers wherever the noise is small enough.
// Reference: `docs/measures.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@Suite struct `Derived statistics` {
  static let confidence = Rational(19, 20)
  static let alpha = Rational(1, 20)
  static let range: ValueRange = SampleRelease.halves

  /// Exact numbers with the noise that was added.
  struct Noised {
    var exact: [[Int64]]
    var noise: [[Int64]]

    var sums: [[Int64]] { zip(exact, noise).map { zip($0, $1).map(+) } }
  }

  static func width(_ value: BigInteger) -> Int64 { Int64(exactly: value) ?? .max }

  /// Noise within a half-width, often at its ends.
  static func within(_ width: Int64, _ random: inout SeededGenerator) -> Int64 {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: width
    case 1: -width
    default: Int64.random(in: -width...width, using: &random)
    }
  }

  /// A release of two regions and so many intents.
  static func derived(
    _ form: StatisticsForm,
    _ measures: [Measure],
    _ numbers: [[Int64]],
    intents: Int,
    scale: Rational
  ) throws -> ReleasedStatistics {
    let sample = SampleRelease(
      keys: [("region", ["n", "s"]), ("intent", (0..<intents).map { "i\($0)" })],
      measures: measures
    )
    let body = try sample.body()
    let released = measures.map {
      ReleasedMeasure(
        measure: $0,
        scale: scale,
        sensitivity: 1,
        epsilon: 1 / scale,
        halfWidth: 0,
        simultaneousHalfWidth: 0,
        confidence: confidence
      )
    }
    let cells = zip(body.cells, numbers).map { ReleasedCell(values: $0.values, counts: $1) }
    return form.derived(body.bounds, body.query, released, cells)
  }

  static func holds(_ interval: EstimatedInterval, _ exact: Rational) -> Bool {
    (interval.low ?? exact) <= exact && exact <= (interval.high ?? exact)
      && (interval.estimate.map { (interval.low ?? $0) <= $0 && $0 <= (interval.high ?? $0) }
        ?? true)
  }

  @Test(arguments: 0..<20)
  func `hold what they are said to wherever the noise stays within its half-widths`(
    seed: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let intents = [1, 2, 5, 30][seed % 4]
    let scale = Rational(BigInteger(Int.random(in: 1...40, using: &random)), 2)
    let law = DiscreteLaplaceLaw(scale: scale)
    var form = StatisticsForm(confidence: Self.confidence)
    form.hasMean = true
    form.share = seed % 2 == 0 ? .all : .over("intent")
    form.top = ("intent", min(3, intents))
    let half = Self.width(law.halfWidth(alpha: Self.alpha / 2))
    let rank = Self.width(law.halfWidth(alpha: Self.alpha, draws: intents))
    let exact: [[Int64]] = (0..<(2 * intents)).map { _ in
      let signals = Int64.random(in: 0...200, using: &random)
      // Steps from -5 to 20, counted from the middle, 7.
      let deviation = signals * Int64.random(in: -12...13, using: &random)
      return [signals, deviation]
    }
    // One cell at the ends of its intervals, the others far within.
    let chosen = Int.random(in: 0..<exact.count, using: &random)
    let noise: [[Int64]] = exact.indices.map { cell in
      let most = cell == chosen ? half : half / Int64(2 * intents)
      return [Self.within(most, &random), Self.within(half, &random)]
    }
    let numbers = Noised(exact: exact, noise: noise).sums
    let statistics = try Self.derived(
      form,
      [.signals, .deviation(Self.range)],
      numbers,
      intents: intents,
      scale: scale
    )
    let signals = exact[chosen][0]
    if signals > 0 {
      let mean =
        (Rational(7) + Rational(BigInteger(exact[chosen][1]), BigInteger(signals))) / 2
      let interval = try #require(statistics.mean?.cells[chosen])
      #expect(Self.holds(interval, mean), "the mean \(mean) and \(interval)")
    }
    let group =
      seed % 2 == 0
      ? Array(exact.indices) : exact.indices.filter { $0 / intents == chosen / intents }
    let total = group.reduce(0) { $0 + exact[$1][0] }
    if total > 0 {
      let interval = try #require(statistics.share?.cells[chosen])
      let share = Rational(BigInteger(signals), BigInteger(total))
      #expect(Self.holds(interval, share), "the share \(share) and \(interval)")
    }
    // Ranks, with noise of their own.
    let more = Noised(
      exact: exact,
      noise: exact.map { _ in [Self.within(rank, &random), 0] }
    )
    let top = try Self.derived(
      form,
      [.signals, .deviation(Self.range)],
      more.sums,
      intents: intents,
      scale: scale
    ).top
    for (index, group) in try #require(top).groups.enumerated() {
      let own = exact[(index * intents)..<((index + 1) * intents)].map { $0[0] }
      for entry in group.entries {
        let place = try #require(Int(entry.value.dropFirst()))
        let above = own.count { $0 > own[place] }
        let notBelow = own.count { $0 >= own[place] }
        #expect(entry.best <= notBelow && above + 1 <= entry.worst)
      }
    }
  }

  @Test(arguments: 0..<40)
  func `hold every quantile wherever the sums of noise stay within theirs`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 50)
    let count = [1, 2, 6, 20][seed % 4]
    let thresholds = (0..<count).map { Rational(3 * $0 - 4) }
    let ranks = [Rational(1, 10), Rational(1, 2), Rational(9, 10)]
    let bounds = try ContributionBounds(cellsPerUnit: 2, signalsPerCell: 3)
    let epsilon = Rational(BigInteger(Int.random(in: 1...8, using: &random)), 2)
    let law = DiscreteLaplaceLaw(scale: 6 / epsilon)
    let part = Self.alpha / Rational(2 * count)
    let widths = (1...count).map { Self.width(law.halfWidthOfSum(alpha: part, draws: $0)) }
    let largest = seed % 3 == 0 ? 10 : 400
    let exact = (0...count).map { _ in Int64(Int.random(in: 0...largest, using: &random)) }
    // Noise whose sums from both ends lie within their half-widths.
    var up: [Int64] = []
    for place in 0..<count { up.append(Self.within(widths[place], &random)) }
    let totals = zip(up, widths.reversed()).map { ($0 - $1)...($0 + $1) }
    let low = totals.map(\.lowerBound).max() ?? 0
    let high = totals.map(\.upperBound).min() ?? 0
    guard low <= high else { return }
    let total = Int64.random(in: low...high, using: &random)
    let sums = [0] + up + [total]
    let noisy = exact.indices.map { exact[$0] + sums[$0 + 1] - sums[$0] }
    var form = StatisticsForm(confidence: Self.confidence)
    form.quantiles = StatisticsForm.Histogram(
      thresholds: thresholds,
      ranks: ranks,
      epsilon: epsilon,
      bins: [noisy]
    )
    let query = ReleaseQuery(
      keys: [],
      filters: [:],
      window: nil,
      consent: false,
      nonnegative: false
    )
    let cell = ReleasedCell(values: [], counts: [])
    let quantiles = try #require(form.derived(bounds, query, [], [cell]).quantiles)
    let all = exact.reduce(0, +)
    for (rank, interval) in zip(ranks, quantiles.cells[0]) {
      var below: Int64 = 0
      var quantile: Rational?
      for (bin, threshold) in zip(exact, thresholds) where quantile == nil {
        below += bin
        if Rational(BigInteger(below)) >= rank * Rational(BigInteger(all)) { quantile = threshold }
      }
      // Above the last threshold where it is none of them.
      let place = quantile ?? Rational(1000)
      #expect(interval.low.map { $0 < place } ?? true, "\(place) and \(interval)")
      #expect(interval.high.map { place <= $0 } ?? true, "\(place) and \(interval)")
      #expect(interval.low.map { $0 < (interval.estimate ?? 1000) } ?? true)
      #expect(interval.high.map { (interval.estimate ?? 1000) <= $0 } ?? true)
    }
  }

  /// Sums of noise beyond the half-width are as rare as they should be, by their exact law.
  @Test(arguments: [1, 2, 5, 16, 17, 24, 40], ["1/20", "1/1000", "1e-9"])
  func `rest on half-widths that hold for sums of noise, by the exact law`(
    draws: Int,
    alpha: String
  ) throws {
    let alpha = try Rational(parsing: alpha)
    for scale in [Rational(1, 3), 1, Rational(25, 2)] {
      let law = DiscreteLaplaceLaw(scale: scale)
      let sum = DiscreteLaplaceSum(of: law, draws: draws)
      let width = law.halfWidthOfSum(alpha: alpha, draws: draws)
      #expect(sum.twoSidedTail(above: width, precision: 128).isBelow(alpha))
      let smallest = sum.halfWidth(alpha: alpha)
      if draws <= 16 { #expect(width == smallest) }
      // Bounds by moments are within half of the smallest, or one.
      #expect(
        Rational(width) <= Rational(smallest) * Rational(3, 2) + 1,
        "\(scale): \(width), \(smallest)"
      )
    }
  }
}
