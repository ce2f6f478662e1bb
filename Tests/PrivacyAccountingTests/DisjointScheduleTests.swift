// DisjointScheduleTests.swift: schedules of which every unit lies in one run alone.
// Reference: `docs/privacy-model.md`, section "Declared schedules".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Testing

@Suite struct `Runs that share no unit` {
  /// Against a look at every day of every run: no unit is seen in two of them.
  @Test(arguments: SchedulePeriod.allCases, PrivacyUnit.allCases)
  func `are told by the days on which they begin`(
    every: SchedulePeriod,
    unit: PrivacyUnit
  ) throws {
    let start = try #require(CivilDay("2026-12-21"))
    var seen: Set<Bool> = []
    for offset in 0..<40 as Range<Int64> {
      let first = start + offset
      guard every.canBegin(on: first) else { continue }
      for times in [1, 2, 5] {
        let days = (0..<times).map { every.day($0, from: first) }
        var runs: [String: Set<Int>] = [:]
        for run in 0..<times {
          for number in every.day(run, from: first).number..<every.day(run + 1, from: first).number
          {
            let day = CivilDay(number)
            let name =
              switch unit {
              case .person: "somebody"
              case .personDay: day.label
              case .personWeek: day.weekLabel
              }
            runs[name, default: []].insert(run)
          }
        }
        let isShared = runs.values.contains { $0.count > 1 }
        let isSeparated = unit.isSeparated(by: days)
        #expect(isSeparated == (unit != .person && !isShared))
        seen.insert(isSeparated)
      }
    }
    #expect(seen.contains(true) == (unit != .person))
  }

  private func loss(isDisjoint: Bool, times: Int = 30) throws -> ScheduleLoss {
    ScheduleLoss(
      of: [(.units, Rational(1, 2))],
      selection: try PrivacyLoss(epsilon: Rational(1, 2), delta: Rational(1, 1_000_000)),
      within: try ContributionBounds(cellsPerUnit: 3, signalsPerCell: 1),
      times: times,
      isDisjoint: isDisjoint
    )
  }

  @Test func `cost together what one costs, and others never that`() throws {
    let one = try PrivacyLoss(epsilon: 1, delta: Rational(1, 1_000_000))
    let apart = try loss(isDisjoint: true)
    #expect(apart.disjoint == SchedulePrice(rule: .disjoint, loss: one))
    #expect(apart.covers(SchedulePrice(rule: .disjoint, loss: one)))
    #expect(!apart.covers(SchedulePrice(rule: .sum, loss: one)))
    let less = try PrivacyLoss(epsilon: Rational(999, 1000), delta: one.delta)
    #expect(!apart.covers(SchedulePrice(rule: .disjoint, loss: less)))
    let together = try loss(isDisjoint: false)
    #expect(together.disjoint == nil)
    #expect(!together.covers(SchedulePrice(rule: .disjoint, loss: together.sum.loss)))
    for delta in [nil, Rational(1, 1000)] {
      #expect(SchedulePricing(apart, delta: delta, remaining: nil).taken.rule == .disjoint)
      #expect(SchedulePricing(together, delta: delta, remaining: nil).taken.rule != .disjoint)
    }
  }

  @Test(arguments: [
    (PrivacyUnit.personDay, ["2026-11-01", "2026-11-02"], 1, true),
    (.personWeek, ["2026-11-02", "2026-11-09"], 1, true),
    (.personWeek, ["2026-11-01", "2026-11-08"], 1, false),
    (.personWeek, ["2026-11-02", "2026-11-03"], 1, false),
    (.person, ["2026-11-01", "2026-11-02"], 1, false),
    (.personDay, ["monday", "tuesday"], 1, false),
    (.personDay, ["2026-11-01", "2026-11-02"], 2, false),
  ])
  func `are accepted by a filter only where the account's unit lies in one`(
    unit: PrivacyUnit,
    days: [String],
    price: Int,
    isAccepted: Bool
  ) throws {
    let filter = BudgetFilter(
      LedgerPolicy(
        dataset: "d",
        privacyUnit: unit,
        lifetime: try PrivacyLoss(epsilon: 2)
      )
    )
    let run = Spend(loss: try PrivacyLoss(epsilon: 1), analyst: nil, day: days[0])
    let spend = ScheduleSpend(
      run: run,
      days: days,
      price: SchedulePrice(rule: .disjoint, loss: try PrivacyLoss(epsilon: Rational(price)))
    )
    switch filter.decide(spend, balances: [:]) {
    case .accepted: #expect(isAccepted)
    case .invalid(let reason, _):
      #expect(!isAccepted && reason == .schedulePrice(.disjoint))
    case .refused: Issue.record("nothing is spent yet")
    }
  }
}
