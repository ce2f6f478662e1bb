// SQLiteLedger.swift: a durable ledger in one SQLite file.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import PrivacyAccounting

/// A ledger in one SQLite file, which several processes may use at once.
///
/// Every step is one transaction that takes the write lock first, so of two spends at once the
/// second sees the first; it is on disk before the call returns.
///
/// - Privacy: No account ever holds more than its caps: a step that would pass one is undone whole.
public final class SQLiteLedger: DurableLedger {
  let file: LedgerFile
  package let queue: DatabaseQueue
  let isReadOnly: Bool
  private let clock: @Sendable () -> String

  /// How long a step waits for another process, in milliseconds.
  package static let patience = 15_000

  /// Opens a ledger, and never creates one.
  ///
  /// - Throws: `LedgerError.unavailable`, whose kind tells a missing ledger from a file that is
  ///   none, a damaged one and one that a newer version wrote.
  public convenience init(opening path: String) throws(LedgerError) {
    try self.init(opening: path, clock: LedgerClock.now)
  }

  /// Opens a ledger with another clock, or another patience in milliseconds.
  package init(
    opening path: String,
    clock: @escaping @Sendable () -> String = LedgerClock.now,
    patience: Int = SQLiteLedger.patience
  ) throws(LedgerError) {
    let file = LedgerFile(path: path)
    try file.checkHeader()
    self.file = file
    self.clock = clock
    isReadOnly = file.isReadOnly
    do {
      queue = try DatabaseQueue(
        path: file.plainPath,
        configuration: Self.configuration(readOnly: isReadOnly, patience: patience)
      )
      try queue.inDatabase { database in try Self.checkSchema(database, file) }
    } catch {
      throw file.error(error)
    }
  }

  /// What the steps of a ledger run on.
  public var storage: LedgerStorage { LedgerStorage(database: self) }
}

extension SQLiteLedger: LedgerDatabase {
  /// Runs a step in a transaction that holds the write lock.
  func write<T: Sendable>(_ step: (LedgerRules) throws -> T) throws(LedgerError) -> T {
    guard !isReadOnly else { throw file.failure(.readOnly, "the file is marked read-only") }
    do {
      return try queue.writeWithoutTransaction { database in
        var result: T?
        try database.inTransaction(.immediate) {
          result = try step(rules(database))
          return .commit
        }
        guard let result else { throw Damage("a transaction ended without a result") }
        return result
      }
    } catch {
      throw file.error(error)
    }
  }

  /// Reads from one state of the ledger.
  func read<T: Sendable>(_ look: (LedgerRules) throws -> T) throws(LedgerError) -> T {
    do {
      return try queue.read { database in try look(rules(database)) }
    } catch {
      throw file.error(error)
    }
  }

  private func rules(_ database: Database) -> LedgerRules {
    LedgerRules(
      tables: LedgerTables(transaction: SQLiteTransaction(database: database)),
      time: clock()
    )
  }
}
