// BudgetFilter+Charges.swift: what a loss adds to an account, and what an account costs against its cap.
// Reference: [BS16] proposition 1.4; [WRRW23].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

extension BudgetFilter {
  /// Whether an account adds up `rho = epsilon^2 / 2`, or else epsilons.
  ///
  /// zCDP says nothing at a delta of zero, so a cap without delta is one on the sum.
  package func addsUpRho(_ account: BudgetAccount) -> Bool {
    policy.accounting == .zcdp && cap(of: account).map { $0.delta.signum > 0 } == true
  }

  /// What a loss adds to an account; where that adds up zCDP, the first part is rho.
  ///
  /// - Privacy: An (epsilon, delta)-DP mechanism keeps to `epsilon^2 / 2` but for an event of
  ///   probability delta.
  /// - Reference: [BS16] proposition 1.4; [KOV15] theorem 3.1 for delta.
  func charge(for loss: PrivacyLoss, on account: BudgetAccount) -> PrivacyLoss {
    guard addsUpRho(account) else { return loss }
    let rho = ConcentratedLoss(pureEpsilon: loss.epsilon).rho
    return PrivacyLoss(epsilonSum: rho, deltaSum: loss.delta)
  }

  /// What a spend adds to each account that it touches.
  package func charges(of spend: Spend) -> [(BudgetAccount, PrivacyLoss)] {
    accounts(analyst: spend.analyst, day: spend.day).map { ($0, charge(for: spend.loss, on: $0)) }
  }

  /// The accounts that charges touch, as they are afterwards, whatever their caps.
  package func added(
    _ charges: [(BudgetAccount, PrivacyLoss)],
    slices: [String]?,
    to balances: [BudgetAccount: Odometer]
  ) -> [BudgetAccount: Odometer] {
    var after: [BudgetAccount: Odometer] = [:]
    for (account, loss) in charges {
      var odometer = balances[account] ?? Odometer()
      odometer.add(loss, slices: slices)
      after[account] = odometer
    }
    return after
  }

  /// The accounts that charges touched, as they were before; `nil` where they do not hold them.
  package func removed(
    _ charges: [(BudgetAccount, PrivacyLoss)],
    slices: [String]?,
    from balances: [BudgetAccount: Odometer]
  ) -> [BudgetAccount: Odometer]? {
    var before: [BudgetAccount: Odometer] = [:]
    for (account, loss) in charges {
      var odometer = balances[account] ?? Odometer()
      guard odometer.remove(loss, slices: slices) else { return nil }
      before[account] = odometer
    }
    return before
  }

  /// Whether an account costs at most its cap.
  func holds(_ odometer: Odometer, _ account: BudgetAccount) -> Bool {
    guard let cap = cap(of: account) else { return true }
    let cost = cost(of: odometer)
    guard addsUpRho(account) else { return cost.fits(within: cap) }
    guard let budget = budget(cap, after: cost) else {
      return cost.epsilon.signum == 0 && cost.delta <= cap.delta
    }
    return budget.admits(cost.epsilon)
  }

  /// What is left of a cap after an account has come to a cost.
  func left(
    of cap: PrivacyLoss,
    on account: BudgetAccount,
    after cost: PrivacyLoss
  ) -> PrivacyLoss {
    guard addsUpRho(account) else { return cap.remainder(after: cost) }
    return PrivacyLoss(
      epsilonSum: budget(cap, after: cost)?.largestPureEpsilon(after: cost.epsilon) ?? .zero,
      deltaSum: max(.zero, cap.delta - cost.delta)
    )
  }

  /// What a cap leaves for the rhos once the deltas that were spent are taken off; `nil` where they
  /// have used it up.
  private func budget(_ cap: PrivacyLoss, after cost: PrivacyLoss) -> ConcentratedBudget? {
    let delta = cap.delta - cost.delta
    return delta.signum > 0 ? ConcentratedBudget(epsilon: cap.epsilon, delta: delta) : nil
  }

  /// What the spends of an account cost a unit.
  func cost(of odometer: Odometer?) -> PrivacyLoss {
    odometer?.total(touches: policy.dimension?.touches ?? 0) ?? .zero
  }
}
