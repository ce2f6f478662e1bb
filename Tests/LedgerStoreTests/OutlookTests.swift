// OutlookTests.swift: what would still fit, and what is held unfinished, on both kinds of ledger.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `The outlook of a ledger` {
  @Test(arguments: LedgerUnderTest.all)
  func `is the largest spend that fits, which is accepted`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(
      kind,
      LedgerPolicy(
        dataset: "d",
        lifetime: try loss("1", "1e-6"),
        daily: try loss("1/2", "1e-6"),
        dimension: SliceDimension(name: "s", values: ["a", "b"], touches: 1)
      )
    )
    let ledger = try folder.open()
    _ = try ledger.spend(spend("1/3", day: "mon", slices: ["a"]), dataset: "d", id: nil)
    func fitting(_ slices: [String]?) throws -> PrivacyLoss {
      try ledger.fitting(dataset: "d", analyst: nil, day: "mon", slices: slices)
    }
    #expect(try fitting(nil) == loss("1/6", "1e-6"))
    #expect(try fitting(["b"]) == loss("1/2", "1e-6"))
    #expect(throws: LedgerError.self) { try fitting(["c"]) }
    _ = try ledger.spend(
      spend("1/2", "1e-6", day: "mon", slices: ["b"]),
      dataset: "d",
      id: nil
    )
    #expect(try fitting(["b"]) == .zero)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `names the releases that hold a loss and are not done`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    try OpenedLedger.create(at: folder.place, policy: policy("e"))
    _ = try ledger.release(request("done", spend: spend("1/10")))
    _ = try ledger.open(ledger.held(request("opened", spend: spend("1/10"))))
    _ = try ledger.held(request("reserved", spend: spend("1/5")))
    _ = try ledger.held(request("voided", spend: spend("1/10")))
    try ledger.void(ReleaseID("voided"))
    _ = try ledger.spend(spend("1/10"), dataset: "d", id: ReleaseID("spent"))
    let unfinished = try ledger.unfinished(dataset: "d")
    #expect(unfinished.map(\.id.description) == ["opened", "reserved"])
    #expect(unfinished.map(\.isOpen) == [true, false])
    #expect(unfinished.map(\.spend.loss) == [try loss("1/10"), try loss("1/5")])
    #expect(try ledger.unfinished(dataset: "e") == [])
  }
}
