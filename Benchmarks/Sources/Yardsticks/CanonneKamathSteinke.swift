// CanonneKamathSteinke.swift: the textbook sampler that ours is measured against.
// Reference: [CKS20] algorithms 1 and 2.
// SPDX-License-Identifier: Apache-2.0

/// The exact rejection sampler of the discrete Laplace law of scale `t / s`, word for word.
///
/// Integers only. It takes a varying number of words and rounds, so its time tells something about
/// its noise. It is used with integers of one machine word and a fast generator that protects
/// nothing, both in its favour.
public struct CanonneKamathSteinke: Sendable {
  private let t: UInt64
  private let s: UInt64

  /// Makes the sampler of scale `t / s`.
  public init(t: UInt64, s: UInt64) {
    self.t = t
    self.s = s
  }

  /// Draws one value (algorithm 2).
  public func draw(using generator: inout some RandomNumberGenerator) -> Int64 {
    while true {
      let u = UInt64.random(in: 0..<t, using: &generator)
      guard bernoulliExponential(u, t, &generator) else { continue }
      var v: UInt64 = 0
      while bernoulliExponential(1, 1, &generator) { v += 1 }
      let y = (u + t * v) / s
      let negative = Bool.random(using: &generator)
      if negative && y == 0 { continue }
      return negative ? -Int64(y) : Int64(y)
    }
  }

  /// True with probability `e^(-n/d)` for `0 <= n <= d` (algorithm 1).
  private func bernoulliExponential(
    _ n: UInt64,
    _ d: UInt64,
    _ generator: inout some RandomNumberGenerator
  ) -> Bool {
    var k: UInt64 = 1
    while UInt64.random(in: 0..<(d * k), using: &generator) < n { k += 1 }
    return k & 1 == 1
  }
}

/// SplitMix64: fast, and predictable from a few of its words.
///
/// - Reference: [SLF14].
public struct FastGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Makes a generator from a seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next word.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

extension CanonneKamathSteinke {
  /// Overwrites every value with an independent draw.
  public func fill(_ values: inout [Int64], using generator: inout FastGenerator) {
    for index in values.indices { values[index] = draw(using: &generator) }
  }
}
