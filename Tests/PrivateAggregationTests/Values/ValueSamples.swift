// ValueSamples.swift: specifications that add up values, and their exact results in the plainest way.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport

@testable import PrivateAggregation

/// Specifications that add up values.
enum ValueSamples {
  static let range = range(-3, 10)

  static func range(_ low: Int, _ high: Int, grid: Rational = 1) -> ValueRange {
    guard
      let range = try? ValueRange(
        grid: grid,
        low: Rational(low) * grid,
        high: Rational(high) * grid
      )
    else { preconditionFailure("a range") }
    return range
  }

  /// Counts, a sum, a deviation and a histogram over the thresholds -1, 2 and 5.
  static func specification(
    files: [String],
    bounds: ContributionBounds,
    sum: Measure = .sum(range),
    privacyUnit: PrivacyUnit = .person
  ) throws -> ReportSpecification {
    let plain = try Samples.specification(files: files, bounds: bounds)
    var values = ValueGrid(range: range(-3, 10), rounding: .nearest)
    if case .cellSum = sum { values = ValueGrid(range: range(-100, 100), rounding: .nearest) }
    var columns = Samples.columns
    columns[.value] = ColumnReference(name: "value")
    columns[.time] = ColumnReference(name: "time")
    let share = Rational(1, 5)
    return ReportSpecification(
      name: plain.name,
      dataset: plain.dataset,
      files: files,
      columns: columns,
      filters: [:],
      window: nil,
      privacyUnit: privacyUnit,
      bounds: bounds,
      groupBy: plain.groupBy,
      cells: plain.cells,
      budget: plain.budget,
      measures: [.signals, .units, sum, .deviation(range)].map {
        MeasureRequest(measure: $0, share: share)
      },
      statistics: StatisticsRequest(
        values: values,
        mean: true,
        quantiles: QuantileRequest(
          thresholds: [-1, 2, 5],
          ranks: [Rational(1, 2)],
          share: share
        )
      ),
      confidence: Rational(19, 20),
      nonnegative: false,
      sha256: String(repeating: "5", count: 64),
      digest: String(repeating: "d", count: 64)
    )
  }

  /// All numbers of a raw aggregate: those of every measure, and the bins.
  struct Numbers: Equatable {
    var counts: [[Int64]]
    var bins: [Int64]
  }

  static func oneByOne(
    _ specification: ReportSpecification,
    seed: UInt64 = 1
  ) throws -> Numbers {
    let plan = try AggregationPlan(specification)
    let raw = try SignalStream(specification)
      .aggregateOneByOne(under: plan, key: Samples.key(seed))
    return Numbers(counts: raw.counts, bins: raw.bins)
  }

  static func parallel(
    _ specification: ReportSpecification,
    seed: UInt64 = 1,
    threads: Int = 2,
    blockSize: Int = 512 << 10,
    memory: MemoryPlan? = nil,
    parts: Int = 8
  ) throws -> Numbers {
    var options = AggregationOptions(threads: threads)
    options.division = memory
    options.blockSize = blockSize
    options.partCount = parts
    let plan = try AggregationPlan(specification)
    var stream = try SignalStream(specification)
    try stream.makeFile(for: plan, options: options)
    let raw = try stream.aggregate(
      under: plan,
      key: Samples.key(seed),
      options: options,
      progress: nil
    )
    return Numbers(counts: raw.counts, bins: raw.bins)
  }

  /// Rows of few units with values in and beyond the range, and some that are none.
  static func rows(_ random: inout SeededGenerator, most: Int = 120) -> [String] {
    let values = ["-7", "-3", "-1", "0", "2", "2.4", "2.5", "5", "9", "10", "12", "", "NaN", "x"]
    return (0..<Int.random(in: 1...most, using: &random)).map { _ in
      let unit = ["a", "b", "c", "someone-with-a-name-of-many-bytes", "d", "e"]
      let fields = [
        unit[Int.random(in: 0..<unit.count, using: &random)],
        ["n", "s", "o"][Int.random(in: 0..<3, using: &random)],
        ["x", "y", "z", "w"][Int.random(in: 0..<4, using: &random)],
        values[Int.random(in: 0..<values.count, using: &random)],
        "2026-11-0\(Int.random(in: 1...9, using: &random))",
      ]
      return fields.joined(separator: ",")
    }
  }

  static func csv(_ rows: [String]) -> String {
    "unit,region,intent,value,time\n" + rows.map { $0 + "\n" }.joined()
  }
}
