// PostgresDatabase.swift: transactions on a server, and what becomes of them when it is lost.
// Reference: `docs/formats.md`, section "Ledger in PostgreSQL".
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
import Glibc
import PrivacyAccounting
import Synchronization

/// A transaction that was undone because its connection was lost.
private struct Undone: Error {
  let detail: String
}

/// A commit of which nobody says how it ended.
private struct Unsettled: Error {
  let detail: String
}

/// How long a ledger on a server waits, in milliseconds.
package struct PostgresPatience: Sendable {
  /// How long a step waits for another process that holds the ledger.
  let lock: Int
  /// How long the server may be silent before it counts as lost.
  let silence: Int
  /// How long the server is asked how a commit ended whose reply was lost.
  let settling: Int

  /// Makes a patience; what is left out is what users get.
  package init(lock: Int = 15_000, silence: Int = 60_000, settling: Int = 15_000) {
    self.lock = lock
    self.silence = silence
    self.settling = settling
  }
}

/// The database of a ledger, over one connection that is made anew when it is lost.
///
/// It is unchecked because the compiler does not see that `current` and `interference` are
/// touched only by who has `turn`.
final class PostgresDatabase: LedgerDatabase, @unchecked Sendable {
  private let address: PostgresAddress
  private let clock: @Sendable () -> String
  private let patience: PostgresPatience
  private let turn = Mutex(())
  private var current: PostgresConnection?
  private var interference: ((String, Bool, Int32, Int32) -> Void)?

  init(
    _ address: PostgresAddress,
    patience: PostgresPatience,
    clock: @escaping @Sendable () -> String
  ) {
    self.address = address
    self.patience = patience
    self.clock = clock
  }

  /// Connects and looks whether there is a ledger.
  func open() throws(LedgerError) {
    try inTurn { _ = try connected() }
  }

  func write<T: Sendable>(_ step: (LedgerRules) throws -> T) throws(LedgerError) -> T {
    try inTurn { try transact(writes: true, step) }
  }

  func read<T: Sendable>(_ look: (LedgerRules) throws -> T) throws(LedgerError) -> T {
    try inTurn { try transact(writes: false, look) }
  }

  /// Makes the tables unless they are there, and brings older ones to the current version.
  func makeTables() throws(LedgerError) {
    try inTurn {
      let connection = try connect()
      let missing = try PostgresSchema.missingTables(connection)
      guard missing == PostgresSchema.tables.sorted() else {
        guard missing.isEmpty, let old = try PostgresSchema.version(of: connection),
          old < PostgresSchema.version
        else { return }
        try connection.script("BEGIN; SELECT version FROM ledger FOR UPDATE")
        try PostgresSchema.bringUp(connection)
        return try connection.script("COMMIT")
      }
      let encoding = try connection.rows("SELECT current_setting('server_encoding')").first
      guard try encoding?.text(0, place: "a setting") == "UTF8" else {
        throw PostgresError.refused(state: "22021", message: "the database's encoding is not UTF8")
      }
      try connection.script("BEGIN")
      _ = try connection.rows(
        "SELECT pg_advisory_xact_lock(?)",
        [.integer(PostgresSchema.makersLock)]
      )
      if try PostgresSchema.missingTables(connection) == PostgresSchema.tables.sorted() {
        try connection.script(PostgresSchema.sql)
        try PostgresSchema.bringUp(connection)
      }
      try connection.script("COMMIT")
    }
  }

  /// Lets tests do something before each statement and between its sending and its reply.
  func interfere(_ interference: ((String, Bool, Int32, Int32) -> Void)?) {
    turn.withLock { _ in
      self.interference = interference
      current?.interference = interference
    }
  }

  // MARK: - Transactions

  /// Does something while nobody else uses the connection, and once more where the connection
  /// was lost and nothing came of it.
  private func inTurn<T: Sendable>(_ action: () throws -> T) throws(LedgerError) -> T {
    try turn.withLock { _ throws(LedgerError) in
      do {
        return try action()
      } catch is Undone {
        do { return try action() } catch { throw failure(error) }
      } catch {
        throw failure(error)
      }
    }
  }

  private func transact<T>(writes: Bool, _ step: (LedgerRules) throws -> T) throws -> T {
    let connection = try connected()
    let transaction = PostgresTransaction(connection: connection, writes: writes)
    let rules = LedgerRules(tables: LedgerTables(transaction: transaction), time: clock())
    let number: String?
    let result: T
    do {
      number = try writes ? beginWriting(connection) : beginReading(connection)
      result = try step(rules)
    } catch PostgresError.lost(let detail) {
      current = nil
      throw Undone(detail: detail)
    } catch {
      do { try connection.script("ROLLBACK") } catch { current = nil }
      throw error
    }
    do {
      try connection.script("COMMIT")
    } catch PostgresError.lost(let detail) {
      current = nil
      if let number, try !wasCommitted(number, detail) { throw Undone(detail: detail) }
    }
    return result
  }

  /// Begins, takes the lock on the chain, and returns the number of the transaction.
  ///
  /// With that row locked each statement sees all that was committed before: the chain has one
  /// order, so steps wait for one another in any case.
  private func beginWriting(_ connection: PostgresConnection) throws -> String {
    try connection.script("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
    let rows = try connection.rows("SELECT pg_current_xact_id()::text FROM ledger FOR UPDATE")
    guard let row = rows.first, rows.count == 1 else {
      throw Damage("its table 'ledger' does not have one row")
    }
    return try row.text(0, place: "the number of a transaction")
  }

  private func beginReading(_ connection: PostgresConnection) throws -> String? {
    try connection.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return nil
  }

  /// Asks how a commit ended whose reply was lost.
  private func wasCommitted(_ number: String, _ detail: String) throws -> Bool {
    let deadline = ContinuousClock.now + .milliseconds(patience.settling)
    while ContinuousClock.now < deadline {
      if let connection = try? connected(),
        let row = try? connection.rows(
          "SELECT pg_xact_status(CAST(CAST(? AS text) AS xid8))",
          [.text(number)]
        ).first
      {
        switch row.values[0] {
        case .text("committed"): return true
        case .text("aborted"): return false
        case .text: break  // It is still in progress.
        default: throw Unsettled(detail: detail)
        }
      } else {
        current = nil
      }
      usleep(50_000)
    }
    throw Unsettled(detail: detail)
  }

  // MARK: - Connections

  /// The connection to a ledger, made anew where there is none.
  private func connected() throws -> PostgresConnection {
    if let current { return current }
    let connection = try connect()
    let missing = try PostgresSchema.missingTables(connection)
    guard missing != PostgresSchema.tables.sorted() else {
      throw failure(.missing, "the database has no ledger in a schema 'hubbub'")
    }
    if let lost = missing.first { throw Damage("its table '\(lost)' is missing") }
    let version = try PostgresSchema.version(of: connection)
    guard let version, version >= 1 else { throw Damage("its schema has no version") }
    guard version <= PostgresSchema.version else {
      throw failure(
        .newerSchema,
        "its schema is version \(version), and this program knows version "
          + "\(PostgresSchema.version)"
      )
    }
    if let lost = try PostgresSchema.missingTriggers(connection).first {
      throw Damage("its trigger '\(lost)' is missing or switched off")
    }
    current = connection
    return connection
  }

  private func connect() throws -> PostgresConnection {
    let connection = try PostgresConnection(address, patience: Int64(patience.silence))
    connection.interference = interference
    try connection.script(PostgresSchema.session + "; SET lock_timeout TO \(patience.lock)")
    return connection
  }

  // MARK: - Failures

  private func failure(_ kind: LedgerFailure.Kind, _ detail: String) -> LedgerError {
    .unavailable(LedgerFailure(kind: kind, place: address.place, detail: detail))
  }

  private func failure(_ thrown: any Error) -> LedgerError {
    switch thrown {
    case let error as LedgerError: error
    case let damage as Damage: failure(.damaged, damage.detail)
    case let refusal as StoreRefusal: failure(.other, refusal.detail)
    case PostgresError.refused(let state, let message):
      failure(Self.kind(ofState: state), message)
    case PostgresError.lost(let detail): failure(.other, detail)
    case let undone as Undone:
      failure(.other, "the connection was lost twice and nothing was changed: \(undone.detail)")
    case let unsettled as Unsettled:
      failure(
        .other,
        "the connection was lost during a commit, which is done or undone as a whole: "
          + "\(unsettled.detail); ask again under the same id, which never pays twice"
      )
    default: failure(.other, "an error of unknown origin")
    }
  }

  /// What an SQLSTATE means to people.
  private static func kind(ofState state: String) -> LedgerFailure.Kind {
    switch state {
    case "55P03", "57014", "40001", "40P01": .busy
    case "53100": .full
    case "25006": .readOnly
    case "42P01", "42703", "3F000", "XX001", "XX002": .damaged
    default: .other
    }
  }
}
#endif
