// DiscreteLaplaceSampler+Ties.swift: the rare path, where a word does not decide a coin.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Taken with a probability of at most `(digitCount + 3) * 2^-64` a draw: the only code that
/// branches on what is drawn.
extension DiscreteLaplaceSampler {
  private var wordMask: UInt64 { .max >> UInt64(64 - wordWidth) }

  /// The words of one draw, out of the rows of eight draws.
  func lane(_ index: Int, of words: UnsafeBufferPointer<UInt64>) -> [UInt64] {
    let (batch, lane) = index.quotientAndRemainder(dividingBy: Self.lanes)
    let first = batch * Self.lanes * wordsPerDraw + lane
    return (0..<wordsPerDraw).map { words[first + Self.lanes * $0] }
  }

  /// Tells whether some word of a draw equals the first bits of its coin's probability.
  func isTied(_ lane: [UInt64]) -> Bool {
    zip(lane, thresholds).contains { $0 == $1 } || lane[0] ^ wordMask == thresholds[0]
  }

  /// Decides one draw from its words and, where they tie, from further words of the source.
  func resolve<Source: WordSource & ~Copyable>(
    _ lane: [UInt64],
    from source: inout Source
  ) throws(Source.Failure) -> BigInteger {
    // Minus for a number below the sign's probability, plus for one above its mirror image.
    let minus = try toss(sign, 0, lane[0], from: &source)
    var plus = false
    if !minus { plus = try toss(sign, 0, lane[0] ^ wordMask, from: &source) }
    guard minus || plus else { return 0 }
    var magnitude: BigInteger = 1
    for index in 0..<digitCount {
      let row = digitCount - index
      if try toss(digits[index], row, lane[row], from: &source) {
        magnitude += BigInteger(1) << index
      }
    }
    // Digits from `digitCount` on: a geometric number whose ratio is the coin's probability.
    var word = lane[digitCount + 1]
    while try toss(higher, digitCount + 1, word, from: &source) {
      magnitude += BigInteger(1) << digitCount
      word = try source.next()
    }
    return minus ? -magnitude : magnitude
  }

  /// Tosses the coin of a row of thresholds.
  private func toss<Source: WordSource & ~Copyable>(
    _ coin: DecayProbability,
    _ row: Int,
    _ word: UInt64,
    from source: inout Source
  ) throws(Source.Failure) -> Bool {
    try coin.toss(
      startingWith: word,
      against: thresholds[row],
      width: wordWidth,
      from: &source
    )
  }

  /// The nearest value that 64 bits hold.
  static func clamped(_ value: BigInteger) -> Int64 {
    Int64(exactly: value) ?? (value.signum < 0 ? .min : .max)
  }
}
