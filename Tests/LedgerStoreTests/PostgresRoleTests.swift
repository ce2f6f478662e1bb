// PostgresRoleTests.swift: what the role of an analyst can do, with the rights of the documentation.
// Reference: `docs/formats.md`, section "Ledger in PostgreSQL".
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
import Foundation
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// A ledger with a second role, which vanishes with it.
private final class Analyst {
  let folder: LedgerPlace
  let name: String
  /// The address of the ledger with the role of the analyst.
  let place: String

  /// The statements that the documentation gives, up to a line.
  static func documented() throws -> [String] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/formats.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let block = try #require(text.firstMatch(of: #/```sql\n(?<sql>(.|\n)*?)```/#)).output.sql
    return block.split(separator: "\n").map(String.init)
  }

  init(_ kind: LedgerUnderTest, lines: Int) throws {
    folder = try LedgerPlace(kind)
    var parts = try #require(URLComponents(string: folder.place))
    name = "analyst_" + parts.path.dropFirst()
    let statements = try Self.documented()
    #expect(statements.count == 7)
    let sql = statements.prefix(lines).joined(separator: "\n")
      .replacingOccurrences(of: " ann", with: " \(name)")
    try folder.run(sql + "; ALTER ROLE \(name) PASSWORD 'p'")
    parts.user = name
    parts.password = "p"
    place = try #require(parts.string)
  }

  deinit { try? folder.run("DROP OWNED BY \(name) CASCADE; DROP ROLE \(name)") }
}

@Suite struct `The role of an analyst` {
  @Test(arguments: LedgerUnderTest.servers)
  func `takes every step and reads everything`(kind: LedgerUnderTest) throws {
    let analyst = try Analyst(kind, lines: 7)
    let ledger = try OpenedLedger(opening: analyst.place)
    _ = try ledger.release(request("r1", spend: spend("1/4")))
    _ = try ledger.held(request("r2", spend: spend("1/4")))
    try ledger.void(ReleaseID("r2"))
    _ = try ledger.spend(spend("1/4"), dataset: "d", id: ReleaseID("s1"))
    #expect(try ledger.left() == loss("1/2"))
    #expect(try ledger.history(dataset: "d", after: 0, limit: 100).count == 7)
    #expect(try ledger.verify(head: nil).findings == [])
    #expect(throws: LedgerError.accountExists("d")) {
      try OpenedLedger.create(at: analyst.place, policy: policy())
    }
  }

  @Test(
    arguments: LedgerUnderTest.servers,
    [
      "UPDATE entries SET epsilon = '0'", "DELETE FROM entries", "TRUNCATE entries",
      "UPDATE entries SET hash = hash WHERE position = 1",
      "INSERT INTO entries SELECT * FROM entries WHERE position = 1",
      "UPDATE releases SET body = NULL", "UPDATE releases SET state = 'voided'",
      "UPDATE releases SET epsilon = '0'", "DELETE FROM releases", "TRUNCATE releases",
      "UPDATE accounts SET dataset = 'e'", "UPDATE accounts SET policy = '{}'",
      "DELETE FROM accounts", "INSERT INTO accounts VALUES ('e', '{}')", "DELETE FROM balances",
      "UPDATE ledger SET version = 2", "DELETE FROM ledger", "DROP TABLE entries",
      "ALTER TABLE entries DISABLE TRIGGER ALL", "DROP TRIGGER entries_stay ON entries",
      "DROP SCHEMA hubbub CASCADE", "SET session_replication_role = replica",
      "CREATE TABLE hubbub.other (a int)", "DROP FUNCTION hubbub.refuse CASCADE",
    ]
  )
  func `cannot change what was`(kind: LedgerUnderTest, sql: String) throws {
    let analyst = try Analyst(kind, lines: 7)
    let ledger = try OpenedLedger(opening: analyst.place)
    _ = try ledger.release(request("r1", spend: spend("1/4")))
    _ = try ledger.spend(spend("1/4"), dataset: "d", id: ReleaseID("s1"))
    let session = try PostgresConnection("\(analyst.place)?options=-csearch_path%3Dhubbub")
    #expect(throws: (any Error).self) { try session.script(sql) }
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `opens no account`(kind: LedgerUnderTest) throws {
    let analyst = try Analyst(kind, lines: 7)
    let error = #expect(throws: LedgerError.self) {
      try OpenedLedger.create(at: analyst.place, policy: policy("e"))
    }
    #expect(error?.description.contains("permission denied") == true)
    #expect(try analyst.folder.open().datasets() == ["d"])
    #expect(try analyst.folder.open().verify(head: nil).entries == 1)
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `cannot hide a balance that it wrote itself`(kind: LedgerUnderTest) throws {
    let analyst = try Analyst(kind, lines: 7)
    _ = try analyst.folder.open().spend(spend("1/4"), dataset: "d", id: nil)
    let session = try PostgresConnection("\(analyst.place)?options=-csearch_path%3Dhubbub")
    try session.script("UPDATE balances SET epsilon = '0'")
    #expect(try !analyst.folder.open().verify(head: nil).holds)
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `can be limited to reading`(kind: LedgerUnderTest) throws {
    let analyst = try Analyst(kind, lines: 3)
    let ledger = try OpenedLedger(opening: analyst.place)
    #expect(try ledger.left() == loss("1"))
    #expect(try ledger.verify(head: nil).findings == [])
    let error = #expect(throws: LedgerError.self) {
      try ledger.spend(spend("1/4"), dataset: "d", id: nil)
    }
    #expect(error?.description.contains("permission denied") == true)
    #expect(try ledger.left() == loss("1"))
  }
}
#endif
