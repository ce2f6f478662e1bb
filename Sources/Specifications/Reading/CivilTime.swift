// CivilTime.swift: dates of the Gregorian calendar in UTC, as specs write them.
// Reference: [HIN13], days from civil and back; ISO 8601 weeks.
// SPDX-License-Identifier: Apache-2.0

/// Dates in UTC, counted in whole days and seconds since 1970-01-01.
enum CivilTime {
  /// The number of the day of a date.
  ///
  /// - Reference: [HIN13].
  static func day(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivision(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date of a day.
  ///
  /// - Reference: [HIN13].
  static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = floorDivision(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
  }

  /// `YYYY-MM-DD`.
  static func dayText(_ day: Int) -> String {
    let date = date(ofDay: day)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// `YYYY-MM`.
  static func monthText(_ day: Int) -> String { String(dayText(day).dropLast(3)) }

  /// `YYYY-Www`, the ISO week: it belongs to the year that its Thursday is in.
  static func weekText(_ day: Int) -> String {
    let weekday = modulo(day + 3, 7)
    let thursday = day - weekday + 3
    let year = date(ofDay: thursday).year
    let week = (thursday - Self.day(year: year, month: 1, day: 1)) / 7 + 1
    return "\(padded(year, 4))-W\(padded(week, 2))"
  }

  /// The day of `YYYY-MM-DD`, or `nil` for any other text and for days that do not exist.
  static func day(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let year = digits(parts[0], 4), let month = digits(parts[1], 2),
      let day = digits(parts[2], 2), (1...12).contains(month), day >= 1
    else { return nil }
    let number = Self.day(year: year, month: month, day: day)
    let back = date(ofDay: number)
    return back.year == year && back.month == month && back.day == day ? number : nil
  }

  /// The second of an ISO 8601 time: a date, or a date and a time with an optional offset.
  ///
  /// A date alone is its first second, and a time without an offset is in UTC.
  static func second(_ text: String) -> Int64? {
    guard let day = day(text.prefix(10)) else { return nil }
    var rest = text.dropFirst(10)
    guard let mark = rest.first else { return Int64(day) * 86_400 }
    guard mark == "T" || mark == " " else { return nil }
    rest = rest.dropFirst()
    var offset = 0
    if rest.last == "Z" {
      rest = rest.dropLast()
    } else if let sign = rest.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      guard let seconds = clock(rest[rest.index(after: sign)...]) else { return nil }
      offset = rest[sign] == "+" ? seconds : -seconds
      rest = rest[..<sign]
    }
    guard let time = clock(rest) else { return nil }
    return Int64(day) * 86_400 + Int64(time - offset)
  }

  /// The seconds of `hh:mm` or `hh:mm:ss`.
  private static func clock(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hour = digits(parts[0], 2),
      let minute = digits(parts[1], 2), let second = parts.count == 3 ? digits(parts[2], 2) : 0,
      hour < 24, minute < 60, second < 60
    else { return nil }
    return (hour * 60 + minute) * 60 + second
  }

  private static func digits(_ text: some StringProtocol, _ count: Int) -> Int? {
    guard text.utf8.count == count,
      text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { return nil }
    return Int(text)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  /// The quotient rounded down.
  static func floorDivision(_ value: Int, _ divisor: Int) -> Int {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }

  private static func modulo(_ value: Int, _ divisor: Int) -> Int {
    value - floorDivision(value, divisor) * divisor
  }
}
