// TapeTests.swift: the sampler's exact law, by going through every tape of short words.
// Reference: `docs/sampler.md`, section "Every tape".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Sampling
import Testing

/// Words that end; a draw that reads on is unfinished.
struct Tape: WordSource {
  struct End: Error {}

  var words: ArraySlice<UInt64>
  private(set) var read = 0

  init(_ words: [UInt64]) {
    self.words = words[...]
  }

  mutating func read(into target: UnsafeMutableBufferPointer<UInt64>) throws(End) {
    for index in target.indices {
      guard let word = words.popFirst() else { throw End() }
      target[index] = word
      read += 1
    }
  }
}

/// What every tape of a sampler comes to, in units of one tape of `length` words.
struct TapeCensus {
  var finished: [BigInteger: BigInteger] = [:]
  var unfinished: BigInteger = 0
  let total: BigInteger

  /// Goes through the tree of tapes of at most `length` words, of which every draw reads a part.
  init(of sampler: DiscreteLaplaceSampler, width: Int, length: Int) {
    total = BigInteger(1) << (width * length)
    var open: [[UInt64]] = [[]]
    while let tape = open.popLast() {
      var source = Tape(tape)
      do {
        let value = try sampler.draw(from: &source)
        finished[value, default: 0] += BigInteger(1) << (width * (length - source.read))
      } catch {
        if tape.count == length {
          unfinished += 1
        } else {
          for word in 0..<(UInt64(1) << width) { open.append(tape + [word]) }
        }
      }
    }
  }
}

@Suite struct `Every tape` {
  struct Case: Sendable, CustomTestStringConvertible {
    let scale: Rational
    let width: Int
    let furtherWords: Int
    var testDescription: String { "scale \(scale), words of \(width) bits" }
  }

  static let cases = [
    Case(scale: Rational(1, 1000), width: 2, furtherWords: 2),
    Case(scale: Rational(1, 6), width: 5, furtherWords: 0),
    Case(scale: Rational(1, 3), width: 2, furtherWords: 3),
    Case(scale: 1, width: 2, furtherWords: 3),
    Case(scale: 1, width: 3, furtherWords: 0),
    Case(scale: Rational(10, 3), width: 2, furtherWords: 1),
    Case(scale: 8, width: 2, furtherWords: 0),
  ]

  @Test(arguments: cases)
  func `brackets the exact probability of every value`(_ test: Case) {
    let sampler = DiscreteLaplaceSampler(scale: test.scale, wordWidth: test.width)
    let length = sampler.wordsPerDraw + test.furtherWords
    let census = TapeCensus(of: sampler, width: test.width, length: length)
    let law = DiscreteLaplaceLaw(scale: test.scale)
    var seen: BigInteger = 0
    for (value, count) in census.finished {
      let exact = law.probability(of: value, digits: 30)
      #expect(exact.upper.rational >= Rational(count, census.total), "value \(value)")
      #expect(
        exact.lower.rational <= Rational(count + census.unfinished, census.total),
        "value \(value)"
      )
      #expect(census.finished[-value] == count, "the law is symmetric, and so is the sign word")
      seen += count
    }
    #expect(seen + census.unfinished == census.total, "every tape is counted once")
    // The bracket means something only where most tapes finish.
    let coins = Rational(sampler.digitCount + 3)
    let share = Rational(census.unfinished, census.total)
    let bound = coins / Rational(BigInteger(1) << test.width)
    #expect(share < bound || test.furtherWords > 0)
  }
}
