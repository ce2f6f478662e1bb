// SQLiteLedger+Opening.swift: how a ledger's file is made and opened.
// Reference: `docs/formats.md`, section "Ledger".
// SPDX-License-Identifier: Apache-2.0

import GRDB
import PrivacyAccounting

extension SQLiteLedger {
  /// Opens an account: in a new file, or as one more account of an existing ledger.
  ///
  /// The file appears under its name complete or not at all, and never replaces another.
  ///
  /// - Throws: `LedgerError.accountExists` where the ledger has the account already,
  ///   `.unavailable` where no ledger can be written there.
  public static func create(at path: String, policy: LedgerPolicy) throws(LedgerError) {
    let file = LedgerFile(path: path)
    if !file.exists, try createFile(file, policy) { return }
    let ledger = try SQLiteLedger(opening: path)
    try ledger.bringUp()
    try ledger.write { rules in try rules.create(policy) }
  }

  /// Brings a ledger that an older version made to the current schema.
  ///
  /// Only the opening of an account and the first schedule need that: what a newer schema adds is
  /// for what an older version cannot make.
  private func bringUp() throws(LedgerError) {
    guard !isReadOnly else { return }
    do {
      try queue.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) {
          try SQLiteSchema.bringUp(database)
          return .commit
        }
      }
    } catch {
      throw file.error(error)
    }
  }

  /// Makes a file with one account, under a name of its own until it is complete.
  ///
  /// - Returns: Whether the file was still missing when it was complete.
  private static func createFile(
    _ file: LedgerFile,
    _ policy: LedgerPolicy
  ) throws(LedgerError) -> Bool {
    guard LedgerFile(path: file.folder).exists else {
      throw file.failure(.other, "its folder does not exist")
    }
    let suffix = String(UInt64.random(in: 0...(.max)), radix: 36)
    let temporary = LedgerFile(path: file.plainPath + ".new-" + suffix)
    defer { temporary.remove() }
    do {
      let queue = try DatabaseQueue(
        path: temporary.plainPath,
        configuration: configuration(readOnly: false)
      )
      try queue.inDatabase { database in
        try database.inTransaction(.immediate) {
          try database.execute(sql: "PRAGMA application_id = \(SQLiteSchema.applicationID)")
          try SQLiteSchema.bringUp(database)
          let tables = LedgerTables(transaction: SQLiteTransaction(database: database))
          try LedgerRules(tables: tables, time: LedgerClock.now()).create(policy)
          return .commit
        }
        try database.execute(sql: "PRAGMA journal_mode = WAL")
      }
      try queue.close()
    } catch {
      guard case .unavailable(let failure) = file.error(error), failure.kind == .missing else {
        throw file.error(error)
      }
      // What is missing is what could not be made.
      throw file.failure(.readOnly, "its folder cannot be written")
    }
    return try file.take(from: temporary)
  }

  static func configuration(
    readOnly: Bool,
    patience: Int = patience
  ) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.label = "ledger"
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA busy_timeout = \(patience)")
      // What was committed survives a loss of power: the log is synchronised at every commit.
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    return configuration
  }

  /// Refuses a ledger of a newer version, and one that lacks its tables.
  static func checkSchema(_ database: Database, _ file: LedgerFile) throws {
    let version = try SQLiteSchema.version(of: database)
    guard version <= SQLiteSchema.version else {
      throw file.failure(
        .newerSchema,
        "its schema is version \(version), and this program knows version \(SQLiteSchema.version)"
      )
    }
    guard version >= 1 else { throw Damage("its schema has no version") }
    let names = try String.fetchSet(database, sql: "SELECT name FROM sqlite_master")
    if let lost = SQLiteSchema.objects(version: version).subtracting(names).min() {
      throw Damage("'\(lost)' is missing from its schema")
    }
  }
}
