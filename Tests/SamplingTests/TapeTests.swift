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

extension TapeCensus {
  /// The values whose exact probability is not between what tapes finished with them and that with
  /// all unfinished tapes added.
  func outliers(under law: DiscreteLaplaceLaw) -> [BigInteger] {
    finished.filter { value, count in
      let exact = law.probability(of: value, digits: 30)
      return exact.upper.rational < Rational(count, total)
        || exact.lower.rational > Rational(count + unfinished, total)
    }.map(\.key)
  }
}

@Suite struct `Every tape` {
  struct Case: Sendable, CustomTestStringConvertible {
    let scale: Rational
    let width: Int
    let furtherWords: Int
    /// At most so much of all tapes is unfinished.
    let unfinished: Rational
    var testDescription: String {
      "scale \(scale), words of \(width) bits, \(furtherWords) more for ties"
    }

    init(_ scale: Rational, width: Int, furtherWords: Int, unfinished: Rational) {
      self.scale = scale
      self.width = width
      self.furtherWords = furtherWords
      self.unfinished = unfinished
    }
  }

  static let cases = [
    Case(Rational(1, 1000), width: 2, furtherWords: 4, unfinished: Rational(1, 500)),
    Case(Rational(1, 5), width: 6, furtherWords: 0, unfinished: Rational(1, 20)),
    Case(Rational(1, 3), width: 2, furtherWords: 4, unfinished: Rational(1, 100)),
    Case(Rational(1, 2), width: 4, furtherWords: 1, unfinished: Rational(1, 40)),
    Case(1, width: 2, furtherWords: 4, unfinished: Rational(1, 50)),
    Case(1, width: 3, furtherWords: 1, unfinished: Rational(1, 10)),
    Case(Rational(10, 3), width: 2, furtherWords: 1, unfinished: Rational(1, 2)),
  ]

  @Test(arguments: cases)
  func `brackets the exact probability of every value`(_ test: Case) {
    let sampler = DiscreteLaplaceSampler(scale: test.scale, wordWidth: test.width)
    let length = sampler.wordsPerDraw + test.furtherWords
    let census = TapeCensus(of: sampler, width: test.width, length: length)
    #expect(census.outliers(under: DiscreteLaplaceLaw(scale: test.scale)).isEmpty)
    #expect(census.finished.allSatisfy { census.finished[-$0] == $1 }, "the sign is symmetric")
    let finished = census.finished.values.reduce(0 as BigInteger, +)
    #expect(finished + census.unfinished == census.total, "every tape is counted once")
    #expect(Rational(census.unfinished, census.total) <= test.unfinished, "most tapes finish")
  }

  /// The brackets are narrow enough to tell neighbouring scales apart.
  @Test(arguments: [Rational(1, 2), 1])
  func `rejects another scale`(scale: Rational) {
    let sampler = DiscreteLaplaceSampler(scale: scale, wordWidth: 2)
    let census = TapeCensus(of: sampler, width: 2, length: sampler.wordsPerDraw + 4)
    #expect(census.outliers(under: DiscreteLaplaceLaw(scale: scale)).isEmpty)
    for factor in [Rational(19, 20), Rational(21, 20)] {
      #expect(!census.outliers(under: DiscreteLaplaceLaw(scale: scale * factor)).isEmpty)
    }
  }
}
