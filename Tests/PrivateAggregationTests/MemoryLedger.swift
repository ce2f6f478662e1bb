// MemoryLedger.swift: a ledger in memory, for the flow alone; not durable.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// A ledger that keeps the protocol's promises in memory and counts what is asked of it.
actor MemoryLedger: BudgetLedger {
  private enum State {
    case reserved
    case open
    case committed(StoredRelease)
  }

  private struct Row {
    var request: ReservationRequest
    var attempt: String
    var state: State
  }

  private let budget: Rational
  private var rows: [ReleaseID: Row] = [:]
  private var attempts = 0
  /// Run inside a commit, before it takes place.
  private var beforeCommit: (@Sendable (isolated MemoryLedger) -> Void)?

  init(budget: Rational) {
    self.budget = budget
  }

  /// What is spent: reserved, open and committed alike.
  var spent: Rational { rows.values.reduce(Rational.zero) { $0 + $1.request.spend.loss.epsilon } }

  private var remaining: RemainingBudget {
    guard let left = try? PrivacyLoss(epsilon: budget - spent) else {
      preconditionFailure("never more than the budget is spent")
    }
    return RemainingBudget(lifetime: left, daily: nil, analyst: nil)
  }

  /// Lets another attempt take the release over right before the next commit.
  func supersedeBeforeCommit(of id: ReleaseID) {
    beforeCommit = { ledger in ledger.rows[id]?.attempt = "another" }
  }

  func storedRelease(
    _ id: ReleaseID,
    dataset: String,
    digest: String
  ) throws(LedgerError) -> StoredRelease? {
    guard let row = rows[id] else { return nil }
    guard row.request.digest == digest else { throw .conflict(id) }
    guard case .committed(let stored) = row.state else { return nil }
    return stored
  }

  func schedule(_ name: ReleaseID, dataset: String) throws(LedgerError) -> ScheduleStanding? { nil }

  func attempts(at id: ReleaseID, dataset: String) throws(LedgerError) -> Set<String> {
    Set([rows[id]?.attempt].compactMap { $0 })
  }

  func remaining(
    dataset: String,
    analyst: String?,
    day: String
  ) throws(LedgerError) -> RemainingBudget { remaining }

  func check(_ request: ReservationRequest) throws(LedgerError) {
    guard rows[request.id] != nil || spent + request.spend.loss.epsilon <= budget else {
      throw .refused(BudgetRefusal(violated: [.lifetime], remaining: remaining))
    }
  }

  func reserve(_ request: ReservationRequest) throws(LedgerError) -> ReservationOutcome {
    if let stored = try storedRelease(
      request.id,
      dataset: request.dataset,
      digest: request.digest
    ) {
      return .committed(stored)
    }
    if rows[request.id] == nil, spent + request.spend.loss.epsilon > budget {
      throw .refused(BudgetRefusal(violated: [.lifetime], remaining: remaining))
    }
    attempts += 1
    let attempt = "\(attempts)"
    rows[request.id] = Row(request: request, attempt: attempt, state: .reserved)
    return .reserved(Reservation(id: request.id, dataset: request.dataset, attempt: attempt))
  }

  func open(_ reservation: consuming Reservation) throws(LedgerError) -> OpenReservation {
    let (id, dataset, attempt) = (reservation.id, reservation.dataset, reservation.attempt)
    guard rows[id]?.attempt == attempt else { throw .superseded(id) }
    rows[id]?.state = .open
    return OpenReservation(id: id, dataset: dataset, attempt: attempt)
  }

  func commit(
    _ charge: consuming Charge,
    body: @escaping @Sendable (RemainingBudget) -> [UInt8]
  ) throws(LedgerError) -> StoredRelease {
    let (id, attempt) = (charge.id, charge.attempt)
    beforeCommit?(self)
    guard rows[id]?.attempt == attempt else { throw .superseded(id) }
    let hash = String(repeating: "a", count: 64)
    let stored = StoredRelease(
      body: body(remaining),
      receipt: LedgerReceipt(
        position: attempts,
        head: hash,
        previous: hash,
        bodySHA256: hash,
        dataPinned: false
      )
    )
    rows[id]?.state = .committed(stored)
    return stored
  }
}
