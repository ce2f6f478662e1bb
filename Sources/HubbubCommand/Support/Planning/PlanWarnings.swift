// PlanWarnings.swift: choices that experts would question, each with a reason and a way out.
// Reference: `docs/planning.md`, section "Warnings".
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What a user should think about before a report is made; from the spec and the policy alone.
enum PlanWarnings {
  /// The epsilon beyond which a promise is hard to explain.
  static let largeEpsilon = Rational(10)
  /// The bound from which on most units hardly contribute and all pay for the noise.
  private static let largeBound = 1000

  /// The warnings that follow from a plan.
  static func of(_ plan: AggregationPlan) -> [String] {
    let columns = plan.specification.columns
    var warnings = losses(plan) + bounds(plan)
    let delta = plan.specification.budget.delta
    if delta.signum > 0, plan.selection == nil,
      plan.specification.schedule == nil || plan.continual != nil
    {
      warnings.append(
        "delta \(delta) is not charged, because cells that are listed use none of it"
      )
    }
    if plan.specification.consent != nil, columns[.time] == nil {
      warnings.append(
        "a consent registry is named and no `time` declared: a row with `from` or `until` then grants "
          + "nothing; write `time: COLUMN` under `signals.columns` if there are any"
      )
    }
    if columns[.consent] != nil, columns[.time] == nil {
      warnings.append(
        "`consent` is declared without `time`: a consent that is a date of expiry then never "
          + "counts as valid; write `time: COLUMN` under `signals.columns` if there are any"
      )
    }
    return warnings
  }

  /// The warnings that follow from a plan under the owner's policy: a delta that could be somebody.
  static func of(_ plan: AggregationPlan, under policy: LedgerPolicy) -> [String] {
    guard let population = policy.population else { return [] }
    let delta = plan.scheduleDelta.map { max($0, plan.loss.delta) } ?? plan.loss.delta
    guard delta * Rational(population) > .one else { return [] }
    return [
      "delta \(delta.plain) is above 1/\(population), one over the population that the policy "
        + "declares: a mechanism that publishes a unit at random would keep to it; write a delta far "
        + "below, such as 1e-9"
    ]
  }

  private static func losses(_ plan: AggregationPlan) -> [String] {
    var warnings: [String] = []
    let epsilon = plan.loss.epsilon
    if epsilon > largeEpsilon {
      warnings.append(
        "epsilon \(epsilon) is large: the odds that something is learnt about one unit "
          + "may change by a factor of e^\(epsilon); most reports use at most 1 or 2"
      )
    }
    if let schedule = plan.specification.schedule, plan.continual == nil {
      if epsilon <= largeEpsilon, let all = total(plan), all > largeEpsilon {
        warnings.append(
          "all \(schedule.times) runs cost epsilon \(all.plain) together, for a unit that is in each "
            + "of them: lower the epsilon of a run, declare fewer, or give a delta, at which they may "
            + "cost less"
        )
      }
    }
    if let periods = plan.personLoss.periods, let period = plan.specification.privacyUnit.period,
      epsilon <= largeEpsilon, epsilon * Rational(periods) > largeEpsilon
    {
      warnings.append(
        "epsilon \(epsilon.plain) is for one \(period) of a person, and the window has \(periods): a "
          + "person who was active in all of them loses up to epsilon "
          + "\((epsilon * Rational(periods)).plain); write `privacy_unit: person`, a shorter window or a "
          + "smaller epsilon"
      )
    }
    return warnings
  }

  /// What all runs of a schedule cost together by the spec alone; composed only where the sum is large.
  private static func total(_ plan: AggregationPlan) -> Rational? {
    guard let loss = plan.scheduleLoss, loss.sum.loss.epsilon > largeEpsilon else { return nil }
    return SchedulePricing(loss, delta: plan.scheduleDelta, remaining: nil).taken.loss.epsilon
  }

  private static func bounds(_ plan: AggregationPlan) -> [String] {
    let bounds = plan.specification.bounds
    let named = [
      ("cells_per_unit", bounds.cellsPerUnit), ("signals_per_cell", bounds.signalsPerCell),
      ("signals_per_unit", bounds.signalsPerUnit ?? 0),
    ]
    let large = named.filter { $0.1 >= largeBound }
    // A bound that another one makes idle costs nothing.
    let isCostly = plan.measures.contains { $0.sensitivity >= BigInteger(largeBound) }
    guard !large.isEmpty, isCostly else { return [] }
    let words = large.map { "`\($0.0): \($0.1)`" }.joined(separator: " and ")
    return [
      "\(words) \(large.count == 1 ? "is" : "are") large: the noise of every cell is made to hide a "
        + "unit that contributes so much; a lower bound, or a `signals_per_unit` beside it, leaves out a "
        + "little of a few and makes all cells more exact (`hubbub plan SPEC --activity ...` compares)"
    ]
  }
}
