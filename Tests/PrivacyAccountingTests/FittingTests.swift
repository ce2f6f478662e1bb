// FittingTests.swift: the largest spend that fits is accepted, and a grain more is refused.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `The largest spend that fits` {
  private static let names = ["a", "b", "c", "d", "e"]

  private static func policy(touches: Int) throws -> LedgerPolicy {
    LedgerPolicy(
      dataset: "d",
      lifetime: try loss("3/2", "1e-6"),
      daily: try loss("4/5", "1e-6"),
      analysts: ["ann": try loss("1", "1e-7"), "*": try loss("1/2", "1e-7")],
      dimension: SliceDimension(name: "s", values: names, touches: touches)
    )
  }

  private static func slices(_ random: inout SeededGenerator) -> [String]? {
    let slices = names.filter { _ in Bool.random(using: &random) }
    return slices.isEmpty ? nil : slices
  }

  private static func part(
    _ largest: Int,
    of denominator: Int,
    _ random: inout SeededGenerator
  ) -> Rational {
    Rational(BigInteger(Int.random(in: 0...largest, using: &random)), BigInteger(denominator))
  }

  /// Accounts with random spends on them, and a request.
  private static func sample(
    _ random: inout SeededGenerator
  ) throws -> (accounts: AccountsInMemory, analyst: String, day: String, slices: [String]?) {
    var accounts = AccountsInMemory(try policy(touches: Int.random(in: 1...4, using: &random)))
    for _ in 0..<Int.random(in: 0...60, using: &random) {
      _ = accounts.spend(
        Spend(
          loss: try PrivacyLoss(
            epsilon: part(6, of: 40, &random),
            delta: part(3, of: 100_000_000, &random)
          ),
          analyst: Bool.random(using: &random) ? "ann" : "bob",
          day: Bool.random(using: &random) ? "mon" : "tue",
          slices: slices(&random)
        )
      )
    }
    return (
      accounts, Bool.random(using: &random) ? "ann" : "cy",
      Bool.random(using: &random) ? "mon" : "wed", slices(&random)
    )
  }

  @Test(arguments: 0..<100)
  func `is accepted whole, and a grain more of either part is refused`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let (accounts, analyst, day, slices) = try Self.sample(&random)
    let fitting = accounts.filter.fitting(
      analyst: analyst,
      day: day,
      slices: slices,
      balances: accounts.balances
    )
    func decide(_ loss: PrivacyLoss) -> BudgetDecision {
      accounts.filter.decide(
        Spend(loss: loss, analyst: analyst, day: day, slices: slices),
        balances: accounts.balances
      )
    }
    guard case .accepted = decide(fitting) else {
      Issue.record("\(fitting) is refused")
      return
    }
    let grain = Rational(1, BigInteger(10).power(30))
    for more in [
      try PrivacyLoss(epsilon: fitting.epsilon + grain, delta: fitting.delta),
      try PrivacyLoss(epsilon: fitting.epsilon, delta: fitting.delta + grain),
    ] {
      guard case .refused(let refusal) = decide(more) else {
        Issue.record("\(more) is not refused")
        continue
      }
      #expect(refusal.fitting == fitting)
      #expect(refusal.asked == more)
    }
    if slices == nil {
      let left = accounts.filter.remaining(
        analyst: analyst,
        day: day,
        balances: accounts.balances
      )
      #expect(left.fitting == fitting)
    }
  }

  @Test func `on a slice can be larger than what is left on the whole population`() throws {
    var accounts = AccountsInMemory(try Self.policy(touches: 1))
    _ = accounts.spend(
      Spend(loss: try loss("1/3"), analyst: "ann", day: "mon", slices: ["a"])
    )
    func fitting(_ slices: [String]?) -> Rational {
      accounts.filter.fitting(
        analyst: "ann",
        day: "tue",
        slices: slices,
        balances: accounts.balances
      ).epsilon
    }
    #expect(fitting(nil) == Rational(2, 3))
    #expect(fitting(["a"]) == Rational(2, 3))
    #expect(fitting(["b"]) == Rational(4, 5))
  }
}
