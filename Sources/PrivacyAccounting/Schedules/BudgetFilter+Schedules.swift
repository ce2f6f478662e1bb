// BudgetFilter+Schedules.swift: whether the price of a declared schedule stays within every cap.
// Reference: `docs/privacy-model.md`, section "Declared schedules".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A request to pay for all runs of a schedule at once.
public struct ScheduleSpend: Sendable, Hashable {
  /// What one run spends, by whom; its day label is not used.
  public let run: Spend
  /// The day labels of all runs.
  public let days: [String]
  /// The price of all runs together.
  public let price: SchedulePrice

  /// Makes a request.
  public init(run: Spend, days: [String], price: SchedulePrice) {
    self.run = run
    self.days = days
    self.price = price
  }
}

/// What a filter decides about a schedule.
public enum ScheduleDecision: Sendable, Hashable {
  /// Every cap holds: the touched accounts as they are after the charge.
  case accepted([BudgetAccount: Odometer])
  /// A cap would be passed, and nothing changes anywhere.
  case refused(ScheduleRefusal)
  /// The request has no meaning under the policy, and nothing changes anywhere.
  case invalid(InvalidSpend, remaining: RemainingBudget)
}

extension BudgetFilter {
  /// The accounts that a schedule touches: the lifetime, the analyst, and each day under daily caps;
  /// of running counts the first day alone, which pays for the horizon.
  public func accounts(of schedule: ScheduleSpend) -> [BudgetAccount] {
    let days =
      schedule.price.rule == .horizon ? Array(schedule.days.prefix(1)) : schedule.days
    return accounts(analyst: schedule.run.analyst, day: "").filter { $0.limit != .daily }
      + (policy.daily == nil ? [] : days.map { BudgetAccount(.daily, label: $0) })
  }

  /// What a schedule adds to each account that it touches.
  ///
  /// The lifetime and the analyst pay the price of all runs; a day pays what its own run costs
  /// alone, because its cap paces and promises nothing over all days.
  package func charges(of schedule: ScheduleSpend) -> [(BudgetAccount, PrivacyLoss)] {
    accounts(of: schedule).map { account in
      let run = charge(for: schedule.run.loss, on: account)
      if account.limit == .daily { return (account, run) }
      switch schedule.price.rule {
      case .sum: return (account, run.repeated(schedule.days.count))
      case .certified, .horizon, .disjoint:
        return (account, charge(for: schedule.price.loss, on: account))
      }
    }
  }

  /// Decides about a schedule.
  ///
  /// The balances are those of `accounts(of:)`; an absent one is empty.
  ///
  /// - Privacy: The price of the certified rule bounds the loss of all runs together because each
  ///   of them is fixed in advance; what else is spent in between, however it is chosen, adds to it.
  /// - Postcondition: No account of an accepted schedule costs more than its cap.
  /// - Reference: [VW21], [VZ23], [HST23].
  public func decide(
    _ schedule: ScheduleSpend,
    balances: [BudgetAccount: Odometer]
  ) -> ScheduleDecision {
    func left(on day: String) -> RemainingBudget {
      remaining(analyst: schedule.run.analyst, day: day, balances: balances)
    }
    let first = schedule.days.first ?? ""
    do { return .accepted(try admitted(schedule, balances: balances)) } catch {
      switch error {
      case .invalid(let reason): return .invalid(reason, remaining: left(on: first))
      case .passes(let limits, let day):
        let refusal = BudgetRefusal(
          violated: limits,
          remaining: left(on: day ?? first),
          asked: day == nil ? schedule.price.loss : schedule.run.loss
        )
        return .refused(.overBudget(refusal, day: day))
      }
    }
  }

  /// Why a schedule is not admitted; for a daily cap, on which day.
  package enum ScheduleObjection: Error {
    case passes(Set<BudgetLimit>, day: String?)
    case invalid(InvalidSpend)
  }

  /// Decides without saying what is left.
  ///
  /// - Returns: The touched accounts as they are after the charge.
  package func admitted(
    _ schedule: ScheduleSpend,
    balances: [BudgetAccount: Odometer]
  ) throws(ScheduleObjection) -> [BudgetAccount: Odometer] {
    let slices: [String]?
    do {
      slices = try checkedSlices(of: schedule.run)
      try checkPrice(of: schedule)
    } catch {
      throw .invalid(error)
    }
    let charges = charges(of: schedule)
    let after = added(charges, slices: slices, to: balances)
    guard schedule.price.loss != .zero else { return after }
    let broken = charges.map(\.0).filter { account in
      after[account].map { !holds($0, account) } ?? false
    }
    let whole = Set(broken.map(\.limit)).subtracting([.daily])
    if !whole.isEmpty { throw .passes(whole, day: nil) }
    if let day = broken.first?.label { throw .passes([.daily], day: day) }
    return after
  }

  /// The price by the sum rule follows from the runs, that of a horizon is what is said of each; the
  /// certified one is an epsilon at a delta, which is no zCDP.
  private func checkPrice(of schedule: ScheduleSpend) throws(InvalidSpend) {
    let isRight =
      switch schedule.price.rule {
      case .sum: schedule.price.loss == schedule.run.loss.repeated(schedule.days.count)
      case .certified: policy.accounting == .sum
      case .horizon: schedule.price.loss == schedule.run.loss
      case .disjoint:
        schedule.price.loss == schedule.run.loss
          && policy.privacyUnit.isSeparated(by: schedule.days)
      }
    if !isRight { throw .schedulePrice(schedule.price.rule) }
  }
}
