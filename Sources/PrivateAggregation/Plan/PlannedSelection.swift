// PlannedSelection.swift: how cells that nobody listed are selected, and what that costs.
// Reference: `docs/decisions/0006-private-cells.md`; `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// What a spec says about cells that are found in the signals.
public struct SelectionRequest: Sendable, Hashable {
  /// The keys without a list; at least one.
  public let keys: Set<GroupKey>
  /// How full cells are selected.
  public let rule: SelectionRule
  /// The share of epsilon that selection gets; it gets all of delta.
  public let share: Rational
  /// What the rule looks at: units, or signals by the threshold rule.
  public let measure: Measure
  /// Whether what was not selected is counted together.
  public let countsOther: Bool

  /// Makes a request.
  ///
  /// - Precondition: At least one key; units, unless the threshold rule looks at signals.
  public init(
    keys: Set<GroupKey>,
    rule: SelectionRule,
    share: Rational,
    measure: Measure = .units,
    countsOther: Bool = false
  ) {
    precondition(!keys.isEmpty, "cells are selected where some key has no list")
    precondition(
      measure == .units || (measure == .signals && rule == .threshold),
      "only a threshold looks at signals"
    )
    self.measure = measure
    self.countsOther = countsOther
    self.keys = keys
    self.rule = rule
    self.share = share
  }
}

/// How cells that nobody listed are selected, and what that costs; from the spec alone.
///
/// - Privacy: Which cells are kept is (epsilon, delta)-DP for adding or removing one unit.
public struct PlannedSelection: Sendable, Hashable {
  /// The loss and the cells of a unit.
  public let terms: SelectionTerms
  /// The rule with its numbers.
  public let selection: CellSelection
  /// What selection costs.
  public let loss: PrivacyLoss
  /// What the rule looks at.
  public let measure: Measure
  /// Whether what was not selected is counted together.
  public let countsOther: Bool

  /// The most cells that one unit is in: `cells_per_unit`, or fewer where it has fewer signals.
  public static func cellsPerUnit(_ bounds: ContributionBounds) -> Int {
    min(bounds.cellsPerUnit, bounds.signalsPerUnit ?? bounds.cellsPerUnit)
  }

  /// The scale of noise on what is looked at: what each rule's epsilon for one cell comes to.
  public static func scale(
    epsilon: Rational,
    bounds: ContributionBounds,
    measure: Measure = .units
  ) -> Rational {
    guard measure == .signals else { return Rational(cellsPerUnit(bounds)) / epsilon }
    return Rational(bounds.sensitivity(of: measure)) / epsilon
  }

  /// Prices a request; of units one unit is one in each cell.
  init(
    _ request: SelectionRequest,
    budget: PrivacyLoss,
    bounds: ContributionBounds
  ) throws(PlanError) {
    let epsilon = budget.epsilon * request.share
    let scale = Self.scale(epsilon: epsilon, bounds: bounds, measure: request.measure)
    measure = request.measure
    countsOther = request.countsOther
    guard AggregationPlan.scales.contains(scale) else {
      throw .selectionOutOfRange(scale: scale)
    }
    do {
      terms = try SelectionTerms(
        epsilon: epsilon,
        delta: budget.delta,
        cells: Self.cellsPerUnit(bounds)
      )
      selection = try CellSelection(
        request.rule,
        under: terms,
        of: request.measure,
        within: bounds
      )
    } catch {
      throw error == .deltaOutOfRange ? .selectionWithoutDelta : .selectionOutOfRange(scale: scale)
    }
    loss = PrivacyLoss(epsilonSum: epsilon, deltaSum: budget.delta)
  }
}
