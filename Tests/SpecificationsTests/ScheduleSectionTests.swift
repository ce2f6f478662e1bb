// ScheduleSectionTests.swift: schedules in specs, and the span of time of each run.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation
import Testing

@testable import Specifications

@Suite struct `A schedule in a spec` {
  private func run(
    _ index: Int,
    of changes: [String: String?],
    from first: String? = nil
  ) throws -> ReportSpecification {
    let specification = try Samples.read(Samples.spec(changes))
    let schedule = try #require(specification.schedule)
    let day = try #require(first.flatMap(CivilDay.init(_:)) ?? schedule.first)
    return specification.run(index, from: day)
  }

  @Test func `is read with its name, its days and its delta`() throws {
    let specification = try Samples.read(
      Samples.spec([
        "schedule": "{every: week, times: 4, from: 2026-11-02}",
        "budget": "{epsilon: 1, delta: 1e-9}",
      ])
    )
    let schedule = try #require(specification.schedule)
    #expect(schedule.name.description == "signals-2026.weekly")
    #expect(schedule.every == .week && schedule.times == 4)
    #expect(schedule.first?.label == "2026-11-02")
    #expect(schedule.delta == Rational(1, 1_000_000_000))
    #expect(specification.window?.text == ["2026-11-02", "2026-11-09"])
    let open = try Samples.read(Samples.spec(["schedule": "{every: day, times: 2}"]))
    #expect(open.schedule?.first == nil && open.schedule?.delta == nil && open.window == nil)
    #expect(try Samples.read(Samples.spec()).schedule == nil)
  }

  @Test(arguments: [
    ("d", "weekly-2", "d.weekly-2"), ("a b", "x/y", "a-b.x-y-e84221ddfa39"),
    ("-d", "n", "d.n-9679a325bd98"),
    ("d.e", "n", "d.e.n-d104f097b078"), ("日", "報", "schedule-997d76ded2aa"), ("d", "x.y", "d.x.y"),
  ])
  func `has a name that is an id and no other schedule's`(
    dataset: String,
    spec: String,
    name: String
  ) {
    #expect(ReportSchedule.name(dataset: dataset, spec: spec)?.description == name)
  }

  @Test(
    arguments: [
      ([:], "2026-11-30", 1, ["2026-12-01", "2026-12-02"]),
      ([:], "2026-12-31", 364, ["2027-12-30", "2027-12-31"]),
      (["window": "{from: 2026-11-01, to: 2026-11-02}"], nil, 2, ["2026-11-03", "2026-11-04"]),
      (
        ["window": "{from: 2026-11-01T06:00Z, to: 2026-11-02T06:00Z}"], nil, 1,
        ["2026-11-02T06:00:00Z", "2026-11-03T06:00:00Z"]
      ),
      (
        ["window": "{from: 2026-11-01T06:00+06:00, to: 2026-11-01T12:30Z}"], nil, 1,
        ["2026-11-02", "2026-11-02T12:30:00Z"]
      ),
      (
        [
          "window": "{from: 2026-11-01, to: 2026-12-01}",
          "schedule": "{every: month, times: 365, from: 2026-11-01}",
        ], nil, 3, ["2027-02-01", "2027-03-01"]
      ),
      (
        [
          "window": "{from: 2027-01-28, to: 2027-02-25}", "schedule": "{every: month, times: 365}",
        ], nil, 1, ["2027-02-28", "2027-03-28"]
      ),
      (["schedule": "{every: week, times: 365}"], "2026-11-05", 1, ["2026-11-12", "2026-11-19"]),
      (
        [
          "signals": "{files: [signals/*.csv], columns: {unit: user_id, region: fips, intent: i}}"
        ], "2026-11-05", 1, nil
      ),
    ] as [([String: String?], String?, Int, [String]?)]
  )
  func `gives each run its own span of time`(
    changes: [String: String?],
    first: String?,
    index: Int,
    window: [String]?
  ) throws {
    let base = ["schedule": "{every: day, times: 365}"] as [String: String?]
    let run = try run(index, of: base.merging(changes) { $1 }, from: first)
    #expect(run.window?.text == window)
    if let span = run.window {
      #expect(span.from < span.to)
      let ends = span.text.map { Timestamp.calendarSeconds($0) }
      #expect(ends == [span.from, span.to])
    }
  }

  @Test func `never has two runs that count one moment`() throws {
    for (every, length) in [("day", 1), ("week", 7), ("month", 28)] {
      let changes = [
        "schedule": "{every: \(every), times: 40}",
        "window":
          "{from: 2026-01-28, to: \((try #require(CivilDay("2026-01-28")) + Int64(length)).label)}",
      ]
      let spans = try (0..<40).map { try #require(run($0, of: changes).window) }
      for (one, next) in zip(spans, spans.dropFirst()) { #expect(one.to <= next.from) }
    }
  }

  @Test func `gives a run the days that lie in its own window`() throws {
    let changes: [String: String?] = [
      "schedule": "{every: month, times: 4, from: 2027-01-01}", "group_by": "[day, intent]",
      "regions": nil,
    ]
    let days = try (0..<4).map { try run($0, of: changes).cells[.day] }
    #expect(days.map { $0?.values.count } == [31, 28, 31, 30])
    #expect(days[1]?.values.first == "2027-02-01")
    #expect(days[1]?.listSHA256 != days[0]?.listSHA256)
    #expect(try run(1, of: changes).cells[.intent] == run(0, of: changes).cells[.intent])
  }

  @Test(arguments: [
    ("2026-11-01", 0), ("2026-11-07", 0), ("2026-11-08", 1), ("2026-11-28", 3), ("2026-11-29", nil),
    ("2026-10-31", nil),
  ])
  func `finds the run of a day`(label: String, index: Int?) throws {
    let changes = ["schedule": "{every: week, times: 4, from: 2026-11-01}"]
    let schedule = try #require(try Samples.read(Samples.spec(changes)).schedule)
    let day = try #require(CivilDay(label))
    #expect(schedule.index(of: day, from: try #require(schedule.first)) == index)
  }

  @Test(
    arguments: [
      (
        ["schedule": "{every: hour, times: 2}"],
        "10:19: schedule.every: `hour` is not known; write day, week or month"
      ),
      (
        ["schedule": "{every: day}"],
        "10:11: schedule: the key `times` is missing; write `times: 30` under `schedule`"
      ),
      (
        ["schedule": "{times: 2}"],
        "10:11: schedule: the key `every` is missing; write `every: day` under `schedule`"
      ),
      (
        ["schedule": "{every: day, times: 0}"],
        "10:31: schedule.times: `0` is out of range; write a whole number from 1 to 10000"
      ),
      (
        ["schedule": "{every: day, times: 10001}"],
        "10:31: schedule.times: `10001` is out of range; write a whole number from 1 to 10000"
      ),
      (
        ["schedule": "{every: day, times: 2, form: 2026-11-01}"],
        "10:34: schedule: the key `form` is not known; did you mean `from`?"
      ),
      (
        ["schedule": "{every: day, times: 2, from: today}"],
        "10:40: schedule.from: `today` is not a day; write one such as 2026-11-30"
      ),
      (
        [
          "schedule": "{every: day, times: 2, from: 2026-11-02}",
          "window": "{from: 2026-11-01, to: 2026-11-02}",
        ],
        "10:40: schedule.from: the schedule begins on 2026-11-02 and the window on 2026-11-01; write "
          + "the same day, or leave `from` out"
      ),
      (
        ["schedule": "{every: month, times: 2, from: 2026-11-29}"],
        "10:42: schedule.from: a monthly schedule begins on a day that every month has, from 1 to 28, "
          + "and not on 2026-11-29; write another day"
      ),
      (
        [
          "schedule": "{every: day, times: 2}",
          "window": "{from: 2026-11-01, to: 2026-11-02T00:00:01Z}",
        ],
        "11:9: window: it is longer than the day of a run, so it overlaps the next run's, which would "
          + "count signals twice; write at most one day"
      ),
      (
        [
          "schedule": "{every: month, times: 2}", "window": "{from: 2026-11-01, to: 2026-11-30}",
        ],
        "11:9: window: it is longer than the month of a run, so it overlaps the next run's, which "
          + "would count signals twice; write at most one month, whole or up to 28 days of it"
      ),
      (
        ["schedule": "{every: day, times: 2}", "name": String(repeating: "n", count: 110)],
        "1:7: name: a schedule needs a name that leaves room for the days of its runs; write a "
          + "shorter one, here or as `dataset`"
      ),
      (
        ["schedule": "{every: month, times: 200, from: 9990-01-01}"],
        "10:33: schedule.times: the last run would end after the year 9999; write fewer"
      ),
      (
        ["schedule": "{every: day, times: 2, delta: 1}"],
        "10:41: schedule.delta: the delta of a schedule is above 0 and below 1; write one such as 1e-9"
      ),
      (
        [
          "schedule": "{every: day, times: 2}", "group_by": "[day]", "regions": nil, "intents": nil,
        ],
        "5:11: group_by: groups by day without a list; write `from: 2026-11-01` under `schedule`, or "
          + "list the values under `cells: {day: [...]}`"
      ),
    ] as [([String: String?], String)]
  )
  func `is refused with its place and a way out`(changes: [String: String?], problem: String) {
    #expect(Samples.problem(Samples.spec(changes)) == "/data/spec.yaml:" + problem)
  }
}
