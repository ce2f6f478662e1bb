// WindowForgeries.swift: releases whose window is none, or is not that of their run.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension SampleRelease {
  /// The first of three daily runs that group by the day.
  static let runByDay = SampleRelease(
    keys: [("day", ["2026-11-01"])],
    window: ["2026-11-01", "2026-11-02"],
    schedule: (.day, 3, 1, .zero)
  )
  /// The first of three daily runs that protect each day of a person.
  static let runOfPersonDays = SampleRelease(
    unit: .personDay,
    window: ["2026-11-01", "2026-11-02"],
    schedule: (.day, 3, 1, .zero)
  )
}

extension Forgery {
  private static let from = "\"from\":\"2026-11-01\""
  private static let to = "\"to\":\"2026-12-01\""

  private static func window(_ from: String, _ to: String) -> Forgery {
    Forgery(
      "window from \(from) to \(to)",
      [(Self.from, "\"from\":\"\(from)\""), (Self.to, "\"to\":\"\(to)\"")],
      finding: "query.window: the release has \(from) to \(to); it should have two dates or times"
    )
  }

  private static func run(_ from: String, _ to: String) -> Forgery {
    Forgery(
      "certified run: window from \(from) to \(to)",
      of: .certifiedRun,
      [
        ("\"from\":\"2026-11-02\"", "\"from\":\"\(from)\""),
        ("\"to\":\"2026-11-03\"", "\"to\":\"\(to)\""),
      ],
      finding: "query.window: the release has \(from) to \(to);"
    )
  }

  private static let removed = (",\"window\":{\"from\":\"2026-11-01\",\"to\":\"2026-11-02\"}", "")
  private static let missing =
    "query.window: the release has none; it should have the run's own period"

  /// Forged windows.
  static let ofWindows: [Forgery] = [
    window("2026-11-01", "1999-01-01"), window("2026-11-01", "2026-11-01"),
    window("from 2026-11-01 and all before", "2026-12-01"),
    window("2026-11-01", "2026-11-31"), window("2026-11-01", "2026-12-01T24:00:00Z"),
    window("2026-11-01", "2026-12-01T"), window("2026-11-01", "2026-12-01T10"),
    window("2026-11-01", "2026-12-01T10:00:00."), window("2026-11-01", "2026-12-01T10:00:00Z "),
    window("2026-11-01T00:30:00Z", "2026-11-01T01:00:00+00:30"),
    run("2026-11-02", "1999-01-01"), run("2026-11-02 and all before", "2026-11-03"),
    run("2026-11-02T00:00:00+05:00", "2026-11-03"),
    run("2026-11-02", "2026-11-02T23:00:00-02:00"),
    Forgery("run by day: no window", of: .runByDay, [removed], finding: missing),
    Forgery("run of days: no window", of: .runOfPersonDays, [removed], finding: missing),
  ]
}
