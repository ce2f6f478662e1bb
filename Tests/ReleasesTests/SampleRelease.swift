// SampleRelease.swift: releases for tests, made as the pipeline makes them but with given counts.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import ExactArithmetic
import PrivacyAccounting
import Releases
import TestSupport

/// What a sample release is made of; every part has a default.
struct SampleRelease: Sendable {
  var name = "weekly-intent"
  var unit = PrivacyUnit.person
  /// Whether it says what the unit means for a person.
  var saysPerson = false
  var bounds = (cells: 4, signals: 2, total: 6 as Int?)
  var keys: [(name: String, values: [String])] = [
    ("region", ["01001", "06037", "36061"]), ("intent", ["auto.suv", "home.loan"]),
  ]
  var fileSHA256: String? = digest(of: "counties.csv")
  var filters = ["source": ["voice", "search"]]
  var window: [String]? = ["2026-11-01", "2026-12-01"]
  var consent = true
  /// The purpose that a registry had to allow.
  var purpose: String? = nil
  var nonnegative = false
  var measures: [Measure] = [.signals, .units]
  var epsilon = Rational(1)
  /// The share of each measure; equal ones where there are none.
  var shares: [Rational] = []
  var confidence = Rational(19, 20)
  /// The count of a measure in a cell, by the index of each.
  var count: @Sendable (Int, Int) -> Int64 = { Int64($0 * 37 % 101 * 5 - 12 - $1 * 3) }
  var analyst: PrivacyLoss? = nil
  var pinned = true
  /// Whether the runs are priced as ones that share no unit.
  var isDisjoint = false
  /// The levels of regions that lie in one another.
  var hierarchy: SampleHierarchy? = nil
  /// The runs that it is one of: how often, how many, the number from 1, and the delta of all, which
  /// are priced by the sum rule where it is zero.
  var schedule: (every: SchedulePeriod, times: Int, run: Int, delta: Rational)? = nil
  /// The arity, horizon and period of running counts.
  var continual: (arity: Int, horizon: Int, t: Int)? = nil
  /// How regions were told from coordinates.
  var places: ReleasedPlaces? = nil
  /// What is derived from the numbers, and a histogram, whose epsilon comes on top.
  var form: StatisticsForm? = nil

  static func digest(of text: String) -> String {
    SHA256.hash(data: Array(text.utf8)).map { byte in
      let digits = Array("0123456789abcdef")
      return "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }

  /// Every combination of the listed values, the last key fastest.
  private var combinations: [[String]] {
    keys.reduce([[]]) { heads, key in heads.flatMap { head in key.values.map { head + [$0] } } }
  }

  /// What was asked.
  private var query: ReleaseQuery {
    ReleaseQuery(
      keys: keys.map { key in
        ReleasedKey(
          name: key.name,
          count: key.values.count,
          listSHA256: Self.digest(of: key.values.map { $0 + "\n" }.joined()),
          fileSHA256: key.name == keys.first?.name ? fileSHA256 : nil
        )
      },
      filters: filters,
      window: runningWindow ?? window,
      consent: consent,
      purpose: purpose,
      nonnegative: nonnegative
    )
  }

  /// What the unit means for a person, over a window of dates.
  private func person() throws -> PersonLoss {
    let ends = window?.compactMap { CivilDay($0)?.firstSecond } ?? []
    return PersonLoss(
      of: unit,
      loss: try PrivacyLoss(epsilon: epsilon),
      selection: nil,
      within: ends.count == 2 ? (ends[0], ends[1]) : nil
    )
  }

  /// The body, with the levels of its regions where there are any.
  func body() throws -> ReleaseBody {
    let body = try flatBody()
    return try hierarchy?.applied(to: body) ?? body
  }

  private func flatBody() throws -> ReleaseBody {
    let bounds = try ContributionBounds(
      cellsPerUnit: bounds.cells,
      signalsPerCell: bounds.signals,
      signalsPerUnit: bounds.total
    )
    let combinations = combinations
    let tree = tree
    let parts = measures.indices.map { index in
      epsilon * (shares.isEmpty ? 1 / Rational(measures.count) : shares[index])
    }
    let released = zip(measures, parts).map { measure, share in
      let sensitivity = bounds.sensitivity(of: measure) * BigInteger(tree?.levels ?? 1)
      let law = DiscreteLaplaceLaw(scale: Rational(sensitivity) / share)
      let sum = DiscreteLaplaceSum(of: law, draws: tree?.draws(at: continual?.t ?? 1) ?? 1)
      let alpha = .one - confidence
      return ReleasedMeasure(
        measure: measure,
        scale: law.scale,
        sensitivity: sensitivity,
        epsilon: share,
        halfWidth: sum.halfWidth(alpha: alpha),
        simultaneousHalfWidth: sum.halfWidth(alpha: alpha, cells: combinations.count),
        confidence: confidence
      )
    }
    let cells = combinations.enumerated().map { index, values in
      ReleasedCell(
        values: values,
        counts: measures.indices.map {
          nonnegative && measures[$0].isNeverNegative
            ? max(0, count(index, $0)) : count(index, $0)
        }
      )
    }
    let histogram = form?.quantiles?.epsilon
    return ReleaseBody(
      id: try ReleaseID("2026-11-weekly-1"),
      name: name,
      dataset: "signals-2026",
      created: "2026-12-02T08:15:00Z",
      specSHA256: Self.digest(of: "spec"),
      privacy: ReleasePrivacy(
        unit: unit,
        loss: try PrivacyLoss(epsilon: epsilon + (histogram ?? .zero)),
        person: saysPerson ? try person() : nil
      ),
      bounds: bounds,
      query: query,
      measures: released,
      cells: cells,
      statistics: form?.derived(bounds, query, released, cells),
      remaining: RemainingBudget(
        lifetime: try PrivacyLoss(epsilon: 9, delta: Rational(1, 1_000_000_000)),
        daily: try PrivacyLoss(epsilon: Rational(1, 3)),
        analyst: analyst
      ),
      schedule: try place(schedule, Array(zip(measures, parts)), within: bounds) ?? horizon(),
      places: places,
      continual: running(released, cells)
    )
  }

  /// The place among the runs, the first of which begins with the window.
  private func place(
    _ schedule: (every: SchedulePeriod, times: Int, run: Int, delta: Rational)?,
    _ measures: [(Measure, Rational)],
    within bounds: ContributionBounds
  ) throws -> ReleasedSchedule? {
    guard let schedule, let day = CivilDay(window?[0].prefix(10) ?? "2026-11-02") else {
      return nil
    }
    let first = day + (schedule.every == .day ? Int64(1 - schedule.run) : 0)
    let loss = ScheduleLoss(
      of: measures.map { (measure: $0, epsilon: $1) },
      histogram: form?.quantiles?.epsilon,
      within: bounds,
      times: schedule.times,
      isDisjoint: isDisjoint
    )
    let certified = loss.certified(delta: schedule.delta)
    return ReleasedSchedule(
      name: try ReleasedSchedule.name(dataset: "signals-2026", spec: name) ?? ReleaseID("none"),
      every: schedule.every,
      first: first.label,
      last: schedule.every.day(schedule.times - 1, from: first).label,
      times: schedule.times,
      run: schedule.run,
      day: schedule.every.day(schedule.run - 1, from: first).label,
      price: loss.disjoint ?? certified ?? loss.sum
    )
  }

  /// The release, with a receipt that fits the body.
  func release() throws -> Release {
    let body = try body()
    return Release(
      body: body,
      receipt: LedgerReceipt(
        position: 17,
        head: Self.digest(of: "entry 17"),
        previous: Self.digest(of: "entry 16"),
        bodySHA256: Self.digest(of: String(decoding: body.encoded(), as: UTF8.self)),
        dataPinned: pinned
      )
    )
  }

  /// The text of `release.json`.
  func text() throws -> String {
    String(decoding: try release().encoded(), as: UTF8.self)
  }
}
