// LedgerUnderTest.swift: the kinds of ledger that the same tests run over, and one of each to try.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// A kind of ledger.
enum LedgerUnderTest: String, CustomTestStringConvertible, Codable {
  case sqlite = "SQLite"
  case postgres = "PostgreSQL"

  var testDescription: String { rawValue }

  /// The address of a server whose role may create databases.
  static let server = ProcessInfo.processInfo.environment["HUBBUB_POSTGRES"] ?? ""

  /// The kinds that can be tried: PostgreSQL where the program reaches it and a server is named.
  static let all: [LedgerUnderTest] =
    OpenedLedger.reachesPostgreSQL && !server.isEmpty ? [.sqlite, .postgres] : [.sqlite]

  /// PostgreSQL, or nothing where there is no server.
  static let servers = all.filter { $0 == .postgres }
}

/// A place for a ledger of its own, with one account unless it is asked to be empty.
final class LedgerPlace: Sendable {
  let kind: LedgerUnderTest
  let directory: TemporaryDirectory
  /// The path of the file or the address of the database.
  let place: String

  /// A place with a ledger of one account.
  convenience init(_ kind: LedgerUnderTest = .sqlite, _ policy: LedgerPolicy? = nil) throws {
    try self.init(empty: kind)
    try OpenedLedger.create(at: place, policy: policy ?? LedgerStoreTests.policy())
  }

  /// A place without a ledger.
  init(empty kind: LedgerUnderTest) throws {
    self.kind = kind
    directory = try TemporaryDirectory()
    guard kind == .postgres else {
      place = directory.appending("ledger")
      return
    }
    let name =
      "ledger_" + directory.path.lowercased().filter { $0.isLetter || $0.isNumber }.suffix(24)
    try Self.onServer("CREATE DATABASE \(name)")
    place = LedgerUnderTest.server.replacingOccurrences(
      of: #"/[^/]*$"#,
      with: "/\(name)",
      options: .regularExpression
    )
  }

  deinit {
    guard kind == .postgres, let name = place.split(separator: "/").last else { return }
    try? Self.onServer("DROP DATABASE \(name) WITH (FORCE)")
  }

  /// Opens the ledger.
  func open() throws -> OpenedLedger { try OpenedLedger(opening: place) }

  /// Opens the ledger with another clock.
  func open(clock: @escaping @Sendable () -> String) throws -> OpenedLedger {
    try OpenedLedger(opening: place, clock: clock)
  }

  /// The values of some columns as text.
  func texts(_ sql: String) throws -> [[String?]] {
    #if PostgreSQL
    if kind == .postgres {
      return try PostgresConnection("\(place)?options=-csearch_path%3Dhubbub").texts(sql)
    }
    #endif
    return try SQLiteLedger(opening: place).queue.read { database in
      try Row.fetchAll(database, sql: sql).map { row in
        row.databaseValues.map {
          String.fromDatabaseValue($0) ?? Int.fromDatabaseValue($0).map(String.init)
        }
      }
    }
  }

  /// Runs statements as a user with another program would.
  func run(_ sql: String) throws {
    guard kind == .sqlite else {
      return try Self.onServer(sql, at: "\(place)?options=-csearch_path%3Dhubbub")
    }
    try SQLiteLedger(opening: place).queue.writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  /// Edits tables as the owner of the ledger can, with the triggers out of the way.
  func edit(_ sql: String) throws {
    guard kind == .sqlite else {
      let tables = ["entries", "accounts", "releases", "balances", "signatures", "runs"]
      func triggers(_ state: String) -> String {
        tables.map { "ALTER TABLE \($0) \(state) TRIGGER USER;" }.joined()
      }
      let sql = sql.replacingOccurrences(of: "x'00'", with: #"'\x00'"#)
      return try run("BEGIN; \(triggers("DISABLE")) \(sql); \(triggers("ENABLE")) COMMIT")
    }
    try SQLiteLedger(opening: place).queue.writeWithoutTransaction { database in
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

  private static func onServer(_ sql: String, at address: String = LedgerUnderTest.server) throws {
    #if PostgreSQL
    try PostgresConnection(address).script(sql)
    #endif
  }
}
