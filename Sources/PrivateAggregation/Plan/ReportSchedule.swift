// ReportSchedule.swift: runs of one spec that are declared in advance, and the span of each.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// Runs of one spec that are declared in advance: each counts its own period.
public struct ReportSchedule: Sendable, Hashable {
  /// The name of the schedule in a ledger.
  public let name: ReleaseID
  /// How long each period is.
  public let every: SchedulePeriod
  /// The number of runs.
  public let times: Int
  /// The day on which the first period begins, where the spec says it.
  public let first: CivilDay?
  /// The delta under `budget`, where the spec gives one: that of all runs together where cells are
  /// listed.
  public let delta: Rational?
  /// The delta of all runs together that the schedule itself gives.
  public let ownDelta: Rational?

  /// The longest name: the id of a run is the name, a dot and the label of its day.
  static let longestName = ReleaseID.longest - 11

  /// Declares runs.
  ///
  /// - Precondition: `times` from 1 to `ScheduleLoss.mostRuns`; periods can begin on `first`.
  public init(
    name: ReleaseID,
    every: SchedulePeriod,
    times: Int,
    first: CivilDay?,
    delta: Rational?,
    ownDelta: Rational? = nil
  ) {
    precondition((1...ScheduleLoss.mostRuns).contains(times), "a schedule has 1 to 10,000 runs")
    precondition(first.map(every.canBegin(on:)) ?? true, "every month has the day")
    self.name = name
    self.every = every
    self.times = times
    self.first = first
    self.delta = delta
    self.ownDelta = ownDelta
  }

  /// Whether every period ends within the years that a day can be written for, up to 9999.
  public func endsInCalendar(from first: CivilDay) -> Bool {
    every.day(times, from: first).date.year <= 9999
  }

  /// The name that the schedule of a spec has in a ledger.
  ///
  /// - Returns: The name; `nil` where it leaves no room for a day in the id of a run.
  public static func name(dataset: String, spec: String) -> ReleaseID? {
    let name = ReleasedSchedule.name(dataset: dataset, spec: spec)
    return name.flatMap { $0.description.utf8.count <= longestName ? $0 : nil }
  }

  /// The id that a run has where the user gives none.
  public func id(ofRunOn day: String) throws(ReleaseIDError) -> ReleaseID {
    try ReleaseID("\(name).\(day)")
  }

  /// The number of the run whose period holds a day; `nil` before the first and after the last.
  public func index(of day: CivilDay, from first: CivilDay) -> Int? {
    guard day >= first, day < every.day(times, from: first) else { return nil }
    var low = 0
    var high = times
    while high - low > 1 {
      let middle = (low + high) / 2
      if every.day(middle, from: first) <= day { low = middle } else { high = middle }
    }
    return low
  }

  /// The span of time that a run counts.
  ///
  /// - Parameters:
  ///   - index: The number of the run, from 0.
  ///   - first: The day on which the first period begins.
  ///   - window: What the first run counts, where the spec says it: from a time on the first day,
  ///     and not beyond the same time of the next period's day.
  /// - Returns: The span, with its ends written as dates or as times in UTC.
  public func window(
    of index: Int,
    from first: CivilDay,
    like window: TimeWindow?
  ) -> TimeWindow {
    let begin = every.day(index, from: first).firstSecond
    let end = every.day(index + 1, from: first).firstSecond
    guard let window else { return Self.window(begin, end) }
    let late = window.from - first.firstSecond
    let isWhole = window.to - late == every.day(1, from: first).firstSecond
    let length = isWhole ? end - begin : window.to - window.from
    return Self.window(begin + late, begin + late + length)
  }

  /// A span with its ends as dates where they are midnights, in UTC.
  private static func window(_ from: Int64, _ to: Int64) -> TimeWindow {
    TimeWindow(
      from: from,
      to: to,
      text: [from, to].map { second in
        let day = CivilDay(ofSecond: second)
        return day.firstSecond == second ? day.label : Timestamp.text(second)
      }
    )
  }
}

extension ReportSpecification {
  /// What one run of the schedule asks for: the same, over its own span of time.
  ///
  /// - Precondition: The spec declares a schedule that has the run.
  public func run(_ index: Int, from first: CivilDay) -> ReportSpecification {
    guard let schedule, (0..<schedule.times).contains(index) else {
      preconditionFailure("the spec declares the run")
    }
    guard columns[.time] != nil else { return self }
    return counting(schedule.window(of: index, from: first, like: window))
      .counting(period: index + 1)
  }
}
