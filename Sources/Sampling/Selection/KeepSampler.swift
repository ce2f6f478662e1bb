// KeepSampler.swift: for each cell, whether it is kept, with exactly the probability of its count.
// Reference: `docs/sampler.md`, section "Selecting cells".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Draws for each cell whether it is kept, with a probability that depends on its count alone.
///
/// - Privacy: One word a cell whatever its count, except with probability at most `2^-63`; the words
///   come from `KeyedStream` under a key of the kernel for each call. How long it takes to find a
///   probability does not grow with the count.
public struct KeepSampler: Sendable {
  /// Bounds of the probability for a count, with at least so many bits.
  public typealias Bounds = @Sendable (_ count: BigInteger, _ precision: Int) -> Enclosure

  private let certain: Int64
  private let width: Int
  private let bounds: Bounds

  /// Prepares a sampler.
  ///
  /// - Parameters:
  ///   - certain: The count from which on every cell is kept; at least one.
  ///   - bounds: Bounds of the probability of counts below; they narrow down to it as the precision
  ///     grows. A count of zero or less is never kept and never asked for.
  public init(certain: BigInteger, _ bounds: @escaping Bounds) {
    self.init(certain: certain, width: 64, bounds)
  }

  /// Prepares a sampler that reads words of fewer bits, so that a test can go through all of them.
  package init(certain: BigInteger, width: Int, _ bounds: @escaping Bounds) {
    precondition(certain.signum > 0, "an empty cell is never kept")
    precondition((2...64).contains(width), "a word of 2 to 64 bits")
    self.certain = Int64(exactly: certain) ?? .max
    self.width = width
    self.bounds = bounds
  }

  /// Draws for every cell, independently, whether it is kept.
  public func draw(_ counts: [Int64]) -> [Bool] {
    var stream = KeyedStream()
    return draw(counts, from: &stream)
  }

  /// The words that are read at once: 64 KiB.
  private static let chunk = 8_192

  /// Draws from the words of a source: one for each cell, further ones where a word is a tie.
  package func draw<Source: WordSource & ~Copyable>(
    _ counts: [Int64],
    from source: inout Source
  ) throws(Source.Failure) -> [Bool] {
    guard !counts.isEmpty else { return [] }
    let memory = SecretMemory(count: min(Self.chunk, counts.count))
    var coins: [Int64: EnclosedCoin] = [:]
    var kept: [Bool] = []
    kept.reserveCapacity(counts.count)
    for start in stride(from: 0, to: counts.count, by: Self.chunk) {
      let end = min(start + Self.chunk, counts.count)
      let words = UnsafeMutableBufferPointer(rebasing: memory.words[..<(end - start)])
      try source.read(into: words)
      for index in start..<end {
        let count = counts[index]
        guard count > 0, count < certain else {
          kept.append(count > 0)
          continue
        }
        let coin = coins[count] ?? coin(of: count)
        coins[count] = coin
        kept.append(try coin.toss(startingWith: words[index - start], from: &source))
      }
    }
    return kept
  }

  private func coin(of count: Int64) -> EnclosedCoin {
    let bounds = bounds
    return EnclosedCoin(width: width) { bounds(BigInteger(count), $0) }
  }
}
