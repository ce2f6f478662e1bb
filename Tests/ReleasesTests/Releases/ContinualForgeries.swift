// ContinualForgeries.swift: releases that claim other running counts, errors or prices than they have.
// SPDX-License-Identifier: Apache-2.0

import Releases

extension Forgery {
  private static func running(
    _ name: String,
    _ edits: [(String, String)],
    finding: String
  ) -> Forgery {
    Forgery("running counts: " + name, of: .runningCounts, edits, finding: finding)
  }

  /// Forged running counts: the third of 365 days, in a tree of arity 29 with two levels, at epsilon 1.
  static let ofRunningCounts: [Forgery] = [
    running(
      "a scale of one level, with the sensitivity to match",
      [("\"scale\":\"24\",\"sensitivity\":12", "\"scale\":\"12\",\"sensitivity\":6")],
      finding: "measures[0] (signals).sensitivity: the release has 6; it should have 12,"
    ),
    running(
      "a half-width of one draw",
      [("\"half_width\":119", "\"half_width\":72")],
      finding: "measures[0] (signals).half_width: the release has 72; it should have 119,"
    ),
    running(
      "another period",
      [("\"t\":3", "\"t\":2"), ("\"draws\":3", "\"draws\":2")],
      finding: "continual.t: the release has 2; it should have 3,"
    ),
    running(
      "a shorter horizon",
      [("\"horizon\":365", "\"horizon\":364")],
      finding: "continual.horizon: the release has 364; it should have 365,"
    ),
    running(
      "an even arity",
      [("\"arity\":29", "\"arity\":30")],
      finding: "the file: the release has a fault in its form"
    ),
    running(
      "fewer levels",
      [("\"levels\":2", "\"levels\":1")],
      finding: "the file: the release has a fault in its form"
    ),
    running(
      "fewer draws",
      [("\"draws\":3", "\"draws\":1")],
      finding: "the file: the release has a fault in its form"
    ),
    running(
      "an arity that makes other levels",
      [("\"arity\":29", "\"arity\":31"), ("\"levels\":2", "\"levels\":3")],
      finding: "the file: the release has a fault in its form"
    ),
    running(
      "a smaller variance",
      [("\"17277500217/5000000\"", "\"17277500211/5000000\"")],
      finding: "continual.variances.signals: the release has 17277500211/5000000; it should have "
    ),
    running(
      "a variance less",
      [("\"variances\":{\"signals\":", "\"variances\":{\"signal\":")],
      finding: "continual.variances: the release has signal, units; it should have signals, units"
    ),
    running(
      "a price of one day",
      [
        (
          "\"delta\":\"0\",\"epsilon\":\"1\",\"every\"",
          "\"delta\":\"0\",\"epsilon\":\"1/365\",\"every\""
        )
      ],
      finding:
        "schedule.epsilon and .delta: the release has epsilon 1/365; it should have epsilon 1,"
    ),
    running(
      "the rule of the sum",
      [("\"rule\":\"horizon\"", "\"rule\":\"sum\"")],
      finding: "schedule: the release has no price of a horizon"
    ),
    running(
      "the window of a day",
      [("\"from\":\"2026-11-01\"", "\"from\":\"2026-11-03\"")],
      finding: "query.window: the release has 2026-11-03 to 2026-11-04"
    ),
    running(
      "an earlier count that is missing",
      [("\"values\":{\"signals\":[[-16,-14,-12]", "\"values\":{\"signals\":[[-14,-12]")],
      finding: "continual.series.values.signals: the release has other counts"
    ),
    running(
      "a last count that is not that of the release",
      [("\"values\":{\"signals\":[[-16,-14,-12]", "\"values\":{\"signals\":[[-16,-14,-13]")],
      finding: "continual.series.values.signals: the release has other counts"
    ),
    running(
      "a day of the series moved",
      [("\"days\":[\"2026-11-01\",\"2026-11-02\"", "\"days\":[\"2026-11-01\",\"2026-11-01\"")],
      finding: "continual.series.days: the release has other days"
    ),
    running(
      "half-widths of the series halved",
      [("\"half_widths\":{\"signals\":[72", "\"half_widths\":{\"signals\":[36")],
      finding: "continual.series.half_widths.signals: the release has other half-widths"
    ),
    running(
      "late signals counted",
      [("\"not counted\"", "\"counted\"")],
      finding: "the file: the release has a fault in its form"
    ),
    running(
      "a state with another name than one",
      [("\"state\":\"5a", "\"state\":\"5A")],
      finding: "the file: the release has a fault in its form"
    ),
    Forgery(
      "summed run: the rule of a horizon",
      of: .summedRun,
      [("\"rule\":\"sum\"", "\"rule\":\"horizon\"")],
      finding: "continual: the release has nothing"
    ),
  ]
}
