// ScheduleForgeries.swift: releases that claim to be another run, or to have cost less than they did.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension SampleRelease {
  /// The second of thirty daily runs, at the price of the certified rule.
  static let certifiedRun = SampleRelease(
    window: ["2026-11-02", "2026-11-03"],
    schedule: (.day, 30, 2, Rational(1, 100_000_000))
  )
  /// The first of three monthly runs, at the price of the sum.
  static let summedRun = SampleRelease(schedule: (.month, 3, 1, .zero))
}

extension Forgery {
  private static func run(
    _ name: String,
    _ edits: [(String, String)],
    finding: String
  ) -> Forgery {
    Forgery("certified run: " + name, of: .certifiedRun, edits, finding: finding)
  }

  private static func summed(
    _ name: String,
    _ edits: [(String, String)],
    finding: String
  ) -> Forgery {
    Forgery("summed run: " + name, of: .summedRun, edits, finding: finding)
  }

  private static let cost = "schedule.epsilon and .delta: the release has epsilon "
  private static let delta = "\"delta\":\"1/100000000\""
  /// What the thirty runs cost, to twelve digits, and a grain less and more.
  private static let price = certified.description
  private static let certified: Rational = {
    (try? SampleRelease.certifiedRun.body().schedule?.price.loss.epsilon) ?? .zero
  }()
  private static let grain = Rational(1, BigInteger(10).power(10))

  private static func epsilon(_ value: Rational) -> (String, String) {
    ("\"epsilon\":\"\(price)\"", "\"epsilon\":\"\(value)\"")
  }

  /// Forged schedules.
  static let ofSchedules: [Forgery] = [
    run(
      "another name in the ledger",
      [("\"signals-2026.weekly-intent\"", "\"signals-2026.weekly\"")],
      finding: "schedule.name: the release has signals-2026.weekly; it should have signals-2026."
    ),
    run("price understated by a grain", [epsilon(certified - grain)], finding: cost),
    run("price halved", [epsilon(certified / 2)], finding: cost),
    run("price overstated by ten grains", [epsilon(certified + 10 * grain)], finding: cost),
    run("price of the sum", [epsilon(30)], finding: cost),
    run("delta understated", [(delta, "\"delta\":\"1/200000000\"")], finding: cost),
    run("delta of zero", [(delta, "\"delta\":\"0\"")], finding: cost),
    run(
      "delta too small to derive a price for",
      [(delta, "\"delta\":\"1/1\(String(repeating: "0", count: 101))\"")],
      finding: cost
    ),
    run("rule swapped", [("\"certified\"", "\"sum\"")], finding: cost),
    run(
      "rule swapped, with the price of the sum but a delta",
      [("\"certified\"", "\"sum\""), epsilon(30)],
      finding: cost
    ),
    run(
      "fewer runs",
      [("\"times\":30", "\"times\":20")],
      finding: "schedule.days: the release has 2026-11-30; it should have 2026-11-20,"
    ),
    run(
      "fewer runs, with the last day to match",
      [("\"times\":30", "\"times\":20"), ("\"2026-11-30\"", "\"2026-11-20\"")],
      finding: cost
    ),
    run(
      "more runs, with the last day to match",
      [("\"times\":30", "\"times\":31"), ("\"2026-11-30\"", "\"2026-12-01\"")],
      finding: cost
    ),
    run(
      "a run past the last",
      [("\"run\":2", "\"run\":31")],
      finding: "schedule.run: the release has 31; it should have 1 to 30,"
    ),
    run(
      "another run",
      [("\"run\":2", "\"run\":3")],
      finding: "schedule.day: the release has 2026-11-02; it should have 2026-11-03,"
    ),
    run(
      "a day outside",
      [("\"day\":\"2026-11-02\"", "\"day\":\"2026-12-01\"")],
      finding: "schedule.day: the release has 2026-12-01; it should have 2026-11-02,"
    ),
    run(
      "a window of another run",
      [
        ("\"from\":\"2026-11-02\"", "\"from\":\"2026-11-03\""),
        ("\"to\":\"2026-11-03\"", "\"to\":\"2026-11-04\""),
      ],
      finding: "query.window: the release has 2026-11-03 to 2026-11-04;"
    ),
    run(
      "a window that reaches into the next run's",
      [("\"to\":\"2026-11-03\"", "\"to\":\"2026-11-03T00:00:01Z\"")],
      finding: "query.window: the release has 2026-11-02 to 2026-11-03T00:00:01Z;"
    ),
    run(
      "longer periods",
      [("\"every\":\"day\"", "\"every\":\"week\"")],
      finding: "schedule.days: the release has 2026-11-30; it should have 2027-05-23,"
    ),
    run(
      "no measure",
      [("\"every\":\"day\"", "\"every\":\"hour\"")],
      finding: "the file: the release has a fault in its form (schedule.every"
    ),
    run(
      "no run",
      [("\"run\":2", "\"run\":0")],
      finding: "the file: the release has a fault in its form (schedule.run"
    ),
    run(
      "a day that does not exist",
      [("\"day\":\"2026-11-02\"", "\"day\":\"2026-11-31\"")],
      finding: "the file: the release has a fault in its form (schedule.day"
    ),
    run(
      "one day",
      [("[\"2026-11-01\",\"2026-11-30\"]", "[\"2026-11-01\"]")],
      finding: "the file: the release has a fault in its form (schedule.days"
    ),
    run(
      "a rule of its own",
      [("\"certified\"", "\"free\"")],
      finding: "the file: the release has a fault in its form (schedule.rule"
    ),
    run(
      "without its rule",
      [("\"rule\":\"certified\",", "")],
      finding: "the file: the release has a fault in its form (schedule.rule"
    ),
    run(
      "with something more",
      [("\"rule\":\"certified\"", "\"paid\":true,\"rule\":\"certified\"")],
      finding: "the file: the release has a fault in its form (schedule.paid"
    ),
    summed(
      "price understated",
      [("\"delta\":\"0\",\"epsilon\":\"3\"", "\"delta\":\"0\",\"epsilon\":\"2\"")],
      finding: cost
    ),
    summed(
      "delta claimed",
      [("\"delta\":\"0\",\"epsilon\":\"3\"", "\"delta\":\"1/1000\",\"epsilon\":\"3\"")],
      finding: cost
    ),
    summed("rule swapped", [("\"rule\":\"sum\"", "\"rule\":\"certified\"")], finding: cost),
    summed(
      "a first day that not every month has",
      [("\"days\":[\"2026-11-01\"", "\"days\":[\"2026-10-31\"")],
      finding: "schedule.days: the release has 2026-10-31; it should have a day on which"
    ),
  ]
}
