// HorizonPriceTests.swift: running counts pay once for their horizon, on its first day.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `The price of a horizon` {
  private static func price(_ epsilon: String) throws -> SchedulePrice {
    SchedulePrice(rule: .horizon, loss: try loss(epsilon))
  }

  @Test(arguments: LedgerUnderTest.all)
  func `is charged once, and on the first day alone`(kind: LedgerUnderTest) throws {
    let ledger = try LedgerPlace(
      kind,
      LedgerPolicy(dataset: "d", lifetime: loss("1"), daily: loss("1/5"))
    ).opened()
    // The second day is full, which is nothing to a horizon that begins before.
    _ = try ledger.spend(spend("1/5", day: "2026-01-02"), dataset: "d", id: nil)
    let first = try run(0, epsilon: "1/5", price: Self.price("1/5"))
    guard case .reserved(let held) = try ledger.reserve(first) else {
      Issue.record("the first run is held")
      return
    }
    _ = try ledger.commit(try ledger.open(held).charged()) { _ in [1] }
    #expect(try ledger.remaining(dataset: "d", analyst: nil, day: "2026-01-01").daily == .zero)
    #expect(
      try ledger.remaining(dataset: "d", analyst: nil, day: "2026-01-03").daily == loss("1/5")
    )
    _ = try ledger.held(run(1, epsilon: "1/5", price: Self.price("1/5")))
    #expect(
      try ledger.remaining(dataset: "d", analyst: nil, day: "2026-01-03").lifetime == loss("3/5")
    )
    let standing = try #require(try ledger.schedule(ReleaseID("s"), dataset: "d"))
    #expect(standing.price == (try Self.price("1/5")) && standing.released.count == 1)
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `is what is said of each run, and comes back whole`(kind: LedgerUnderTest) throws {
    let ledger = try LedgerPlace(kind).opened()
    let before = try ledger.remaining(dataset: "d", analyst: nil, day: "2026-01-01")
    for wrong in ["1/10", "1/1000", "3/5"] {
      let request = try run(0, epsilon: "1/5", price: Self.price(wrong))
      guard case .invalid(.schedulePrice(.horizon), _) = try ledger.refusal(request) else {
        Issue.record("a horizon at \(wrong) costs what is said of each run")
        return
      }
    }
    _ = try ledger.held(run(0, epsilon: "1/5", price: Self.price("1/5")))
    #expect(try ledger.void(ReleaseID("s")) == loss("1/5"))
    #expect(try ledger.remaining(dataset: "d", analyst: nil, day: "2026-01-01") == before)
    #expect(try ledger.verify(head: nil).findings == [])
  }
}
