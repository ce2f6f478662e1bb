// SeededGenerator.swift: reproducible random words for tests.
// Reference: [SLF14], SplitMix64.
// SPDX-License-Identifier: Apache-2.0

/// A generator whose words follow from a seed; for tests only, never for noise.
///
/// - Reference: [SLF14].
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Makes a generator from a seed, which a failing test prints.
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
