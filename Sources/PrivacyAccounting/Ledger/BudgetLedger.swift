// BudgetLedger.swift: what the pipeline asks of a ledger: hold, open, commit, and never pay twice.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// What a release asks of the ledger before any signal is read.
public struct ReservationRequest: Sendable, Hashable {
  /// The name of the release.
  public let id: ReleaseID
  /// The account that pays.
  public let dataset: String
  /// What is spent, by whom, under which day label.
  public let spend: Spend
  /// SHA-256 of everything public that fixes the release: the spec and its lists of cells.
  public let digest: String
  /// What the release protects; it must be what the policy says.
  public let privacyUnit: PrivacyUnit
  /// What the spec reads, to be held against the policy's pins: absolute file patterns, and the
  /// columns of units, consent and times.
  public let data: SignalPins
  /// The schedule that the release is a run of; `nil` for a release that pays for itself.
  public let schedule: ScheduledRun?

  /// Makes a request.
  public init(
    id: ReleaseID,
    dataset: String,
    spend: Spend,
    digest: String,
    privacyUnit: PrivacyUnit,
    data: SignalPins,
    schedule: ScheduledRun? = nil
  ) {
    self.id = id
    self.dataset = dataset
    self.spend = spend
    self.digest = digest
    self.privacyUnit = privacyUnit
    self.data = data
    self.schedule = schedule
  }
}

/// Where a committed release stands in the ledger.
public struct LedgerReceipt: Sendable, Hashable {
  /// The position of the entry in the ledger, from 1.
  public let position: Int
  /// SHA-256 of the entry, in hexadecimal: the head of the chain at that moment.
  public let head: String
  /// SHA-256 of the entry before it.
  public let previous: String
  /// SHA-256 of the release body, in hexadecimal.
  public let bodySHA256: String
  /// Whether the policy pinned the signal files, the unit and the consent column, and that of times
  /// where units or consent depend on it.
  public let dataPinned: Bool
  /// The owner's signature; `nil` where the policy names no key.
  public let signature: ReleaseSignature?

  /// Makes a receipt.
  public init(
    position: Int,
    head: String,
    previous: String,
    bodySHA256: String,
    dataPinned: Bool,
    signature: ReleaseSignature? = nil
  ) {
    self.position = position
    self.head = head
    self.previous = previous
    self.bodySHA256 = bodySHA256
    self.dataPinned = dataPinned
    self.signature = signature
  }
}

/// A release that was paid and kept.
public struct StoredRelease: Sendable, Hashable {
  /// The body of the release, byte for byte.
  public let body: [UInt8]
  /// Where it stands.
  public let receipt: LedgerReceipt

  /// Makes the record.
  public init(body: [UInt8], receipt: LedgerReceipt) {
    self.body = body
    self.receipt = receipt
  }
}

/// A loss that the ledger durably holds; no signal has been read yet, so it can still be voided.
///
/// - Invariant: Made only by a ledger, and used once.
public struct Reservation: ~Copyable, Sendable {
  /// The name of the release.
  public let id: ReleaseID
  /// The account that pays.
  public let dataset: String
  /// The token of this attempt: of two attempts at one id only the newest can commit.
  package let attempt: String

  package init(id: ReleaseID, dataset: String, attempt: String) {
    self.id = id
    self.dataset = dataset
    self.attempt = attempt
  }
}

/// A reservation under which signals may be read; from here on the loss stays spent.
///
/// - Invariant: Made only by a ledger, and used once.
public struct OpenReservation: ~Copyable, Sendable {
  /// The name of the release.
  public let id: ReleaseID
  /// The account that pays.
  public let dataset: String
  package let attempt: String

  package init(id: ReleaseID, dataset: String, attempt: String) {
    self.id = id
    self.dataset = dataset
    self.attempt = attempt
  }

  /// Turns into the charge for noise that has been drawn; a charge can be committed, not voided.
  package consuming func charged() -> Charge {
    Charge(id: id, dataset: dataset, attempt: attempt)
  }
}

/// A loss for which noise has been drawn: it can be committed and nothing else.
public struct Charge: ~Copyable, Sendable {
  /// The name of the release.
  public let id: ReleaseID
  /// The account that pays.
  public let dataset: String
  package let attempt: String

  fileprivate init(id: ReleaseID, dataset: String, attempt: String) {
    self.id = id
    self.dataset = dataset
    self.attempt = attempt
  }
}

/// What a request for a reservation leads to.
public enum ReservationOutcome: ~Copyable, Sendable {
  /// The loss is held, or an earlier attempt that died is taken up again.
  case reserved(Reservation)
  /// The release was paid before, for the same digest; it costs nothing more.
  case committed(StoredRelease)
}

/// The durable filter: it holds a loss before data is read, and never pays out more than its caps.
///
/// - Privacy: Reserved, opened and committed losses all count as spent.
public protocol BudgetLedger: Sendable {
  /// The release that was committed under `id`, or `nil` where none was.
  ///
  /// - Throws: `LedgerError.conflict` where the id stands for another digest.
  func storedRelease(
    _ id: ReleaseID,
    dataset: String,
    digest: String
  ) async throws(LedgerError) -> StoredRelease?

  /// What the ledger knows of a schedule; `nil` where none has that name.
  ///
  /// - Throws: `LedgerError.unknownDataset`; `.conflict` where the name stands for something else.
  func schedule(
    _ name: ReleaseID,
    dataset: String
  ) async throws(LedgerError) -> ScheduleStanding?

  /// The tokens of all attempts at a release that this ledger ever recorded.
  ///
  /// They are random, so whoever knows one has this ledger or a copy of it.
  func attempts(
    at id: ReleaseID,
    dataset: String
  ) async throws(LedgerError) -> Set<String>

  /// What is left of each cap.
  func remaining(
    dataset: String,
    analyst: String?,
    day: String
  ) async throws(LedgerError) -> RemainingBudget

  /// Says what `reserve` would refuse, and changes nothing, so that a refusal comes before any
  /// signal file is opened.
  ///
  /// It holds nothing: another spend may come in between, and only `reserve` decides.
  ///
  /// - Throws: What `reserve` would throw now.
  func check(_ request: ReservationRequest) async throws(LedgerError)

  /// Holds the whole loss durably, or refuses and changes nothing.
  ///
  /// The same id and digest takes up an attempt that died, under a new token: the older attempt
  /// can then no longer commit. The first run of a schedule pays for all of them; later runs are
  /// held in their order and cost nothing.
  ///
  /// - Throws: `LedgerError.refused` past a cap, `.mismatch` against a pin, `.conflict` for an id
  ///   that stands for another digest, `.schedule` for a run that is not the next of its schedule
  ///   or a schedule that does not fit.
  func reserve(_ request: ReservationRequest) async throws(LedgerError) -> ReservationOutcome

  /// Records durably that signals are about to be read; after this the loss cannot be voided.
  ///
  /// - Throws: `LedgerError.superseded` where the reservation was voided or taken over.
  func open(
    _ reservation: consuming Reservation
  ) async throws(LedgerError) -> OpenReservation

  /// Records the charge together with the body of the release, in one transaction.
  ///
  /// - Parameters:
  ///   - charge: What the noise cost; it is used up whatever happens.
  ///   - body: Makes the body from what remains after this release; called inside the transaction,
  ///     and again only where that was undone as a whole.
  /// - Returns: The release as it is kept.
  /// - Throws: `LedgerError.superseded` where another attempt has taken over or committed.
  func commit(
    _ charge: consuming Charge,
    body: @escaping @Sendable (RemainingBudget) -> [UInt8]
  ) async throws(LedgerError) -> StoredRelease
}
