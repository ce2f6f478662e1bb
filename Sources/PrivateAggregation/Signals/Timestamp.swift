// Timestamp.swift: points in time as signals write them, in whole seconds of UTC.
// Reference: [RFC3339].
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Reads points in time, in the proleptic Gregorian calendar; `CivilDay` has its days.
package enum Timestamp {
  /// Reads `2026-11-01`, `2026-11-01T10:20:30.5+01:00`, `2026-11-01 10:20Z` or unix seconds.
  ///
  /// A date alone is 00:00 UTC; without a zone a time is UTC; fractions are dropped towards the past.
  ///
  /// - Returns: Seconds since 1970, or `nil` for anything else.
  static func seconds(_ text: ByteSlice) -> Int64? {
    var reader = Reader(text: text)
    if text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") {
      return reader.calendar()
    }
    return reader.unixSeconds()
  }

  /// Reads a time of the calendar as `seconds` does, and no unix seconds: what people write.
  package static func calendarSeconds(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var reader = Reader(text: ByteSlice(base: base, count: bytes.count))
      return reader.calendar()
    }
  }

  /// `YYYY-MM-DDThh:mm:ssZ`.
  package static func text(_ seconds: Int64) -> String {
    let day = CivilDay(ofSecond: seconds)
    let rest = seconds - day.firstSecond
    let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { CivilDay.padded($0, 2) }
    return day.label + "T" + clock.joined(separator: ":") + "Z"
  }

  /// Reads digits from the front.
  private struct Reader {
    let text: ByteSlice
    var position = 0

    mutating func take(_ byte: UInt8) -> Bool {
      guard position < text.count, text[position] == byte else { return false }
      position += 1
      return true
    }

    /// Exactly `width` digits that make a number within `range`.
    mutating func number(_ width: Int, _ range: ClosedRange<Int64>) -> Int64? {
      guard text.count - position >= width else { return nil }
      var value: Int64 = 0
      for _ in 0..<width {
        let digit = text[position] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value * 10 + Int64(digit)
        position += 1
      }
      return range.contains(value) ? value : nil
    }

    mutating func calendar() -> Int64? {
      guard let year = number(4, 0...9999), take(UInt8(ascii: "-")), let month = number(2, 1...12),
        take(UInt8(ascii: "-")), let day = number(2, 1...31)
      else { return nil }
      let date = CivilDay(year: year, month: month, day: day)
      let back = date.date
      guard back.month == month, back.day == day else { return nil }
      let midnight = date.firstSecond
      if position == text.count { return midnight }
      guard take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")) || take(UInt8(ascii: " ")),
        let hour = number(2, 0...23), take(UInt8(ascii: ":")), let minute = number(2, 0...59)
      else { return nil }
      var second: Int64 = 0
      if take(UInt8(ascii: ":")) {
        // A leap second is counted with the second before it.
        guard let value = number(2, 0...60) else { return nil }
        second = min(value, 59)
        if take(UInt8(ascii: ".")) || take(UInt8(ascii: ",")) {
          guard number(1, 0...9) != nil else { return nil }
          while position < text.count, text[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
        }
      }
      guard let offset = zone(), position == text.count else { return nil }
      return midnight + hour * 3600 + minute * 60 + second - offset
    }

    /// The seconds that local time is ahead of UTC.
    private mutating func zone() -> Int64? {
      if position == text.count || take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) { return 0 }
      let sign: Int64
      if take(UInt8(ascii: "+")) {
        sign = 1
      } else if take(UInt8(ascii: "-")) {
        sign = -1
      } else {
        return nil
      }
      guard let hours = number(2, 0...23) else { return nil }
      if position == text.count { return sign * hours * 3600 }
      _ = take(UInt8(ascii: ":"))
      guard let minutes = number(2, 0...59) else { return nil }
      return sign * (hours * 3600 + minutes * 60)
    }

    /// An integer or a decimal of seconds, rounded down; up to 15 digits before the point.
    mutating func unixSeconds() -> Int64? {
      let negative = take(UInt8(ascii: "-"))
      var value: Int64 = 0
      let begin = position
      while position < text.count, text[position] &- UInt8(ascii: "0") <= 9 {
        guard position - begin < 15 else { return nil }
        value = value * 10 + Int64(text[position] - UInt8(ascii: "0"))
        position += 1
      }
      guard position > begin else { return nil }
      var hasFraction = false
      if take(UInt8(ascii: ".")) {
        let point = position
        while position < text.count, text[position] &- UInt8(ascii: "0") <= 9 {
          if text[position] != UInt8(ascii: "0") { hasFraction = true }
          position += 1
        }
        guard position > point else { return nil }
      }
      guard position == text.count else { return nil }
      return negative ? -value - (hasFraction ? 1 : 0) : value
    }
  }
}
