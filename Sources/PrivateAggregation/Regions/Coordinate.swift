// Coordinate.swift: latitudes and longitudes as signals write them, read exactly in billionths.
// Reference: `docs/places.md`, section "Coordinates".
// SPDX-License-Identifier: Apache-2.0

import Releases

/// Reads latitudes and longitudes exactly, without floating point.
///
/// A coordinate is a decimal number of degrees: a sign or none, digits with at most one point among or
/// at an end of them, and an exponent of at most three digits or none; spaces and tabs around it are
/// left out. Anything else, `NaN` and the empty text among it, is none.
package enum Coordinate {
  /// What a text says.
  package struct Reading: Equatable {
    /// Billionths of a degree, the digits beyond them dropped.
    package var billionths: Int64
    /// Whether a digit was dropped that is not zero.
    package var isCut: Bool
  }

  private static let quarterTurn = Geohash.quarterTurn

  /// The latitude in billionths of a degree, from -90 degrees to 90; `nil` for anything else.
  static func latitude(_ text: ByteSlice) -> Int64? {
    read(text).flatMap(latitude)
  }

  /// The longitude in billionths of a degree, from -180 degrees to below 180; `nil` for anything else.
  static func longitude(_ text: ByteSlice) -> Int64? {
    read(text).flatMap(longitude)
  }

  /// A latitude within its range.
  package static func latitude(_ reading: Reading) -> Int64? {
    within(quarterTurn, reading)
  }

  /// A longitude within its range; 180 degrees east is 180 degrees west.
  package static func longitude(_ reading: Reading) -> Int64? {
    let half = 2 * quarterTurn
    return within(half, reading).map { $0 == half ? -half : $0 }
  }

  private static func within(_ limit: Int64, _ reading: Reading) -> Int64? {
    let size = reading.billionths.magnitude
    // What was dropped decides right at the limit.
    guard size < limit.magnitude || (size == limit.magnitude && !reading.isCut) else { return nil }
    return reading.billionths
  }

  /// Reads a text.
  package static func read(_ text: String) -> Reading? {
    var text = text
    return text.withUTF8 { bytes in
      bytes.baseAddress.flatMap { read(ByteSlice(base: $0, count: bytes.count)) }
    }
  }

  /// Reads a decimal number; `nil` for what is none and for numbers of 10,000 or more.
  static func read(_ text: ByteSlice) -> Reading? {
    var begin = 0
    var end = text.count
    while begin < end, isSpace(text[begin]) { begin += 1 }
    while end > begin, isSpace(text[end - 1]) { end -= 1 }
    var isNegative = false
    if begin < end, text[begin] == UInt8(ascii: "-") || text[begin] == UInt8(ascii: "+") {
      isNegative = text[begin] == UInt8(ascii: "-")
      begin += 1
    }
    // The digits end where an exponent begins; the first digit is worth 10^power.
    var power = -1
    var hasPoint = false
    var digits = 0
    var stop = begin
    scan: while stop < end {
      switch text[stop] {
      case 0x30...0x39:
        digits += 1
        if !hasPoint { power += 1 }
      case UInt8(ascii: ".") where !hasPoint: hasPoint = true
      default: break scan
      }
      stop += 1
    }
    guard digits > 0 else { return nil }
    if stop < end {
      guard let exponent = exponent(text, from: stop, to: end) else { return nil }
      power += exponent
    }
    var value: Int64 = 0
    var isCut = false
    for place in begin..<stop where text[place] != UInt8(ascii: ".") {
      let digit = Int64(text[place] - 0x30)
      if digit > 0 {
        guard power < 4 else { return nil }
        if power >= -9 { value += digit * powers[power + 9] } else { isCut = true }
      }
      power -= 1
    }
    return Reading(billionths: isNegative ? -value : value, isCut: isCut)
  }

  /// The powers of ten from 1 to 10^12.
  private static let powers: [Int64] = (0...12).map { power in
    (0..<power).reduce(1) { value, _ in value * 10 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Reads `e12`, `E-3` or `e+05`, to the end of a number.
  private static func exponent(_ text: ByteSlice, from begin: Int, to end: Int) -> Int? {
    var place = begin
    guard text[place] | 0x20 == UInt8(ascii: "e") else { return nil }
    place += 1
    var isNegative = false
    if place < end, text[place] == UInt8(ascii: "-") || text[place] == UInt8(ascii: "+") {
      isNegative = text[place] == UInt8(ascii: "-")
      place += 1
    }
    guard (1...3).contains(end - place) else { return nil }
    var value = 0
    while place < end {
      guard (0x30...0x39).contains(text[place]) else { return nil }
      value = value * 10 + Int(text[place] - 0x30)
      place += 1
    }
    return isNegative ? -value : value
  }
}
