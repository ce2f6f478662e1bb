// ConcentratedLedgerTests.swift: accounts that add up zCDP, on disk.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `Accounts that add up zCDP` {
  private static func place(_ kind: LedgerUnderTest) throws -> PlacedLedger {
    let policy = LedgerPolicy(
      dataset: "d",
      lifetime: try loss("2", "1e-6"),
      daily: try loss("1"),
      analysts: ["ann": try loss("1", "1e-9"), "*": try loss("2", "1e-6")],
      accounting: .zcdp
    )
    return try LedgerPlace(kind, policy).opened()
  }

  @Test(arguments: LedgerUnderTest.all)
  func `take many small spends, and give back what they held`(kind: LedgerUnderTest) throws {
    let ledger = try Self.place(kind)
    #expect(try ledger.policy(of: "d").accounting == .zcdp)
    let whole = try ledger.left()
    #expect(whole.epsilon < 2)
    _ = try ledger.held(request("r1", spend: spend("1/10")))
    #expect(try ledger.left().epsilon < whole.epsilon)
    try ledger.void(ReleaseID("r1"))
    #expect(try ledger.left() == whole)
    // Sixteen tenths come to rho 16/200, and a sixth of one more to less than 17/200.
    for index in 0..<16 {
      _ = try ledger.spend(spend("1/10", day: "\(index)"), dataset: "d", id: nil)
    }
    let left = try ledger.remaining(dataset: "d", analyst: nil, day: "0")
    #expect(try left.accounting == .zcdp && left.daily == loss("9/10"))
    #expect(left.analyst == left.lifetime)
    _ = try ledger.spend(Spend(loss: left.fitting, day: "x"), dataset: "d", id: nil)
    let error = #expect(throws: LedgerError.self) {
      _ = try ledger.spend(spend("1/1000"), dataset: "d", id: nil)
    }
    guard case .refused(let refusal) = error else {
      Issue.record("everything was spent")
      return
    }
    #expect(refusal.violated == [.lifetime, .analyst])
    #expect(try ledger.verify(head: nil).findings == [])
    try ledger.place.edit("UPDATE balances SET epsilon = '1/200' WHERE cap = 'lifetime'")
    #expect(try !ledger.place.open().verify(head: nil).holds)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `hold schedules by their rhos`(kind: LedgerUnderTest) throws {
    let ledger = try Self.place(kind)
    let whole = try ledger.left()
    _ = try ledger.held(run(0, days: days(10), epsilon: "1/10"))
    let held = try ledger.left()
    try ledger.void(ReleaseID("s"))
    #expect(try ledger.left() == whole)
    for day in days(10) { _ = try ledger.spend(spend("1/10", day: day), dataset: "d", id: nil) }
    #expect(try ledger.left() == held)
    #expect(try ledger.verify(head: nil).findings == [])
  }

  /// An older program would add up epsilons, so it must not open the ledger.
  @Test(arguments: LedgerUnderTest.all)
  func `bring an older ledger up`(kind: LedgerUnderTest) throws {
    let old = try OldLedger(kind, version: 2)
    let policy = LedgerPolicy(dataset: "e", lifetime: try loss("1", "1e-6"), accounting: .zcdp)
    try OpenedLedger.create(at: old.place.place, policy: policy)
    #expect(try old.version() == "3")
    #expect(try old.place.open().policy(of: "d").accounting == .sum)
    #expect(try old.place.open().policy(of: "e") == policy)
    #expect(try old.place.open().verify(head: nil).findings == [])
  }
}
