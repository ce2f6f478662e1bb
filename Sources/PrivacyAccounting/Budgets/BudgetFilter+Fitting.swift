// BudgetFilter+Fitting.swift: the largest spend that every cap would still admit, exactly.
// Reference: [DR14] theorem 3.16; `Tests/Vectors/README.md` section 9.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

extension BudgetFilter {
  /// The largest epsilon and the largest delta that would be accepted now, together.
  ///
  /// The balances are those of `accounts(analyst:day:)`; an absent one is empty.
  ///
  /// For a spend of `e` on each of the slices `S` an account costs the most that any choice of
  /// `touches` slices costs. Among the choices with `j` slices of `S` the worst takes the `j`
  /// largest totals in `S` and the `touches - j` largest outside, and costs `j e` more than now:
  /// ```
  /// e <= (cap - unscoped - largest(j, S) - largest(touches - j, others)) / j    for each j >= 1
  /// ```
  ///
  /// - Postcondition: Where losses are added up, a spend is accepted if and only if neither part is
  ///   larger than this one.
  /// - Parameters:
  ///   - analyst: Who would spend.
  ///   - day: The day label.
  ///   - slices: The slices that the spend is limited to, as `checkedSlices` gives them; `nil` for
  ///     the whole population.
  ///   - balances: What has been spent.
  /// - Returns: The largest spend; zero where nothing more fits.
  public func fitting(
    analyst: String?,
    day: String,
    slices: [String]?,
    balances: [BudgetAccount: Odometer]
  ) -> PrivacyLoss {
    // Without slices each part fits that is left; where losses are not added up, what is left is a
    // bound for slices too.
    guard let slices, policy.accounting == .sum else {
      return remaining(analyst: analyst, day: day, balances: balances).fitting
    }
    var epsilons: [Rational] = []
    var deltas: [Rational] = []
    for account in accounts(analyst: analyst, day: day) {
      guard let cap = cap(of: account) else { continue }
      let spent = balances[account] ?? Odometer()
      epsilons += room(in: cap, after: spent, slices: slices, part: \.epsilon)
      deltas += room(in: cap, after: spent, slices: slices, part: \.delta)
    }
    // The lifetime has a cap, so there is a bound on each part.
    return PrivacyLoss(
      epsilonSum: max(.zero, epsilons.min() ?? .zero),
      deltaSum: max(.zero, deltas.min() ?? .zero)
    )
  }

  /// The bounds that one cap sets on one part of a spend.
  private func room(
    in cap: PrivacyLoss,
    after spent: Odometer,
    slices named: [String],
    part: KeyPath<PrivacyLoss, Rational>
  ) -> [Rational] {
    let touches = policy.dimension?.touches ?? 0
    let left = cap[keyPath: part] - spent.unscoped[keyPath: part]
    let inside = named.map { spent.slices[$0, default: .zero][keyPath: part] }.sorted(by: >)
    let outside = spent.slices.filter { !named.contains($0.key) }
      .map { $0.value[keyPath: part] }.sorted(by: >)
    return (1...max(1, min(touches, named.count))).map { count in
      let worst = inside.prefix(count).reduce(.zero, +)
      let rest = outside.prefix(touches - count).reduce(.zero, +)
      return (left - worst - rest) / Rational(BigInteger(count))
    }
  }
}
