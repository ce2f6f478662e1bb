// PostgresTransaction.swift: the statements of a ledger run by PostgreSQL.
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
/// A transaction of PostgreSQL; one that writes holds the lock on the chain.
struct PostgresTransaction: LedgerTransaction {
  let connection: PostgresConnection
  let writes: Bool

  /// Half of what a message can carry, so that an answer has room too.
  var largestBody: Int { 500_000_000 }

  func run(_ sql: String, _ values: [StoredValue]) throws {
    _ = try connection.rows(sql, values)
  }

  func rows(_ sql: String, _ values: [StoredValue]) throws -> [StoredRow] {
    try connection.rows(sql, values)
  }

  /// Reads through a cursor, so that neither side holds the whole result.
  func forEachRow(_ sql: String, _ look: (StoredRow) throws -> Void) throws {
    try run("DECLARE reading NO SCROLL CURSOR FOR " + sql, [])
    while true {
      let rows = try connection.rows("FETCH FORWARD 1000 FROM reading")
      if rows.isEmpty { break }
      for row in rows { try look(row) }
    }
    try run("CLOSE reading", [])
  }

  func lock(account dataset: String) throws {
    guard writes else { return }
    try run("SELECT dataset FROM accounts WHERE dataset = ? FOR UPDATE", [.text(dataset)])
  }

  func keepsSchedules() throws -> Bool {
    try PostgresSchema.version(of: connection) ?? 0 >= PostgresSchema.firstWithSchedules
  }

  func bringUp() throws {
    do { try PostgresSchema.bringUp(connection) } catch PostgresError.refused(state: "42501", _) {
      throw StoreRefusal(
        detail: "its tables are of an older version; its owner brings them up by opening an account"
      )
    }
  }

  /// Looks for triggers that are gone or switched off; the server watches its own files.
  func integrityFindings() throws -> [String] {
    try PostgresSchema.missingTriggers(connection).map {
      "the trigger '\($0)' is missing or switched off"
    }
  }
}
#endif
