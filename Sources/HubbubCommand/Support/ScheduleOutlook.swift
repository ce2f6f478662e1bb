// ScheduleOutlook.swift: what a declared schedule would cost by each rule, and what that leaves.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What a declared schedule would cost by each rule, which one is taken, and what that leaves.
struct ScheduleOutlook {
  private let schedule: ReportSchedule
  private let loss: ScheduleLoss
  /// What is protected.
  private let unit: PrivacyUnit
  private let pricing: SchedulePricing
  /// Whether the delta of the spec is that of selecting cells in each run.
  private let isSelecting: Bool
  /// What the ledger says; nothing where none is asked.
  private let outlook: RunOutlook

  /// Prices the schedule of a plan without a ledger.
  init?(_ plan: AggregationPlan) {
    guard let schedule = plan.specification.schedule, let loss = plan.scheduleLoss else {
      return nil
    }
    self.schedule = schedule
    self.loss = loss
    isSelecting = plan.selection != nil
    unit = plan.specification.privacyUnit
    pricing = SchedulePricing(loss, delta: plan.scheduleDelta, remaining: nil)
    outlook = RunOutlook()
  }

  /// Prices the schedule of a plan in a ledger, as the run of a day would find it; the next run where
  /// no day is named.
  init?(
    _ plan: AggregationPlan,
    in ledger: OpenedLedger,
    analyst: String?,
    day named: CivilDay?
  ) async throws(CommandFailure) {
    let spec = plan.specification
    guard let schedule = spec.schedule, let loss = plan.scheduleLoss else { return nil }
    self.schedule = schedule
    self.loss = loss
    isSelecting = plan.selection != nil
    unit = plan.specification.privacyUnit
    outlook = try await RunOutlook(plan, schedule, in: ledger, analyst: analyst, day: named)
    pricing = SchedulePricing(loss, delta: plan.scheduleDelta, remaining: outlook.remaining)
  }

  /// What is left, where a ledger is asked.
  var remaining: RemainingBudget? { outlook.remaining }
  private var standing: ScheduleStanding? { outlook.standing }
  private var run: ScheduledRun? { outlook.run }
  /// Why the run of the day would be refused; `nil` where it would be accepted, and without a ledger.
  var refusal: String? { outlook.refusal }

  private var prices: [SchedulePrice] {
    [pricing.sum, pricing.certified, pricing.disjoint].compactMap { $0 }
  }

  /// The price that holds: that of the ledger's record, else the one that would be taken.
  private var price: SchedulePrice { standing?.price ?? run?.price ?? pricing.taken }

  /// Whether the account adds up zCDP, in which what is left is no epsilon for many runs.
  private var isConcentrated: Bool { remaining?.accounting == .zcdp }

  private var caps: [PrivacyLoss] {
    isConcentrated ? [] : [remaining?.lifetime, remaining?.analyst].compactMap { $0 }
  }

  private func fits(_ price: SchedulePrice) -> Bool { caps.allSatisfy(price.loss.fits(within:)) }

  /// The most runs that would fit what is left, by the rule of a price.
  private func runs(_ price: SchedulePrice) -> Int? {
    guard let epsilon = caps.map(\.epsilon).min(), let delta = caps.map(\.delta).min(),
      let cap = try? PrivacyLoss(epsilon: epsilon, delta: price.loss.delta)
    else { return nil }
    return price.loss.delta <= delta ? loss.mostRuns(keepingTo: cap, by: price.rule) : 0
  }

  /// Why the price is the one that it is.
  private var reason: String {
    if standing != nil { return "it was charged with the first run, and stays" }
    if price.rule == .disjoint { return "each \(unit.rawValue) lies in one run alone" }
    if isConcentrated { return "an account that adds up zCDP charges each run by itself" }
    guard let certified = pricing.certified else {
      return isSelecting
        ? "there is no delta to certify with beside that of selecting cells; write `delta` under "
          + "`schedule`"
        : "there is no delta to certify with; write `delta` under `budget`, or allow one in the "
          + "policy"
    }
    let isWorthIt = pricing.isCertifiedWorthIt
    if (pricing.taken.rule == .certified) != isWorthIt { return "only that fits what is left" }
    if isWorthIt { return "it is cheaper" }
    return certified.loss.epsilon < pricing.sum.loss.epsilon
      ? "the certified rule saves less than a tenth; write `delta` in the spec to take it"
      : "the certified rule is not cheaper"
  }
}

// MARK: - In words

extension ScheduleOutlook {
  /// The schedule in words.
  var text: String {
    var text = "The schedule \(schedule.name): \(schedule.times) runs, one each "
    text += "\(schedule.every.rawValue)"
    if let first {
      let last = schedule.every.day(schedule.times - 1, from: first).label
      text += ", on \(first.label) to \(last)"
    } else {
      text += ", from the day of the first on"
    }
    text += ". All are\npaid together before the first reads a signal:\n\n"
    text += table + "\n"
    text += "Taken: \(price.rule.rawValue), because \(reason).\n"
    if price.rule == .disjoint, let period = unit.period {
      text += "A person who was active in k \(period)s, in whatever runs, loses k times "
      text += "\(loss.run).\n"
    }
    if price.rule == .certified {
      text +=
        "The certified rule holds because all runs are fixed now: a changed spec is refused.\n"
    }
    if let remaining { text += "\n" + RemainingText.words(remaining) }
    if let standing {
      text += "Paid: \(standing.price.loss) for all runs; \(standing.released.count) of "
      text += "\(schedule.times) released.\n"
    }
    if let refusal { return text + "It would be refused: \(refusal).\n" }
    guard let run else { return text }
    text += "It would be accepted: run \(run.index + 1) of \(run.days.count), of \(run.day).\n"
    return text
  }

  private var first: CivilDay? {
    (standing?.days.first ?? run?.days.first).flatMap(CivilDay.init(_:)) ?? schedule.first
  }

  private var table: String {
    var headings = ["rule", "epsilon", "delta"]
    if !caps.isEmpty { headings += ["leaves for ever"] }
    if caps.count > 1 { headings += ["leaves the analyst"] }
    if !caps.isEmpty { headings += ["runs that fit"] }
    var table = Columns(headings, numbers: Set(1..<headings.count))
    for price in prices {
      var row = [
        price.rule.rawValue, price.loss.epsilon.plain, price.loss.delta.plain,
      ]
      row += caps.map { left($0, price) }
      if let runs = runs(price) {
        row.append(runs == ScheduleLoss.mostRuns ? "\(runs) or more" : "\(runs)")
      }
      table.add(row)
    }
    return table.text
  }

  private func left(_ cap: PrivacyLoss, _ price: SchedulePrice) -> String {
    guard price.loss.fits(within: cap) else { return "does not fit" }
    let rest = cap.remainder(after: price.loss)
    return rest.epsilon.plain
      + (cap.delta.signum == 0 ? "" : ", delta \(rest.delta.decimal(digits: 6, .down))")
  }
}

// MARK: - For programs

extension ScheduleOutlook {
  /// The schedule for programs.
  var json: JSONText {
    let rules = prices.map { price in
      var fields: [(String, JSONText)] = [
        ("rule", .text(price.rule.rawValue)), ("epsilon", .exact(price.loss.epsilon)),
        ("delta", .exact(price.loss.delta)),
      ]
      if let remaining, !isConcentrated {
        fields.append(("fits", .flag(fits(price))))
        var left: [(String, JSONText)] = []
        for (name, cap) in [("lifetime", remaining.lifetime), ("analyst", remaining.analyst)] {
          guard let cap, price.loss.fits(within: cap) else { continue }
          left.append((name, .pair(cap.remainder(after: price.loss))))
        }
        fields.append(("leaves", .object(left)))
      }
      if let runs = runs(price) { fields.append(("runs", .count(runs))) }
      return JSONText.object(fields)
    }
    var fields: [(String, JSONText)] = [
      ("name", .text(schedule.name.description)), ("every", .text(schedule.every.rawValue)),
      ("times", .count(schedule.times)),
    ]
    if let first {
      let last = schedule.every.day(schedule.times - 1, from: first).label
      fields.append(("days", .list([.text(first.label), .text(last)])))
    }
    fields += [
      ("rules", .list(rules)), ("taken", .text(price.rule.rawValue)),
      ("epsilon", .exact(price.loss.epsilon)), ("delta", .exact(price.loss.delta)),
      ("because", .text(reason)),
    ]
    if let standing { fields.append(("released", .count(standing.released.count))) }
    if let run {
      fields += [("run", .count(run.index + 1)), ("day", .text(run.day))]
    }
    if let refusal { fields.append(("refusal", .text(refusal))) }
    return .object(fields)
  }
}
