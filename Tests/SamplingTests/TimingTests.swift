// TimingTests.swift: the time of a draw says nothing about its value, tried in the manner of dudect.
// Reference: [RBV17].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Sampling
import TestSupport
import Testing

/// The words of many draws, the same memory for every class of values.
private struct TimedTape: WordSource {
  typealias Failure = Never

  let words: UnsafeMutableBufferPointer<UInt64>
  var used = 0

  mutating func read(into words: UnsafeMutableBufferPointer<UInt64>) {
    _ = words.update(fromContentsOf: self.words[used..<(used + words.count)])
    used += words.count
  }
}

/// Draws the same law from the same words, and leaves the digits of a zero unread.
private struct LeakySampler {
  let sampler: DiscreteLaplaceSampler

  func fill(_ values: inout [Int64], from tape: inout TimedTape) {
    let rows = sampler.wordsPerDraw
    for index in values.indices {
      let first = index / 8 * 8 * rows + index % 8
      let sign = tape.words[first]
      guard sign < sampler.thresholds[0] || ~sign < sampler.thresholds[0] else {
        values[index] = 0
        continue
      }
      var sum: Int64 = 0
      for row in 1..<(rows - 1) {
        sum = sum &+ sum &+ (tape.words[first + 8 * row] < sampler.thresholds[row] ? 1 : 0)
      }
      values[index] = sign < sampler.thresholds[0] ? -sum - 1 : sum + 1
    }
  }
}

/// Which values the words of a class make.
enum DrawnValues: String, CaseIterable, Sendable {
  case zeros, least, greatest, random

  /// The words of so many draws; no word is a tie.
  fileprivate func words(of sampler: DiscreteLaplaceSampler, draws: Int) -> [UInt64] {
    let rows = sampler.wordsPerDraw
    var generator = SeededGenerator(seed: 5)
    return (0..<(draws * rows)).map { place in
      let row = place / 8 % rows
      let threshold = sampler.thresholds[row]
      switch self {
      case .random: return generator.next()
      case .zeros: return row == 0 ? .max / 2 : row == rows - 1 ? .max : threshold + 1
      // The sign is given, so the class differs from `greatest` in the digits alone.
      case .least: return row == 0 || row == rows - 1 ? 1 : threshold + 1
      case .greatest: return row == 0 || row == rows - 1 ? 1 : threshold - 1
      }
    }
  }
}

/// Pairs of runs in random order; if time does not depend on the class, either member of a pair is
/// the slower one with the same probability, whatever else the machine does.
private func chanceOfTimes(
  _ classes: (DrawnValues, DrawnValues),
  _ sampler: DiscreteLaplaceSampler,
  fill: (inout [Int64], inout TimedTape) -> Void
) -> Double {
  let draws = 512
  let words = [classes.0, classes.1].map { $0.words(of: sampler, draws: draws) }
  let memory = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: words[0].count)
  memory.initialize(repeating: 0)
  defer { memory.deallocate() }
  var values = [Int64](repeating: 0, count: draws)
  var generator = SeededGenerator(seed: 11)
  let clock = ContinuousClock()
  var slower = 0
  var unequal = 0
  for _ in 0..<6_000 {
    let first = Int(generator.next() >> 63)
    var times: [Duration] = [.zero, .zero]
    for member in [first, 1 - first] {
      _ = memory.update(fromContentsOf: words[member])
      // What came before a measurement is the same for both classes: their own first run.
      for _ in 0..<2 {
        var tape = TimedTape(words: memory)
        let begin = clock.now
        fill(&values, &tape)
        times[member] = clock.now - begin
      }
    }
    guard times[0] != times[1] else { continue }
    unequal += 1
    slower += times[0] > times[1] ? 1 : 0
  }
  return BinomialCount.falseAlarm(slower, of: unequal, probability: 0.5)
}

#if DEBUG
private let isOptimised = false
#else
private let isOptimised = true
#endif

/// The false-alarm rate of one comparison is 1e-7: exact, as a fair coin decides the order in a pair.
@Suite(
  .enabled(if: isOptimised, "skipped: only optimised code is the product's; use -c release"),
  .serialized
)
struct `The time of a draw` {
  @Test(arguments: [
    (DrawnValues.zeros, DrawnValues.greatest), (.least, .greatest), (.zeros, .random),
  ])
  func `does not depend on its value`(first: DrawnValues, second: DrawnValues) {
    let sampler = DiscreteLaplaceSampler(scale: 8)
    let chance = chanceOfTimes((first, second), sampler) { sampler.fill(&$0, from: &$1) }
    #expect(chance > 1e-7)
  }

  /// The mutant: it stops early for zeros, which every comparison with zeros has to notice.
  @Test(arguments: [DrawnValues.greatest, .random])
  func `gives away a sampler that stops early`(other: DrawnValues) {
    let sampler = DiscreteLaplaceSampler(scale: 8)
    let leaky = LeakySampler(sampler: sampler)
    let chance = chanceOfTimes((.zeros, other), sampler) { leaky.fill(&$0, from: &$1) }
    #expect(chance < 1e-7)
  }
}
