// PlanningTests.swift: the least epsilon, the largest bound and the best bound, against plain search.
// Reference: `docs/planning.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Error targets` {
  static func plan(
    _ epsilon: Rational = 1,
    bounds: ContributionBounds,
    selection: SelectionRequest? = nil
  ) throws -> AggregationPlan {
    try AggregationPlan(
      Samples.specification(
        files: ["/s.csv"],
        bounds: bounds,
        cells: selection == nil
          ? [.region: ["n", "s"], .intent: ["x", "y", "z"]] : [.intent: ["x", "y", "z"]],
        selection: selection,
        epsilon: epsilon,
        delta: selection == nil ? .zero : Rational(1, 1_000_000)
      )
    )
  }

  @Test(arguments: [
    ("half_width <= 10% for 1000 units", Measure.units, 100, false),
    ("half-width<=10 %for 1000 units", .units, 100, false),
    ("half_width <= 0.5% for 999 signals", .signals, 4, false),
    ("half_width of signals <= 50", .signals, 50, false),
    ("half_width <= 50.9 units at once", .units, 50, true),
    ("half_width of units <= 1/3% for 900 units at once", .units, 3, true),
    ("half_width <= 1/2 signal", .signals, 0, false),
  ])
  func `are read`(text: String, measure: Measure, largest: Int, isSimultaneous: Bool) throws {
    let target = try ErrorTarget(parsing: text)
    #expect(target.measure == measure && target.largest == BigInteger(largest))
    #expect(target.isSimultaneous == isSimultaneous)
    #expect(try ErrorTarget(parsing: target.text).largest == target.largest)
  }

  @Test(arguments: [
    "", "half_width", "half_width <=", "half_width <= 10", "half_width <= 10%",
    "half_width <= -1 units", "half_width <= 0 units", "half_width < 10 units",
    "half_width <= 10 for 5 units", "half_width <= 10% for units",
    "half_width <= 10% for 1.5 units",
    "half_width of units <= 10 signals", "half_width <= 10 people", "error <= 10 units",
    "half_width <= ten units", "half_width <= 10 units now",
  ])
  func `are refused where they are none, with an example`(text: String) {
    let error = #expect(throws: ErrorTargetError.self) { try ErrorTarget(parsing: text) }
    #expect(error?.description.contains("write `half_width <= 10% for 1000 units`") == true)
  }

  /// The step below does not meet the target, and one signal more does not either.
  @Test(arguments: [(4, 2, nil), (1, 1, nil), (7, 3, 5), (30, 1, nil)] as [(Int, Int, Int?)])
  func `get the least epsilon and the largest bound`(cells: Int, signals: Int, all: Int?) throws {
    let bounds = try Samples.bounds(cells, signals, all)
    let plan = try Self.plan(bounds: bounds)
    for (text, step) in [
      ("half_width <= 3 units", Rational(1, 1000)), ("half_width <= 17 signals", Rational(1, 7)),
      ("half_width <= 1% for 4000 units at once", Rational(1, 100)),
      ("half_width <= 200 signals", Rational(1, 1000)), ("half_width <= 1 signals", 1),
    ] {
      let target = try ErrorTarget(parsing: text)
      let solution = try #require(TargetSolution(target, for: plan, step: step))
      let epsilon = try #require(solution.epsilon)
      #expect((epsilon.value / step).isInteger)
      func halfWidth(_ epsilon: Rational, _ bounds: ContributionBounds) throws -> BigInteger? {
        target.halfWidth(in: try Self.plan(epsilon, bounds: bounds))
      }
      #expect(try halfWidth(epsilon.value, bounds) == epsilon.halfWidth)
      #expect(epsilon.halfWidth <= target.largest)
      if epsilon.value > step {
        let below = try #require(try halfWidth(epsilon.value - step, bounds))
        #expect(below > target.largest, "\(text)")
      }
      #expect(solution.isMet == (epsilon.value <= 1))
      if let most = solution.signalsPerUnit {
        let kept = try #require(try halfWidth(1, Samples.bounds(cells, signals, most)))
        let beyond = try #require(try halfWidth(1, Samples.bounds(cells, signals, most + 1)))
        #expect(kept <= target.largest && beyond > target.largest, "\(text)")
      } else if !solution.isMet {
        let least = try #require(try halfWidth(1, Samples.bounds(cells, signals, 1)))
        #expect(least > target.largest, "\(text)")
      }
      if let cells = solution.cellsFrom, let share = target.share {
        #expect(Rational(solution.halfWidth) <= share * Rational(cells))
        #expect(Rational(solution.halfWidth) > share * Rational(cells - 1))
      }
    }
  }

  @Test func `have none where no noise that can be drawn is so small`() throws {
    let plan = try Self.plan(bounds: Samples.bounds(1, 1))
    let target = try ErrorTarget(parsing: "half_width <= 1/2 units")
    // No noise at all takes a scale of about 1/4, which can be drawn; steps of a million cannot.
    #expect(TargetSolution(target, for: plan, step: Rational(1, 1000))?.epsilon != nil)
    #expect(TargetSolution(target, for: plan, step: 1_000_000)?.epsilon == nil)
  }

  @Test func `are met with cells that are selected, at their shares`() throws {
    let request = SelectionRequest(keys: [.region], rule: .threshold, share: Rational(1, 2))
    let plan = try Self.plan(bounds: Samples.bounds(2, 2), selection: request)
    let target = try ErrorTarget(parsing: "half_width <= 10 units")
    let solution = try #require(TargetSolution(target, for: plan, step: Rational(1, 100)))
    let alone = try Self.plan(bounds: Samples.bounds(2, 2))
    let half = try #require(TargetSolution(target, for: alone, step: Rational(1, 200)))
    #expect(solution.epsilon?.value == half.epsilon.map { $0.value * 2 })
  }
}

@Suite struct `Declared activity` {
  @Test(arguments: [
    "1:0.5,2:0.3,10:0.2", " 10 : 1/5 , 1:0.5,2:3e-1", "1:5,2:3,10:2", "1,5\n2,3\n10,2\n",
    "contributions,share\r\n1,0.5\r\n2,0.3\r\n10,0.2\r\n", "1:5,2:3,10:2,99:0",
  ])
  func `is read in each of its forms`(text: String) throws {
    let activity = try DeclaredActivity(parsing: text)
    #expect(activity.shares.map(\.count) == [1, 2, 10])
    #expect(activity.shares.map(\.share) == [Rational(1, 2), Rational(3, 10), Rational(1, 5)])
    #expect(activity.mean == Rational(31, 10))
    #expect(activity.kept(2) == Rational(3, 2))
  }

  @Test(arguments: [
    "", "1", "1:", "0:1", "-1:1", "1:x", "1:-1", "1:0", "1:1,1:1", "1.5:1", "1:2:3", "1,2,3\n1,2,3",
    "x:1", "9999999999:1",
  ])
  func `is refused where it is none, with an example`(text: String) {
    let error = #expect(throws: DeclaredActivityError.self) { try DeclaredActivity(parsing: text) }
    #expect(error?.description.contains("write `1:0.5,2:0.3,10:0.2`") == true)
  }

  /// Against every bound up to beyond the largest number.
  @Test(arguments: 0..<30 as Range<UInt64>)
  func `gets the bound with the least total error of all`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let numbers = Set((0..<30).map { _ in Int.random(in: 1...60, using: &random) })
    let text = numbers.sorted().map { "\($0):\(Int.random(in: 1...9, using: &random))" }
    let activity = try DeclaredActivity(parsing: text.joined(separator: ","))
    let units = BigInteger(Int.random(in: 1...2000, using: &random))
    let cells = Int.random(in: 1...500, using: &random)
    let bounds = try Samples.bounds(Int.random(in: 1...9, using: &random), 3)
    let plan = try `Error targets`.plan(bounds: bounds)
    for measure in plan.measures {
      let advice = BoundAdvice(for: activity, units: units, measure: measure, cells: cells)
      func error(_ bound: Int) -> Rational {
        var leftOut = Rational.zero
        for (count, share) in activity.shares {
          let has = measure.measure == .units ? min(count, cells) : count
          leftOut += share * Rational(max(0, has - bound))
        }
        return leftOut * Rational(units) + Rational(bound) / measure.epsilon * Rational(cells)
      }
      let least = (1...70).map(error).min()
      #expect(advice.best.totalError == least)
      #expect(advice.candidates.allSatisfy { $0.totalError == error($0.bound) })
      #expect(advice.candidates.count <= BoundAdvice.mostCandidates + 1)
      #expect(advice.candidates.contains(advice.best) && advice.candidates.contains(advice.current))
      #expect(BigInteger(advice.current.bound) == measure.sensitivity)
    }
  }
}
