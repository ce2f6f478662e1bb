// LedgerRules+Schedules.swift: schedules that are paid once, and their runs in order.
// Reference: `docs/formats.md`, section "Schedules".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// A schedule as the tables hold it.
struct KeptSchedule {
  /// Its row among the releases: the price, who pays, the digest.
  let row: ReleaseRow
  let declared: DeclaredSchedule
  /// Its runs that are held or further along, in order.
  let runs: [(id: ReleaseID, state: ReleaseState)]

  /// The ids of the runs that were committed.
  var released: [ReleaseID] { runs.filter { $0.state == .committed }.map(\.id) }

  /// The run that was begun and not committed.
  var pending: ReleaseID? { runs.first { $0.state != .committed }?.id }

  /// What callers learn of it.
  var standing: ScheduleStanding {
    ScheduleStanding(
      digest: row.digest ?? "",
      analyst: row.spend.analyst,
      every: declared.every,
      days: declared.days,
      price: SchedulePrice(rule: declared.rule, loss: row.spend.loss),
      released: released,
      pending: pending
    )
  }
}

/// Where a request for a run stands.
enum RunPlace {
  /// It is the first of a schedule that is not declared yet.
  case first
  /// It is the next one.
  case next
  /// It was held or opened before.
  case begun(ReleaseRow)
  /// It was released before.
  case released(ReleaseRow)
}

extension LedgerRules {
  /// What is known of a schedule.
  func schedule(_ name: ReleaseID, dataset: String) throws -> ScheduleStanding? {
    _ = try filter(of: dataset)
    guard let kept = try kept(name) else { return nil }
    guard kept.row.dataset == dataset else { throw LedgerError.conflict(name) }
    return kept.standing
  }

  /// The schedules of an account that are not voided, in the order of their names.
  func schedules(dataset: String) throws -> [(name: ReleaseID, standing: ScheduleStanding)] {
    _ = try filter(of: dataset)
    return try tables.schedules(of: dataset).compactMap { name in
      try kept(name).map { (name, $0.standing) }
    }
  }

  /// The schedule of a name; `nil` where there is none, or it was voided.
  private func kept(_ name: ReleaseID) throws -> KeptSchedule? {
    guard let row = try tables.release(name), row.state != .voided else { return nil }
    guard row.state == .scheduled else { throw LedgerError.conflict(name) }
    return try kept(row)
  }

  private func kept(_ row: ReleaseRow) throws -> KeptSchedule {
    guard let position = row.position, case let text = try tables.entry(at: position).text,
      text.kind == LedgerEntryKind.schedule.rawValue, let declared = text.policy
    else { throw Damage("the schedule '\(row.id)' does not say where it was declared") }
    return KeptSchedule(
      row: row,
      declared: try DeclaredSchedule(stored: declared, place: "entry \(position)"),
      runs: try tables.runs(of: row.id)
    )
  }

  /// Where the request for a run stands, or why it does not take place.
  func place(of request: ReservationRequest, _ run: ScheduledRun) throws -> RunPlace {
    func refuse(_ refusal: ScheduleRefusal) -> LedgerError { .schedule(refusal) }
    guard request.id != run.name else { throw LedgerError.conflict(request.id) }
    guard let kept = try kept(run.name) else {
      guard run.index == 0 else { throw refuse(.skipped(next: run.days[0])) }
      try checkUnused(request.id)
      return .first
    }
    guard kept.row.dataset == request.dataset, kept.row.spend.analyst == request.spend.analyst
    else { throw LedgerError.conflict(run.name) }
    guard kept.row.digest == request.digest, kept.declared.every == run.every,
      kept.declared.days == run.days, kept.declared.runLoss == request.spend.loss,
      kept.row.spend.slices.map(Set.init) == request.spend.slices.map(Set.init)
    else { throw refuse(.changed(run.name)) }
    let released = kept.released
    guard run.index <= released.count else {
      throw refuse(.skipped(next: run.days[released.count]))
    }
    let id = run.index < released.count ? released[run.index] : kept.pending
    guard let id else {
      try checkUnused(request.id)
      return .next
    }
    let isReleased = run.index < released.count
    guard id == request.id, let row = try tables.release(id) else {
      throw refuse(isReleased ? .repeated(day: run.day, id: id) : .begun(day: run.day, id: id))
    }
    return isReleased ? .released(row) : .begun(row)
  }

  /// An id that stands for nothing can be that of a run.
  private func checkUnused(_ id: ReleaseID) throws {
    if let row = try tables.release(id), row.state != .voided { throw LedgerError.conflict(id) }
  }

  /// Throws what the charge for a schedule would throw; adds nothing.
  func acceptedSchedule(
    _ spend: ScheduleSpend,
    dataset: String,
    filter: BudgetFilter
  ) throws -> [BudgetAccount: Odometer] {
    let before = try balances(filter.accounts(of: spend), dataset: dataset)
    switch filter.decide(spend, balances: before) {
    case .invalid(let reason, let left): throw LedgerError.invalid(reason, remaining: left)
    case .refused(let refusal): throw LedgerError.schedule(refusal)
    case .accepted(let after): return after
    }
  }

  /// Charges the price of all runs and writes the schedule down.
  func declare(
    _ request: ReservationRequest,
    _ run: ScheduledRun,
    filter: BudgetFilter
  ) throws {
    try tables.transaction.bringUp()
    try tables.transaction.lock(account: request.dataset)
    let spend = run.spend(request.spend)
    let after = try acceptedSchedule(spend, dataset: request.dataset, filter: filter)
    let slices = try filter.checkedSlices(of: spend.run)
    for (account, odometer) in after {
      try tables.store(odometer, of: account, dataset: request.dataset, changed: slices)
    }
    var row = ReleaseRow(
      id: run.name,
      dataset: request.dataset,
      state: .scheduled,
      spend: Spend(
        loss: run.price.loss,
        analyst: request.spend.analyst,
        day: run.days[0],
        slices: slices
      ),
      digest: request.digest
    )
    var entry = entry(.schedule, row, loss: true)
    entry.policy =
      DeclaredSchedule(
        every: run.every,
        days: run.days,
        rule: run.price.rule,
        runLoss: request.spend.loss
      ).storedText
    row.position = try tables.append(entry).text.position
    try tables.store(row)
  }

  /// Gives back the price of a schedule of which no run was opened, and a run that is held.
  func voidSchedule(_ row: ReleaseRow) throws -> PrivacyLoss {
    let kept = try kept(row)
    guard kept.runs.allSatisfy({ $0.state == .reserved }) else {
      throw LedgerError.notVoidable(row.id, state: "a schedule of which a run was opened")
    }
    if let pending = kept.pending { _ = try void(pending) }
    let spend = kept.declared.spend(row.spend)
    let filter = try filter(of: row.dataset)
    try tables.transaction.lock(account: row.dataset)
    try giveBack(filter.charges(of: spend), row, filter: filter)
    var entry = entry(.void, row, loss: true)
    entry.policy = kept.declared.storedText
    _ = try tables.append(entry)
    var row = row
    row.state = .voided
    row.position = nil
    try tables.store(row)
    return row.spend.loss
  }
}

extension ScheduledRun {
  /// The charge for the whole schedule, where a run spends so much.
  func spend(_ run: Spend) -> ScheduleSpend {
    ScheduleSpend(run: run, days: days, price: price)
  }
}
