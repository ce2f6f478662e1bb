// Timestamp.swift: points in time as signals write them, in whole seconds of UTC.
// Reference: [RFC3339].
// SPDX-License-Identifier: Apache-2.0

/// Reads points in time and names days, weeks and months, in the proleptic Gregorian calendar.
enum Timestamp {
  static let secondsPerDay: Int64 = 86_400

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

  /// The days since 1970 of a date, by counting from the first of March.
  static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month > 2 ? month - 3 : month + 9
    let years = month > 2 ? year : year - 1
    let era = (years >= 0 ? years : years - 399) / 400
    let inEra = years - era * 400
    let inYear = (153 * shifted + 2) / 5 + day - 1
    return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + inYear - 719_468
  }

  /// The date of a number of days since 1970.
  static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let inEra = shifted - era * 146_097
    let years = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
    let inYear = inEra - (365 * years + years / 4 - years / 100)
    let month = (5 * inYear + 2) / 153
    let day = inYear - (153 * month + 2) / 5 + 1
    let civil = month < 10 ? month + 3 : month - 9
    return (years + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
  }

  /// The day of a point in time, in days since 1970.
  static func day(of seconds: Int64) -> Int64 {
    seconds >= 0 ? seconds / secondsPerDay : (seconds - secondsPerDay + 1) / secondsPerDay
  }

  /// The Monday of a day's ISO week, in days since 1970, which was a Thursday.
  static func monday(of day: Int64) -> Int64 {
    let weekday = ((day + 3) % 7 + 7) % 7
    return day - weekday
  }

  /// `YYYY-MM-DD`.
  static func dayName(_ day: Int64) -> String {
    let date = date(days: day)
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2)
  }

  /// `YYYY-Www`: a week belongs to the year of its Thursday.
  static func weekName(_ day: Int64) -> String {
    let thursday = monday(of: day) + 3
    let year = date(days: thursday).year
    let week = (thursday - days(year: year, month: 1, day: 1)) / 7 + 1
    return padded(year, 4) + "-W" + padded(week, 2)
  }

  /// `YYYY-MM`.
  static func monthName(_ day: Int64) -> String {
    let date = date(days: day)
    return padded(date.year, 4) + "-" + padded(date.month, 2)
  }

  /// `YYYY-MM-DDThh:mm:ssZ`.
  static func text(_ seconds: Int64) -> String {
    let day = day(of: seconds)
    let rest = seconds - day * secondsPerDay
    return dayName(day) + "T" + padded(rest / 3600, 2) + ":" + padded(rest / 60 % 60, 2) + ":"
      + padded(rest % 60, 2) + "Z"
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (value < 0 ? "-" : "") + zeros + digits
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
      let days = Timestamp.days(year: year, month: month, day: day)
      let back = Timestamp.date(days: days)
      guard back.month == month, back.day == day else { return nil }
      let midnight = days * Timestamp.secondsPerDay
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
