// SQLiteLedger.swift: a durable ledger in one SQLite file.
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import PrivacyAccounting

/// A ledger in one SQLite file, which several processes may use at once.
///
/// Every step is one transaction that takes the write lock first, so of two spends at once the
/// second sees the first; it is on disk before the call returns.
///
/// - Privacy: No account ever holds more than its caps: a step that would pass one is undone whole.
public final class SQLiteLedger: Sendable {
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
    try self.init(opening: path, clock: Self.now)
  }

  /// Opens a ledger with another clock, or another patience in milliseconds.
  package init(
    opening path: String,
    clock: @escaping @Sendable () -> String = SQLiteLedger.now,
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

  /// Runs a step in a transaction that holds the write lock.
  func write<T>(_ step: (LedgerRules) throws -> T) throws(LedgerError) -> T {
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
  func read<T>(_ look: (LedgerRules) throws -> T) throws(LedgerError) -> T {
    do {
      return try queue.read { database in try look(rules(database)) }
    } catch {
      throw file.error(error)
    }
  }

  private func rules(_ database: Database) -> LedgerRules {
    LedgerRules(tables: LedgerTables(database: database), time: clock())
  }

  /// The time in UTC, in whole seconds.
  @Sendable package static func now() -> String { Date.now.formatted(.iso8601) }

  /// A token for one attempt at a release.
  ///
  /// It tells attempts apart and guards no secret, so any generator will do.
  private static func attempt() -> String {
    sha256((0..<2).flatMap { _ in withUnsafeBytes(of: UInt64.random(in: 0...(.max)), Array.init) })
  }
}

extension SQLiteLedger: BudgetLedger {
  /// The release that was committed under `id`, or `nil` where none was.
  ///
  /// - Throws: `LedgerError.conflict` where the id stands for another digest.
  public func storedRelease(
    _ id: ReleaseID,
    dataset: String,
    digest: String
  ) throws(LedgerError) -> StoredRelease? {
    try read { rules in try rules.storedRelease(id, dataset: dataset, digest: digest) }
  }

  /// Says what `reserve` would refuse, and changes nothing.
  ///
  /// - Throws: What `reserve` would throw now.
  public func check(_ request: ReservationRequest) throws(LedgerError) {
    try read { rules in try rules.check(request) }
  }

  /// Holds the whole loss durably, takes up an attempt that died, or finds what was paid before.
  ///
  /// An id that was voided may be used again, for anything: nothing was read under it.
  ///
  /// - Throws: `LedgerError.refused` past a cap, `.mismatch` against a pin, `.conflict` for an id
  ///   that stands for another digest.
  public func reserve(
    _ request: ReservationRequest
  ) throws(LedgerError) -> ReservationOutcome {
    let attempt = Self.attempt()
    switch try write({ rules in try rules.reserve(request, attempt: attempt) }) {
    case .committed(let stored): return .committed(stored)
    case .reserved(let attempt):
      return .reserved(Reservation(id: request.id, dataset: request.dataset, attempt: attempt))
    }
  }

  /// Records durably that signals are about to be read; after this the loss cannot be voided.
  ///
  /// - Throws: `LedgerError.superseded` where the reservation was voided or taken over.
  public func open(
    _ reservation: consuming Reservation
  ) throws(LedgerError) -> OpenReservation {
    let (id, dataset, attempt) = (reservation.id, reservation.dataset, reservation.attempt)
    try write { rules in try rules.open(id, attempt: attempt) }
    return OpenReservation(id: id, dataset: dataset, attempt: attempt)
  }

  /// Records the charge together with the body of the release, in one transaction.
  ///
  /// - Throws: `LedgerError.superseded` where another attempt has taken over or committed.
  public func commit(
    _ charge: consuming Charge,
    body: @escaping @Sendable (RemainingBudget) -> [UInt8]
  ) throws(LedgerError) -> StoredRelease {
    let (id, attempt) = (charge.id, charge.attempt)
    return try write { rules in try rules.commit(id, attempt: attempt, body: body) }
  }
}

extension SQLiteLedger {
  /// The names of all accounts, in order.
  public func datasets() throws(LedgerError) -> [String] {
    try read { rules in try rules.tables.datasets() }
  }

  /// The policy of an account.
  ///
  /// - Throws: `LedgerError.unknownDataset`, which names those that exist.
  public func policy(of dataset: String) throws(LedgerError) -> LedgerPolicy {
    try read { rules in try rules.filter(of: dataset).policy }
  }

  /// Spends a loss on something that was released outside this program.
  ///
  /// The same spend again under the same id costs nothing.
  ///
  /// - Returns: What is left of each cap.
  /// - Throws: `LedgerError.refused` past a cap, `.invalid` for what has no meaning under the
  ///   policy, `.conflict` for an id that stands for something else.
  public func spend(
    _ spend: Spend,
    dataset: String,
    id: ReleaseID?
  ) throws(LedgerError) -> RemainingBudget {
    try write { rules in try rules.spend(spend, dataset: dataset, id: id) }
  }

  /// What is left of each cap, exactly.
  ///
  /// - Complexity: The number of slices with spends, whatever the number of entries.
  public func remaining(
    dataset: String,
    analyst: String?,
    day: String
  ) throws(LedgerError) -> RemainingBudget {
    try read { rules in try rules.remaining(dataset: dataset, analyst: analyst, day: day) }
  }

  /// A page of history: at most `limit` entries after a position, oldest first.
  ///
  /// Without an account it is the history of all.
  ///
  /// - Precondition: `limit >= 0`.
  public func history(
    dataset: String?,
    after position: Int = 0,
    limit: Int
  ) throws(LedgerError) -> [LedgerEntry] {
    precondition(limit >= 0, "a page holds a natural number of entries")
    return try read { rules in
      if let dataset { _ = try rules.filter(of: dataset) }
      return try rules.tables.page(of: dataset, after: position, limit: limit)
    }
  }

  /// Gives back a reservation under which no signal was read.
  ///
  /// - Throws: `LedgerError.notVoidable` for an id that is unknown or further along.
  public func void(_ id: ReleaseID) throws(LedgerError) {
    try write { rules in try rules.void(id) }
  }
}
