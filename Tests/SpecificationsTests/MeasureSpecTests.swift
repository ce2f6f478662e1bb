// MeasureSpecTests.swift: sums, means, quantiles, shares and rankings in a spec, and mistakes in them.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation
import Testing

@Suite struct `Spec of measures` {
  private static let signals =
    "{files: [signals/*.csv], columns: {unit: user_id, region: fips, intent: intent, value: amount, "
    + "time: at}}"

  private static func spec(_ measures: String, _ more: [String: String?] = [:]) -> String {
    Samples.spec(["signals": signals, "measures": "[\(measures)]"].merging(more) { $1 })
  }

  private static func range(
    _ grid: Rational,
    _ low: Rational,
    _ high: Rational
  ) throws
    -> ValueRange
  {
    try ValueRange(grid: grid, low: low, high: high)
  }

  @Test func `adds up values on a grid, and splits the share of a mean`() throws {
    let spec = try Samples.read(
      Self.spec(
        "{count: units, share: 1/4}, {sum: value, range: [0, 500], grid: 0.01, share: 1/4}, "
          + "{mean: value, range: [-2, 1], grid: 0.01}"
      )
    )
    let cent = Rational(1, 100)
    #expect(
      spec.measures == [
        MeasureRequest(measure: .units, share: Rational(1, 4)),
        MeasureRequest(measure: .sum(try Self.range(cent, 0, 500)), share: Rational(1, 4)),
        MeasureRequest(measure: .signals, share: Rational(1, 4)),
        MeasureRequest(measure: .deviation(try Self.range(cent, -2, 1)), share: Rational(1, 4)),
      ]
    )
    #expect(spec.statistics?.mean == true)
    #expect(
      spec.statistics?.values
        == ValueGrid(range: try Self.range(cent, -2, 500), rounding: .nearest)
    )
    let plan = try AggregationPlan(spec)
    // Four cells of two signals, each of at most 50,000 cents, or 151 cents from the middle.
    #expect(plan.measures.map(\.sensitivity) == [4, 400_000, 8, 1200])
    #expect(plan.loss.epsilon == 1)
  }

  @Test func `uses signals that are counted anyway for a mean`() throws {
    let spec = try Samples.read(
      Self.spec("{count: signals}, {mean: value, range: [0, 9], grid: 1}")
    )
    #expect(spec.measures.map(\.measure.rawValue) == ["signals", "deviation"])
    #expect(spec.measures.map(\.share) == [Rational(1, 2), Rational(1, 2)])
  }

  @Test func `holds what a unit has in a cell within the range where it is asked to`() throws {
    let spec = try Samples.read(
      Self.spec("{sum: value, range: [0, 9], grid: 1, per_cell: true}")
    )
    #expect(spec.measures.map(\.measure) == [.cellSum(try Self.range(1, 0, 9))])
    #expect(try AggregationPlan(spec).measures.map(\.sensitivity) == [36])
  }

  @Test func `makes the grid of quantiles from thresholds where it is left out`() throws {
    let spec = try Samples.read(
      Self.spec("{count: units}, {quantiles: value, thresholds: [-7.5, 0, 2.5, 10]}")
    )
    #expect(
      spec.statistics?.values
        == ValueGrid(
          range: try Self.range(Rational(5, 2), Rational(-15, 2), Rational(25, 2)),
          rounding: .up
        )
    )
    let quantiles = try #require(spec.statistics?.quantiles)
    #expect(quantiles.thresholds == [-3, 0, 1, 4])
    #expect(quantiles.ranks == [Rational(1, 4), Rational(1, 2), Rational(3, 4)])
    #expect(quantiles.share == Rational(1, 2))
    let plan = try AggregationPlan(spec)
    #expect(plan.quantiles?.sensitivity == 8)
    #expect(plan.quantiles?.scale == 16)
    #expect(plan.loss.epsilon == 1)
  }

  @Test func `counts signals where shares and rankings need them`() throws {
    let spec = try Samples.read(
      Self.spec("{share: signals, over: intent}, {top: {key: intent, k: 2, per: region}}")
    )
    #expect(spec.measures == [MeasureRequest(measure: .signals, share: 1)])
    #expect(spec.statistics?.share == .over(.intent))
    #expect(spec.statistics?.top == TopRequest(key: .intent, count: 2))
    #expect(spec.statistics?.values == nil)
  }

  @Test(arguments: [
    ("{sum: amount, range: [0, 1], grid: 1}", "write `sum: value`"),
    ("{sum: value, grid: 1}", "the key `range` is missing"),
    ("{sum: value, range: [0, 1]}", "the key `grid` is missing"),
    ("{sum: value, range: [0], grid: 1}", "has 1 ends"),
    ("{sum: value, range: [1, 0], grid: 1}", "does not go from a value to a larger one"),
    ("{sum: value, range: [0, 1.5], grid: 1}", "3/2 is no multiple of the grid 1; write 1 or 2"),
    (
      "{sum: value, range: [-0.3, 1], grid: 0.5}",
      "-3/10 is no multiple of the grid 1/2; write -1/2 or 0"
    ),
    ("{sum: value, range: [0, 1], grid: 1/3}", "`1/3` cannot be a grid"),
    ("{sum: value, range: [0, 1], grid: 0}", "`0` cannot be a grid"),
    ("{sum: value, range: [0, 1], grid: -1}", "`-1` cannot be a grid"),
    ("{sum: value, range: [0, 1], grid: 1e-10}", "cannot be a grid"),
    ("{sum: value, range: [0, 3e9], grid: 1}", "is more than 2147483647 steps"),
    ("{sum: value, range: [0, NaN], grid: 1}", "is not an exact number"),
    (
      "{sum: value, range: [0, 1], grid: 1}, {mean: value, range: [0, 1], grid: 0.1}",
      "all measures of a release see the same values"
    ),
    ("{sum: value, range: [0, 1], grid: 1, per_cell: maybe}", "neither true nor false"),
    ("{mean: value, range: [0, 1], grid: 1, per_cell: true}", "the key `per_cell` is not known"),
    ("{count: signals, sum: value}", "asks for `count` and `sum` at once"),
    ("{count: signals}, {count: signals}", "`signals` is asked for twice"),
    ("{median: value}", "the key `median` is not known"),
    ("{range: [0, 1]}", "the key `count` is missing"),
    ("{quantiles: value, thresholds: [1]}", "add `{count: signals}`"),
    ("{quantiles: value}", "the key `thresholds` is missing"),
    ("{quantiles: value, thresholds: [1, 1]}", "1 does not come after 1"),
    ("{quantiles: value, thresholds: [1, 2], at: [0]}", "lies above 0 and below 1"),
    ("{quantiles: value, thresholds: [1, 2], at: [1]}", "lies above 0 and below 1"),
    ("{quantiles: value, thresholds: [1/3, 2]}", "`1/3` cannot be a grid"),
    (
      "{quantiles: value, thresholds: [1, 2], grid: 1/2, at: 0.9, share: 2}", "a share lies above 0"
    ),
    (
      "{sum: value, range: [0, 1], grid: 1}, {quantiles: value, thresholds: [0.5]}",
      "1/2 is no multiple of the grid 1; write 0 or 1"
    ),
    ("{share: units}", "have no total"),
    ("{share: signals, over: stage}", "`stage` is not in `group_by`"),
    ("{share: 1/2}", "the key `count` is missing"),
    ("{top: {key: intent}}", "the key `k` is missing"),
    ("{top: {key: intent, k: 3}}", "asks for the top 3 of 2 listed values"),
    ("{top: {key: intent, k: 1, per: intent}}", "write `region`"),
  ])
  func `refuses what cannot be meant, with the way out`(measures: String, expected: String) {
    let problem = Samples.problem(Self.spec(measures))
    #expect(problem?.contains(expected) == true, "\(problem ?? "it was read")")
    #expect(problem?.contains("measures") == true, "\(problem ?? "it was read")")
  }

  @Test func `refuses values without their column, and cells that are found`() {
    let sum = "{sum: value, range: [0, 1], grid: 1}"
    let column = Samples.problem(Samples.spec(["measures": "[\(sum)]"]))
    #expect(column?.contains("write `value: COLUMN` under `signals.columns`") == true)
    for measure in [sum, "{share: signals}", "{top: {key: intent, k: 1}}"] {
      let found = Samples.problem(
        Self.spec(measure, ["regions": "private", "budget": "{epsilon: 1, delta: 1e-9}"])
      )
      #expect(found?.contains("needs cells that are listed") == true, "\(found ?? "read")")
    }
    let missing = Samples.problem(Self.spec(sum, ["bounds": "{cells_per_unit: 4}"]))
    #expect(missing?.contains("signals_per_cell") == true, "\(missing ?? "read")")
  }
}
