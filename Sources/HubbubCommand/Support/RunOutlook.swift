// RunOutlook.swift: what a ledger says of the next run of a schedule, or of the run of a day.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What a ledger says of the next run of a plan with runs, or of that of a day; empty without a ledger.
struct RunOutlook {
  /// What is left.
  var remaining: RemainingBudget?
  /// What the ledger knows, where the schedule was declared to it.
  var standing: ScheduleStanding?
  /// The run, where the ledger would take it.
  var run: ScheduledRun?
  /// Why the run would be refused; `nil` where it would be accepted, and without a ledger.
  var refusal: String?

  /// Looks without a ledger.
  init() {}

  /// Asks a ledger about the run of a day; about the next one where no day is named.
  init(
    _ plan: AggregationPlan,
    _ schedule: ReportSchedule,
    in ledger: OpenedLedger,
    analyst: String?,
    day named: CivilDay?
  ) async throws(CommandFailure) {
    let dataset = plan.specification.dataset
    let standing = try asking { () throws(LedgerError) in
      try ledger.schedule(schedule.name, dataset: dataset)
    }
    let today = try Today.day(named: nil)
    let next = standing.map { $0.days[min($0.released.count, $0.days.count - 1)] }
    let day = named ?? next.flatMap(CivilDay.init(_:)) ?? schedule.first ?? today
    remaining = try asking { () throws(LedgerError) in
      try ledger.remaining(dataset: dataset, analyst: analyst, day: day.label)
    }
    self.standing = standing
    do {
      let planned = try await PlannedRun(of: plan, on: day, analyst: analyst, in: ledger)
      run = planned.run
      try ledger.check(planned.request(analyst: analyst))
    } catch let error as ReleaseError {
      guard case .ledger(.schedule(let reason)) = error else {
        throw CommandFailure(error, again: "")
      }
      refusal = reason.description
    } catch let error as LedgerError {
      if case .unavailable = error { throw CommandFailure(error) }
      refusal = error.description
    } catch {
      throw .invalid("\(error)")
    }
  }
}
