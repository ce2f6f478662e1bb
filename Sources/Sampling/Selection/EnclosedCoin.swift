// EnclosedCoin.swift: a coin of any probability that can be enclosed, tossed exactly.
// Reference: `docs/sampler.md`, section "Selecting cells".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A coin whose probability is known by bounds that become as tight as asked.
///
/// A uniform number `U` is below `p` or not. The first word of `U` decides unless it lies between the
/// bounds of `p`, and then more words and tighter bounds do: a number whose every digit is known need
/// not have a probability whose digits are, so this also ends where `p` is a fraction that its bounds
/// never show to be one.
///
/// - Privacy: A toss reads one word, except with probability at most `2^-63`.
package struct EnclosedCoin: Sendable {
  /// Bounds of the probability, with at least so many bits after the point.
  package typealias Bounds = @Sendable (_ precision: Int) -> Enclosure

  private let bounds: Bounds
  private let width: Int
  /// Words below are true.
  let lower: UInt64
  /// Words above are false.
  let last: UInt64
  /// The answer, where the probability is zero or one.
  let answer: Bool?

  /// Prepares a coin.
  ///
  /// - Parameters:
  ///   - width: The bits of a word: 64 in the product, fewer in tests.
  ///   - bounds: Bounds of the probability; they narrow down to it as the precision grows.
  package init(width: Int = 64, _ bounds: @escaping Bounds) {
    self.bounds = bounds
    self.width = width
    let first = bounds(width + 32)
    let low = first.lower.scaledRoundingDown(by: width)
    let high = first.upper.scaledRoundingUp(by: width)
    if first.upper.signum <= 0 {
      answer = false
    } else if first.lower >= .one {
      answer = true
    } else {
      answer = nil
    }
    let most = UInt64.max >> UInt64(64 - width)
    lower = UInt64(exactly: low) ?? most
    last = UInt64(exactly: high - 1).map { min($0, most) } ?? most
  }

  /// Tosses the coin, beginning with a word.
  package func toss<Source: WordSource & ~Copyable>(
    startingWith word: UInt64,
    from source: inout Source
  ) throws(Source.Failure) -> Bool {
    if let answer { return answer }
    if word < lower { return true }
    if word > last { return false }
    var number = BigInteger(word)
    var bits = width
    while true {
      number = (number << width) + BigInteger(try source.next())
      bits += width
      let bounds = bounds(bits + 32)
      // U is at least number / 2^bits and below (number + 1) / 2^bits.
      if number < bounds.lower.scaledRoundingDown(by: bits) { return true }
      if number >= bounds.upper.scaledRoundingUp(by: bits) { return false }
    }
  }
}
