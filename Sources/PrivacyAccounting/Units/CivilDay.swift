// CivilDay.swift: days of the Gregorian calendar in UTC, and the labels of days, weeks and months.
// Reference: [HIN13], days from civil and back; ISO 8601 weeks.
// SPDX-License-Identifier: Apache-2.0

/// A day of the proleptic Gregorian calendar in UTC.
public struct CivilDay: Sendable, Hashable, Comparable {
  /// The number of seconds of a day.
  public static let seconds: Int64 = 86_400

  /// The days since 1970-01-01.
  public let number: Int64

  /// The day with a number.
  @inlinable
  public init(_ number: Int64) {
    self.number = number
  }

  /// The day of a date, by counting from the first of March.
  ///
  /// - Reference: [HIN13].
  @inlinable
  public init(year: Int64, month: Int64, day: Int64) {
    let shifted = month > 2 ? month - 3 : month + 9
    let years = month > 2 ? year : year - 1
    let era = (years >= 0 ? years : years - 399) / 400
    let inEra = years - era * 400
    let inYear = (153 * shifted + 2) / 5 + day - 1
    number = era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + inYear - 719_468
  }

  /// The day of a point in time, in seconds since 1970.
  @inlinable
  public init(ofSecond second: Int64) {
    number = second >= 0 ? second / 86_400 : (second - 86_399) / 86_400
  }

  /// The day of a label `YYYY-MM-DD`; `nil` for any other text and for days that do not exist.
  public init?(_ label: some StringProtocol) {
    let parts = label.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let year = Self.digits(parts[0], 4),
      let month = Self.digits(parts[1], 2), let day = Self.digits(parts[2], 2),
      (1...12).contains(month)
    else { return nil }
    self.init(year: year, month: month, day: day)
    guard date == (year, month, day) else { return nil }
  }

  /// The year, the month from 1 and the day of the month from 1.
  ///
  /// - Reference: [HIN13].
  @inlinable
  public var date: (year: Int64, month: Int64, day: Int64) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let inEra = shifted - era * 146_097
    let years = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
    let inYear = inEra - (365 * years + years / 4 - years / 100)
    let month = (5 * inYear + 2) / 153
    let day = inYear - (153 * month + 2) / 5 + 1
    let civil = month < 10 ? month + 3 : month - 9
    return (years + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
  }

  /// The first second of the day, since 1970.
  @inlinable public var firstSecond: Int64 { number * 86_400 }

  /// The Monday of the day's ISO week; 1970-01-01 was a Thursday.
  @inlinable public var monday: CivilDay {
    CivilDay(number - ((number + 3) % 7 + 7) % 7)
  }

  /// `YYYY-MM-DD`.
  public var label: String {
    let date = date
    return Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-"
      + Self.padded(date.day, 2)
  }

  /// `YYYY-Www`, the ISO week: it belongs to the year of its Thursday.
  public var weekLabel: String {
    let thursday = CivilDay(monday.number + 3)
    let year = thursday.date.year
    let week = (thursday.number - CivilDay(year: year, month: 1, day: 1).number) / 7 + 1
    return Self.padded(year, 4) + "-W" + Self.padded(week, 2)
  }

  /// `YYYY-MM`.
  public var monthLabel: String {
    let date = date
    return Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2)
  }

  /// The order of the calendar.
  @inlinable
  public static func < (left: CivilDay, right: CivilDay) -> Bool { left.number < right.number }

  /// So many days later; earlier for a negative number.
  @inlinable
  public static func + (left: CivilDay, right: Int64) -> CivilDay { CivilDay(left.number + right) }

  private static func digits(_ text: some StringProtocol, _ count: Int) -> Int64? {
    guard text.utf8.count == count,
      text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { return nil }
    return Int64(text)
  }

  /// A number with leading zeros.
  package static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (value < 0 ? "-" : "") + zeros + digits
  }
}
