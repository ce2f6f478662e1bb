// ReleasedSchedule.swift: the place of a release among the runs that were declared with it.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// The place of a release among the runs of a declared schedule, and what all of them cost.
///
/// - Privacy: The price covers every run, made or not, and was paid before the first; the loss of the
///   release itself is a part of it and costs nothing more.
public struct ReleasedSchedule: Sendable, Hashable {
  /// The name of the schedule in the ledger.
  public let name: ReleaseID
  /// How long each period is.
  public let every: SchedulePeriod
  /// The day on which the first period begins, `YYYY-MM-DD`.
  public let first: String
  /// The day on which the last period begins.
  public let last: String
  /// The number of runs.
  public let times: Int
  /// The number of this run, from 1.
  public let run: Int
  /// The day on which the period of this run begins.
  public let day: String
  /// What all runs together cost.
  public let price: SchedulePrice

  /// Makes the record.
  public init(
    name: ReleaseID,
    every: SchedulePeriod,
    first: String,
    last: String,
    times: Int,
    run: Int,
    day: String,
    price: SchedulePrice
  ) {
    self.name = name
    self.every = every
    self.first = first
    self.last = last
    self.times = times
    self.run = run
    self.day = day
    self.price = price
  }

  /// Says where a run stands, at the price that the ledger charged.
  package init(_ run: ScheduledRun, price: SchedulePrice) {
    self.init(
      name: run.name,
      every: run.every,
      first: run.days.first ?? run.day,
      last: run.days.last ?? run.day,
      times: run.days.count,
      run: run.index + 1,
      day: run.day,
      price: price
    )
  }
}

extension JSONWriter {
  /// Appends the place among the runs of a schedule, on one line.
  mutating func schedule(_ schedule: ReleasedSchedule) {
    raw("{\"day\":")
    string(schedule.day)
    raw(",\"days\":")
    strings([schedule.first, schedule.last])
    raw(",\"delta\":")
    rational(schedule.price.loss.delta)
    raw(",\"epsilon\":")
    rational(schedule.price.loss.epsilon)
    raw(",\"every\":")
    string(schedule.every.rawValue)
    raw(",\"name\":")
    string(schedule.name.description)
    raw(",\"rule\":")
    string(schedule.price.rule.rawValue)
    raw(",\"run\":")
    integer(Int64(schedule.run))
    raw(",\"times\":")
    integer(Int64(schedule.times))
    raw("}")
  }
}

extension JSONCursor {
  /// Reads the place among the runs of a schedule.
  mutating func schedule() throws(ReleaseDecodingError) -> ReleasedSchedule {
    var name: ReleaseID?
    var every: SchedulePeriod?
    var days: [String]?
    var (epsilon, delta): (Rational?, Rational?)
    var rule: PricingRule?
    var (run, times): (Int?, Int?)
    var day: String?
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "name": name = try cursor.releaseID()
      case "every": every = try cursor.choice(SchedulePeriod.self)
      case "days":
        var labels: [String] = []
        try cursor.array { cursor throws(ReleaseDecodingError) in labels.append(try cursor.day()) }
        guard labels.count == 2 else {
          throw ReleaseDecodingError(.unsuitable(expected: "the first and the last day"))
        }
        days = labels
      case "epsilon": epsilon = try cursor.rational()
      case "delta": delta = try cursor.rational()
      case "rule": rule = try cursor.choice(PricingRule.self)
      case "run": run = try cursor.positive(limit: ScheduleLoss.mostRuns)
      case "times": times = try cursor.positive(limit: ScheduleLoss.mostRuns)
      case "day": day = try cursor.day()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    let labels = try Self.required(days, "days")
    return ReleasedSchedule(
      name: try Self.required(name, "name"),
      every: try Self.required(every, "every"),
      first: labels[0],
      last: labels[1],
      times: try Self.required(times, "times"),
      run: try Self.required(run, "run"),
      day: try Self.required(day, "day"),
      price: SchedulePrice(
        rule: try Self.required(rule, "rule"),
        loss: try Self.loss(epsilon: epsilon, delta: delta)
      )
    )
  }

  /// Reads a day, `YYYY-MM-DD`.
  private mutating func day() throws(ReleaseDecodingError) -> String {
    let text = try string()
    guard CivilDay(text) != nil else {
      throw ReleaseDecodingError(.unsuitable(expected: "a day, YYYY-MM-DD"))
    }
    return text
  }
}
