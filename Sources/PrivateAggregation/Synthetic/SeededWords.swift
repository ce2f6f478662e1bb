// SeededWords.swift: reproducible words and orders for made-up signals, never for noise.
// Reference: [SLF14]; [LR88].
// SPDX-License-Identifier: Apache-2.0

/// Words that follow from a state: SplitMix64.
///
/// - Reference: [SLF14].
struct SeededWords {
  var state: UInt64

  /// A word from two.
  static func mixed(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var words = SeededWords(state: first ^ (second &* 0xD1B5_4A32_D192_ED03))
    return words.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// An index below `count`, the small ones more often: the product of two uniform fractions.
  mutating func skewed(below count: Int) -> Int {
    let word = next()
    let product = ((word >> 32) &* (word & 0xFFFF_FFFF)) >> 32
    return Int((product &* UInt64(count)) >> 32)
  }
}

/// An order of `0 ..< count` that follows from a seed, without a table: a Feistel network over the
/// next power of four, walked until it comes back into the range.
///
/// - Reference: [LR88].
struct SeededPermutation {
  private let count: UInt64
  private let half: UInt64
  private let keys: (UInt64, UInt64, UInt64, UInt64)

  init(count: Int, seed: UInt64) {
    self.count = UInt64(count)
    let width = UInt64.bitWidth - UInt64(max(count - 1, 0)).leadingZeroBitCount
    half = UInt64(max(1, (width + 1) / 2))
    var words = SeededWords(state: seed)
    keys = (words.next(), words.next(), words.next(), words.next())
  }

  /// The place of an index in the order.
  ///
  /// - Precondition: `0 <= index < count`.
  subscript(index: Int) -> Int {
    var value = UInt64(index)
    // The domain is at most four times the range, so this takes four steps on average at most.
    repeat {
      value = round(round(round(round(value, keys.0), keys.1), keys.2), keys.3)
    } while value
      >= count
    return Int(value)
  }

  @inline(__always)
  private func round(_ value: UInt64, _ key: UInt64) -> UInt64 {
    let mask: UInt64 = (1 << half) &- 1
    let right = value & mask
    var mixed = (right ^ key) &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9
    return right << half | (value >> half ^ mixed >> 32) & mask
  }
}
