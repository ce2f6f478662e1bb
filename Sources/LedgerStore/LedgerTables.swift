// LedgerTables.swift: the rows of a ledger read and written through GRDB, inside a transaction.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import FoundationEssentials
import GRDB
import PrivacyAccounting

/// How far a release has come.
enum ReleaseState: String, Sendable, Hashable {
  /// Its loss is held and no signal has been read.
  case reserved
  /// Signals may have been read.
  case open
  /// It is paid and kept.
  case committed
  /// Its loss was given back; the id may be used again.
  case voided
  /// A loss that was spent outside this program.
  case spent
}

/// The row of one release.
struct ReleaseRow: Sendable, Hashable {
  var id: ReleaseID
  var dataset: String
  var state: ReleaseState
  var attempt: String?
  var spend: Spend
  var digest: String?
  var dataPinned: Bool?
  /// The position of the entry that put it in its last state, where that is `committed` or `spent`.
  var position: Int?
}

/// The rows of a ledger, within one transaction on one connection.
struct LedgerTables {
  let database: Database

  // MARK: - Entries

  /// Adds an entry after the last one.
  func append(_ text: EntryText) throws -> (text: EntryText, hash: String) {
    let head = try Row.fetchOne(database.cachedStatement(sql: Statements.head))
    var text = text
    text.position = try head.map { try Self.integer($0, 0, place: "the last entry") + 1 } ?? 1
    text.previous =
      try head.map { try Self.text($0, 1, place: "the last entry") } ?? EntryText.origin
    let hash = text.hash
    var arguments: [(any DatabaseValueConvertible)?] = [text.position]
    arguments += text.values.dropFirst().map { $0 }
    arguments.append(hash)
    try run(Statements.append, arguments)
    return (text, hash)
  }

  /// The fields of an entry, and the hash that stands beside them.
  static func entry(_ row: Row) throws -> (text: EntryText, hash: String) {
    let position = try integer(row, 0, place: "an entry")
    let place = "entry \(position)"
    let text = EntryText(
      position: position,
      previous: try self.text(row, 1, place: place),
      time: try self.text(row, 2, place: place),
      kind: try self.text(row, 3, place: place),
      dataset: try self.text(row, 4, place: place),
      release: try optionalText(row, 5, place: place),
      attempt: try optionalText(row, 6, place: place),
      analyst: try optionalText(row, 7, place: place),
      day: try optionalText(row, 8, place: place),
      epsilon: try optionalText(row, 9, place: place),
      delta: try optionalText(row, 10, place: place),
      slices: try optionalText(row, 11, place: place),
      digest: try optionalText(row, 12, place: place),
      dataPinned: try optionalText(row, 13, place: place),
      bodySHA256: try optionalText(row, 14, place: place),
      policy: try optionalText(row, 15, place: place)
    )
    return (text, try self.text(row, 16, place: place))
  }

  /// The entry at a position, which another row says is there.
  func entry(at position: Int) throws -> (text: EntryText, hash: String) {
    let statement = try database.cachedStatement(sql: Statements.entry)
    guard let row = try Row.fetchOne(statement, arguments: [position]) else {
      throw Damage("entry \(position) is missing")
    }
    return try Self.entry(row)
  }

  /// At most `limit` entries after a position, of one account or of all.
  func page(of dataset: String?, after position: Int, limit: Int) throws -> [LedgerEntry] {
    let rows =
      if let dataset {
        try Row.fetchCursor(
          database,
          sql: Statements.pageOfDataset,
          arguments: [dataset, position, limit]
        )
      } else {
        try Row.fetchCursor(database, sql: Statements.page, arguments: [position, limit])
      }
    var entries: [LedgerEntry] = []
    while let row = try rows.next() {
      let (text, hash) = try Self.entry(row)
      entries.append(try text.entry(hash: hash))
    }
    return entries
  }

  // MARK: - Accounts and balances

  /// The names of all accounts, in order.
  func datasets() throws -> [String] {
    try String.fetchAll(database, sql: Statements.datasets)
  }

  /// The policy of an account; `nil` where there is no such account.
  func policy(of dataset: String) throws -> LedgerPolicy? {
    let statement = try database.cachedStatement(sql: Statements.policy)
    guard let row = try Row.fetchOne(statement, arguments: [dataset]) else { return nil }
    let place = "the account '\(dataset)'"
    return try LedgerPolicy(stored: Self.text(row, 0, place: place), place: place)
  }

  func addAccount(_ dataset: String, policy: String) throws {
    try run(Statements.addAccount, [dataset, policy])
  }

  /// The totals of one capped account.
  func odometer(of account: BudgetAccount, dataset: String) throws -> Odometer {
    let statement = try database.cachedStatement(sql: Statements.balance)
    let arguments: StatementArguments = [dataset, account.limit.rawValue, account.label]
    var unscoped = PrivacyLoss.zero
    var slices: [String: PrivacyLoss] = [:]
    let place = "a balance of '\(dataset)'"
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    while let row = try rows.next() {
      let key = try Self.text(row, 0, place: place)
      let loss = try PrivacyLoss(
        stored: Self.text(row, 1, place: place),
        Self.text(row, 2, place: place),
        place: place
      )
      guard let slice = Self.slice(ofKey: key) else {
        unscoped = loss ?? .zero
        continue
      }
      slices[slice] = loss
    }
    return Odometer(unscoped: unscoped, slices: slices)
  }

  /// Writes the totals that a spend on `slices` has changed.
  func store(
    _ odometer: Odometer,
    of account: BudgetAccount,
    dataset: String,
    changed slices: [String]?
  ) throws {
    let changed: [(String, PrivacyLoss)] =
      slices.map { $0.map { (Self.key(ofSlice: $0), odometer.slices[$0] ?? .zero) } }
      ?? [("", odometer.unscoped)]
    for (key, loss) in changed {
      try run(
        Statements.setBalance,
        [
          dataset, account.limit.rawValue, account.label, key, loss.epsilon.description,
          loss.delta.description,
        ]
      )
    }
  }

  /// How a slice is written in a balance: an empty text is the whole population.
  static func key(ofSlice slice: String) -> String { "=" + slice }

  /// The slice of a balance; `nil` for the whole population.
  static func slice(ofKey key: String) -> String? {
    key.isEmpty ? nil : String(key.dropFirst())
  }

  // MARK: - Releases

  /// The row of a release; `nil` where the id was never used.
  func release(_ id: ReleaseID) throws -> ReleaseRow? {
    let statement = try database.cachedStatement(sql: Statements.release)
    return try Row.fetchOne(statement, arguments: [id.description]).map(Self.release)
  }

  static func release(_ row: Row) throws -> ReleaseRow {
    let place = "the release '\(try text(row, 0, place: "a release"))'"
    guard let state = ReleaseState(rawValue: try text(row, 2, place: place)),
      let loss = try PrivacyLoss(
        stored: text(row, 6, place: place),
        text(row, 7, place: place),
        place: place
      )
    else { throw Damage("\(place) is in no known state") }
    return ReleaseRow(
      id: try ReleaseID(stored: text(row, 0, place: place), place: place),
      dataset: try text(row, 1, place: place),
      state: state,
      attempt: try optionalText(row, 3, place: place),
      spend: Spend(
        loss: loss,
        analyst: try optionalText(row, 4, place: place),
        day: try text(row, 5, place: place),
        slices: try optionalText(row, 8, place: place).map { try sliceNames($0, place: place) }
      ),
      digest: try optionalText(row, 9, place: place),
      dataPinned: try optionalText(row, 10, place: place).map { $0 == "1" },
      position: try optionalInteger(row, 11, place: place)
    )
  }

  func store(_ release: ReleaseRow) throws {
    try run(
      Statements.setRelease,
      [
        release.id.description, release.dataset, release.state.rawValue, release.attempt,
        release.spend.analyst, release.spend.day, release.spend.loss.epsilon.description,
        release.spend.loss.delta.description, sliceText(release.spend.slices), release.digest,
        release.dataPinned.map { $0 ? "1" : "0" }, release.position,
      ]
    )
  }

  func body(of id: ReleaseID) throws -> [UInt8] {
    let statement = try database.cachedStatement(sql: Statements.body)
    guard let data = try Data.fetchOne(statement, arguments: [id.description]) else {
      throw Damage("the body of the release '\(id)' is missing")
    }
    return Array(data)
  }

  /// The most bytes that one value can have in SQLite.
  static let largestBody = 1_000_000_000 - 1000

  func store(_ body: [UInt8], of id: ReleaseID) throws {
    guard body.count <= Self.largestBody else {
      throw DatabaseError(
        resultCode: .SQLITE_ERROR,
        message: "the release '\(id)' has \(body.count) bytes, more than a ledger keeps"
      )
    }
    try run(Statements.setBody, [Data(body), id.description])
  }

  // MARK: - Helpers

  private func run(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
    try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
  }

  static func optionalText(_ row: Row, _ index: Int, place: String) throws(Damage) -> String? {
    let value: DatabaseValue = row[index]
    switch value.storage {
    case .null: return nil
    case .string(let text): return text
    default: throw Damage("\(place) holds a value that is no text")
    }
  }

  static func text(_ row: Row, _ index: Int, place: String) throws(Damage) -> String {
    guard let text = try optionalText(row, index, place: place) else {
      throw Damage("\(place) lacks a value")
    }
    return text
  }

  static func optionalInteger(_ row: Row, _ index: Int, place: String) throws(Damage) -> Int? {
    let value: DatabaseValue = row[index]
    switch value.storage {
    case .null: return nil
    case .int64(let number): return Int(number)
    default: throw Damage("\(place) holds a value that is no whole number")
    }
  }

  static func integer(_ row: Row, _ index: Int, place: String) throws(Damage) -> Int {
    guard let number = try optionalInteger(row, index, place: place) else {
      throw Damage("\(place) lacks a value")
    }
    return number
  }
}
