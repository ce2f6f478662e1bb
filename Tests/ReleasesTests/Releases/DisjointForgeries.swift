// DisjointForgeries.swift: releases that claim a price of runs that share no unit, and share some.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Testing

extension SampleRelease {
  /// The second of thirty daily runs that protect each day of a person.
  static let disjointDays = SampleRelease(
    unit: .personDay,
    window: ["2026-11-02", "2026-11-03"],
    isDisjoint: true,
    schedule: (.day, 30, 2, .zero)
  )
  /// The first of four weekly runs from a Monday that protect each week of a person.
  static let disjointWeeks = SampleRelease(
    unit: .personWeek,
    window: ["2026-11-02", "2026-11-09"],
    isDisjoint: true,
    schedule: (.week, 4, 1, .zero)
  )
}

extension Forgery {
  private static let cost = "schedule.epsilon and .delta: the release has epsilon "

  /// Forged prices.
  static let ofDisjointRuns: [Forgery] = [
    Forgery(
      "disjoint runs: half the price",
      of: .disjointDays,
      [("\"epsilon\":\"1\",\"every\"", "\"epsilon\":\"1/2\",\"every\"")],
      finding: cost + "1/2; it should have epsilon 1, what one run costs"
    ),
    Forgery(
      "disjoint runs: of persons",
      of: .disjointDays,
      [("\"unit\":\"person-day\"", "\"unit\":\"person\"")],
      finding: cost + "1; it should have epsilon 30, the sum, because units may lie in several runs"
    ),
    Forgery(
      "disjoint runs: of weeks, day by day",
      of: .disjointDays,
      [("\"unit\":\"person-day\"", "\"unit\":\"person-week\"")],
      finding: cost + "1; it should have epsilon 30, the sum"
    ),
    Forgery(
      "disjoint runs: from noon to noon",
      of: .disjointDays,
      [
        ("\"from\":\"2026-11-02\"", "\"from\":\"2026-11-02T12:00:00Z\""),
        ("\"to\":\"2026-11-03\"", "\"to\":\"2026-11-03T12:00:00Z\""),
      ],
      finding: cost + "1; it should have epsilon 30, the sum"
    ),
    Forgery(
      "disjoint runs: weeks from a Tuesday",
      of: .disjointWeeks,
      [
        ("\"from\":\"2026-11-02\"", "\"from\":\"2026-11-03\""),
        ("\"to\":\"2026-11-09\"", "\"to\":\"2026-11-10\""),
        ("\"day\":\"2026-11-02\"", "\"day\":\"2026-11-03\""),
        ("\"days\":[\"2026-11-02\",\"2026-11-23\"]", "\"days\":[\"2026-11-03\",\"2026-11-24\"]"),
      ],
      finding: cost + "1; it should have epsilon 4, the sum"
    ),
    Forgery(
      "summed run: as if it shared no unit",
      of: .summedRun,
      [
        ("\"rule\":\"sum\"", "\"rule\":\"disjoint\""),
        ("\"epsilon\":\"3\"", "\"epsilon\":\"1\""),
      ],
      finding: cost + "1; it should have epsilon 3, the sum"
    ),
  ]
}

@Suite struct `Releases of runs that share no unit` {
  @Test(arguments: [SampleRelease.disjointDays, .disjointWeeks])
  func `cost what one run costs, in both verifiers`(sample: SampleRelease) throws {
    let bytes = try sample.release().encoded()
    #expect(ReleaseVerification(of: bytes).findings == [])
    if IndependentVerifier.isAvailable {
      #expect(try IndependentVerifier.verify(bytes).status == 0)
    }
    #expect(try sample.body().schedule?.price.loss == (try PrivacyLoss(epsilon: 1)))
  }
}
