// WordTests.swift: how many words a draw takes, which values they make, and the golden draws.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Sampling
import TestSupport
import Testing

/// Words of a seeded generator, counted; the first ones may be given.
struct CountedWords: WordSource {
  typealias Failure = Never

  private var generator: SeededGenerator
  private var given: ArraySlice<UInt64>
  private(set) var count = 0

  init(seed: UInt64, first words: [UInt64] = []) {
    generator = SeededGenerator(seed: seed)
    given = words[...]
  }

  mutating func read(into words: UnsafeMutableBufferPointer<UInt64>) {
    for index in words.indices { words[index] = given.popFirst() ?? generator.next() }
    count += words.count
  }
}

@Suite struct `The words of a draw` {
  static let scales: [Rational] = [
    Rational(1, 65_536), Rational(1, 1000), Rational(1, 2), 1, 8, Rational(10, 3), 1000,
    Rational(BigInteger(1) << 40), Rational(BigInteger(1) << 50),
  ]

  /// `q^(2^K) < 2^-64` is `2^K > 64 ln(2) b = 44.36 b`: these follow by hand.
  @Test(arguments: zip(scales, [0, 0, 5, 6, 9, 8, 16, 46, 56]))
  func `number two more than the digits`(scale: Rational, digits: Int) {
    let sampler = DiscreteLaplaceSampler(scale: scale)
    #expect(sampler.digitCount == digits)
    #expect(sampler.wordsPerDraw == digits + 2)
  }

  @Test(arguments: scales, [1, 7, 8, 9, 1000, 5000])
  func `are as many as documented, whatever is drawn`(scale: Rational, draws: Int) {
    let sampler = DiscreteLaplaceSampler(scale: scale)
    for seed in 1...3 as ClosedRange<UInt64> {
      var words = CountedWords(seed: seed)
      var values = [Int64](repeating: 0, count: draws)
      sampler.fill(&values, from: &words)
      #expect(words.count == 8 * sampler.wordsPerDraw * ((draws + 7) / 8))
    }
    var words = CountedWords(seed: 4)
    _ = sampler.draw(from: &words)
    #expect(words.count == sampler.wordsPerDraw)
  }

  /// All digits set, all digits clear, and every sign: the least and the greatest, and zero.
  @Test(arguments: scales)
  func `are as many for the extreme values`(scale: Rational) {
    let sampler = DiscreteLaplaceSampler(scale: scale)
    let digits = sampler.digitCount
    let largest = Int64(1) << digits
    let low = sampler.thresholds[0]
    // Next to a threshold, and not on it, for the highest and the lowest magnitude.
    let set = sampler.thresholds[1..<(digits + 1)].map { $0 - 1 }
    let clear = sampler.thresholds[1..<(digits + 1)].map { $0 + 1 }
    var cases: [(words: [UInt64], value: Int64)] = [
      ([low + 1] + set + [1], 0), ([~low - 1] + clear + [.max], 0),
    ]
    if low > 0 {
      cases += [
        ([low - 1] + set + [1], -largest), ([~low + 1] + set + [1], largest),
        ([0] + clear + [.max], -1), ([.max] + clear + [1], 1),
      ]
    }
    for (given, value) in cases {
      var words = CountedWords(seed: 1, first: given)
      #expect(sampler.draw(from: &words) == BigInteger(value))
      #expect(words.count == sampler.wordsPerDraw)
    }
  }

  /// A tie in any one word reads exactly one more, and decides as more bits say.
  @Test(arguments: [Rational(1, 2), 8, 1000])
  func `are one more at a tie`(scale: Rational) {
    let sampler = DiscreteLaplaceSampler(scale: scale)
    let digits = sampler.digitCount
    let clear = sampler.thresholds[1..<(digits + 1)].map { $0 + 1 }
    for row in 1...digits {
      var given = [0] + clear + [1]
      given[row] = sampler.thresholds[row]
      let bit = BigInteger(1) << (digits - row)
      for (further, expected) in [(UInt64(0), -1 - bit), (.max, -1)] {
        var words = CountedWords(seed: 1, first: given + [further])
        #expect(sampler.draw(from: &words) == expected)
        #expect(words.count == sampler.wordsPerDraw + 1)
      }
    }
    for (word, further, expected) in [
      (sampler.thresholds[0], UInt64(0), BigInteger(-1)), (sampler.thresholds[0], .max, 0),
      (~sampler.thresholds[0], 0, 1), (~sampler.thresholds[0], .max, 0),
    ] {
      var words = CountedWords(seed: 1, first: [word] + clear + [1, further])
      #expect(sampler.draw(from: &words) == expected)
      #expect(words.count == sampler.wordsPerDraw + 1)
    }
  }

  /// Zero words say that higher digits are set; the value goes on in steps of `2^K`.
  @Test func `decide the digits above in turn`() {
    let sampler = DiscreteLaplaceSampler(scale: 8)
    let clear = sampler.thresholds[1...9].map { $0 + 1 }
    // q^512 is about 1.6e-28 or 2^-92.3: two zero words are below it, and a second of 2^36 is not.
    let twice = [0] + clear + [0, 0, 0, 0, 5]
    var words = CountedWords(seed: 1, first: twice)
    let beyond: BigInteger = -1025
    #expect(sampler.draw(from: &words) == beyond)
    #expect(words.count == sampler.wordsPerDraw + 4)
    var none = CountedWords(seed: 1, first: [0] + clear + [0, 1 << 36])
    #expect(sampler.draw(from: &none) == -1)
  }

  /// Eight draws at once are the eight draws of their words.
  @Test(arguments: scales)
  func `make the same values in eight lanes as in one`(scale: Rational) {
    let sampler = DiscreteLaplaceSampler(scale: scale)
    var values = [Int64](repeating: 0, count: 61)
    var words = CountedWords(seed: 9)
    sampler.fill(&values, from: &words)
    let rows = sampler.wordsPerDraw
    var generator = SeededGenerator(seed: 9)
    let stream = (0..<(64 * rows)).map { _ in generator.next() }
    for (index, value) in values.enumerated() {
      let first = index / 8 * 8 * rows + index % 8
      let lane = (0..<rows).map { stream[first + 8 * $0] }
      var tape = CountedWords(seed: 1, first: lane)
      #expect(sampler.draw(from: &tape) == BigInteger(value))
    }
  }

  /// Ties in some lanes of short words leave the other lanes alone.
  @Test func `are refined lane by lane`() {
    let sampler = DiscreteLaplaceSampler(scale: 2, wordWidth: 3)
    let rows = sampler.wordsPerDraw
    var generator = SeededGenerator(seed: 3)
    let block = (0..<(8 * rows)).map { _ in generator.next() >> 61 }
    let further = (0..<200).map { _ in generator.next() >> 61 }
    var values = [Int64](repeating: 0, count: 8)
    var words = CountedWords(seed: 1, first: block + further)
    sampler.fill(&values, from: &words)
    var rest = further
    for lane in 0..<8 {
      var tape = CountedWords(seed: 1, first: (0..<rows).map { block[lane + 8 * $0] } + rest)
      #expect(sampler.draw(from: &tape) == BigInteger(values[lane]), "lane \(lane)")
      rest.removeFirst(tape.count - rows)
    }
    #expect(rest.count < further.count, "some lane was tied")
  }

  /// The order of words, rows and lanes, as a program in another language computed it too.
  @Test func `keep the golden draws`() {
    var words = CountedWords(seed: 2026)
    var values = [Int64](repeating: 0, count: 20)
    DiscreteLaplaceSampler(scale: 8).fill(&values, from: &words)
    let golden: [Int64] = [
      7, 0, 5, -10, 3, 9, 7, 8, 6, 21, -4, 6, -2, 9, 12, -28, -5, 0, 11, 4,
    ]
    #expect(values == golden)
  }
}
