// ReportAttempt.swift: which release a report is, by its id or by the day of a declared run.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What one call of `hubbub report` is about: a release by itself, a run of a schedule, or a replay.
struct ReportAttempt {
  /// What is asked; for a run, over its own span of time.
  let plan: AggregationPlan
  /// The name of the release.
  let id: ReleaseID
  /// The place among the runs of a schedule; `nil` for a replay and for a release by itself.
  let run: ScheduledRun?
  /// The folder of a run below that of all of them; `nil` for a release by itself.
  let folder: String?

  /// Finds the run of a day, the release of an id, or makes an id, which is printed.
  ///
  /// - Parameters:
  ///   - plan: The plan of the spec.
  ///   - named: The id that the user gives.
  ///   - analyst: Who pays.
  ///   - day: The day of the run.
  ///   - ledger: Where releases are kept.
  /// - Throws: `CommandFailure`, for a run that is not the next one too.
  init(
    of plan: AggregationPlan,
    id named: String?,
    analyst: String?,
    day: CivilDay,
    in ledger: OpenedLedger
  ) async throws(CommandFailure) {
    var id: ReleaseID?
    if let named { id = try ReleaseNaming.read(named) }
    guard plan.specification.schedule != nil else {
      self.plan = plan
      run = nil
      folder = nil
      if let id {
        self.id = id
      } else {
        self.id = try ReleaseNaming.fresh()
        Diagnostics.write("Release id: \(self.id)\n")
      }
      return
    }
    if let id, let body = try Self.stored(id, plan.specification, in: ledger) {
      self.plan = plan
      self.id = id
      run = nil
      folder = body.schedule?.day
      return
    }
    let planned: PlannedRun
    do {
      planned = try await PlannedRun(of: plan, on: day, analyst: analyst, in: ledger)
    } catch {
      // A period of running counts that was released is told again.
      if plan.continual != nil, id == nil,
        case .ledger(.schedule(.repeated(let day, let own))) = error
      {
        self.plan = plan
        self.id = own
        run = nil
        folder = day
        Diagnostics.write("Release id: \(own)\n")
        return
      }
      throw CommandFailure(error, again: "")
    }
    self.plan = planned.plan
    self.id = id ?? planned.id
    run = planned.run
    folder = planned.run.day
    let place = "run \(planned.run.index + 1) of \(planned.run.days.count), of \(planned.run.day)"
    Diagnostics.write("Release id: \(self.id) (\(place))\n")
    if let window = planned.plan.specification.window, window.to > Today.second {
      Diagnostics.warn(
        "this run counts until \(window.text[1]), which is not over, and is made only once; later "
          + "signals will not be counted"
      )
    }
  }

  /// The release that was committed under an id for the same spec.
  private static func stored(
    _ id: ReleaseID,
    _ specification: ReportSpecification,
    in ledger: OpenedLedger
  ) throws(CommandFailure) -> ReleaseBody? {
    let stored = try asking { () throws(LedgerError) in
      try ledger.storedRelease(
        id,
        dataset: specification.dataset,
        digest: specification.digest
      )
    }
    guard let stored else { return nil }
    do { return try ReleaseBody(decoding: stored.body) } catch {
      throw CommandFailure(ReleaseError.stored(error), again: "")
    }
  }
}
