// TruncatedGeometricSampler.swift: exact draws of discrete Laplace noise that is cut off on both sides.
// Reference: [DVGM22]; `docs/sampler.md`, section "Selecting cells".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Draws from the truncated symmetric geometric law.
///
/// ```
/// P(Z = x) = C q^|x|,  -k <= x <= k,   q = e^(-1/b)
/// ```
/// That is the discrete Laplace law of scale `b` under the condition `|X| <= k`: a value beyond is
/// drawn again, whole. How often that happens is independent of the value that stays.
///
/// - Privacy: As for `DiscreteLaplaceSampler`, and a value is drawn again with probability
///   `2 q^(k+1) / (1 + q)`, which tells nothing about the one that is used.
/// - Reference: [DVGM22], the truncated symmetric geometric distribution.
public struct TruncatedGeometricSampler: Sendable {
  /// The largest magnitude, `k`.
  public let reach: Int64
  private let whole: DiscreteLaplaceSampler

  /// The scale `b`.
  public var scale: Rational { whole.scale }

  /// Prepares a sampler.
  ///
  /// - Precondition: `scale` is in `DiscreteLaplaceSampler.supportedScales`, `0 <= reach < 2^62`.
  public init(scale: Rational, reach: Int64) {
    self.init(scale: scale, reach: reach, wordWidth: 64)
  }

  /// Prepares a sampler that reads words of fewer bits, so that a test can go through all of them.
  package init(scale: Rational, reach: Int64, wordWidth: Int) {
    precondition(reach >= 0 && reach < 1 << 62, "a reach from 0 to below 2^62")
    self.reach = reach
    whole = DiscreteLaplaceSampler(scale: scale, wordWidth: wordWidth)
  }

  /// Overwrites every value with an independent draw.
  ///
  /// - Privacy: A new key from the kernel for each call; memory that held random words is wiped.
  public func fill(_ values: inout [Int64]) {
    var stream = KeyedStream()
    fill(&values, from: &stream)
  }

  /// Overwrites every value with an independent draw from the words of a source.
  package func fill<Source: WordSource & ~Copyable>(
    _ values: inout [Int64],
    from source: inout Source
  ) throws(Source.Failure) {
    try whole.fill(&values, from: &source)
    for index in values.indices where values[index].magnitude > reach.magnitude {
      values[index] = try draw(from: &source)
    }
  }

  /// Draws one value from the words of a source.
  package func draw<Source: WordSource & ~Copyable>(
    from source: inout Source
  ) throws(Source.Failure) -> Int64 {
    while true {
      let value = DiscreteLaplaceSampler.clamped(try whole.draw(from: &source))
      if value.magnitude <= reach.magnitude { return value }
    }
  }
}
