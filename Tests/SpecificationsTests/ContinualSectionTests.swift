// ContinualSectionTests.swift: running counts in specs, and what does not go with them.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation
import Testing

@testable import Specifications

@Suite struct `Running counts in a spec` {
  private static let plain = "{every: day, horizon: 365, from: 2026-11-01}"

  private static func spec(_ continual: String, _ changes: [String: String?] = [:]) -> String {
    Samples.spec(changes.merging(["continual": continual]) { $1 })
  }

  @Test func `are read with their horizon, first day and store`() throws {
    let specification = try Samples.read(Self.spec(Self.plain))
    #expect(specification.continual?.arity == nil)
    #expect(specification.continual?.store == "/data/hubbub-store")
    let schedule = try #require(specification.schedule)
    #expect(schedule.every == .day && schedule.times == 365)
    #expect(schedule.first?.label == "2026-11-01")
    #expect(schedule.name.description == "signals-2026.weekly")
    #expect(specification.window?.text == ["2026-11-01", "2026-11-02"])
    let other = try Samples.read(
      Self.spec("{every: week, horizon: 10, from: 2026-11-02, arity: 5, store: ../safe}")
    )
    #expect(other.continual?.arity == 5 && other.continual?.store == "/safe")
    #expect(try Samples.read(Samples.spec()).continual == nil)
  }

  @Test func `are planned at one price, with the error of each period`() throws {
    let specification = try Samples.read(Self.spec(Self.plain))
    let first = try #require(specification.schedule?.first)
    let plan = try AggregationPlan(specification.run(29, from: first))
    #expect(plan.loss == (try PrivacyLoss(epsilon: 1)))
    #expect(plan.scheduleLoss == nil)
    let continual = try #require(plan.continual)
    #expect(continual.t == 30 && continual.tree.arity == 29 && continual.tree.levels == 2)
    // 30 is 1 * 29 + 1: two draws.
    #expect(continual.tree.draws(at: 30) == 2)
    for measure in plan.measures {
      let bound = specification.bounds.sensitivity(of: measure.measure)
      #expect(measure.sensitivity == bound * 2)
      #expect(measure.scale == Rational(measure.sensitivity) / measure.epsilon)
      let law = DiscreteLaplaceSum(of: DiscreteLaplaceLaw(scale: measure.scale), draws: 2)
      #expect(measure.halfWidth == law.halfWidth(alpha: Rational(1, 20)))
    }
    #expect(plan.specification.window?.text == ["2026-11-30", "2026-12-01"])
  }

  @Test(
    arguments: [
      ("{every: day, from: 2026-11-01}", [:], "`horizon` is missing"),
      ("{every: day, horizon: 3}", [:], "`from` is missing"),
      ("{horizon: 3, from: 2026-11-01}", [:], "`every` is missing"),
      ("{every: hour, horizon: 3, from: 2026-11-01}", [:], "`hour` is not known"),
      ("{every: day, horizon: 0, from: 2026-11-01}", [:], "from 1 to 10000"),
      ("{every: day, horizon: 10001, from: 2026-11-01}", [:], "from 1 to 10000"),
      ("{every: day, horizon: 3, from: 2026-02-30}", [:], "is not a day"),
      ("{every: month, horizon: 3, from: 2026-01-31}", [:], "a day that every month has"),
      ("{every: month, horizon: 9999, from: 9990-01-01}", [:], "after the year 9999"),
      ("{every: day, horizon: 3, from: 2026-11-01, arity: 4}", [:], "is odd, from 3 to 255"),
      ("{every: day, horizon: 3, from: 2026-11-01, arity: 257}", [:], "from 1 to 255"),
      ("{every: day, horizon: 3, from: 2026-11-01, start: 1}", [:], "`start` is not known"),
      (plain, ["schedule": "{every: day, times: 3}"], "schedule: does not go with `continual`"),
      (
        plain, ["window": "{from: 2026-11-01, to: 2026-11-03}"],
        "window: does not go with `continual`"
      ),
      (
        plain, ["group_by": "[region, day]", "intents": nil],
        "group_by: `day` does not go with `continual`"
      ),
      (
        plain, ["regions": "private", "budget": "{epsilon: 1, delta: 1e-9}"],
        "continual: does not go with `private` cells"
      ),
      (
        plain,
        ["signals": "{files: [a.csv], columns: {unit: user_id, region: fips, intent: intent}}"],
        "running counts need a time"
      ),
    ] as [(String, [String: String?], String)]
  )
  func `say what is wrong, where, and what to write`(
    continual: String,
    changes: [String: String?],
    message: String
  ) throws {
    let problem = try #require(Samples.problem(Self.spec(continual, changes)))
    #expect(problem.contains(message), "\(problem)")
    #expect(problem.contains("spec.yaml:"))
  }
}
