// LedgerRules.swift: what may happen in a ledger, and what each step writes.
// Reference: `docs/formats.md`, section "Ledger".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// What a reservation leads to, before it becomes a value that is used once.
enum ReservedAs: Sendable {
  case reserved(attempt: String)
  case committed(StoredRelease)
}

/// The steps of a ledger.
///
/// Each runs inside one transaction that holds the write lock; what it throws undoes all that it
/// wrote.
struct LedgerRules {
  let tables: LedgerTables
  /// The time that entries carry.
  let time: String

  /// Opens an account.
  func create(_ policy: LedgerPolicy) throws {
    guard try tables.policy(of: policy.dataset) == nil else {
      throw LedgerError.accountExists(policy.dataset)
    }
    let policy = try policy.withPublicKey()
    try tables.addAccount(policy.dataset, policy: policy.storedText)
    var entry = self.entry(.create, dataset: policy.dataset)
    entry.policy = policy.storedText
    _ = try tables.append(entry)
  }

  /// The filter of an account.
  func filter(of dataset: String) throws -> BudgetFilter {
    guard let policy = try tables.policy(of: dataset) else {
      throw LedgerError.unknownDataset(dataset, known: try tables.datasets())
    }
    return BudgetFilter(policy)
  }

  /// What is left of each cap.
  func remaining(dataset: String, analyst: String?, day: String) throws -> RemainingBudget {
    let filter = try filter(of: dataset)
    let balances = try balances(filter.accounts(analyst: analyst, day: day), dataset: dataset)
    return filter.remaining(analyst: analyst, day: day, balances: balances)
  }

  /// The release that was committed under an id.
  func storedRelease(_ id: ReleaseID, dataset: String, digest: String) throws -> StoredRelease? {
    _ = try filter(of: dataset)
    guard let row = try tables.release(id), row.state != .voided else { return nil }
    guard row.dataset == dataset, row.digest == digest, row.state != .scheduled else {
      throw LedgerError.conflict(id)
    }
    return row.state == .committed ? try stored(row) : nil
  }

  /// Throws what a reservation would throw, and changes nothing.
  func check(_ request: ReservationRequest) throws {
    let filter = try filter(of: request.dataset)
    let place = try place(of: request)
    if case .released = place { return }
    try checkPins(of: filter.policy, against: request)
    _ = try filter.policy.signingKey?.signer()
    guard case .first = place else { return }
    if let run = request.schedule {
      let spend = run.spend(request.spend)
      _ = try acceptedSchedule(spend, dataset: request.dataset, filter: filter)
    } else {
      _ = try accepted(request.spend, dataset: request.dataset, filter: filter)
    }
  }

  /// Holds a loss, takes up an attempt that died, or finds what was paid before.
  func reserve(_ request: ReservationRequest, attempt: String) throws -> ReservedAs {
    let filter = try filter(of: request.dataset)
    let place = try place(of: request)
    if case .released(let row) = place { return .committed(try stored(row)) }
    try checkPins(of: filter.policy, against: request)
    // A release that could not be signed must not be paid.
    _ = try filter.policy.signingKey?.signer()
    if case .begun(var row) = place {
      // The loss is held already, under the day label of the first attempt.
      row.attempt = attempt
      try tables.store(row)
      _ = try tables.append(self.entry(.resume, row))
      return .reserved(attempt: attempt)
    }
    var reserved = ReleaseRow(
      id: request.id,
      dataset: request.dataset,
      state: .reserved,
      attempt: attempt,
      spend: request.spend,
      digest: request.digest,
      dataPinned: Self.pinsData(filter.policy, request.data)
    )
    if let run = request.schedule {
      if case .first = place { try declare(request, run, filter: filter) }
      let spend = request.spend
      reserved.spend = Spend(
        loss: spend.loss,
        analyst: spend.analyst,
        day: run.day,
        slices: try filter.checkedSlices(of: spend)
      )
      try tables.store(reserved)
      try tables.store(run: run.index, of: run.name, id: reserved.id)
      _ = try tables.append(self.entry(.reserve, reserved, run: run.name, run.index))
    } else {
      reserved.spend = try charge(request.spend, dataset: request.dataset, filter: filter)
      try tables.store(reserved)
      _ = try tables.append(self.entry(.reserve, reserved, loss: true))
    }
    return .reserved(attempt: attempt)
  }

  /// Where a request stands, or why it cannot be met.
  private func place(of request: ReservationRequest) throws -> RunPlace {
    if let run = request.schedule { return try place(of: request, run) }
    guard let row = try held(request) else { return .first }
    return row.state == .committed ? .released(row) : .begun(row)
  }

  /// Records that signals are about to be read.
  func open(_ id: ReleaseID, attempt: String) throws {
    guard var row = try tables.release(id), row.attempt == attempt,
      row.state == .reserved || row.state == .open
    else { throw LedgerError.superseded(id) }
    row.state = .open
    try tables.store(row)
    _ = try tables.append(self.entry(.open, row))
  }

  /// Records the charge together with the body.
  func commit(
    _ id: ReleaseID,
    attempt: String,
    body make: (RemainingBudget) -> [UInt8]
  ) throws -> StoredRelease {
    guard var row = try tables.release(id), row.attempt == attempt, row.state == .open else {
      throw LedgerError.superseded(id)
    }
    let body = make(
      try remaining(dataset: row.dataset, analyst: row.spend.analyst, day: row.spend.day)
    )
    var entry = self.entry(.commit, row)
    entry.digest = row.digest
    entry.bodySHA256 = sha256(body)
    let (text, hash) = try tables.append(entry)
    if let signer = try filter(of: row.dataset).policy.signingKey?.signer() {
      let receipt = receipt(of: row, text, hash, sha256(body))
      try tables.store(
        try signer.signature(of: receipt, dataset: row.dataset, release: id),
        at: text.position
      )
    }
    row.state = .committed
    row.attempt = nil
    row.position = text.position
    try tables.store(row)
    try tables.store(body, of: id)
    return try stored(row, body: body)
  }

  /// Gives back a reservation under which nothing was read, or a schedule of which nothing was.
  ///
  /// - Returns: The loss that was given back; `nil` for a run, for which its schedule has paid.
  func void(_ id: ReleaseID) throws -> PrivacyLoss? {
    guard var row = try tables.release(id) else {
      throw LedgerError.notVoidable(id, state: "unknown")
    }
    if row.state == .scheduled { return try voidSchedule(row) }
    guard row.state == .reserved else {
      throw LedgerError.notVoidable(id, state: row.state.rawValue)
    }
    let run = try tables.run(of: id)
    if let run {
      _ = try tables.append(self.entry(.void, row, run: run.schedule, run.index))
      try tables.store(run: run.index, of: run.schedule, id: nil)
    } else {
      let filter = try filter(of: row.dataset)
      try tables.transaction.lock(account: row.dataset)
      try giveBack(filter.charges(of: row.spend), row, filter: filter)
      _ = try tables.append(self.entry(.void, row, loss: true))
    }
    row.state = .voided
    row.attempt = nil
    try tables.store(row)
    return run == nil ? row.spend.loss : nil
  }

  /// Spends a loss outside this program; unless its day was given, the day of the first spend
  /// under its id counts.
  func spend(
    _ spend: Spend,
    dataset: String,
    id: ReleaseID?,
    dayGiven: Bool
  ) throws -> RemainingBudget {
    let filter = try filter(of: dataset)
    if let id, let row = try tables.release(id), row.state != .voided {
      guard row.state == .spent, row.dataset == dataset, row.spend.loss == spend.loss,
        row.spend.analyst == spend.analyst, !dayGiven || row.spend.day == spend.day,
        row.spend.slices.map(Set.init) == spend.slices.map(Set.init)
      else { throw LedgerError.conflict(id) }
      return try remaining(dataset: dataset, analyst: spend.analyst, day: row.spend.day)
    }
    let charged = try charge(spend, dataset: dataset, filter: filter)
    var entry = self.entry(.spend, dataset: dataset)
    entry.release = id?.description
    entry.describe(charged)
    let (text, _) = try tables.append(entry)
    if let id {
      try tables.store(
        ReleaseRow(
          id: id,
          dataset: dataset,
          state: .spent,
          spend: charged,
          position: text.position
        )
      )
    }
    return try remaining(dataset: dataset, analyst: spend.analyst, day: spend.day)
  }

  // MARK: - Parts of steps

  /// What is kept under the id of a request, voided reservations aside.
  private func held(_ request: ReservationRequest) throws -> ReleaseRow? {
    guard let row = try tables.release(request.id), row.state != .voided else { return nil }
    guard row.dataset == request.dataset, row.digest == request.digest, row.state != .scheduled,
      row.spend.loss == request.spend.loss, row.spend.analyst == request.spend.analyst,
      row.spend.slices.map(Set.init) == request.spend.slices.map(Set.init),
      try tables.run(of: request.id) == nil
    else { throw LedgerError.conflict(request.id) }
    return row
  }

  /// The accounts that a spend touches as they are after it, or throws; adds nothing.
  private func accepted(
    _ spend: Spend,
    dataset: String,
    filter: BudgetFilter
  ) throws -> [BudgetAccount: Odometer] {
    let accounts = filter.accounts(analyst: spend.analyst, day: spend.day)
    let before = try balances(accounts, dataset: dataset)
    if let after = try? filter.admitted(spend, balances: before) {
      try refuseLongNumbers(in: spend, filter: filter, balances: before)
      return after
    }
    switch filter.decide(spend, balances: before) {
    case .invalid(let reason, let left): throw LedgerError.invalid(reason, remaining: left)
    case .refused(let refusal): throw LedgerError.refused(refusal)
    case .accepted(let after, _):
      try refuseLongNumbers(in: spend, filter: filter, balances: before)
      return after
    }
  }

  /// Adds a spend to every account that it touches, or throws and adds nothing.
  ///
  /// - Returns: The spend with its slices as the policy spells them, in order.
  private func charge(_ spend: Spend, dataset: String, filter: BudgetFilter) throws -> Spend {
    try tables.transaction.lock(account: dataset)
    let after = try accepted(spend, dataset: dataset, filter: filter)
    let slices = try filter.checkedSlices(of: spend)
    for (account, odometer) in after {
      try tables.store(odometer, of: account, dataset: dataset, changed: slices)
    }
    return Spend(loss: spend.loss, analyst: spend.analyst, day: spend.day, slices: slices)
  }

  /// Takes charges off the accounts that hold them.
  func giveBack(
    _ charges: [(BudgetAccount, PrivacyLoss)],
    _ row: ReleaseRow,
    filter: BudgetFilter
  ) throws {
    let balances = try balances(charges.map(\.0), dataset: row.dataset)
    guard let before = filter.removed(charges, slices: row.spend.slices, from: balances) else {
      throw Damage("a balance of '\(row.dataset)' is less than what the release '\(row.id)' holds")
    }
    for (account, odometer) in before {
      try tables.store(odometer, of: account, dataset: row.dataset, changed: row.spend.slices)
    }
  }

  func balances(
    _ accounts: [BudgetAccount],
    dataset: String
  ) throws -> [BudgetAccount: Odometer] {
    var balances: [BudgetAccount: Odometer] = [:]
    for account in accounts {
      balances[account] = try tables.odometer(of: account, dataset: dataset)
    }
    return balances
  }

  private func checkPins(
    of policy: LedgerPolicy,
    against request: ReservationRequest
  ) throws(LedgerError) {
    guard policy.privacyUnit == request.privacyUnit else { throw .mismatch(.privacyUnit) }
    if let part = policy.pins?.difference(from: request.data) { throw .mismatch(part) }
  }

  /// Whether the policy fixed all that decides which signals are read and whose they are.
  private static func pinsData(_ policy: LedgerPolicy, _ data: SignalPins) -> Bool {
    policy.pins?.decideAll(of: data, privacyUnit: policy.privacyUnit) ?? false
  }

  /// What is kept of a committed release.
  private func stored(_ row: ReleaseRow, body: [UInt8]? = nil) throws -> StoredRelease {
    guard let position = row.position else {
      throw Damage("the release '\(row.id)' does not say where it was committed")
    }
    let (text, hash) = try tables.entry(at: position)
    let body = try body ?? tables.body(of: row.id)
    guard text.kind == LedgerEntryKind.commit.rawValue, text.release == row.id.description,
      text.hash == hash, let bodySHA256 = text.bodySHA256, bodySHA256 == sha256(body)
    else { throw Damage("the release '\(row.id)' does not match its entry \(position)") }
    let receipt = receipt(of: row, text, hash, bodySHA256)
    guard let key = try filter(of: row.dataset).policy.signingKey?.publicKey else {
      return StoredRelease(body: body, receipt: receipt)
    }
    guard let value = try tables.signature(at: position) else {
      throw Damage("the signature of the release '\(row.id)' is missing")
    }
    let signature = ReleaseSignature(publicKey: key, value: value)
    return StoredRelease(body: body, receipt: receipt.signed(signature))
  }

  /// What the entry of a commit says to whoever holds the release, without a signature.
  private func receipt(
    of row: ReleaseRow,
    _ text: EntryText,
    _ hash: String,
    _ bodySHA256: String
  ) -> LedgerReceipt {
    LedgerReceipt(
      position: text.position,
      head: hash,
      previous: text.previous,
      bodySHA256: bodySHA256,
      dataPinned: row.dataPinned ?? false
    )
  }

  private func entry(_ kind: LedgerEntryKind, dataset: String) -> EntryText {
    EntryText(position: 0, previous: "", time: time, kind: kind.rawValue, dataset: dataset)
  }

  /// An entry about a release; with `loss`, what it holds or gives back.
  func entry(_ kind: LedgerEntryKind, _ row: ReleaseRow, loss: Bool = false) -> EntryText {
    var entry = self.entry(kind, dataset: row.dataset)
    entry.release = row.id.description
    entry.attempt = row.attempt
    guard loss else { return entry }
    entry.describe(row.spend)
    entry.digest = row.digest
    entry.dataPinned = row.dataPinned.map { $0 ? "1" : "0" }
    return entry
  }

  /// An entry about a run of a schedule, which says what it would cost and carries no loss.
  private func entry(
    _ kind: LedgerEntryKind,
    _ row: ReleaseRow,
    run schedule: ReleaseID,
    _ index: Int
  ) -> EntryText {
    var entry = entry(kind, row, loss: true)
    entry.epsilon = nil
    entry.delta = nil
    entry.policy =
      DeclaredRun(schedule: schedule, index: index, loss: row.spend.loss).storedText
    return entry
  }
}

extension EntryText {
  /// Takes on the fields of a spend.
  fileprivate mutating func describe(_ spend: Spend) {
    analyst = spend.analyst
    day = spend.day
    epsilon = spend.loss.epsilon.description
    delta = spend.loss.delta.description
    slices = sliceText(spend.slices)
  }
}
