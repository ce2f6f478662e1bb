// DelimiterIndex.swift: where the commas and line feeds of a piece of CSV are.
// Reference: the first stage of [LL19].
// SPDX-License-Identifier: Apache-2.0

import CProcessor

/// Finds the commas and line feeds of bytes without quotes.
enum DelimiterIndex {
  /// The bytes behind the last one that may be read, whatever they are.
  static let slack = 64
  /// The places behind the last one that may be written.
  static let room = 72

  /// Writes the places of all commas and line feeds, in order.
  ///
  /// - Precondition: `slack` readable bytes follow; `places` has room for `count + room`.
  /// - Returns: How many there are.
  static func find(
    in bytes: UnsafePointer<UInt8>,
    count: Int,
    into places: UnsafeMutablePointer<UInt32>
  ) -> Int {
    if hubbub_has_wide_words() != 0 {
      return Int(hubbub_find_delimiters(bytes, Int64(count), places))
    }
    return findByWords(in: bytes, count: count, into: places)
  }

  /// The same on every processor, eight bytes in a word.
  static func findByWords(
    in bytes: UnsafePointer<UInt8>,
    count: Int,
    into places: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let raw = UnsafeRawPointer(bytes)
    var found = 0
    var base = 0
    while base < count {
      var mask =
        flags(raw + base) | flags(raw + (base &+ 16)) &<< 16
        | flags(raw + (base &+ 32)) &<< 32 | flags(raw + (base &+ 48)) &<< 48
      if count &- base < 64 { mask &= (1 &<< UInt64(truncatingIfNeeded: count &- base)) &- 1 }
      let next = found &+ mask.nonzeroBitCount
      // Eight are written whether or not there are as many; those beyond are overwritten.
      let start = UInt32(truncatingIfNeeded: base)
      while true {
        let target = places + found
        for offset in 0..<8 {
          target[offset] = start &+ UInt32(truncatingIfNeeded: mask.trailingZeroBitCount)
          mask &= mask &- 1
        }
        found &+= 8
        if found >= next { break }
      }
      found = next
      base &+= 64
    }
    return found
  }

  /// One bit for each of 16 bytes, the first one lowest: whether it is a comma or a line feed.
  @inline(__always)
  private static func flags(_ bytes: UnsafeRawPointer) -> UInt64 {
    flags(bytes.loadUnaligned(as: UInt64.self))
      | flags(bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) &<< 8
  }

  /// The same for eight bytes in a word, all at once.
  ///
  /// A byte is zero when neither its lower seven bits, carried into the eighth, nor the eighth itself
  /// set that one; no carry leaves a byte, so that each is judged by itself.
  @inline(__always)
  private static func flags(_ word: UInt64) -> UInt64 {
    let lower: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let word = UInt64(littleEndian: word)
    let commas = word ^ 0x2C2C_2C2C_2C2C_2C2C
    let lineFeeds = word ^ 0x0A0A_0A0A_0A0A_0A0A
    let others =
      (((commas & lower) &+ lower) | commas) & (((lineFeeds & lower) &+ lower) | lineFeeds)
    let found = ~(others | lower) &>> 7
    // Bit 8i moves to 56 + i; no two sums meet below.
    return (found &* 0x0102_0408_1020_4080) &>> 56
  }
}
