// DurableLedger.swift: what every ledger on disk does, whichever database holds it.
// Reference: `docs/formats.md`, section "Ledger".
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import PrivacyAccounting

/// A ledger that a database keeps, and that several processes may use at once.
///
/// Every step is one transaction in which nobody else writes, so of two spends at once the second
/// sees the first; it is durable before the call returns.
///
/// - Privacy: No account ever holds more than its caps: a step that would pass one is undone whole.
public protocol DurableLedger: BudgetLedger {
  /// What the steps of the ledger run on.
  var storage: LedgerStorage { get }
}

/// The database beneath a ledger; only this module can look inside.
public struct LedgerStorage: Sendable {
  let database: any LedgerDatabase

  /// A token for one attempt at a release.
  ///
  /// It tells attempts apart and guards no secret, so any generator will do.
  fileprivate static func attempt() -> String {
    sha256((0..<2).flatMap { _ in withUnsafeBytes(of: UInt64.random(in: 0...(.max)), Array.init) })
  }
}

/// The clock whose time entries carry.
package enum LedgerClock {
  /// The time in UTC, in whole seconds.
  @Sendable package static func now() -> String { Date.now.formatted(.iso8601) }
}

extension DurableLedger {
  /// The release that was committed under `id`, or `nil` where none was.
  ///
  /// - Throws: `LedgerError.conflict` where the id stands for another digest.
  public func storedRelease(
    _ id: ReleaseID,
    dataset: String,
    digest: String
  ) throws(LedgerError) -> StoredRelease? {
    try storage.database.read { rules in
      try rules.storedRelease(id, dataset: dataset, digest: digest)
    }
  }

  /// What the ledger knows of a schedule; `nil` where none has that name.
  public func schedule(
    _ name: ReleaseID,
    dataset: String
  ) throws(LedgerError) -> ScheduleStanding? {
    try storage.database.read { rules in try rules.schedule(name, dataset: dataset) }
  }

  /// The tokens of all attempts at a release that this ledger ever recorded.
  public func attempts(
    at id: ReleaseID,
    dataset: String
  ) throws(LedgerError) -> Set<String> {
    try storage.database.read { rules in
      _ = try rules.filter(of: dataset)
      return try rules.tables.attempts(at: id, dataset: dataset)
    }
  }

  /// Says what `reserve` would refuse, and changes nothing.
  ///
  /// - Throws: What `reserve` would throw now.
  public func check(_ request: ReservationRequest) throws(LedgerError) {
    try storage.database.read { rules in try rules.check(request) }
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
    let attempt = LedgerStorage.attempt()
    switch try storage.database.write({ rules in try rules.reserve(request, attempt: attempt) }) {
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
    try storage.database.write { rules in try rules.open(id, attempt: attempt) }
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
    return try storage.database.write { rules in try rules.commit(id, attempt: attempt, body: body)
    }
  }
}

extension DurableLedger {
  /// The names of all accounts, in order.
  public func datasets() throws(LedgerError) -> [String] {
    try storage.database.read { rules in try rules.tables.datasets() }
  }

  /// The policy of an account.
  ///
  /// - Throws: `LedgerError.unknownDataset`, which names those that exist.
  public func policy(of dataset: String) throws(LedgerError) -> LedgerPolicy {
    try storage.database.read { rules in try rules.filter(of: dataset).policy }
  }

  /// Spends a loss on something that was released outside this program.
  ///
  /// The same spend again under the same id costs nothing.
  ///
  /// - Parameters:
  ///   - spend: What is spent.
  ///   - dataset: The account that pays.
  ///   - id: The name of the spend, if it has one.
  ///   - dayGiven: Whether another day makes it another spend under its id; where it does not, as
  ///     for a day that was filled in, the day of the first one counts.
  /// - Returns: What is left of each cap.
  /// - Throws: `LedgerError.refused` past a cap, `.invalid` for what has no meaning under the
  ///   policy, `.conflict` for an id that stands for something else.
  public func spend(
    _ spend: Spend,
    dataset: String,
    id: ReleaseID?,
    dayGiven: Bool = true
  ) throws(LedgerError) -> RemainingBudget {
    try storage.database.write { rules in
      try rules.spend(spend, dataset: dataset, id: id, dayGiven: dayGiven)
    }
  }

  /// What is left of each cap, exactly.
  ///
  /// - Complexity: The number of slices with spends, whatever the number of entries.
  public func remaining(
    dataset: String,
    analyst: String?,
    day: String
  ) throws(LedgerError) -> RemainingBudget {
    try storage.database.read { rules in
      try rules.remaining(dataset: dataset, analyst: analyst, day: day)
    }
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
    return try storage.database.read { rules in
      if let dataset { _ = try rules.filter(of: dataset) }
      return try rules.tables.page(of: dataset, after: position, limit: limit)
    }
  }

  /// The releases of an account that are begun and not done, in the order of their ids.
  public func unfinished(dataset: String) throws(LedgerError) -> [UnfinishedRelease] {
    try storage.database.read { rules in
      _ = try rules.filter(of: dataset)
      return try rules.tables.unfinished(dataset: dataset)
    }
  }

  /// The schedules of an account, in the order of their names; those voided are left out.
  public func schedules(
    dataset: String
  ) throws(LedgerError) -> [(name: ReleaseID, standing: ScheduleStanding)] {
    try storage.database.read { rules in try rules.schedules(dataset: dataset) }
  }

  /// Gives back a reservation under which no signal was read, or the price of a schedule of which
  /// no run was opened, by its name.
  ///
  /// - Returns: The loss that was given back; `nil` for a run, for which its schedule has paid.
  /// - Throws: `LedgerError.notVoidable` for an id that is unknown or further along.
  @discardableResult
  public func void(_ id: ReleaseID) throws(LedgerError) -> PrivacyLoss? {
    try storage.database.write { rules in try rules.void(id) }
  }

  /// Derives every link, balance, account and release anew from the entries, and says what
  /// differs.
  ///
  /// A chain without a key shows edits only relative to a head that was kept elsewhere: whoever
  /// can write the ledger can also write a whole new chain, or cut off its end.
  ///
  /// A given head, in hexadecimal, is one that an earlier verification gave; it must still be the
  /// hash of an entry. A given public key, in hexadecimal, is the one by which the releases of every
  /// account that has a key must be signed; without it they must be signed by the key of their own
  /// account. The accounts without a key are named in the result.
  ///
  /// - Complexity: O(n log n) for n entries.
  public func verify(
    head: String?,
    publicKey: String? = nil
  ) throws(LedgerError) -> LedgerVerification {
    try storage.database.read { rules in
      var verifier = LedgerVerifier(
        tables: rules.tables,
        keptHead: head,
        publicKey: publicKey
      )
      return try verifier.verify()
    }
  }
}
