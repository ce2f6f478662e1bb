// SchedulePeriod+Calendar.swift: the days on which the periods of a schedule begin.
// SPDX-License-Identifier: Apache-2.0

extension SchedulePeriod {
  /// The last day of a month on which monthly periods can begin: every month has it.
  public static let lastDayOfMonth: Int64 = 28

  /// Whether periods can begin on a day: for months, one that every month has.
  public func canBegin(on day: CivilDay) -> Bool {
    self != .month || day.date.day <= Self.lastDayOfMonth
  }

  /// The day on which a period begins.
  ///
  /// - Precondition: `canBegin(on: first)`.
  /// - Parameters:
  ///   - index: The number of the period, from 0.
  ///   - first: The day on which period 0 begins.
  /// - Returns: The day.
  public func day(_ index: Int, from first: CivilDay) -> CivilDay {
    switch self {
    case .day: return first + Int64(index)
    case .week: return first + 7 * Int64(index)
    case .month:
      precondition(canBegin(on: first), "every month has the day")
      let date = first.date
      let months = date.year * 12 + date.month - 1 + Int64(index)
      // Years before the first are none that a label has.
      return CivilDay(year: months / 12, month: months % 12 + 1, day: date.day)
    }
  }

  /// The labels of the days on which so many periods begin.
  public func labels(from first: CivilDay, times: Int) -> [String] {
    (0..<times).map { day($0, from: first).label }
  }
}
