// BudgetFilterTests.swift: the filter against the reference scenarios, and its exact properties.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

/// A loss from what a caller spells.
func loss(_ epsilon: String, _ delta: String? = nil) throws -> PrivacyLoss {
  try PrivacyLoss(
    epsilon: Rational(parsing: epsilon),
    delta: Rational(parsing: delta ?? "0")
  )
}

/// Holds the balances that a ledger would, in memory.
struct AccountsInMemory {
  let filter: BudgetFilter
  var balances: [BudgetAccount: Odometer] = [:]

  init(_ policy: LedgerPolicy) {
    filter = BudgetFilter(policy)
  }

  mutating func spend(_ spend: Spend) -> BudgetDecision {
    let decision = filter.decide(spend, balances: balances)
    if case .accepted(let after, _) = decision {
      balances.merge(after) { _, new in new }
    }
    return decision
  }
}

extension BudgetScenario {
  /// The policy of the scenario.
  func policy() throws -> LedgerPolicy {
    LedgerPolicy(
      dataset: name,
      lifetime: try loss(config.global.epsilon, config.global.delta),
      daily: try config.daily.map { try loss($0.epsilon, $0.delta) },
      analysts: try config.analyst?.mapValues { try loss($0.epsilon, $0.delta) },
      dimension: config.dimension.map {
        SliceDimension(name: $0.name, values: $0.values, touches: $0.touches)
      }
    )
  }
}

extension PrivacyLoss {
  var pair: [String] { [epsilon.description, delta.description] }
}

@Suite struct `Budget filter` {
  static let scenarios = Result { try BudgetScenario.all() }

  @Test func `decides every reference scenario`() throws {
    let scenarios = try Self.scenarios.get()
    #expect(scenarios.count >= 18)
    for scenario in scenarios {
      var accounts = AccountsInMemory(try scenario.policy())
      for (index, step) in scenario.steps.enumerated() {
        let place: Comment = "\(scenario.name), step \(index)"
        let day = step.day.map { "\($0)" } ?? "today"
        let decision: BudgetDecision
        do {
          decision = accounts.spend(
            Spend(
              loss: try loss(step.epsilon, step.delta),
              analyst: step.analyst,
              day: day,
              slices: step.scope
            )
          )
        } catch let error as PrivacyLossError {
          let left = accounts.filter.remaining(
            analyst: step.analyst,
            day: day,
            balances: accounts.balances
          )
          decision = .invalid(.loss(error), remaining: left)
        }
        let left: RemainingBudget
        switch decision {
        case .accepted(_, let remaining):
          #expect(step.expect == "accept", place)
          left = remaining
        case .refused(let refusal):
          #expect(step.expect == "refuse", place)
          let violated = refusal.violated.map { $0 == .lifetime ? "global" : $0.rawValue }
          #expect(violated.sorted() == step.violated?.sorted(), place)
          left = refusal.remaining
        case .invalid(_, let remaining):
          #expect(step.expect == "invalid", place)
          left = remaining
        }
        #expect(left.lifetime.pair == step.remaining.global, place)
        #expect(left.daily?.pair == step.remaining.daily, place)
        #expect(left.analyst?.pair == step.remaining.analyst, place)
      }
    }
  }

  @Test(arguments: 0..<20)
  func `never passes a cap, whatever the order and the sizes`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names = ["a", "b", "c", "d"]
    let policy = LedgerPolicy(
      dataset: "d",
      lifetime: try loss("3/2", "1e-6"),
      daily: try loss("2/3", "1e-6"),
      analysts: ["ann": try loss("1"), "*": try loss("1/2", "1e-7")],
      dimension: SliceDimension(
        name: "s",
        values: names,
        touches: Int.random(in: 1...3, using: &random)
      )
    )
    var accounts = AccountsInMemory(policy)
    var accepted = 0
    for _ in 0..<200 {
      let slices = names.filter { _ in Bool.random(using: &random) }
      let denominator = Int.random(in: 2...60, using: &random)
      let spend = Spend(
        loss: try PrivacyLoss(
          epsilon: Rational(
            BigInteger(Int.random(in: 0...6, using: &random)),
            BigInteger(denominator)
          ),
          delta: Bool.random(using: &random) ? .zero : Rational(1, 20_000_000)
        ),
        analyst: ["ann", "bob", "cy", nil].randomElement(using: &random) ?? nil,
        day: ["mon", "tue"].randomElement(using: &random) ?? "mon",
        slices: slices.isEmpty ? nil : slices
      )
      if case .accepted = accounts.spend(spend) { accepted += 1 }
      for (account, odometer) in accounts.balances {
        let cap = try #require(accounts.filter.cap(of: account))
        let total = odometer.total(touches: policy.dimension?.touches ?? 0)
        #expect(total.epsilon <= cap.epsilon && total.delta <= cap.delta, "\(account)")
      }
    }
    #expect(accepted > 5)
  }

  @Test func `accepts what reaches a cap exactly and refuses a grain more`() throws {
    var accounts = AccountsInMemory(
      LedgerPolicy(dataset: "d", lifetime: try loss("0.3", "1e-9"))
    )
    func spend(_ epsilon: String, _ delta: String = "0") throws -> Spend {
      Spend(loss: try loss(epsilon, delta), day: "x")
    }
    for part in ["0.1", "0.2"] {
      guard case .accepted = accounts.spend(try spend(part, "5e-10")) else {
        Issue.record("\(part) fits")
        return
      }
    }
    for (epsilon, delta) in [("1e-30", "0"), ("0", "1e-30"), ("1e-3000", "0"), ("1e300", "0.5")] {
      guard case .refused(let refusal) = accounts.spend(try spend(epsilon, delta)) else {
        Issue.record("\(epsilon) does not fit")
        return
      }
      #expect(refusal.violated == [.lifetime])
      #expect(refusal.remaining.lifetime == .zero)
    }
    guard case .accepted(_, let left) = accounts.spend(try spend("0")) else {
      Issue.record("nothing fits always")
      return
    }
    #expect(left.lifetime == .zero)
  }

  @Test func `refuses a spend whole when one of its caps is passed`() throws {
    var accounts = AccountsInMemory(
      LedgerPolicy(
        dataset: "d",
        lifetime: try loss("1"),
        daily: try loss("1/2"),
        analysts: ["*": try loss("1/4")]
      )
    )
    let spend = Spend(loss: try loss("3/8"), analyst: "ann", day: "mon")
    guard case .refused(let refusal) = accounts.spend(spend) else {
      Issue.record("the analyst's cap is passed")
      return
    }
    #expect(refusal.violated == [.analyst])
    #expect(accounts.balances.isEmpty)
    #expect(refusal.remaining.lifetime.pair == ["1", "0"])
  }

  @Test(arguments: [
    (Spend(loss: .zero, analyst: "eve", day: "x"), InvalidSpend.unknownAnalyst("eve")),
    (Spend(loss: .zero, analyst: nil, day: "x"), .unknownAnalyst("")),
    (Spend(loss: .zero, analyst: "ann", day: "x", slices: []), .noSlices),
    (Spend(loss: .zero, analyst: "ann", day: "x", slices: ["n", "z"]), .unknownSlice("z")),
    (Spend(loss: .zero, analyst: "ann", day: "x", slices: ["n", "n"]), .duplicateSlice("n")),
  ])
  func `calls a spend without meaning invalid, even one of nothing`(
    spend: Spend,
    reason: InvalidSpend
  ) throws {
    let filter = BudgetFilter(
      LedgerPolicy(
        dataset: "d",
        lifetime: try loss("1"),
        analysts: ["ann": try loss("1")],
        dimension: SliceDimension(name: "s", values: ["n", "s"], touches: 1)
      )
    )
    guard case .invalid(let found, let left) = filter.decide(spend, balances: [:]) else {
      Issue.record("the spend has no meaning")
      return
    }
    #expect(found == reason)
    #expect(left.lifetime.pair == ["1", "0"])
  }

  @Test func `has no slices where the policy has no dimension`() throws {
    let filter = BudgetFilter(LedgerPolicy(dataset: "d", lifetime: try loss("1")))
    let spend = Spend(loss: try loss("1/2"), day: "x", slices: ["n"])
    #expect(throws: InvalidSpend.noDimension) { try filter.checkedSlices(of: spend) }
  }

  @Test func `counts two encodings of one name as one analyst and one slice`() throws {
    let composed = "ren\u{E9}"
    let decomposed = "rene\u{301}"
    var accounts = AccountsInMemory(
      LedgerPolicy(
        dataset: "d",
        lifetime: try loss("1"),
        analysts: [composed: try loss("1/2")],
        dimension: SliceDimension(name: "s", values: [composed], touches: 1)
      )
    )
    for (name, fits) in [(composed, true), (decomposed, false)] {
      let spend = Spend(loss: try loss("1/2"), analyst: name, day: "x", slices: [name])
      if case .accepted = accounts.spend(spend) { #expect(fits) } else { #expect(!fits) }
    }
    #expect(
      accounts.balances.keys.allSatisfy {
        $0.label.utf8.elementsEqual(composed.utf8) || $0.label.isEmpty
      }
    )
  }
}
