// OldVersionTests.swift: ledgers of an older version: they work as they are, and are brought up.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// A ledger of one account as an older version would have made it.
struct OldLedger {
  let place: LedgerPlace

  init(_ kind: LedgerUnderTest, version: Int) throws {
    place = try LedgerPlace(kind)
    var drops = "DROP TABLE runs; DROP INDEX releases_unfinished;"
    if version < 2 { drops += "DROP TABLE signatures;" }
    try place.run(
      kind == .postgres
        ? """
        \(drops)
        ALTER TABLE ledger DISABLE TRIGGER ledger_stays;
        UPDATE ledger SET version = \(version);
        ALTER TABLE ledger ENABLE TRIGGER ledger_stays
        """ : "\(drops) PRAGMA user_version = \(version)"
    )
  }

  func version() throws -> String? {
    let sql = place.kind == .postgres ? "SELECT version FROM ledger" : "PRAGMA user_version"
    return try place.texts(sql)[0][0]
  }
}

@Suite struct `Ledgers of an older version` {
  @Test(arguments: LedgerUnderTest.all, 1...2)
  func `work as they are, and are brought up when an account is opened`(
    kind: LedgerUnderTest,
    version: Int
  ) throws {
    let old = try OldLedger(kind, version: version)
    let stored = try old.place.open().release(request("r1"))
    _ = try old.place.open().held(request("r3", spend: spend("1/8")))
    _ = try old.place.open().held(request("r3", spend: spend("1/8")))
    try old.place.open().void(ReleaseID("r3"))
    #expect(try old.place.open().verify(head: nil).findings == [])
    #expect(try old.place.open().schedules(dataset: "d").isEmpty)
    #expect(try old.version() == "\(version)")
    let keys = try TemporaryDirectory()
    try SampleKey.first.privateKey.write(
      toFile: keys.appending("key.pem"),
      atomically: true,
      encoding: .utf8
    )
    let policy = LedgerPolicy(
      dataset: "e",
      lifetime: try loss("1"),
      signingKey: SigningKey(file: keys.appending("key.pem"))
    )
    try OpenedLedger.create(at: old.place.place, policy: policy)
    #expect(try old.version() == "3")
    let ledger = try old.place.open()
    #expect(try ledger.release(request("r2", dataset: "e")).receipt.signature != nil)
    #expect(try ledger.storedRelease(ReleaseID("r1"), dataset: "d", digest: "aa") == stored)
    #expect(try ledger.verify(head: stored.receipt.head).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all, 1...2)
  func `are brought up by their first schedule, and not by one that is refused`(
    kind: LedgerUnderTest,
    version: Int
  ) throws {
    let old = try OldLedger(kind, version: version)
    let stored = try old.place.open().release(request("r1"))
    _ = try old.place.open().refusal(run(0, epsilon: "1/2"))
    #expect(try old.version() == "\(version)")
    _ = try old.place.open().release(run(0))
    #expect(try old.version() == "3")
    #expect(try old.place.open().left() == loss("1/5"))
    #expect(try old.place.open().verify(head: stored.receipt.head).findings == [])
  }
}
