// LedgerError.swift: what a ledger refuses, and what can fail beneath it.
// SPDX-License-Identifier: Apache-2.0

/// A refusal: the caps that a spend would pass, and what is left of each.
public struct BudgetRefusal: Error, Sendable, Hashable {
  /// The caps that would be passed.
  public let violated: Set<BudgetLimit>
  /// What is left, unchanged by the request.
  public let remaining: RemainingBudget
  /// What was asked for; `nil` where that is not known.
  public let asked: PrivacyLoss?
  /// The largest spend that every cap admits, for the same analyst, day and slices.
  public let fitting: PrivacyLoss

  /// Makes a refusal.
  ///
  /// - Parameters:
  ///   - violated: The caps that would be passed.
  ///   - remaining: What is left of each cap.
  ///   - asked: What was asked for, if known.
  ///   - fitting: The largest spend that fits; if left out, the one on the whole population.
  public init(
    violated: Set<BudgetLimit>,
    remaining: RemainingBudget,
    asked: PrivacyLoss? = nil,
    fitting: PrivacyLoss? = nil
  ) {
    self.violated = violated
    self.remaining = remaining
    self.asked = asked
    self.fitting = fitting ?? remaining.fitting
  }
}

/// Why a request to spend has no meaning under a policy.
public enum InvalidSpend: Error, Sendable, Hashable {
  /// Epsilon or delta is negative, or delta is one or more.
  case loss(PrivacyLossError)
  /// The analyst has no cap, and there is none for `*`.
  case unknownAnalyst(String)
  /// A slice that the policy does not name.
  case unknownSlice(String)
  /// A slice that is named twice.
  case duplicateSlice(String)
  /// A list of slices without any.
  case noSlices
  /// Slices where the policy has no dimension.
  case noDimension
  /// Epsilon or delta has more digits than a ledger keeps.
  case tooLong(digits: Int)
  /// The price of a schedule is not what its rule gives under the policy.
  case schedulePrice(PricingRule)
}

/// A part of a spec that differs from what the owner pinned.
public enum PinnedPart: String, Sendable, Hashable {
  /// The privacy unit.
  case privacyUnit = "privacy_unit"
  /// The signal files.
  case files = "signals.files"
  /// The unit column.
  case unitColumn = "signals.columns.unit"
  /// The consent column.
  case consentColumn = "signals.columns.consent"
  /// The column of times.
  case timeColumn = "signals.columns.time"
  /// The registry of consents.
  case registry = "consent.registry"
  /// The purpose that the registry has to allow.
  case purpose = "consent.purpose"
  /// The folder of the encrypted state.
  case store = "continual.store"
}

/// How the store beneath a ledger failed.
public struct LedgerFailure: Error, Sendable, Hashable {
  /// The kind of failure.
  public enum Kind: Sendable, Hashable {
    /// There is nothing at that place.
    case missing
    /// Something is there, and it is no ledger.
    case notALedger
    /// It is a ledger and its content does not hold together.
    case damaged
    /// A newer version of the program wrote it.
    case newerSchema
    /// It cannot be written.
    case readOnly
    /// The disk is full.
    case full
    /// Another process held it for too long.
    case busy
    /// The key that signs its releases cannot be used.
    case signingKey
    /// Anything else.
    case other
  }

  /// The kind of failure.
  public let kind: Kind
  /// Where the ledger is.
  public let place: String
  /// What the store said.
  public let detail: String

  /// Makes a failure.
  public init(kind: Kind, place: String, detail: String) {
    self.kind = kind
    self.place = place
    self.detail = detail
  }
}

/// Why a ledger did not do what it was asked.
public enum LedgerError: Error, Sendable, Hashable {
  /// A cap would be passed; nothing was charged.
  case refused(BudgetRefusal)
  /// The request has no meaning under the policy; nothing was charged.
  case invalid(InvalidSpend, remaining: RemainingBudget)
  /// The ledger already has an account of that name; its policy stays as it is.
  case accountExists(String)
  /// The ledger has no account of that name.
  case unknownDataset(String, known: [String])
  /// The spec differs from what the owner pinned.
  case mismatch(PinnedPart)
  /// The id stands for another digest, or another account.
  case conflict(ReleaseID)
  /// The reservation was voided, taken over by a newer attempt, or committed by it.
  case superseded(ReleaseID)
  /// The release is unknown, or past the point where it can be voided.
  case notVoidable(ReleaseID, state: String)
  /// A run of a declared schedule does not take place.
  case schedule(ScheduleRefusal)
  /// The store failed.
  case unavailable(LedgerFailure)
}
