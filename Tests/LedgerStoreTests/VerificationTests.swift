// VerificationTests.swift: edits that whoever can write the file can make, and what finds them.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import GRDB
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// The columns that are hashed, in the order that the documentation gives.
private let columns = [
  "position", "previous", "time", "kind", "dataset", "release_id", "attempt", "analyst", "day",
  "epsilon", "delta", "slices", "digest", "data_pinned", "body_sha256", "policy",
]

/// The hash of an entry, written from the documentation alone.
private func documentedHash(_ values: [String?]) -> String {
  var text = "hubbub-ledger-entry 1\n"
  for (column, field) in zip(columns, values) {
    text += field.map { "\(column):\($0.utf8.count):\($0)\n" } ?? "\(column):-\n"
  }
  return SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
}

@Suite struct `Verification` {
  /// A ledger with every kind of entry, and the hashes of its entries.
  private static func sample(_ kind: LedgerUnderTest) throws -> (LedgerPlace, heads: [String]) {
    let folder = try LedgerPlace(
      kind,
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
    let heads = try ledger.history(dataset: nil, after: 0, limit: 100).map(\.hash)
    #expect(try ledger.verify(head: nil).findings == [])
    return (folder, heads)
  }

  /// Gives every entry the hash and the link that fit the fields it has now.
  static func rehash(_ folder: LedgerPlace) throws {
    let all = "SELECT \(columns.joined(separator: ", ")) FROM entries ORDER BY position"
    var previous = String(repeating: "0", count: 64)
    var edits = ""
    for values in try folder.texts(all) {
      var values = values
      values[1] = previous
      let hash = documentedHash(values)
      edits += "UPDATE entries SET previous = '\(previous)', hash = '\(hash)' "
      edits += "WHERE position = \(values[0] ?? ""); "
      previous = hash
    }
    try folder.edit(edits)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `finds the hashes that the documentation describes`(kind: LedgerUnderTest) throws {
    let (folder, _) = try Self.sample(kind)
    _ = try folder.open().held(run(0, epsilon: "1/100"))
    let rows = try folder.texts("SELECT \(columns.joined(separator: ", ")), hash FROM entries")
    #expect(rows.count == 13)
    for row in rows { #expect(documentedHash(row) == row[16]) }
    #expect(Set(rows.map { $0[3] ?? "" }) == Set(LedgerEntryKind.allCases.map(\.rawValue)))
  }

  @Test(
    arguments: LedgerUnderTest.all,
    [
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
    ]
  )
  func `finds an edit`(kind: LedgerUnderTest, sql: String) throws {
    let (folder, _) = try Self.sample(kind)
    try folder.edit(sql)
    do {
      #expect(try !folder.open().verify(head: nil).holds)
    } catch LedgerError.unavailable(let failure) {
      #expect(failure.kind == .damaged)
    }
  }

  @Test(
    arguments: LedgerUnderTest.all,
    [
      "UPDATE entries SET epsilon = '1/400' WHERE position = 2",
      "UPDATE entries SET epsilon = '90' WHERE position = 11",
      "UPDATE entries SET epsilon = '-1' WHERE position = 11",
      "UPDATE entries SET epsilon = '2/14' WHERE position = 11",
      "UPDATE entries SET slices = '[\"north\"]' WHERE position = 2",
      "UPDATE entries SET kind = 'void' WHERE position = 10",
      "UPDATE entries SET kind = 'open' WHERE position = 6",
      "UPDATE entries SET attempt = 'x' WHERE position = 4",
      "UPDATE entries SET body_sha256 = digest WHERE position = 4",
    ]
  )
  func `finds an edit that brought the whole chain in line`(
    kind: LedgerUnderTest,
    sql: String
  ) throws {
    let (folder, _) = try Self.sample(kind)
    try folder.edit(sql)
    try Self.rehash(folder)
    let verification = try folder.open().verify(head: nil)
    #expect(!verification.holds)
    #expect(!verification.findings.contains { $0.contains("hash") }, "\(verification.findings)")
  }

  @Test(arguments: LedgerUnderTest.all)
  func `finds a whole rewrite and a cut tail only relative to a head kept elsewhere`(
    kind: LedgerUnderTest
  ) throws {
    let (folder, heads) = try Self.sample(kind)
    for head in heads { #expect(try folder.open().verify(head: head).holds) }
    #expect(try folder.open().verify(head: heads[3].uppercased()).holds)
    try folder.edit(
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

  @Test(
    arguments: LedgerUnderTest.all,
    [
      "UPDATE entries SET epsilon = '0'", "DELETE FROM entries WHERE position = 11",
      "INSERT INTO entries SELECT * FROM entries WHERE position = 3",
      "INSERT INTO entries SELECT 99, previous, time, kind, dataset, release_id, attempt, analyst, day, epsilon, delta, slices, digest, data_pinned, body_sha256, policy, hash FROM entries WHERE position = 3",
    ]
  )
  func `is seldom needed, because entries refuse change`(
    kind: LedgerUnderTest,
    sql: String
  ) throws {
    let (folder, heads) = try Self.sample(kind)
    #expect(throws: (any Error).self) { try folder.run(sql) }
    if kind == .sqlite {
      let replacing = "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE position = 3"
      #expect(throws: DatabaseError.self) { try folder.run(replacing) }
    }
    #expect(try folder.open().verify(head: heads[10]).findings == [])
  }
}

@Suite struct `Verification of schedules` {
  /// A ledger with a schedule of which one run was released and one is held, and one voided.
  private static func sample(_ kind: LedgerUnderTest) throws -> LedgerPlace {
    let folder = try LedgerPlace(
      kind,
      LedgerPolicy(dataset: "d", lifetime: loss("5"), daily: loss("2"), analysts: ["*": loss("3")])
    )
    let ledger = try folder.open()
    _ = try ledger.held(run(0, of: "v"))
    try ledger.void(ReleaseID("v"))
    let price = SchedulePrice(rule: .certified, loss: try loss("1/4"))
    _ = try ledger.release(run(0, id: "r0", price: price))
    _ = try ledger.open(ledger.held(run(1, id: "r1")))
    _ = try ledger.release(request("r2"))
    let verification = try ledger.verify(head: nil)
    #expect(verification.findings == [] && verification.entries == 14)
    return folder
  }

  @Test(
    arguments: LedgerUnderTest.all,
    [
      "UPDATE runs SET release_id = NULL WHERE run = 0 AND schedule = 's'",
      "UPDATE runs SET run = 2 WHERE run = 1", "DELETE FROM runs WHERE run = 1",
      "UPDATE runs SET schedule = 'r2' WHERE run = 1",
      "UPDATE runs SET release_id = 'r2' WHERE run = 1",
      "INSERT INTO runs VALUES ('s', 2, 'r2')", "INSERT INTO runs VALUES ('v', 5, 'r9')",
      "UPDATE runs SET release_id = 'no id' WHERE run = 1",
      "UPDATE releases SET epsilon = '1/8' WHERE id = 's'",
      "UPDATE releases SET state = 'voided' WHERE id = 's'",
      "UPDATE releases SET position = 1 WHERE id = 's'",
      "UPDATE releases SET epsilon = '1/20' WHERE id = 'r1'",
      "UPDATE releases SET state = 'scheduled' WHERE id = 'v'",
      "UPDATE balances SET epsilon = '0' WHERE label = '2026-01-03'",
    ]
  )
  func `finds an edit`(kind: LedgerUnderTest, sql: String) throws {
    let folder = try Self.sample(kind)
    try folder.edit(sql)
    #expect(try !folder.open().verify(head: nil).holds)
  }

  @Test(
    arguments: LedgerUnderTest.all,
    [
      // A price that was lowered, days that were moved, a run that was never paid, out of order, or
      // of another schedule; a schedule that was given back though a run was opened.
      "UPDATE entries SET epsilon = '1/8' WHERE position = 6",
      "UPDATE entries SET policy = replace(policy, '01-02', '01-09') WHERE position = 6",
      "UPDATE entries SET policy = replace(policy, 'certified', 'sum') WHERE position = 6",
      "UPDATE entries SET policy = NULL WHERE position = 6",
      "UPDATE entries SET policy = replace(policy, '1/10', '1/11') WHERE position = 10",
      "UPDATE entries SET policy = replace(policy, '\"run\":2', '\"run\":3') WHERE position = 10",
      "UPDATE entries SET policy = replace(policy, '\"s\"', '\"v\"') WHERE position = 10",
      "UPDATE entries SET policy = NULL WHERE position = 10",
      "UPDATE entries SET day = '2026-01-03' WHERE position = 10",
      "UPDATE entries SET digest = 'bb' WHERE position = 10",
      """
      UPDATE entries SET kind = 'void', release_id = 's', attempt = NULL, epsilon = '1/4', delta = '0',
      analyst = NULL, digest = 'aa', day = '2026-01-01', data_pinned = NULL, body_sha256 = NULL,
      policy = (SELECT policy FROM entries WHERE position = 6) WHERE position = 14
      """,
      "UPDATE entries SET policy = replace(policy, '1/10', '1/11') WHERE position = 5",
    ]
  )
  func `finds an edit that brought the whole chain in line`(
    kind: LedgerUnderTest,
    sql: String
  ) throws {
    let folder = try Self.sample(kind)
    try folder.edit(sql)
    try Verification.rehash(folder)
    let verification = try folder.open().verify(head: nil)
    #expect(!verification.holds)
    #expect(!verification.findings.contains { $0.contains("hash") }, "\(verification.findings)")
  }
}
