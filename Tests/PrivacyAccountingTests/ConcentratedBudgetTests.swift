// ConcentratedBudgetTests.swift: caps on losses that add up by zCDP, against the reference.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

/// A policy that adds up zCDP.
func concentratedPolicy(_ epsilon: String, _ delta: String) throws -> LedgerPolicy {
  LedgerPolicy(dataset: "d", lifetime: try loss(epsilon, delta), accounting: .zcdp)
}

@Suite struct `Caps on zCDP` {
  @Test func `decide every reference scenario`() throws {
    let scenarios = try ConcentratedScenario.all()
    #expect(scenarios.count == 2)
    for scenario in scenarios {
      var accounts = AccountsInMemory(try concentratedPolicy(scenario.epsilon, scenario.delta))
      for (index, step) in scenario.steps.enumerated() {
        let place: Comment = "\(scenario.epsilon), step \(index)"
        let spend = Spend(loss: try loss(step.epsilon), day: "")
        switch accounts.spend(spend) {
        case .accepted: #expect(step.expect == "accept", place)
        case .refused(let refusal):
          #expect(step.expect == "refuse" && refusal.violated == [.lifetime], place)
          #expect(refusal.remaining.accounting == .zcdp)
          #expect(try refusal.remaining.lifetime.epsilon < loss(step.epsilon).epsilon, place)
        case .invalid(let reason, _): Issue.record("\(place): \(reason)")
        }
        let odometer = accounts.balances[BudgetAccount(.lifetime)]
        #expect((odometer?.unscoped.epsilon ?? .zero).description == step.rho, place)
      }
    }
  }

  /// The largest loss at an epsilon and a delta of the reference lies just below the rho that gives
  /// them, and what is a grain to either side is decided rightly.
  @Test(arguments: 0..<49)
  func `turn at the loss that the reference gives`(index: Int) throws {
    let record = try TheoremVectors.shared.get().toDelta[index]
    let rho = try Rational(parsing: record.rho)
    let epsilon = try Rational(parsing: record.epsilon)
    let grain = Rational(1, BigInteger(10).power(30))
    for (bound, isEnough) in [(record.delta[0], false), (record.delta[1], true)] {
      let edge = try Rational(parsing: bound)
      let factor = isEnough ? Rational.one + grain : .one - grain
      guard edge * factor < .one else { continue }
      let budget = ConcentratedBudget(epsilon: epsilon, delta: edge * factor)
      #expect(budget.admits(rho) == isEnough)
      let largest = budget.largestRho
      let near = Rational(1, BigInteger(10).power(15))
      #expect(largest * (.one + near) >= rho && largest * (.one - near) <= rho)
    }
  }

  @Test(arguments: [
    ("2", "1e-6"), ("1/1000", "1e-9"), ("30", "1e-300"), ("1/3", "1/2"), ("0", "0.9"),
  ])
  func `say what fits, to the grain`(cap: (epsilon: String, delta: String)) throws {
    let budget = ConcentratedBudget(
      epsilon: try Rational(parsing: cap.epsilon),
      delta: try Rational(parsing: cap.delta)
    )
    var spent = Rational.zero
    for _ in 0..<3 {
      let part = budget.largestPureEpsilon(after: spent)
      #expect(part.signum > 0)
      func after(_ epsilon: Rational) -> Rational { spent + epsilon * epsilon / 2 }
      #expect(budget.admits(after(part)))
      #expect(!budget.admits(after(part * (.one + Rational(1, BigInteger(10).power(9))))))
      spent = after(part / 2)
    }
    #expect(budget.largestPureEpsilon(after: budget.largestRho * 2) == .zero)
  }

  @Test func `decide what is enormous or tiny in no time`() throws {
    let tiny = try Rational(parsing: "1e-9999")
    let huge = try Rational(parsing: "1e9999")
    let usual = ConcentratedBudget(epsilon: 1, delta: Rational(1, 1_000_000))
    #expect(usual.admits(tiny) && usual.admits(.zero) && !usual.admits(huge))
    #expect(!ConcentratedBudget(epsilon: tiny, delta: tiny).admits(1))
    #expect(ConcentratedBudget(epsilon: huge, delta: Rational(1, 1000)).admits(1))
    #expect(ConcentratedBudget(epsilon: 1, delta: tiny).admits(Rational(1, 1_000_000)))
    #expect(!ConcentratedBudget(epsilon: .zero, delta: tiny).admits(tiny))
    #expect(usual.largestPureEpsilon(after: huge) == .zero)
    #expect(ConcentratedBudget(epsilon: huge, delta: tiny).largestRho.signum > 0)
  }

  /// The conversion is another computation; the two agree on both sides of the cap.
  @Test(arguments: 0..<20)
  func `agree with the conversion to epsilon`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rho = Rational(BigInteger(Int.random(in: 1...1000, using: &random)), 700)
    let delta = Rational(1, BigInteger(10).power(Int.random(in: 1...20, using: &random)))
    let epsilon = ConcentratedLoss(rho: rho).epsilon(delta: delta, digits: 25)
    #expect(ConcentratedBudget(epsilon: epsilon.upper.rational, delta: delta).admits(rho))
    let less = epsilon.lower.rational * Rational(999_999_999, 1_000_000_000)
    #expect(!ConcentratedBudget(epsilon: max(less, .zero), delta: delta).admits(rho))
  }

  @Test func `add up deltas, and leave a cap without one to the sum`() throws {
    let policy = LedgerPolicy(
      dataset: "d",
      lifetime: try loss("1", "1e-6"),
      daily: try loss("1/2"),
      accounting: .zcdp
    )
    var accounts = AccountsInMemory(policy)
    func spend(_ epsilon: String, _ delta: String = "0", day: String) throws -> Set<BudgetLimit> {
      let spend = Spend(loss: try loss(epsilon, delta), day: day)
      guard case .refused(let refusal) = accounts.spend(spend) else { return [] }
      return refusal.violated
    }
    // The day has no delta: there epsilons add up, and 1/10 more passes its cap.
    #expect(try spend("1/10", day: "a") == [])
    #expect(try spend("2/5", day: "a") == [.lifetime])
    #expect(try spend("1/20", day: "a") == [])
    #expect(try spend("1/2", day: "a") == [.daily, .lifetime])
    #expect(try spend("0.4", day: "a") == [.daily, .lifetime])
    // All of the delta cannot be spent while there is a rho to convert.
    #expect(try spend("0", "1e-6", day: "b") == [.lifetime, .daily])
    #expect(
      try accounts.filter.remaining(analyst: nil, day: "a", balances: accounts.balances).daily
        == loss("7/20")
    )
    #expect(try spend("0", day: "a") == [])
  }

  @Test func `count slices apart, and take back what was charged`() throws {
    let policy = LedgerPolicy(
      dataset: "d",
      lifetime: try loss("1", "1e-6"),
      dimension: SliceDimension(name: "s", values: ["n", "s"], touches: 1),
      accounting: .zcdp
    )
    var accounts = AccountsInMemory(policy)
    let part = Spend(loss: try loss("1/6"), day: "", slices: ["n"])
    guard case .accepted(_, let left) = accounts.spend(part) else {
      Issue.record("a sixth fits")
      return
    }
    // The same on the other slice costs nobody more.
    let other = Spend(loss: try loss("1/6"), day: "", slices: ["s"])
    guard case .accepted(_, let after) = accounts.spend(other) else {
      Issue.record("the other slice is as free")
      return
    }
    #expect(left == after)
    for again in [part, other] {
      guard case .refused = accounts.spend(again) else {
        Issue.record("a slice is full after one")
        return
      }
    }
  }

  @Test func `price a schedule by its rhos, and know no certified price`() throws {
    let filter = BudgetFilter(try concentratedPolicy("2", "1e-6"))
    func decide(_ times: Int, _ rule: PricingRule = .sum) throws -> ScheduleDecision {
      let run = Spend(loss: try loss("1/10"), day: "")
      let price = SchedulePrice(rule: rule, loss: run.loss.repeated(times))
      let days = (0..<times).map { "day \($0)" }
      return filter.decide(ScheduleSpend(run: run, days: days, price: price), balances: [:])
    }
    // The reference accepts 17 spends of 1/10; the sum of 17 is within 2 as well, and that of 18.
    guard case .accepted(let after) = try decide(17) else {
      Issue.record("17 runs fit")
      return
    }
    #expect(after[BudgetAccount(.lifetime)]?.unscoped.epsilon == Rational(17, 200))
    guard case .refused(.overBudget(_, day: nil)) = try decide(18) else {
      Issue.record("18 runs do not fit")
      return
    }
    guard case .invalid(.schedulePrice(.certified), _) = try decide(2, .certified) else {
      Issue.record("an epsilon at a delta is no zCDP")
      return
    }
  }
}
