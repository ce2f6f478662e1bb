// SelectionSection.swift: the part of a spec that says how cells are selected which it does not list.
// Reference: `docs/decisions/0006-private-cells.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// What a rule can look at.
private enum LookedAt: String, CaseIterable {
  case signals, units
}

/// The `selection` of a spec, and which of its keys are `private`.
struct SelectionSection {
  /// The share of epsilon that is written; `nil` where it is left open or nothing is selected.
  let share: Rational?
  /// Whether cells are selected and their share is left open.
  let isShareOpen: Bool

  private let field: NodeReader?
  private let rule: SelectionRule
  private let measure: Measure
  private let countsOther: Bool

  init(_ top: MappingReader) throws(SpecificationError) {
    field = top.optional("selection")
    let keys = try field?.mapping(["rule", "share", "count", "other"])
    countsOther = try keys?.optional("other")?.flag() ?? false
    rule = try keys?.optional("rule")?.choice(SelectionRule.self) ?? .threshold
    measure = try Self.measure(keys, rule)
    share = try keys?.optional("share")?.rational()
    if let share, share.signum <= 0 || share >= .one {
      throw top.error(
        "selection",
        "a share of selection lies above 0 and below 1; write one such as 1/4"
      )
    }
    isShareOpen = share == nil && Self.hasPrivateKey(top)
  }

  /// What the rule looks at.
  private static func measure(
    _ keys: MappingReader?,
    _ rule: SelectionRule
  ) throws(SpecificationError) -> Measure {
    guard let field = keys?.optional("count") else { return .units }
    let name = try field.choice(LookedAt.self).rawValue
    let measure: Measure = name == Measure.units.rawValue ? .units : .signals
    guard measure == .units || rule == .threshold else {
      throw field.error(
        "the rule \(rule.rawValue) looks at units alone; write `count: units`, or "
          + "`rule: threshold`"
      )
    }
    return measure
  }

  /// Whether some key is written as `private`; that it can be is seen when it is read.
  private static func hasPrivateKey(_ top: MappingReader) -> Bool {
    var fields = [top.optional("regions"), top.optional("intents")].compactMap { $0 }
    if let cells = try? top.optional("cells")?.mapping(nil) {
      fields += cells.keys.compactMap { cells.optional($0) }
    }
    return fields.contains { $0.isText && (try? $0.text()) == "private" }
  }

  /// What is asked for, where some key is private; `nil` where all cells are listed.
  func request(
    _ top: MappingReader,
    keys: Set<GroupKey>,
    share: Rational,
    budget: PrivacyLoss,
    bounds: ContributionBounds
  ) throws(SpecificationError) -> SelectionRequest? {
    guard !keys.isEmpty else {
      if let field {
        throw field.error(
          "selects cells, and all of them are listed; delete it, or write `private` in place of a "
            + "list"
        )
      }
      return nil
    }
    guard budget.delta.signum > 0 else {
      throw top.error(
        "budget",
        "cells that are found in the signals (`private`) need a delta, the chance that the cell of "
          + "a single unit shows; write `budget: {epsilon: 1, delta: 1e-9}`"
      )
    }
    let epsilon = budget.epsilon * share
    let scale = PlannedSelection.scale(epsilon: epsilon, bounds: bounds, measure: measure)
    guard AggregationPlan.scales.contains(scale) else {
      throw top.error(
        "selection",
        "its share of epsilon, \(epsilon), would need noise of the scale \(scale), outside 1/1000 "
          + "to 2^40; write another share or another epsilon"
      )
    }
    return SelectionRequest(
      keys: keys,
      rule: rule,
      share: share,
      measure: measure,
      countsOther: countsOther
    )
  }
}
