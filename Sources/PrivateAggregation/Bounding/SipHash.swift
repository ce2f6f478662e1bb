// SipHash.swift: a keyed pseudo-random function on short strings.
// Reference: [AB12].
// SPDX-License-Identifier: Apache-2.0

/// SipHash-1-3 with a 128-bit key: one round for each word, three at the end.
///
/// The authors name 2-4 for signatures, and fewer rounds for tables. Here nobody sees a value or knows
/// the key, which is drawn for one release; the order of a unit's cells is all that follows from it.
///
/// - Reference: [AB12] section 2.
struct SipHash: Sendable {
  private let key0: UInt64
  private let key1: UInt64

  /// Makes the function of a key.
  init(key: (UInt64, UInt64)) {
    key0 = key.0
    key1 = key.1
  }

  /// The state between two words of a string.
  struct State: BitwiseCopyable {
    var v0: UInt64
    var v1: UInt64
    var v2: UInt64
    var v3: UInt64

    @inline(__always)
    private mutating func round() {
      v0 = v0 &+ v1
      v1 = v1 &<< 13 | v1 &>> 51
      v1 ^= v0
      v0 = v0 &<< 32 | v0 &>> 32
      v2 = v2 &+ v3
      v3 = v3 &<< 16 | v3 &>> 48
      v3 ^= v2
      v0 = v0 &+ v3
      v3 = v3 &<< 21 | v3 &>> 43
      v3 ^= v0
      v2 = v2 &+ v1
      v1 = v1 &<< 17 | v1 &>> 47
      v1 ^= v2
      v2 = v2 &<< 32 | v2 &>> 32
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      v0 ^= word
    }

    @inline(__always)
    mutating func finish() -> UInt64 {
      v2 ^= 0xFF
      round()
      round()
      round()
      return v0 ^ v1 ^ v2 ^ v3
    }
  }

  private var initial: State {
    State(
      v0: key0 ^ 0x736F_6D65_7073_6575,
      v1: key1 ^ 0x646F_7261_6E64_6F6D,
      v2: key0 ^ 0x6C79_6765_6E65_7261,
      v3: key1 ^ 0x7465_6462_7974_6573
    )
  }

  /// The value at a byte string.
  func callAsFunction(_ slice: ByteSlice) -> UInt64 {
    var state = state(behind: slice)
    return state.finish()
  }

  /// The state behind all words of a byte string, of which the last one carries its length.
  func state(behind slice: ByteSlice) -> State {
    var state = initial
    let whole = slice.count & ~7
    var index = 0
    while index < whole {
      let word = UnsafeRawPointer(slice.base + index).loadUnaligned(as: UInt64.self)
      state.absorb(UInt64(littleEndian: word))
      index += 8
    }
    var last = UInt64(slice.count & 0xFF) << 56
    while index < slice.count {
      last |= UInt64(slice[index]) << UInt64(8 * (index - whole))
      index += 1
    }
    state.absorb(last)
    return state
  }

  /// The same for a byte string of at most 15 bytes, packed.
  func state(behind packed: PackedBytes) -> State {
    var state = initial
    // From eight bytes on the first word is a whole one; the last one carries the length on top.
    if packed.high &>> 56 >= 8 {
      state.absorb(packed.low)
      state.absorb(packed.high)
    } else {
      state.absorb(packed.low | packed.high)
    }
    return state
  }
}
