// ScheduleSection.swift: the part of a spec that declares runs in advance.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// The `schedule` of a spec.
struct ScheduleSection {
  /// The runs; `nil` where the spec declares none.
  let schedule: ReportSchedule?
  /// What a report counts, or the first run where it is known.
  let window: TimeWindow?
  /// Running counts, whose periods are the runs; `nil` where none are asked for.
  let continual: ContinualSection?

  init(
    _ top: MappingReader,
    _ signals: SignalSection,
    window: TimeWindow?,
    delta: Rational?,
    dataset: String,
    name: String,
    directory: String
  ) throws(SpecificationError) {
    continual = try ContinualSection(
      top,
      signals,
      dataset: dataset,
      name: name,
      directory: directory
    )
    if let continual {
      schedule = continual.schedule
      self.window = continual.window
      return
    }
    guard let field = top.optional("schedule") else {
      schedule = nil
      self.window = window
      return
    }
    let keys = try field.mapping(["every", "times", "from", "delta"])
    let every = try keys.required("every", example: "every: day").choice(SchedulePeriod.self)
    let times = try keys.required("times", example: "times: 30").count(upTo: ScheduleLoss.mostRuns)
    let first = try Self.first(top, keys, every, window)
    guard let id = ReportSchedule.name(dataset: dataset, spec: name) else {
      throw top.error(
        "name",
        "a schedule needs a name that leaves room for the days of its runs; write a shorter one, "
          + "here or as `dataset`"
      )
    }
    let schedule = ReportSchedule(
      name: id,
      every: every,
      times: times,
      first: first,
      delta: delta,
      ownDelta: try Self.delta(keys)
    )
    if let first, !schedule.endsInCalendar(from: first) {
      throw keys.error("times", "the last run would end after the year 9999; write fewer")
    }
    if let window, let first { try Self.check(window, of: schedule, from: first, top) }
    self.schedule = schedule
    self.window =
      signals.columns[.time] == nil
      ? nil : first.map { schedule.window(of: 0, from: $0, like: window) }
  }

  /// The delta of all runs together, where the schedule gives it.
  private static func delta(_ keys: MappingReader) throws(SpecificationError) -> Rational? {
    guard let field = keys.optional("delta") else { return nil }
    let delta = try field.rational()
    guard delta.signum > 0, delta < .one else {
      throw field.error("the delta of a schedule is above 0 and below 1; write one such as 1e-9")
    }
    return delta
  }

  /// The day on which the first period begins, where the spec says it.
  private static func first(
    _ top: MappingReader,
    _ keys: MappingReader,
    _ every: SchedulePeriod,
    _ window: TimeWindow?
  ) throws(SpecificationError) -> CivilDay? {
    var first = window.map { CivilDay(ofSecond: $0.from) }
    if let field = keys.optional("from") {
      let text = try field.text()
      guard let day = CivilDay(text) else {
        throw field.error("`\(text)` is not a day; write one such as 2026-11-30")
      }
      if let first, first != day {
        throw field.error(
          "the schedule begins on \(day.label) and the window on \(first.label); write the same "
            + "day, or leave `from` out"
        )
      }
      first = day
    }
    guard let first, !every.canBegin(on: first) else { return first }
    let message =
      "a monthly schedule begins on a day that every month has, from 1 to "
      + "\(SchedulePeriod.lastDayOfMonth), and not on \(first.label); write another day"
    throw keys.optional("from")?.error(message) ?? top.error("window", message)
  }

  /// Refuses a window that reaches into that of the next run.
  private static func check(
    _ window: TimeWindow,
    of schedule: ReportSchedule,
    from first: CivilDay,
    _ top: MappingReader
  ) throws(SpecificationError) {
    // A part of a month keeps its length, so it has to fit the shortest.
    let next = schedule.every.day(1, from: first).firstSecond
    let late = window.from - first.firstSecond
    let longest =
      schedule.every == .month
      ? SchedulePeriod.lastDayOfMonth * CivilDay.seconds : next - first.firstSecond
    let isWhole = window.to - late == next
    guard isWhole || window.to - window.from <= longest else {
      let period = schedule.every.rawValue
      throw top.error(
        "window",
        "it is longer than the \(period) of a run, so it overlaps the next run's, which would "
          + "count signals twice; write at most one \(period)"
          + (schedule.every == .month ? ", whole or up to 28 days of it" : "")
      )
    }
  }
}
