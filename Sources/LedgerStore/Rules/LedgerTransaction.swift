// LedgerTransaction.swift: the little that a ledger asks of a database, whichever it is.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// A database that holds a ledger.
protocol LedgerDatabase: Sendable {
  /// Runs a step in a transaction in which nobody else writes to the ledger.
  ///
  /// What the step throws undoes all that it wrote; when the call returns, all of it is durable.
  func write<T: Sendable>(_ step: (LedgerRules) throws -> T) throws(LedgerError) -> T

  /// Reads from one state of the ledger.
  func read<T: Sendable>(_ look: (LedgerRules) throws -> T) throws(LedgerError) -> T
}

/// One transaction of a database that holds a ledger.
///
/// Statements mark their values by `?`; values are bound and never become part of the text.
protocol LedgerTransaction {
  /// The most bytes that the body of a release can have.
  var largestBody: Int { get }

  /// Runs a statement without a result.
  func run(_ sql: String, _ values: [StoredValue]) throws

  /// The rows of a short result.
  func rows(_ sql: String, _ values: [StoredValue]) throws -> [StoredRow]

  /// Looks at the rows of a long result one by one; other statements may run in between.
  func forEachRow(_ sql: String, _ look: (StoredRow) throws -> Void) throws

  /// Keeps everyone else from an account until the transaction ends.
  func lock(account dataset: String) throws

  /// Whether the tables are new enough for schedules.
  func keepsSchedules() throws -> Bool

  /// Brings the tables to the version of this program, so that they have room for schedules.
  func bringUp() throws

  /// What the database finds wrong with itself, a sentence each.
  func integrityFindings() throws -> [String]
}

/// A value of a column.
enum StoredValue: Sendable, Hashable {
  case null
  case text(String)
  case integer(Int)
  case bytes([UInt8])
  /// A value of a type that a ledger never writes.
  case foreign

  /// The text, or null.
  init(_ text: String?) {
    self = text.map { .text($0) } ?? .null
  }

  /// The number, or null.
  init(_ number: Int?) {
    self = number.map { .integer($0) } ?? .null
  }
}

/// The values of a row, in the order of its columns.
struct StoredRow: Sendable {
  let values: [StoredValue]

  func optionalText(_ index: Int, place: String) throws(Damage) -> String? {
    switch values[index] {
    case .null: return nil
    case .text(let text): return text
    default: throw Damage("\(place) holds a value that is no text")
    }
  }

  func text(_ index: Int, place: String) throws(Damage) -> String {
    guard let text = try optionalText(index, place: place) else {
      throw Damage("\(place) lacks a value")
    }
    return text
  }

  func optionalInteger(_ index: Int, place: String) throws(Damage) -> Int? {
    switch values[index] {
    case .null: return nil
    case .integer(let number): return number
    default: throw Damage("\(place) holds a value that is no whole number")
    }
  }

  func integer(_ index: Int, place: String) throws(Damage) -> Int {
    guard let number = try optionalInteger(index, place: place) else {
      throw Damage("\(place) lacks a value")
    }
    return number
  }
}

/// What the store beneath a ledger cannot do, for a reason that people can act on.
struct StoreRefusal: Error {
  let detail: String
}
