// DiscreteLaplaceSampler.swift: exact draws from the discrete Laplace law in constant time.
// Reference: [CKS20] for the law, [DKMMN06] for the digits; `docs/sampler.md` derives the method.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Draws from the discrete Laplace law on the integers, centred at zero.
///
/// ```
/// P(X = x) = (1 - q) / (1 + q) * q^|x|,   q = e^(-1/b)
/// ```
///
/// One word decides between minus, zero and plus; the magnitude is `1 + G`, and the binary digits
/// of the geometric `G` are independent coins of probability `1 / (1 + e^(2^i / b))`. One more
/// coin says whether any digit from `digitCount` on is set. Each coin compares one word with the
/// first bits of its probability, and a tie reads on against more bits: the law is exactly the one
/// named.
///
/// - Privacy: Every draw takes the same work and the same number of words, except with probability
///   at most `(digitCount + 3) * 2^-64`. The words come from `KeyedStream`, under a key of the
///   kernel for each call.
/// - Reference: [DKMMN06]; [CSU19]; [CKS20] algorithm 2 draws the same law by rejection.
public struct DiscreteLaplaceSampler: Sendable {
  /// The scales that can be drawn, in units of the query's output: from 2^-16 to 2^50.
  public static let supportedScales =
    Rational(1, BigInteger(1) << 16)...Rational(BigInteger(1) << 50)

  /// The scale `b`, in units of the query's output.
  public let scale: Rational
  /// The number `K` of digits that are drawn each by its own coin.
  ///
  /// The smallest for which some higher digit is set with a probability below `2^-64`.
  public let digitCount: Int

  /// The bits of a word: 64 in the product, fewer in tests.
  let wordWidth: Int
  /// The first bits of each coin's probability in the order of the words: sign, digits from the
  /// highest to the lowest, whether a higher digit is set.
  package let thresholds: [UInt64]
  package let sign: DecayProbability
  package let digits: [DecayProbability]
  package let higher: DecayProbability

  /// Prepares the thresholds of a scale.
  ///
  /// - Precondition: `scale` is in `supportedScales`.
  /// - Complexity: A few dozen exponentials of about 100 bits; make one sampler for many draws.
  public init(scale: Rational) {
    self.init(scale: scale, wordWidth: 64)
  }

  /// Prepares a sampler that reads words of fewer bits, so that a test can go through all of them.
  package init(scale: Rational, wordWidth: Int) {
    precondition(Self.supportedScales.contains(scale), "a scale from 2^-16 to 2^50")
    precondition((2...64).contains(wordWidth), "a word of 2 to 64 bits")
    let count = Self.digitCount(scale: scale, wordWidth: wordWidth)
    self.scale = scale
    self.wordWidth = wordWidth
    digitCount = count
    sign = DecayProbability(.logistic, of: scale.reciprocal)
    digits = (0..<count).map {
      DecayProbability(.logistic, of: Rational(BigInteger(1) << $0) / scale)
    }
    higher = DecayProbability(.exponential, of: Rational(BigInteger(1) << count) / scale)
    thresholds = ([sign] + digits.reversed() + [higher]).map { coin in
      guard let word = UInt64(exactly: coin.prefix(bits: wordWidth)) else {
        preconditionFailure("a probability below one has a word of first bits")
      }
      return word
    }
  }

  /// The smallest `K` with `q^(2^K) < 2^-wordWidth`.
  private static func digitCount(scale: Rational, wordWidth: Int) -> Int {
    var count = 0
    while true {
      let higher = DecayProbability(.exponential, of: Rational(BigInteger(1) << count) / scale)
      if higher.prefix(bits: wordWidth).signum == 0 { return count }
      count += 1
    }
  }

  /// The number of words that one draw reads: one for the sign, one for each digit and one for the
  /// digits above.
  public var wordsPerDraw: Int { digitCount + 2 }

  /// Overwrites every value with an independent draw.
  ///
  /// Draws are made eight at a time, so the last ones may be drawn in vain. A value beyond `Int64`
  /// is replaced by the nearest one there is, which is post-processing; at the largest scale its
  /// probability is below 2^-11000.
  ///
  /// - Privacy: A new key from the kernel for each call; memory that held random words is wiped.
  /// - Complexity: `wordsPerDraw` words a draw, whatever its value; no allocation for a draw.
  public func fill(_ values: inout [Int64]) {
    var stream = KeyedStream()
    fill(&values, from: &stream)
  }

  /// Draws one value of any size.
  ///
  /// - Privacy: A new key from the kernel for each call.
  /// - Complexity: Dominated by the key; use `fill` for many draws.
  public func draw() -> BigInteger {
    var stream = KeyedStream()
    return draw(from: &stream)
  }
}

extension DiscreteLaplaceSampler {
  /// The draws that are made at once.
  package static let lanes = 8
  /// The most words that are read at once: 64 KiB.
  private static let chunkWords = 8_192

  /// Overwrites every value with an independent draw from the words of a source.
  package func fill<Source: WordSource & ~Copyable>(
    _ values: inout [Int64],
    from source: inout Source
  ) throws(Source.Failure) {
    let batch = Self.lanes * wordsPerDraw
    let batches = min(Self.chunkWords / batch, (values.count + Self.lanes - 1) / Self.lanes)
    guard batches > 0 else { return }
    let memory = SecretMemory(count: batches * batch)
    var done = 0
    while done < values.count {
      let draws = min(batches * Self.lanes, values.count - done)
      let used = (draws + Self.lanes - 1) / Self.lanes * batch
      let words = UnsafeMutableBufferPointer(rebasing: memory.words[..<used])
      try source.read(into: words)
      let tied = decide(UnsafeBufferPointer(words), into: &values, at: done, count: draws)
      if tied {
        for index in 0..<draws {
          let lane = lane(index, of: UnsafeBufferPointer(words))
          guard isTied(lane) else { continue }
          values[done + index] = Self.clamped(try resolve(lane, from: &source))
        }
      }
      done += draws
    }
  }

  /// Draws one value of any size from the words of a source.
  package func draw<Source: WordSource & ~Copyable>(
    from source: inout Source
  ) throws(Source.Failure) -> BigInteger {
    let memory = SecretMemory(count: (Self.lanes + 1) * wordsPerDraw)
    let lane = UnsafeMutableBufferPointer(rebasing: memory.words[..<wordsPerDraw])
    try source.read(into: lane)
    // The same words in every lane: one draw takes the path of eight.
    let batch = UnsafeMutableBufferPointer(rebasing: memory.words[wordsPerDraw...])
    for index in batch.indices { batch[index] = lane[index / Self.lanes] }
    var value: [Int64] = [0]
    let tied = decide(UnsafeBufferPointer(batch), into: &value, at: 0, count: 1)
    return tied ? try resolve(Array(lane), from: &source) : BigInteger(value[0])
  }

  /// Decides draws by their words alone and tells whether any word was a tie.
  ///
  /// Batches of eight draws lie one after the other; in each, word `w` of draw `j` is at
  /// `8 * w + j`. Nothing here branches on a word or on what follows from it.
  private func decide(
    _ words: UnsafeBufferPointer<UInt64>,
    into values: inout [Int64],
    at offset: Int,
    count: Int
  ) -> Bool {
    let mask = SIMD8<UInt64>(repeating: .max &>> UInt64(64 - wordWidth))
    let rows = wordsPerDraw
    var ties = SIMDMask<SIMD8<Int64>>(repeating: false)
    values.withUnsafeMutableBufferPointer { values in
      thresholds.withUnsafeBufferPointer { thresholds in
        var first = 0
        var draw = 0
        while draw < count {
          let signs = Self.row(words, first)
          let sign = SIMD8<UInt64>(repeating: thresholds[0])
          let mirrored = signs ^ mask
          let minus = Self.bits(signs .< sign)
          let plus = Self.bits(mirrored .< sign)
          ties .|= (signs .== sign) .| (mirrored .== sign)
          var sum = SIMD8<Int64>.zero
          for index in 1..<(rows - 1) {
            let row = Self.row(words, first + Self.lanes * index)
            let threshold = SIMD8<UInt64>(repeating: thresholds[index])
            // A mask is minus one where it holds.
            sum = sum &+ sum &- Self.bits(row .< threshold)
            ties .|= row .== threshold
          }
          let higher = Self.row(words, first + Self.lanes * (rows - 1))
          ties .|= higher .== SIMD8<UInt64>(repeating: thresholds[rows - 1])
          let magnitude = sum &+ 1
          let value = ((magnitude ^ minus) &- minus) & (minus | plus)
          Self.store(value, in: values, at: offset + draw, count: count - draw)
          first += Self.lanes * rows
          draw += Self.lanes
        }
      }
    }
    return any(ties)
  }

  /// Writes eight values, or the first `count` of them where fewer are wanted.
  private static func store(
    _ value: SIMD8<Int64>,
    in values: UnsafeMutableBufferPointer<Int64>,
    at start: Int,
    count: Int
  ) {
    if count >= lanes {
      UnsafeMutableRawBufferPointer(values).storeBytes(
        of: value,
        toByteOffset: start * MemoryLayout<Int64>.stride,
        as: SIMD8<Int64>.self
      )
    } else {
      for lane in 0..<count { values[start + lane] = value[lane] }
    }
  }

  /// The words that eight draws compare with one threshold.
  private static func row(_ words: UnsafeBufferPointer<UInt64>, _ index: Int) -> SIMD8<UInt64> {
    UnsafeRawBufferPointer(words).loadUnaligned(
      fromByteOffset: index * MemoryLayout<UInt64>.stride,
      as: SIMD8<UInt64>.self
    )
  }

  /// The mask as numbers: minus one where it holds, zero elsewhere.
  private static func bits(_ mask: SIMDMask<SIMD8<Int64>>) -> SIMD8<Int64> {
    SIMD8<Int64>.zero.replacing(with: -1, where: mask)
  }
}
