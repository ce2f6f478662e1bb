// PlannedRun.swift: which run of a declared schedule a day asks for, and what it counts.
// Reference: `docs/privacy-model.md`, section "Declared schedules".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension AggregationPlan {
  /// What all runs of the declared schedule cost together; `nil` where none is declared.
  ///
  /// Running counts are noised together and have a loss of their own: it is `nil` for them too.
  public var scheduleLoss: ScheduleLoss? { scheduleLoss(from: nil) }

  /// The same where the first run begins on a day that a ledger may know.
  func scheduleLoss(from first: CivilDay?) -> ScheduleLoss? {
    guard continual == nil else { return nil }
    return specification.schedule.map { schedule in
      ScheduleLoss(
        of: measures.map { ($0.measure, $0.epsilon) },
        selection: selection?.loss,
        histogram: quantiles?.epsilon,
        addsUpCells: selection?.countsOther ?? false,
        within: specification.bounds,
        times: schedule.times,
        isDisjoint: isSeparated(by: schedule, from: first)
      )
    }
  }

  /// Whether every unit lies in one run alone: the periods begin at midnight and cut no unit.
  private func isSeparated(by schedule: ReportSchedule, from first: CivilDay?) -> Bool {
    let unit = specification.privacyUnit
    guard unit != .person, specification.columns[.time] != nil else { return false }
    if let window = specification.window,
      CivilDay(ofSecond: window.from).firstSecond != window.from
    {
      return false
    }
    // Whatever the first day is, days are not cut.
    if unit == .personDay { return true }
    guard let first = first ?? schedule.first, schedule.every.canBegin(on: first) else {
      return false
    }
    return unit.isSeparated(by: (0..<schedule.times).map { schedule.every.day($0, from: first) })
  }

  /// The delta of all runs together, where the spec gives one: with cells that are selected only
  /// under `schedule`, as that of `budget` is then the delta of one run.
  public var scheduleDelta: Rational? {
    guard let schedule = specification.schedule else { return nil }
    return schedule.ownDelta ?? (selection == nil ? schedule.delta : nil)
  }

  /// The same plan for one run of the declared schedule, over its own span of time.
  ///
  /// - Throws: `PlanError`, where the run's own days make more cells than memory holds.
  public func run(_ index: Int, from first: CivilDay) throws(PlanError) -> AggregationPlan {
    try AggregationPlan(specification.run(index, from: first))
  }
}

/// One run of a declared schedule: its plan, its place, and the id that it has or will have.
public struct PlannedRun: Sendable, Hashable {
  /// What the run asks for.
  public let plan: AggregationPlan
  /// Its place among the runs.
  public let run: ScheduledRun
  /// The id of a run that died, or the one that it gets where the user names none.
  public let id: ReleaseID

  /// Finds the run whose period holds a day.
  ///
  /// It asks the ledger which runs were released, and reads no data and changes nothing.
  ///
  /// - Parameters:
  ///   - plan: The plan of a spec that declares a schedule.
  ///   - day: The day.
  ///   - analyst: Who pays; what is left to them decides about the price of the first run.
  ///   - ledger: Where the schedule is kept.
  /// - Throws: `ReleaseError.ledger` with a `ScheduleRefusal` for a run that is not the next one,
  ///   `.start` where a first run on that day cannot be repeated each month.
  public init(
    of plan: AggregationPlan,
    on day: CivilDay,
    analyst: String?,
    in ledger: some BudgetLedger
  ) async throws(ReleaseError) {
    let specification = plan.specification
    guard let schedule = specification.schedule else {
      preconditionFailure("the spec declares a schedule")
    }
    let standing: ScheduleStanding?
    do {
      standing = try await ledger.schedule(schedule.name, dataset: specification.dataset)
    } catch { throw .ledger(error) }
    if let standing, standing.digest != specification.digest {
      throw .ledger(.schedule(.changed(schedule.name)))
    }
    let first = standing?.days.first.flatMap(CivilDay.init(_:)) ?? schedule.first ?? day
    guard schedule.every.canBegin(on: first), schedule.endsInCalendar(from: first) else {
      throw .start(first.label)
    }
    let index = try Self.index(of: day, schedule, from: first, standing)
    let days = standing?.days ?? schedule.every.labels(from: first, times: schedule.times)
    let price: SchedulePrice
    if let standing {
      price = standing.price
    } else if plan.continual != nil {
      price = SchedulePrice(rule: .horizon, loss: plan.loss)
    } else {
      let remaining: RemainingBudget
      do {
        remaining = try await ledger.remaining(
          dataset: specification.dataset,
          analyst: analyst,
          day: days[index]
        )
      } catch { throw .ledger(error) }
      guard let loss = plan.scheduleLoss else { preconditionFailure("runs have a loss") }
      price =
        SchedulePricing(
          plan.scheduleLoss(from: first) ?? loss,
          delta: plan.scheduleDelta,
          remaining: remaining
        ).taken
    }
    run = ScheduledRun(
      name: schedule.name,
      every: schedule.every,
      days: days,
      index: index,
      price: price
    )
    do { id = try standing?.pending ?? schedule.id(ofRunOn: days[index]) } catch {
      preconditionFailure("a name that leaves room for a day makes an id")
    }
    do { self.plan = try plan.run(index, from: first) } catch { throw .plan(error) }
  }

  /// What the run asks of a ledger.
  ///
  /// - Parameters:
  ///   - analyst: Who pays.
  ///   - id: The name of the release; that of the run where the user names none.
  /// - Returns: The request.
  public func request(analyst: String?, id: ReleaseID? = nil) -> ReservationRequest {
    ReservationRequest(plan, id: id ?? self.id, analyst: analyst, day: run.day, run: run)
  }

  /// The run whose period holds the day, where that is the next one.
  private static func index(
    of day: CivilDay,
    _ schedule: ReportSchedule,
    from first: CivilDay,
    _ standing: ScheduleStanding?
  ) throws(ReleaseError) -> Int {
    func label(_ index: Int) -> String { schedule.every.day(index, from: first).label }
    guard let index = schedule.index(of: day, from: first) else {
      throw .ledger(
        .schedule(
          day < first ? .notStarted(first: first.label) : .ended(last: label(schedule.times - 1))
        )
      )
    }
    let next = standing?.released.count ?? 0
    if let standing, index < next {
      throw .ledger(.schedule(.repeated(day: label(index), id: standing.released[index])))
    }
    guard index == next else { throw .ledger(.schedule(.skipped(next: label(next)))) }
    return index
  }
}

extension ReservationRequest {
  /// What a plan asks of a ledger.
  init(
    _ plan: AggregationPlan,
    id: ReleaseID,
    analyst: String?,
    day: String,
    run: ScheduledRun?
  ) {
    let specification = plan.specification
    self.init(
      id: id,
      dataset: specification.dataset,
      spend: Spend(loss: plan.loss, analyst: analyst, day: run?.day ?? day),
      digest: specification.digest,
      privacyUnit: specification.privacyUnit,
      data: specification.pins,
      schedule: run
    )
  }
}
