// Releaser+Continual.swift: the flow of one period of running counts, between state and ledger.
// Reference: `docs/continual.md`, section "A crash at any point".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension Releaser {
  /// Releases the running counts of one period: hold the state, reserve, read the signals of the
  /// period, add noise, write the next state, commit.
  ///
  /// - Privacy: The loss of the whole horizon is reserved with the first period, before any signal is
  ///   read. The commit decides at once about the release and about the state that goes on from it: the
  ///   release names that state, which is on the disk before.
  func releaseRunningCounts(
    _ request: ReservationRequest,
    under plan: AggregationPlan,
    as run: ScheduledRun
  ) async throws(ReleaseError) -> ReleaseOutcome {
    precondition(
      plan.continual?.t == run.index + 1 && plan.measures.allSatisfy { $0.measure.range == nil },
      "a plan of one period that counts signals or units"
    )
    let folder = (plan.continual?.store ?? ".") + "/" + run.name.description
    // A ledger keeps the price that another version of the program may have had in mind.
    guard run.price == SchedulePrice(rule: .horizon, loss: plan.loss) else {
      throw .store(StateStoreError(path: folder, kind: .otherPlan))
    }
    do { try await ledger.check(request) } catch { throw .ledger(error) }
    let registry = try openRegistry(of: plan.specification)
    var signals: SignalStream
    do {
      signals = try SignalStream(plan.specification)
    } catch { throw .file(error) }
    let store: StateStore
    do {
      store = try StateStore(folder: folder, digest: request.digest)
    } catch { throw .store(error) }
    // Whoever held the state until now may have released this run.
    do { try await ledger.check(request) } catch { throw .ledger(error) }
    if let stored = try await stored(request) { return try replay(stored) }
    let last = try await lastState(of: run, request, in: store)
    var state: ContinualState
    let others: [String]
    if let last {
      do { state = try store.load(last, after: run.index, plan) } catch { throw .store(error) }
      others = try await known(run, request, besides: last, in: store) + [store.path(last)]
    } else {
      others = try await known(run, request, besides: nil, in: store)
      do { try store.makeKey() } catch { throw .store(error) }
      state = ContinualState(plan)
    }
    let draft: StateDraft
    do { draft = try store.draft(after: last == nil ? 0 : state.sizeKept) } catch {
      throw .store(error)
    }
    let outcome: ReservationOutcome
    do { outcome = try await ledger.reserve(request) } catch { throw .ledger(error) }
    let open: OpenReservation
    switch consume outcome {
    case .committed(let stored): return try replay(stored)
    case .reserved(let reservation):
      do { open = try await ledger.open(reservation) } catch { throw .ledger(error) }
    }
    announce?()
    signals.ask(try consents(of: registry, id: request.id))
    do {
      try signals.forEach(progress: progress) { unit, cell in state.add(unit: unit, cell: cell) }
    } catch {
      throw .interrupted(error, id: request.id)
    }
    let counts = state.close(threads: options.threads)
    let attempt = open.attempt
    let charge = open.charged()
    let name = StateStore.drawName()
    do { try store.save(state, as: name, release: request.id, attempt: attempt, in: draft) } catch {
      throw .storeInterrupted(error, id: request.id)
    }
    let released = try await commit(charge, counts, state.series, as: name, plan, run)
    store.remove(others)
    return released
  }

  /// The name of the state before a run, which the release before it says; `nil` for the first run.
  private func lastState(
    of run: ScheduledRun,
    _ request: ReservationRequest,
    in store: StateStore
  ) async throws(ReleaseError) -> String? {
    guard run.index > 0 else { return nil }
    let standing: ScheduleStanding?
    do {
      standing = try await ledger.schedule(run.name, dataset: request.dataset)
    } catch { throw .ledger(error) }
    guard let standing, standing.released.count == run.index else {
      throw .ledger(.superseded(request.id))
    }
    let last: StoredRelease?
    do {
      last = try await ledger.storedRelease(
        standing.released[run.index - 1],
        dataset: request.dataset,
        digest: request.digest
      )
    } catch { throw .ledger(error) }
    guard let last, let continual = try decoded(last).body.continual else {
      throw .store(StateStoreError(path: store.folder, kind: .otherPlan))
    }
    return continual.state
  }

  /// The states beside that of the last release: older ones, and those of attempts that died.
  ///
  /// - Privacy: Who holds the store is alone, so an attempt that the ledger knows has ended. One that it
  ///   does not know is of another ledger, or of this one before it was restored: what was released
  ///   from that would be released once more, with other noise.
  /// - Throws: `ReleaseError.store` for a state of which the ledger does not know the attempt.
  private func known(
    _ run: ScheduledRun,
    _ request: ReservationRequest,
    besides name: String?,
    in store: StateStore
  ) async throws(ReleaseError) -> [String] {
    let found: [(path: String, header: SealedState.Header?)]
    do { found = try store.states(besides: name) } catch { throw .store(error) }
    for (path, header) in found {
      guard let header, header.t <= run.index + 1, let id = try? ReleaseID(header.release) else {
        throw .store(StateStoreError(path: path, kind: .ahead))
      }
      let attempts: Set<String>
      do {
        attempts = try await ledger.attempts(at: id, dataset: request.dataset)
      } catch { throw .ledger(error) }
      guard attempts.contains(header.attempt) else {
        throw .store(StateStoreError(path: path, kind: .ahead))
      }
      guard header.digest == request.digest else {
        throw .store(StateStoreError(path: path, kind: .otherRun))
      }
    }
    return found.map(\.path)
  }

  /// Commits the release with the name of the state that goes on from it.
  private func commit(
    _ charge: consuming Charge,
    _ counts: [[Int64]],
    _ series: [[[Int64]]],
    as name: String,
    _ plan: AggregationPlan,
    _ run: ScheduledRun
  ) async throws(ReleaseError) -> ReleaseOutcome {
    let id = charge.id
    let created = Timestamp.text(clock())
    let schedule = ReleasedSchedule(run, price: run.price)
    let continual = ReleasedContinual(plan, run, series: series, state: name)
    let made = MadeBody()
    let stored: StoredRelease
    do {
      stored = try await ledger.commit(charge) { remaining in
        made.encode(
          ReleaseBody(
            plan,
            id: id,
            created: created,
            counts: counts,
            remaining: remaining,
            schedule: schedule,
            continual: continual
          )
        )
      }
    } catch {
      // What was written stays: whether it goes on from here, the ledger tells the next run.
      throw .ledger(error)
    }
    return try outcome(of: stored, made)
  }
}

extension ReleasedContinual {
  /// What is said of the running counts of a run.
  init(
    _ plan: AggregationPlan,
    _ run: ScheduledRun,
    series: [[[Int64]]],
    state: String
  ) {
    guard let planned = plan.continual else { preconditionFailure("a plan of running counts") }
    let length = series.first?.first?.count ?? 0
    let names = plan.measures.map(\.measure.rawValue)
    let periods = (planned.t - length + 1)...planned.t
    self.init(
      tree: planned.tree,
      t: planned.t,
      variances: Dictionary(
        uniqueKeysWithValues: zip(names, plan.measures).map {
          ($0, Self.variance(planned.law(scale: $1.scale)))
        }
      ),
      state: state,
      series: ReleasedSeries(
        days: Array(run.days[(planned.t - length)..<planned.t]),
        halfWidths: Dictionary(
          uniqueKeysWithValues: zip(names, plan.measures).map { name, measure in
            let widths = ReleasedSeries.halfWidths(
              planned.tree,
              scale: measure.scale,
              confidence: plan.specification.confidence,
              periods: periods
            )
            return (name, widths)
          }
        ),
        values: Dictionary(uniqueKeysWithValues: zip(names, series))
      )
    )
  }
}
