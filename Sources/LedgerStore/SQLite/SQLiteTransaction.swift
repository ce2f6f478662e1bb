// SQLiteTransaction.swift: the statements of a ledger run by SQLite through GRDB.
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB

/// A transaction of SQLite, which has the whole file locked when it writes.
struct SQLiteTransaction: LedgerTransaction {
  let database: Database

  /// The most bytes that one value can have in SQLite, less room for the rest of its row.
  var largestBody: Int { 1_000_000_000 - 1000 }

  func run(_ sql: String, _ values: [StoredValue]) throws {
    try database.cachedStatement(sql: sql).execute(arguments: Self.arguments(values))
  }

  func rows(_ sql: String, _ values: [StoredValue]) throws -> [StoredRow] {
    let statement = try database.cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: Self.arguments(values))
    var result: [StoredRow] = []
    while let row = try rows.next() { result.append(StoredRow(row)) }
    return result
  }

  func forEachRow(_ sql: String, _ look: (StoredRow) throws -> Void) throws {
    let rows = try Row.fetchCursor(database, sql: sql)
    while let row = try rows.next() { try look(StoredRow(row)) }
  }

  /// The file is locked as a whole.
  func lock(account dataset: String) {}

  func keepsSchedules() throws -> Bool {
    try SQLiteSchema.version(of: database) >= SQLiteSchema.firstWithSchedules
  }

  func bringUp() throws { try SQLiteSchema.bringUp(database) }

  func integrityFindings() throws -> [String] {
    try String.fetchAll(database, sql: "PRAGMA integrity_check(10)")
      .filter { $0 != "ok" }.map { "the file itself is damaged: \($0)" }
  }

  private static func arguments(_ values: [StoredValue]) -> StatementArguments {
    StatementArguments(
      values.map { value -> (any DatabaseValueConvertible)? in
        switch value {
        case .text(let text): text
        case .integer(let number): number
        case .bytes(let bytes): Data(bytes)
        case .null, .foreign: nil
        }
      }
    )
  }
}

extension StoredRow {
  /// Copies a row, which GRDB keeps only until it fetches the next.
  fileprivate init(_ row: Row) {
    values = row.databaseValues.map { value in
      switch value.storage {
      case .null: .null
      case .string(let text): .text(text)
      case .int64(let number): .integer(Int(number))
      case .blob(let data): .bytes(Array(data))
      case .double: .foreign
      }
    }
  }
}
