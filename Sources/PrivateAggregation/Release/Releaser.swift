// Releaser.swift: the whole flow, from a plan to a release that is paid for.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Glibc
import PrivacyAccounting
import Releases

/// How far the reading of signals is: sizes in bytes, which say nothing about their content.
public struct ReadingProgress: Sendable, Hashable {
  /// The bytes that were read so far, before decompression.
  public let bytesRead: Int
  /// The bytes of all files together; `nil` where one of them has no size of its own.
  public let bytesInAll: Int?
}

/// A release, and whether it came out of the ledger rather than out of this run.
public struct ReleaseOutcome: Sendable, Hashable {
  /// The release.
  public let release: Release
  /// The bytes of its body, as the ledger keeps them.
  public let body: [UInt8]
  /// Whether it was paid and kept before; it cost nothing this time.
  public let replayed: Bool

  /// The bytes of `release.json`, the same for every replay.
  public var encoded: [UInt8] { release.encoded(from: body) }
}

/// Carries a plan through: look up, read headers, make room, reserve, open, aggregate, noise, commit.
///
/// - Privacy: A release costs the loss of its plan, once for each id. Nothing but the release depends
///   on a signal.
public struct Releaser<Ledger: BudgetLedger>: Sendable {
  let ledger: Ledger
  let clock: @Sendable () -> Int64
  let options: AggregationOptions
  let progress: (@Sendable (ReadingProgress) -> Void)?
  let announce: (@Sendable () -> Void)?

  /// Makes a releaser.
  ///
  /// - Parameters:
  ///   - ledger: Where losses are paid and releases kept.
  ///   - clock: The time in seconds since 1970, for the date of the release.
  ///   - options: How many threads and how much memory it may use; no result depends on them.
  ///   - progress: Called now and then while signals are read.
  public init(
    ledger: Ledger,
    clock: @escaping @Sendable () -> Int64 = { Int64(Glibc.time(nil)) },
    options: AggregationOptions = AggregationOptions(),
    progress: (@Sendable (ReadingProgress) -> Void)? = nil
  ) {
    self.init(ledger: ledger, clock: clock, options: options, progress: progress, announce: nil)
  }

  /// The same, with a call right before the first signal is read; for tests.
  package init(
    ledger: Ledger,
    clock: @escaping @Sendable () -> Int64,
    options: AggregationOptions = AggregationOptions(),
    progress: (@Sendable (ReadingProgress) -> Void)?,
    announce: (@Sendable () -> Void)?
  ) {
    self.ledger = ledger
    self.clock = clock
    self.options = options
    self.progress = progress
    self.announce = announce
  }

  /// Releases what a plan describes, or returns the release that was made under the same id.
  ///
  /// - Privacy: Costs `plan.loss`, reserved before any signal is read; nothing for a replay.
  /// - Parameters:
  ///   - plan: What is asked.
  ///   - id: The name under which it is paid and kept.
  ///   - analyst: Who asks; `nil` for nobody named.
  ///   - day: The day label that a daily cap counts under; that of its run for a run.
  ///   - run: As `PlannedRun` finds it: the place among the runs of a declared schedule, whose price is paid with the first.
  /// - Returns: The release.
  /// - Throws: `ReleaseError`.
  public func release(
    under plan: AggregationPlan,
    id: ReleaseID,
    analyst: String?,
    day: String,
    run: ScheduledRun? = nil
  ) async throws(ReleaseError) -> ReleaseOutcome {
    if let run, run.index == 0, plan.continual == nil {
      let isPaid = plan.scheduleLoss(from: CivilDay(run.days[0])).map {
        $0.times == run.days.count && $0.covers(run.price)
      }
      precondition(isPaid == true, "the price of a schedule covers what its runs cost")
    }
    let request = ReservationRequest(plan, id: id, analyst: analyst, day: day, run: run)
    if let stored = try await stored(request) { return try replay(stored) }
    if plan.continual != nil, let run {
      return try await releaseRunningCounts(request, under: plan, as: run)
    }
    precondition(plan.continual == nil, "running counts are released as runs of their schedule")
    // Opening files reads their headers, so what can be refused is refused before; and a missing
    // column, or a disk without room, is found before anything is held.
    do { try await ledger.check(request) } catch { throw .ledger(error) }
    let registry = try openRegistry(of: plan.specification)
    let signals: SignalStream
    do {
      var opened = try SignalStream(plan.specification)
      try opened.makeFile(for: plan, options: options)
      signals = opened
    } catch {
      throw .file(error)
    }
    let outcome: ReservationOutcome
    do { outcome = try await ledger.reserve(request) } catch { throw .ledger(error) }
    switch consume outcome {
    case .committed(let stored):
      return try replay(stored)
    case .reserved(let reservation):
      return try await release(
        signals,
        consented: registry,
        under: plan,
        as: try await priced(run, of: request),
        paidBy: reservation
      )
    }
  }

  /// The registry that has to allow signals, if one has to; nothing but its header is read.
  func openRegistry(
    of specification: ReportSpecification
  ) throws(ReleaseError) -> ConsentRegistry? {
    guard let request = specification.consent else { return nil }
    do { return try ConsentRegistry(request) } catch { throw .registry(error) }
  }

  /// Who agreed, where a registry has to allow signals; read only once the loss is held for good.
  func consents(
    of registry: ConsentRegistry?,
    id: ReleaseID
  ) throws(ReleaseError) -> ConsentTable? {
    do { return try registry?.read() } catch { throw .registryInterrupted(error, id: id) }
  }

  /// The place of a run, at the price that the ledger charged with the first run.
  private func priced(
    _ run: ScheduledRun?,
    of request: ReservationRequest
  ) async throws(ReleaseError) -> ReleasedSchedule? {
    guard let run else { return nil }
    let standing: ScheduleStanding?
    do {
      standing = try await ledger.schedule(run.name, dataset: request.dataset)
    } catch { throw .ledger(error) }
    return ReleasedSchedule(run, price: standing?.price ?? run.price)
  }

  /// What comes after the reservation: open, aggregate, noise, commit.
  private func release(
    _ signals: consuming SignalStream,
    consented registry: ConsentRegistry?,
    under plan: AggregationPlan,
    as run: ReleasedSchedule?,
    paidBy reservation: consuming Reservation
  ) async throws(ReleaseError) -> ReleaseOutcome {
    let id = reservation.id
    let open: OpenReservation
    do { open = try await ledger.open(reservation) } catch { throw .ledger(error) }
    announce?()
    signals.ask(try consents(of: registry, id: id))
    let raw: RawAggregate
    do {
      raw = try signals.aggregate(
        under: plan,
        key: .drawn(),
        options: options,
        progress: progress
      )
    } catch {
      throw .interrupted(error, id: id)
    }
    let noisy = raw.noised(by: plan, spending: open, threads: options.threads)
    let created = Timestamp.text(clock())
    let counts = noisy.counts
    let cells = noisy.cells
    let bins = noisy.bins
    // Not while the ledger waits: it may take seconds.
    let hierarchy = plan.hierarchy?.released(plan.specification, counts: counts)
    let other = noisy.other
    let made = MadeBody()
    let stored: StoredRelease
    do {
      stored = try await noisy.released(through: ledger, keeping: made) { remaining in
        ReleaseBody(
          plan,
          id: id,
          created: created,
          selected: cells,
          other: other,
          counts: counts,
          bins: bins,
          remaining: remaining,
          schedule: run,
          hierarchy: hierarchy
        )
      }
    } catch {
      throw .ledger(error)
    }
    return try outcome(of: stored, made)
  }

  /// What this run released: the body that it made, unless the ledger keeps another.
  func outcome(
    of stored: StoredRelease,
    _ made: MadeBody
  ) throws(ReleaseError) -> ReleaseOutcome {
    let release: Release
    if let body = made.body(of: stored.body) {
      release = Release(body: body, receipt: stored.receipt)
    } else {
      release = try decoded(stored)
    }
    return ReleaseOutcome(release: release, body: stored.body, replayed: false)
  }

  func stored(
    _ request: ReservationRequest
  ) async throws(ReleaseError) -> StoredRelease? {
    do {
      return try await ledger.storedRelease(
        request.id,
        dataset: request.dataset,
        digest: request.digest
      )
    } catch {
      throw .ledger(error)
    }
  }

  func replay(_ stored: StoredRelease) throws(ReleaseError) -> ReleaseOutcome {
    ReleaseOutcome(release: try decoded(stored), body: stored.body, replayed: true)
  }

  func decoded(_ stored: StoredRelease) throws(ReleaseError) -> Release {
    do {
      return Release(body: try ReleaseBody(decoding: stored.body), receipt: stored.receipt)
    } catch {
      throw .stored(error)
    }
  }
}
