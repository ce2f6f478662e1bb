// StatisticsForgeries.swift: releases with sums and what is derived, genuine and forged.
// Reference: `docs/measures.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension SampleRelease {
  /// A grid of halves, from -5/2 to 10: the middle is 7/2.
  static let halves: ValueRange = {
    guard let range = try? ValueRange(grid: Rational(1, 2), low: Rational(-5, 2), high: 10) else {
      preconditionFailure("a range")
    }
    return range
  }()

  private static let bins: [[Int64]] = [
    [30, 60, 20, 10], [0, 5, 9, 26], [100, 100, 100, 0], [-3, 4, 5, 3], [0, 0, -2, 1],
    [70, 2, 1, 2],
  ]

  /// Signals, a sum and a deviation, with everything that is derived.
  static let values: SampleRelease = {
    var form = StatisticsForm(confidence: Rational(19, 20))
    form.hasMean = true
    form.share = .over("intent")
    form.top = ("region", 2)
    form.quantiles = StatisticsForm.Histogram(
      thresholds: [Rational(-1, 2), 1, Rational(5, 2)],
      ranks: [Rational(1, 4), Rational(1, 2)],
      epsilon: 2,
      bins: bins
    )
    let signals: [Int64] = [120, 40, 300, 9, 0, 75]
    return SampleRelease(
      bounds: (2, 2, nil),
      measures: [.signals, .sum(halves), .deviation(halves)],
      epsilon: 6,
      count: { cell, measure in
        [signals[cell], 1000 - 170 * Int64(cell), 90 * Int64(cell - 2)][measure]
      },
      form: form
    )
  }()

  /// A sum of what each unit has in a cell, and shares of counts that were raised to zero.
  static let cellSums: SampleRelease = {
    var form = StatisticsForm(confidence: Rational(9, 10))
    form.share = .all
    return SampleRelease(
      bounds: (3, 2, 4),
      nonnegative: true,
      measures: [.cellSum(halves), .signals],
      confidence: Rational(9, 10),
      count: { cell, measure in measure == 0 ? Int64(-100 * cell) : Int64(40 - 10 * cell) },
      form: form
    )
  }()

  /// A histogram and nothing else, and shares among so many cells that their noise has a bound alone.
  static let histogram: SampleRelease = {
    var form = StatisticsForm(confidence: Rational(99, 100))
    form.quantiles = StatisticsForm.Histogram(
      thresholds: (0..<20).map { Rational($0) },
      ranks: [Rational(1, 3)],
      epsilon: Rational(1, 3),
      bins: (0..<6).map { cell in (0..<21).map { Int64(cell * $0 * 7) } }
    )
    return SampleRelease(
      window: ["2026-11-02", "2026-11-03"],
      confidence: Rational(99, 100),
      schedule: (.day, 3, 2, .zero),
      form: form
    )
  }()

  static let manyShares: SampleRelease = {
    var form = StatisticsForm(confidence: Rational(19, 20))
    form.share = .over("region")
    return SampleRelease(
      keys: [("intent", ["x", "y"]), ("region", (0..<60).map { "r\($0)" })],
      measures: [.signals],
      form: form
    )
  }()

  /// A run of a schedule whose histogram is priced by the certified rule.
  static let histogramRun: SampleRelease = {
    var sample = histogram
    sample.bounds = (3, 2, nil)
    sample.schedule = (.day, 200, 2, Rational(1, 1_000_000_000))
    return sample
  }()

  static let ofValues = [values, cellSums, histogram, manyShares, histogramRun]
}

extension Forgery {
  private static func value(_ old: String, _ new: String, _ finding: String) -> Forgery {
    Forgery("values: \(old) becomes \(new)", of: .values, [(old, new)], finding: finding)
  }

  private static let form = "the file: the release has a fault"

  /// Forged sums and forged derivations.
  static let ofStatistics: [Forgery] = [
    // The range and the grid of a sum fix its sensitivity.
    value("\"range\":[\"-5/2\",\"10\"]", "\"range\":[\"-5/2\",\"5\"]", "measures[1] (sum).sensiti"),
    value("\"name\":\"sum\",", "\"name\":\"sum\",\"per_cell\":true,", "measures[1] (sum).sensiti"),
    value("\"name\":\"sum\",", "\"name\":\"sum\",\"per_cell\":false,", form),
    value("\"range\":[\"-5/2\",\"10\"]", "\"range\":[\"-5/2\",\"41/4\"]", form),
    value("\"range\":[\"-5/2\",\"10\"]", "\"range\":[\"10\",\"-5/2\"]", form),
    value("\"range\":[\"-5/2\",\"10\"]", "\"range\":[\"-5/2\"]", form),
    value("\"grid\":\"1/2\"", "\"grid\":\"1/4\"", "measures[1] (sum).sensitivity"),
    value("\"grid\":\"1/2\"", "\"grid\":\"1/3\"", form),
    value("\"grid\":\"1/2\",", "", form),
    value("\"name\":\"signals\",", "\"name\":\"signals\",\"range\":[\"0\",\"1\"],", form),
    value(
      "\"sensitivity\":80,",
      "\"sensitivity\":40,",
      "measures[1] (sum).sensitivity: the release has 40; it should have 80,"
    ),
    value("\"name\":\"deviation\"", "\"name\":\"mean\"", form),
    // What was derived.
    value("\"high\":\"805/254\"", "\"high\":\"800/254\"", form),
    value("\"high\":\"805/254\"", "\"high\":\"3\"", "statistics.mean.cells[0]"),
    value("\"estimate\":\"11/4\",", "", "statistics.mean.cells[0]"),
    value("{\"high\":\"10\",\"low\":\"19/2\"}", "{}", "statistics.mean.cells[4]"),
    value("\"deviation_half_width\":96", "\"deviation_half_width\":95", "statistics.mean.dev"),
    value("\"signals_half_width\":7", "\"signals_half_width\":6", "statistics.mean.signals_half"),
    value("\"low\":\"113/160\"", "\"low\":\"114/161\"", "statistics.share.cells[0]"),
    value("\"over\":\"intent\"", "\"over\":\"region\"", "statistics.share"),
    value("\"over\":\"intent\"", "\"over\":\"stage\"", "statistics.share"),
    value("\"rest_half_width\":7", "\"rest_half_width\":8", "statistics.share.rest_half_width"),
    value(
      "{\"estimate\":\"1\",\"high\":\"1\",\"low\":\"68/75\"}",
      "{}",
      "statistics.share.cells[5]"
    ),
    value("[30,60,20,10]", "[30,60,20]", "statistics.quantiles.bins"),
    value("[30,60,20,10]", "[3000,60,20,10]", "statistics.quantiles.cells[0]"),
    value("[[30,60,20,10],", "[", "statistics.quantiles.bins"),
    value(
      "{\"estimate\":\"-1/2\",\"high\":\"1\"}",
      "{\"high\":\"1\"}",
      "statistics.quantiles.cells"
    ),
    value("\"at\":[\"1/4\",\"1/2\"]", "\"at\":[\"1/2\",\"1/4\"]", "statistics.quantiles.at"),
    value("\"at\":[\"1/4\",\"1/2\"]", "\"at\":[\"1/4\",\"1\"]", "statistics.quantiles.at"),
    value("\"at\":[\"1/4\",\"1/2\"]", "\"at\":[]", "statistics.quantiles.at"),
    value("[\"-1/2\",\"1\",\"5/2\"]", "[\"-1/2\",\"1\",\"1\"]", "statistics.quantiles.thresholds"),
    value("[\"-1/2\",\"1\",\"5/2\"]", "[\"-1/2\",\"2\",\"5/2\"]", "statistics.quantiles.cells[0]"),
    value("\"best\":1", "\"best\":2", "statistics.top.groups[0]"),
    value("\"worst\":2", "\"worst\":3", "statistics.top.groups[0]"),
    value("\"k\":2", "\"k\":1", "statistics.top.groups[0]"),
    value("\"k\":2", "\"k\":4", "statistics.top.k"),
    value("\"key\":\"region\"", "\"key\":\"stage\"", "statistics.top"),
    value("\"others\":[\"home.loan\"]", "\"others\":[\"auto.suv\"]", "statistics.top.groups[1]"),
    value(
      "\"statistics\":{\"confidence\":\"19/20\"",
      "\"statistics\":{\"confidence\":\"9/10\"",
      "statistics.confidence"
    ),
    Forgery(
      "values: a histogram for less",
      of: .values,
      [("\"epsilon\":\"8\"", "\"epsilon\":\"6\"")],
      finding: "privacy.epsilon: the release has 6; it should have 8, the sum"
    ),
    Forgery(
      "values: a histogram with less noise",
      of: .values,
      [
        (
          "\"scale\":\"2\",\"sensitivity\":4,\"thresholds\"",
          "\"scale\":\"1\",\"sensitivity\":2,\"thresholds\""
        )
      ],
      finding: "statistics.quantiles.sensitivity: the release has 2; it should have 4"
    ),
    Forgery(
      "values: nothing that is derived",
      of: .manyShares,
      [(",\"share\":{\"cells\":[", ",\"shares\":{\"cells\":[")],
      finding: form
    ),
    Forgery(
      "cell sums: a sum below zero where it cannot be",
      of: .cellSums,
      [("\"range\":[\"-5/2\",\"10\"]", "\"range\":[\"0\",\"10\"]")],
      finding: "cells[1]: the release has a count below zero"
    ),
    Forgery(
      "cell sums: the half-width of a sum of raised counts",
      of: .cellSums,
      [("\"rest_half_width\":", "\"rest_half_width\":1")],
      finding: "statistics.share.rest_half_width"
    ),
    Forgery(
      "a run whose histogram is not paid",
      of: .histogram,
      [("\"epsilon\":\"4\",\"every\"", "\"epsilon\":\"3\",\"every\"")],
      finding: "schedule.epsilon and .delta"
    ),
  ]
}
