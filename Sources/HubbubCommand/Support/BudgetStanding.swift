// BudgetStanding.swift: what remains in a ledger, and whether a plan would be accepted.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What remains in a ledger and whether a plan would be accepted now.
struct BudgetStanding {
  let remaining: RemainingBudget
  /// Why the plan would be refused; `nil` where it would be accepted.
  let refusal: String?

  init(
    _ ledger: OpenedLedger,
    plan: AggregationPlan,
    analyst: String?,
    day: String
  ) throws(CommandFailure) {
    let spec = plan.specification
    let remaining = try asking { () throws(LedgerError) in
      try ledger.remaining(dataset: spec.dataset, analyst: analyst, day: day)
    }
    let policy = try asking { () throws(LedgerError) in try ledger.policy(of: spec.dataset) }
    self.remaining = remaining
    refusal = Self.refusal(plan, policy, remaining)
  }

  private static func refusal(
    _ plan: AggregationPlan,
    _ policy: LedgerPolicy,
    _ remaining: RemainingBudget
  ) -> String? {
    let spec = plan.specification
    func differs(_ part: PinnedPart) -> String { LedgerError.mismatch(part).description }
    if spec.privacyUnit != policy.privacyUnit { return differs(.privacyUnit) }
    if let part = policy.pins?.difference(from: spec.pins) { return differs(part) }
    if policy.analysts != nil, remaining.analyst == nil {
      return "the policy has caps for analysts; name one that it lists with --analyst"
    }
    var violated: Set<BudgetLimit> = []
    if !plan.loss.fits(within: remaining.lifetime) { violated.insert(.lifetime) }
    if let daily = remaining.daily, !plan.loss.fits(within: daily) { violated.insert(.daily) }
    if let cap = remaining.analyst, !plan.loss.fits(within: cap) { violated.insert(.analyst) }
    guard !violated.isEmpty else { return nil }
    return BudgetRefusal(violated: violated, remaining: remaining, asked: plan.loss).description
  }

  /// The standing in words.
  var text: String {
    var text = RemainingText.words(remaining)
    if let refusal {
      text += "It would be refused: \(refusal).\n"
    } else {
      text += "It would be accepted.\n"
    }
    return text
  }
}

/// What remains of a budget, for people and for programs.
enum RemainingText {
  /// A line for each cap.
  static func words(_ remaining: RemainingBudget) -> String {
    var text = "  left for ever      \(remaining.words(remaining.lifetime))\n"
    if let daily = remaining.daily { text += "  left on this day   \(remaining.words(daily))\n" }
    if let analyst = remaining.analyst {
      text += "  left to the analyst \(remaining.words(analyst))\n"
    }
    if remaining.accounting == .zcdp {
      text += "  by zCDP: the largest single epsilon that fits; smaller ones add up to more\n"
    }
    return text
  }

  /// The epsilon that is left: exact where losses are summed, else a bound with many digits, of
  /// which people get six, rounded down.
  static func epsilon(_ loss: PrivacyLoss, _ accounting: Accounting) -> String {
    accounting == .sum ? loss.epsilon.description : loss.epsilon.decimal(digits: 6, .down)
  }

  /// An object with a pair for each cap that the policy sets.
  static func json(_ remaining: RemainingBudget) -> JSONText {
    var fields = [("lifetime", JSONText.pair(remaining.lifetime))]
    if let daily = remaining.daily { fields.append(("daily", .pair(daily))) }
    if let analyst = remaining.analyst { fields.append(("analyst", .pair(analyst))) }
    return .object(fields)
  }
}
