// VerificationTests.swift: edits that whoever can write the file can make, and what finds them.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import GRDB
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// The hash of an entry, written from the documentation alone.
private func documentedHash(_ row: Row) -> String {
  var text = "hubbub-ledger-entry 1\n"
  for (column, value) in row where column != "hash" {
    let field = String.fromDatabaseValue(value) ?? Int.fromDatabaseValue(value).map(String.init)
    text += field.map { "\(column):\($0.utf8.count):\($0)\n" } ?? "\(column):-\n"
  }
  return SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
}

@Suite struct `Verification` {
  let folder: LedgerInFolder
  let heads: [String]

  /// A ledger with every kind of entry.
  init() throws {
    folder = try LedgerInFolder(
      LedgerPolicy(
        dataset: "d",
        lifetime: try loss("5", "1e-6"),
        daily: try loss("2", "1e-6"),
        analysts: ["*": try loss("1", "1e-6")],
        dimension: SliceDimension(name: "s", values: ["n", "s"], touches: 1)
      )
    )
    let ledger = try folder.open()
    let ann = try spend("1/4", "1e-9", analyst: "ann", slices: ["n", "s"])
    _ = try ledger.release(request("r1", spend: ann), body: "one")
    _ = try ledger.held(request("r2", spend: spend("1/8", analyst: "bob")))
    _ = try ledger.open(ledger.held(request("r2", spend: spend("1/8", analyst: "bob"))))
    _ = try ledger.held(request("r3", spend: ann))
    try ledger.void(ReleaseID("r3"))
    _ = try ledger.spend(spend("1/5", analyst: "cy"), dataset: "d", id: ReleaseID("s1"))
    _ = try ledger.spend(spend("1/7"), dataset: "d", id: nil)
    heads = try ledger.history(dataset: nil, after: 0, limit: 100).map(\.hash)
    #expect(try ledger.verify(head: nil).findings == [])
  }

  /// Edits the file as its owner could, with the triggers out of the way.
  private func edit(_ sql: String) throws {
    try folder.open().queue.writeWithoutTransaction { database in
      let triggers = try Row.fetchAll(
        database,
        sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
      )
      for trigger in triggers {
        try database.execute(sql: "DROP TRIGGER \(trigger["name"] as String)")
      }
      try database.execute(sql: sql)
      for trigger in triggers { try database.execute(sql: trigger["sql"]) }
    }
  }

  /// Gives every entry the hash and the link that fit the fields it has now.
  private func rehash() throws {
    let ledger = try folder.open()
    let rows = try ledger.queue.read { try Row.fetchAll($0, sql: "SELECT * FROM entries") }
    var previous = String(repeating: "0", count: 64)
    for row in rows {
      var row = row
      try edit(
        "UPDATE entries SET previous = '\(previous)' WHERE position = \(row["position"] as Int)"
      )
      row = try #require(
        try ledger.queue.read {
          try Row.fetchOne(
            $0,
            sql: "SELECT * FROM entries WHERE position = \(row["position"] as Int)"
          )
        }
      )
      previous = documentedHash(row)
      try edit("UPDATE entries SET hash = '\(previous)' WHERE position = \(row["position"] as Int)")
    }
  }

  @Test func `finds the hashes that the documentation describes`() throws {
    let rows = try folder.open().queue.read { try Row.fetchAll($0, sql: "SELECT * FROM entries") }
    #expect(rows.count == 11)
    for row in rows { #expect(documentedHash(row) == row["hash"]) }
    #expect(Set(rows.map { $0["kind"] as String }) == Set(LedgerEntryKind.allCases.map(\.rawValue)))
  }

  @Test(arguments: [
    "UPDATE entries SET epsilon = '1/400' WHERE position = 2",
    "UPDATE entries SET time = '2001-01-01T00:00:00Z' WHERE position = 4",
    "UPDATE entries SET analyst = NULL WHERE position = 2",
    "UPDATE entries SET release_id = 'r8' WHERE position = 4",
    "UPDATE entries SET hash = upper(hash) WHERE position = 6",
    "UPDATE entries SET policy = replace(policy, '\"5\"', '\"9\"') WHERE position = 1",
    "DELETE FROM entries WHERE position = 7",
    "DELETE FROM entries WHERE position = 1",
    "UPDATE entries SET position = 99 WHERE position = 11",
    """
    UPDATE entries SET position = 100 WHERE position = 5;
    UPDATE entries SET position = 5 WHERE position = 6;
    UPDATE entries SET position = 6 WHERE position = 100
    """,
    "UPDATE balances SET epsilon = '0' WHERE cap = 'lifetime' AND slice = '=n'",
    "UPDATE balances SET epsilon = '2/8' WHERE cap = 'lifetime' AND slice = '=n'",
    "UPDATE balances SET delta = '1/7' WHERE cap = 'daily' AND slice = ''",
    "DELETE FROM balances WHERE cap = 'analyst' AND label = 'bob'",
    "INSERT INTO balances VALUES ('d', 'analyst', 'eve', '', '1/9', '0')",
    "UPDATE accounts SET policy = replace(policy, '\"5\"', '\"9\"')",
    "INSERT INTO accounts VALUES ('e', '{}')",
    "DELETE FROM accounts",
    "UPDATE releases SET body = x'00' WHERE id = 'r1'",
    "UPDATE releases SET body = NULL WHERE id = 'r1'",
    "UPDATE releases SET digest = 'cc' WHERE id = 'r1'",
    "UPDATE releases SET state = 'reserved' WHERE id = 'r2'",
    "UPDATE releases SET state = 'voided' WHERE id = 'r1'",
    "UPDATE releases SET attempt = 'x' WHERE id = 'r2'",
    "UPDATE releases SET data_pinned = '1' WHERE id = 'r1'",
    "UPDATE releases SET position = 2 WHERE id = 'r1'",
    "DELETE FROM releases WHERE id = 's1'",
    "INSERT INTO releases (id, dataset, state, day, epsilon, delta) VALUES ('x', 'd', 'spent', '', '0', '0')",
  ])
  func `finds an edit`(sql: String) throws {
    try edit(sql)
    do {
      #expect(try !folder.open().verify(head: nil).holds)
    } catch LedgerError.unavailable(let failure) {
      #expect(failure.kind == .damaged)
    }
  }

  @Test(arguments: [
    "UPDATE entries SET epsilon = '1/400' WHERE position = 2",
    "UPDATE entries SET epsilon = '90' WHERE position = 11",
    "UPDATE entries SET epsilon = '-1' WHERE position = 11",
    "UPDATE entries SET epsilon = '2/14' WHERE position = 11",
    "UPDATE entries SET slices = '[\"north\"]' WHERE position = 2",
    "UPDATE entries SET kind = 'void' WHERE position = 10",
    "UPDATE entries SET kind = 'open' WHERE position = 6",
    "UPDATE entries SET attempt = 'x' WHERE position = 4",
    "UPDATE entries SET body_sha256 = digest WHERE position = 4",
  ])
  func `finds an edit that brought the whole chain in line`(sql: String) throws {
    try edit(sql)
    try rehash()
    let verification = try folder.open().verify(head: nil)
    #expect(!verification.holds)
    #expect(!verification.findings.contains { $0.contains("hash") }, "\(verification.findings)")
  }

  @Test func `finds a whole rewrite and a cut tail only relative to a head kept elsewhere`() throws
  {
    for head in heads { #expect(try folder.open().verify(head: head).holds) }
    #expect(try folder.open().verify(head: heads[3].uppercased()).holds)
    try edit(
      """
      DELETE FROM entries WHERE position = 11;
      UPDATE balances SET epsilon = '1/8', delta = '0' WHERE cap IN ('lifetime') AND slice = '';
      UPDATE balances SET epsilon = '13/40', delta = '0' WHERE cap IN ('lifetime', 'daily') AND slice = '';
      DELETE FROM balances WHERE cap = 'analyst' AND label = ''
      """
    )
    #expect(try folder.open().verify(head: nil).findings == [])
    #expect(try folder.open().verify(head: heads[9]).holds)
    let verification = try folder.open().verify(head: heads[10])
    #expect(verification.findings.count == 1)
    #expect(verification.findings.first?.contains("cut off or rewritten") == true)
    #expect(try !folder.open().verify(head: "not a hash").holds)
  }

  @Test(arguments: [
    "UPDATE entries SET epsilon = '0'", "DELETE FROM entries WHERE position = 11",
    "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE position = 3",
    "INSERT INTO entries SELECT 99, previous, time, kind, dataset, release_id, attempt, analyst, day, epsilon, delta, slices, digest, data_pinned, body_sha256, policy, hash FROM entries WHERE position = 3",
  ])
  func `is seldom needed, because entries refuse change`(sql: String) throws {
    let queue = try folder.open().queue
    #expect(throws: DatabaseError.self) {
      try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    }
    #expect(try folder.open().verify(head: heads[10]).findings == [])
  }
}
