// ByteSearch.swift: finding the bytes that shape a record, eight at a time.
// SPDX-License-Identifier: Apache-2.0

/// Searches over eight bytes at a time.
///
/// A byte of `v` is zero where `(v - 0x01...) & ~v & 0x80...` has its high bit: exact up to and
/// including the lowest zero byte, which is the only one that these searches use.
enum ByteSearch {
  /// The bytes behind the end that a search may touch.
  static let padding = 16

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080
  private static let commas = ones &* UInt64(UInt8(ascii: ","))
  private static let lineFeeds = ones &* UInt64(UInt8(ascii: "\n"))
  private static let backslashes = ones &* UInt64(UInt8(ascii: "\\"))
  private static let quotes = ones &* UInt64(UInt8(ascii: "\""))

  @inline(__always)
  private static func word(_ bytes: UnsafePointer<UInt8>, _ position: Int) -> UInt64 {
    UInt64(
      littleEndian: UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self)
    )
  }

  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

  /// The place of the first comma or line feed from `start` on.
  ///
  /// - Precondition: There is one, and `padding` readable bytes behind it.
  @inline(__always)
  static func delimiter(_ bytes: UnsafePointer<UInt8>, from start: Int) -> Int {
    var position = start
    while true {
      let word = word(bytes, position)
      let found = zeros(word ^ commas) | zeros(word ^ lineFeeds)
      if found != 0 { return position &+ (found.trailingZeroBitCount >> 3) }
      position &+= 8
    }
  }

  /// The place of the first line feed from `start` on.
  ///
  /// - Precondition: There is one, and `padding` readable bytes behind it.
  @inline(__always)
  static func lineFeed(_ bytes: UnsafePointer<UInt8>, from start: Int) -> Int {
    var position = start
    while true {
      let found = zeros(word(bytes, position) ^ lineFeeds)
      if found != 0 { return position &+ (found.trailingZeroBitCount >> 3) }
      position &+= 8
    }
  }

  /// The place of the first quote, backslash or control character from `start` on.
  ///
  /// - Precondition: There is one, and `padding` readable bytes behind it.
  @inline(__always)
  static func textEnd(_ bytes: UnsafePointer<UInt8>, from start: Int) -> Int {
    var position = start
    while true {
      let word = word(bytes, position)
      // The high bit of a byte below 0x20, as for zero.
      let controls = (word &- ones &* 0x20) & ~word & highs
      let found = zeros(word ^ quotes) | zeros(word ^ backslashes) | controls
      if found != 0 { return position &+ (found.trailingZeroBitCount >> 3) }
      position &+= 8
    }
  }

  /// The place of the first quote in `start..<end`, or `end`.
  ///
  /// - Precondition: There are `padding` readable bytes behind `end`.
  @inline(__always)
  static func quote(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var position = start
    while position < end {
      let found = zeros(word(bytes, position) ^ quotes)
      if found != 0 { return min(position &+ (found.trailingZeroBitCount >> 3), end) }
      position &+= 8
    }
    return end
  }
}
