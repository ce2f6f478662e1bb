// ContinualStateTests.swift: noise of running counts against its exact law, and the state in bytes.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@testable import PrivateAggregation

/// Plans of running counts without the reader of specs.
enum RunningCounts {
  static func plan(
    cells: Int,
    horizon: Int,
    arity: Int? = nil,
    bounds: ContributionBounds? = nil,
    epsilon: Rational = 1,
    period: Int = 1
  ) throws -> AggregationPlan {
    let request = ContinualRequest(arity: arity, store: "/nowhere")
    let first = CivilDay(20_000)
    let specification = ReportSpecification(
      name: "running",
      dataset: "signals",
      files: ["none.csv"],
      columns: Samples.columns.merging([.time: ColumnReference(name: "at")]) { $1 },
      filters: [:],
      window: nil,
      privacyUnit: .person,
      bounds: try bounds ?? Samples.bounds(2, 2),
      groupBy: [.region],
      cells: [.region: Samples.list((0..<cells).map { "r\($0)" })],
      budget: try PrivacyLoss(epsilon: epsilon),
      measures: [
        MeasureRequest(measure: .signals, share: Rational(1, 2)),
        MeasureRequest(measure: .units, share: Rational(1, 2)),
      ],
      confidence: Rational(19, 20),
      nonnegative: false,
      schedule: ReportSchedule(
        name: try ReleaseID("signals.running"),
        every: .day,
        times: horizon,
        first: first,
        delta: nil
      ),
      continual: request,
      sha256: String(repeating: "5", count: 64),
      digest: String(repeating: "d", count: 64)
    )
    return try AggregationPlan(specification.run(period - 1, from: first))
  }

  /// The mean of squares.
  static func meanSquare(_ values: [Int64]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)
  }
}

@Suite struct `Noise of running counts` {
  private static let cells = 30_000

  /// The second moment over 30,000 cells without signals, against the exact variance.
  ///
  /// The kurtosis of a draw is at most 6 (that of a sum less), so the mean of squares deviates by
  /// sqrt(5 / 30,000) = 1.3 % in standard terms; 7 % is 5.4 of these, a false alarm below 1e-7 for each
  /// of 40 comparisons. One draw too few or too many changes it by a tenth at least.
  private static let tolerance = 0.07

  private static func isClose(_ values: [Int64], _ scale: Rational, draws: Int) -> Bool {
    let law = DiscreteLaplaceSum(of: DiscreteLaplaceLaw(scale: scale), draws: draws)
    let variance = law.variance(digits: 12).lower.rational
    let exact = Double(variance.decimal(digits: 15, .down)) ?? 0
    return abs(RunningCounts.meanSquare(values) / exact - 1) < tolerance
  }

  @Test func `has the exact variance in every period, before and after the state was kept`() throws
  {
    let plan = try RunningCounts.plan(cells: Self.cells, horizon: 24, arity: 7)
    let tree = try #require(plan.continual).tree
    #expect(tree.levels == 2)
    var state = ContinualState(plan)
    for t in 1...10 {
      let counts = state.close(threads: 2)
      for (measure, counts) in zip(plan.measures, counts) {
        #expect(Self.isClose(counts, measure.scale, draws: tree.draws(at: t)), "period \(t)")
        let others = [tree.draws(at: t) - 1, tree.draws(at: t) + 1].filter { $0 > 0 }
        for wrong in others {
          #expect(!Self.isClose(counts, measure.scale, draws: wrong), "mutant at \(t)")
        }
      }
      state = try ContinualState.decoding(state.encoded(), plan)
    }
  }

  /// Consecutive counts share all draws but those of one step.
  ///
  /// Fresh noise each day would show, and would cost more than was paid. Only from period 3 to 4 of arity 7 (3, and 7 - 3) none is shared.
  @Test func `is kept as long as a node is used`() throws {
    let plan = try RunningCounts.plan(cells: Self.cells, horizon: 24, arity: 7)
    let tree = try #require(plan.continual).tree
    var state = ContinualState(plan)
    var before = state.close(threads: 1)
    for t in 2...10 {
      state = try ContinualState.decoding(state.encoded(), plan)
      let now = state.close(threads: 1)
      let terms = Set(tree.terms(at: t)).symmetricDifference(tree.terms(at: t - 1))
      #expect(terms.count < tree.draws(at: t) + tree.draws(at: t - 1) || t == 4)
      for measure in plan.measures.indices {
        let steps = zip(now[measure], before[measure]).map { $0 - $1 }
        #expect(
          Self.isClose(steps, plan.measures[measure].scale, draws: terms.count),
          "from \(t - 1) to \(t)"
        )
      }
      before = now
    }
  }

  @Test func `is added to exact counts of all periods so far`() throws {
    // So little noise that none is drawn but with a chance of e^-100.
    let bounds = try Samples.bounds(1, 1)
    let plan = try RunningCounts.plan(cells: 3, horizon: 365, bounds: bounds, epsilon: 400)
    var state = ContinualState(plan)
    var expected: [Int64] = [0, 0, 0]
    var random = SeededGenerator(seed: 4)
    for day in 0..<60 {
      for unit in 0..<20 {
        let cell = Int.random(in: 0..<3, using: &random)
        withSlice("\(day) \(unit)") { state.add(unit: $0, cell: UInt32(cell)) }
        // Again on the same day, and the unit of the day before: beyond the bounds.
        withSlice("\(day) \(unit)") { state.add(unit: $0, cell: UInt32(cell)) }
        withSlice("\(day - 1) \(unit)") { state.add(unit: $0, cell: UInt32(cell)) }
        expected[cell] += 1
        if day == 0 { expected[cell] += 1 }
      }
      #expect(state.close(threads: 1) == [expected, expected])
      state = try ContinualState.decoding(state.encoded(), plan)
      #expect(state.t == day + 1 && state.series[0][1].last == expected[1])
    }
    #expect(state.series.allSatisfy { $0.allSatisfy { $0.count == 60 } })
  }

  @Test func `is refused without a draw in use, or with one that is not`() throws {
    let plan = try RunningCounts.plan(cells: 1, horizon: 24, arity: 7)
    let other = try RunningCounts.plan(cells: 1, horizon: 24, arity: 5)
    let tree = try #require(plan.continual).tree
    for t in 1...24 {
      let used = (1...t).flatMap { tree.terms(at: $0).map(\.node) }
      let later = t < 24 ? ((t + 1)...24).flatMap { tree.terms(at: $0).map(\.node) } : []
      #expect(tree.nodesInUse(at: t) == Set(used).intersection(later))
    }
    var state = ContinualState(plan)
    for _ in 1...5 { _ = state.close(threads: 1) }
    let bytes = state.encoded()
    #expect(throws: StateDamage.self) { _ = try ContinualState.decoding(bytes, other).t }
  }

  @Test func `holds nobody once the horizon is over`() throws {
    let plan = try RunningCounts.plan(cells: 1, horizon: 2)
    func size(units: Int, periods: Int) throws -> Int {
      var state = ContinualState(plan)
      for _ in 0..<periods {
        for unit in 0..<units { withSlice("unit number \(unit)") { state.add(unit: $0, cell: 0) } }
        _ = state.close(threads: 1)
      }
      return state.encoded().count
    }
    #expect(try size(units: 5000, periods: 1) > size(units: 0, periods: 1))
    #expect(try size(units: 5000, periods: 2) == size(units: 0, periods: 2))
  }

  @Test func `is refused from bytes that are not those of a state`() throws {
    let plan = try RunningCounts.plan(cells: 2, horizon: 10)
    var state = ContinualState(plan)
    withSlice("a") { state.add(unit: $0, cell: 1) }
    _ = state.close(threads: 1)
    let bytes = state.encoded()
    for length in Array(0..<1024) + [bytes.count / 2, bytes.count - 1] {
      #expect(throws: StateDamage.self) {
        _ = try ContinualState.decoding(Array(bytes.prefix(length)), plan).t
      }
    }
    #expect(throws: StateDamage.self) { _ = try ContinualState.decoding(bytes + [0], plan).t }
    let other = try RunningCounts.plan(cells: 3, horizon: 10)
    #expect(throws: StateDamage.self) { _ = try ContinualState.decoding(bytes, other).t }
  }
}
