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
  /// The accounts that a schedule touches: the lifetime, the analyst, and each day under daily caps.
  public func accounts(of schedule: ScheduleSpend) -> [BudgetAccount] {
    accounts(analyst: schedule.run.analyst, day: "").filter { $0.limit != .daily }
      + (policy.daily == nil ? [] : schedule.days.map { BudgetAccount(.daily, label: $0) })
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
      case .certified: return (account, charge(for: schedule.price.loss, on: account))
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
    let slices: [String]?
    do {
      slices = try checkedSlices(of: schedule.run)
      try checkPrice(of: schedule)
    } catch {
      return .invalid(error, remaining: left(on: first))
    }
    let charges = charges(of: schedule)
    let after = added(charges, slices: slices, to: balances)
    let broken =
      schedule.price.loss == .zero
      ? []
      : charges.map(\.0).filter { account in
        after[account].map { !holds($0, account) } ?? false
      }
    let whole = Set(broken.map(\.limit)).subtracting([.daily])
    if !whole.isEmpty {
      let refusal = BudgetRefusal(violated: whole, remaining: left(on: first))
      return .refused(.overBudget(refusal, day: nil))
    }
    if let day = broken.first?.label {
      let refusal = BudgetRefusal(violated: [.daily], remaining: left(on: day))
      return .refused(.overBudget(refusal, day: day))
    }
    return .accepted(after)
  }

  /// The price by the sum rule follows from the runs; the certified one is an epsilon at a delta,
  /// which is no zCDP.
  private func checkPrice(of schedule: ScheduleSpend) throws(InvalidSpend) {
    let isRight =
      switch schedule.price.rule {
      case .sum: schedule.price.loss == schedule.run.loss.repeated(schedule.days.count)
      case .certified: policy.accounting == .sum
      }
    if !isRight { throw .schedulePrice(schedule.price.rule) }
  }
}
