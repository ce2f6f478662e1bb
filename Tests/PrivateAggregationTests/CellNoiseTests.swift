// CellNoiseTests.swift: noise for many cells is as good on many threads as on one.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Sampling
import Testing

@testable import PrivateAggregation

@Suite struct `Noise for many cells` {
  private static let pieces = 9

  /// A shared key, or a piece that was not drawn, would make tens of thousands of equal draws.
  ///
  /// At scale 2^40 two draws are equal with a probability of 2^-42, so the 294,919 draws have 0.01
  /// equal pairs on average, and more than three with a probability of about 4e-10.
  @Test(arguments: [1, 2, 5])
  func `is drawn for every cell, each piece under a key of its own`(threads: Int) {
    let count = Self.pieces * CellNoise.pieceSize + 7
    let sampler = DiscreteLaplaceSampler(scale: Rational(BigInteger(1) << 40))
    let values = CellNoise.draws(count, by: sampler, threads: threads)
    #expect(values.count == count)
    #expect(Set(values).count >= count - 3)
  }

  @Test(arguments: [0, 1, 100, 2 * CellNoise.pieceSize - 1])
  func `is as long as the cells`(count: Int) {
    let draws = CellNoise.draws(count, by: DiscreteLaplaceSampler(scale: 8), threads: 3)
    #expect(draws.count == count)
  }
}
