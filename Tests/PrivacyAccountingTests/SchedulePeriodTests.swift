// SchedulePeriodTests.swift: the days on which the periods of a schedule begin.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Testing

@Suite struct `Periods of a schedule` {
  @Test(arguments: [
    (SchedulePeriod.day, "2026-12-30", ["2026-12-30", "2026-12-31", "2027-01-01"]),
    (.day, "2024-02-28", ["2024-02-28", "2024-02-29", "2024-03-01"]),
    (.week, "2026-12-21", ["2026-12-21", "2026-12-28", "2027-01-04"]),
    (.month, "2026-11-28", ["2026-11-28", "2026-12-28", "2027-01-28"]),
    (.month, "2027-12-01", ["2027-12-01", "2028-01-01", "2028-02-01"]),
  ])
  func `begin by the civil calendar`(
    every: SchedulePeriod,
    first: String,
    labels: [String]
  ) throws {
    let day = try #require(CivilDay(first))
    #expect(every.labels(from: day, times: 3) == labels)
  }

  @Test(arguments: ["2026-11-29", "2026-11-30", "2026-12-31"])
  func `of months begin on a day that every month has`(label: String) throws {
    let day = try #require(CivilDay(label))
    #expect(!SchedulePeriod.month.canBegin(on: day))
    #expect(SchedulePeriod.day.canBegin(on: day) && SchedulePeriod.week.canBegin(on: day))
  }

  @Test(arguments: ["2026-02-29", "2026-13-01", "2026-1-01", "26-11-01", "2026-11-00", "x", ""])
  func `have no day for other texts`(text: String) {
    #expect(CivilDay(text) == nil)
  }
}
