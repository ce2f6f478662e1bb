// TimestampTests.swift: points in time, case by case and against the Foundation calendar.
// Reference: [RFC3339].
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Timestamps` {
  @Test(arguments: [
    ("1970-01-01", 0), ("2026-11-01", 1_793_491_200), ("2026-11-01T00:00:00Z", 1_793_491_200),
    ("2026-11-01t00:00:00z", 1_793_491_200), ("2026-11-01 10:20", 1_793_528_400),
    ("2026-11-01T10:20Z", 1_793_528_400), ("2026-11-01T10:20:30.999+01:00", 1_793_524_830),
    ("2026-11-01T10:20:30,5-0130", 1_793_533_830), ("2026-11-01T10:20:30+05", 1_793_510_430),
    ("2024-02-29", 1_709_164_800), ("2000-02-29", 951_782_400), ("1969-12-31T23:59:59.5Z", -1),
    ("2016-12-31T23:59:60Z", 1_483_228_799), ("0000-01-01", -62_167_219_200),
    ("9999-12-31T23:59:59Z", 253_402_300_799), ("0", 0), ("-1", -1), ("-1.5", -2), ("-0.0", 0),
    ("1793491200", 1_793_491_200), ("1793491200.999", 1_793_491_200), ("007", 7),
  ])
  func `are read`(text: String, seconds: Int64) {
    #expect(withSlice(text, Timestamp.seconds) == seconds)
  }

  @Test(arguments: [
    "", "-", ".", ".5", "1.", "+1", "1e9", " 1", "1 ", "1234567890123456", "2023-02-29",
    "1900-02-29", "2026-13-01", "2026-00-01", "2026-11-31", "2026-11-00", "2026-11-01T",
    "2026-11-01T10", "2026-11-01T24:00", "2026-11-01T10:60", "2026-11-01T10:20:61",
    "2026-11-01T10:20:30.", "2026-11-01T10:20:30+24:00", "2026-11-01T10:20:30+1",
    "2026-11-01T10:20:30 ", "2026-11-01x", "2026-1-01", "20261101T00", "2026-11-0", "yesterday",
    "2026-11-01T10:20:30+01:0", "2026/11/01",
  ])
  func `are refused`(text: String) {
    #expect(withSlice(text, Timestamp.seconds) == nil)
  }

  @Test(arguments: [
    ("2024-12-30", "2025-W01", "2024-12"), ("2027-01-03", "2026-W53", "2027-01"),
    ("2021-01-01", "2020-W53", "2021-01"), ("2018-12-31", "2019-W01", "2018-12"),
    ("2026-11-01", "2026-W44", "2026-11"), ("1970-01-01", "1970-W01", "1970-01"),
  ])
  func `belong to days, weeks and months`(text: String, week: String, month: String) throws {
    let seconds = try #require(withSlice(text, Timestamp.seconds))
    let day = CivilDay(ofSecond: seconds + 86_399)
    #expect(day.label == text)
    #expect(day.weekLabel == week)
    #expect(day.monthLabel == month)
  }

  @Test func `agree with the Foundation calendar on random days`() throws {
    var random = SeededGenerator(seed: 7)
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    let parts: Set<Calendar.Component> = [
      .year, .month, .day, .weekOfYear, .yearForWeekOfYear, .hour, .minute, .second,
    ]
    for _ in 0..<1000 {
      // From 1601 on, where both calendars are Gregorian.
      let seconds = Int64.random(in: -11_644_473_600...250_000_000_000, using: &random)
      let date = calendar.dateComponents(
        parts,
        from: Date(timeIntervalSince1970: TimeInterval(seconds))
      )
      let day = CivilDay(ofSecond: seconds)
      func padded(_ value: Int?, _ width: Int) -> String {
        let digits = String(value ?? -1)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
      }
      let name = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
      #expect(day.label == name)
      #expect(
        day.weekLabel
          == "\(padded(date.yearForWeekOfYear, 4))-W\(padded(date.weekOfYear, 2))"
      )
      let text =
        "\(name)T\(padded(date.hour, 2)):\(padded(date.minute, 2)):\(padded(date.second, 2))Z"
      #expect(Timestamp.text(seconds) == text)
      #expect(withSlice(text, Timestamp.seconds) == seconds)
      #expect(CivilDay(name) == day)
      #expect(day.monday.label <= name)
      #expect(day.number - day.monday.number <= 6)
    }
  }
}
