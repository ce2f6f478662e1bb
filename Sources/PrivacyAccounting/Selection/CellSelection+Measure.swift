// CellSelection+Measure.swift: a rule for what it looks at, under the bounds of a report.
// Reference: `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

extension CellSelection {
  /// Prepares a rule that looks at a measure of each cell.
  ///
  /// Units are looked at with noise for `min(c, t)` cells. Signals are looked at by the threshold rule
  /// alone, with noise of scale `min(c m, t) / epsilon`, as a unit adds at most `m` to one cell.
  ///
  /// - Privacy: Which cells are kept is private at the loss of the terms.
  /// - Parameters:
  ///   - rule: The rule.
  ///   - terms: The loss and the cells of a unit.
  ///   - measure: What is looked at: units, or signals.
  ///   - bounds: How much one unit contributes.
  /// - Throws: `SelectionError`.
  public init(
    _ rule: SelectionRule,
    under terms: SelectionTerms,
    of measure: Measure,
    within bounds: ContributionBounds
  ) throws(SelectionError) {
    guard rule == .threshold, measure == .signals else {
      self = try CellSelection(rule, under: terms)
      return
    }
    self = .threshold(
      LaplaceThreshold(
        scale: Rational(bounds.sensitivity(of: .signals)) / terms.epsilon,
        largestChange: bounds.largestChange(ofOneCellIn: .signals),
        cells: terms.cells,
        delta: terms.delta
      )
    )
  }
}
