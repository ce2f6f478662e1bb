// ContinualOutlook.swift: what running counts cost over their horizon, and how exact each one is.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What running counts cost over their horizon, and how exact they are in each period.
struct ContinualOutlook {
  private let plan: AggregationPlan
  private let continual: PlannedContinual
  private let schedule: ReportSchedule
  /// What the ledger says; nothing where none is asked.
  private let outlook: RunOutlook

  /// Looks at a plan without a ledger; `nil` where it is not one of running counts.
  init?(_ plan: AggregationPlan) {
    guard let continual = plan.continual, let schedule = plan.specification.schedule else {
      return nil
    }
    self.plan = plan
    self.continual = continual
    self.schedule = schedule
    outlook = RunOutlook()
  }

  /// Looks at a plan with a ledger; at the next period where no day is named.
  init?(
    _ plan: AggregationPlan,
    in ledger: OpenedLedger,
    analyst: String?,
    day named: CivilDay?
  ) async throws(CommandFailure) {
    guard let continual = plan.continual, let schedule = plan.specification.schedule else {
      return nil
    }
    self.plan = plan
    self.continual = continual
    self.schedule = schedule
    outlook = try await RunOutlook(plan, schedule, in: ledger, analyst: analyst, day: named)
  }

  private var remaining: RemainingBudget? { outlook.remaining }
  private var standing: ScheduleStanding? { outlook.standing }
  private var run: ScheduledRun? { outlook.run }
  private var refusal: String? { outlook.refusal }
}

// MARK: - The error of each period

extension ContinualOutlook {
  /// The periods that are shown: the first, those of a week, a month, a quarter, and the last.
  private var periods: [Int] {
    [1, 7, 30, 90].filter { $0 < continual.tree.horizon } + [continual.tree.horizon]
  }

  private func law(_ measure: PlannedMeasure, _ t: Int) -> DiscreteLaplaceSum {
    ReleasedContinual.law(continual.tree, at: t, scale: measure.scale)
  }

  private func halfWidth(_ measure: PlannedMeasure, _ t: Int, cells: Int) -> BigInteger {
    law(measure, t).halfWidth(alpha: .one - plan.specification.confidence, cells: cells)
  }

  /// The noise of a measure if there were one level.
  private func base(_ measure: PlannedMeasure) -> Rational {
    measure.scale / Rational(continual.tree.levels)
  }

  /// The mean of the variances over the horizon, through the tree that is taken.
  private func mean(_ measure: PlannedMeasure) -> Rational {
    continual.tree.meanVariance(scale: base(measure), digits: 20).upper.rational
  }

  /// The same through a binary tree with variance reduction.
  private func binaryMean(_ measure: PlannedMeasure) -> Rational {
    let tree = BinaryTree(horizon: continual.tree.horizon)
    let law = DiscreteLaplaceLaw(scale: base(measure) * Rational(tree.levels))
    return law.variance(digits: 20).upper.rational * tree.meanVariance
  }

  /// The variance at a period through a binary tree with variance reduction.
  private func binaryVariance(_ measure: PlannedMeasure, _ t: Int) -> Rational {
    let tree = BinaryTree(horizon: continual.tree.horizon)
    let law = DiscreteLaplaceLaw(scale: base(measure) * Rational(tree.levels))
    return law.variance(digits: 20).upper.rational * tree.variance(at: t)
  }

  private static func short(_ value: Rational) -> String { value.decimal(digits: 6, .up) }
}

// MARK: - In words

extension ContinualOutlook {
  /// The running counts in words.
  var text: String {
    let tree = continual.tree
    var text = "Running counts \(schedule.name): \(tree.horizon) periods, one each "
    text += "\(schedule.every.rawValue)"
    if let first = schedule.first {
      text += ", from \(first.label) to "
      text += "\(schedule.every.day(tree.horizon - 1, from: first).label)"
    }
    text += ".\nAll are paid together, \(plan.loss), before the first reads a signal;\n"
    text +=
      "the bounds hold for a unit over the whole horizon. Half-widths above are those of the\n"
    text += "last period.\n\n"
    for measure in plan.measures { text += table(measure) + "\n" }
    text += "The noise is that of a balanced tree of arity \(tree.arity) with \(tree.levels) "
    text += tree.levels == 1 ? "level" : "levels"
    text +=
      ". Signals that\narrive after their period was released are not counted, and a consent that is\n"
    text += "withdrawn later does not alter earlier counts.\n"
    text += "The state is kept, encrypted, in \(continual.store).\n"
    if let remaining { text += "\n" + RemainingText.words(remaining) }
    if let standing {
      text += "Paid: \(standing.price.loss) for all periods; \(standing.released.count) of "
      text += "\(tree.horizon) released.\n"
    }
    if let refusal { return text + "It would be refused: \(refusal).\n" }
    guard let run else { return text }
    text += "It would be accepted: period \(run.index + 1) of \(run.days.count), of \(run.day).\n"
    return text
  }

  private func table(_ measure: PlannedMeasure) -> String {
    var table = Columns(
      [
        "\(measure.measure.rawValue) at", "draws", "variance", "half-width", "all cells",
        "binary tree",
      ],
      numbers: [1, 2, 3, 4, 5]
    )
    for t in periods {
      table.add([
        "period \(t)", "\(law(measure, t).draws)",
        Self.short(ReleasedContinual.variance(law(measure, t))),
        "\(halfWidth(measure, t, cells: 1))",
        "\(halfWidth(measure, t, cells: max(1, plan.cellCount)))",
        Self.short(binaryVariance(measure, t)),
      ])
    }
    table.add([
      "on average", "", Self.short(mean(measure)), "", "", Self.short(binaryMean(measure)),
    ])
    return table.text
  }
}

// MARK: - For programs

extension ContinualOutlook {
  /// The running counts for programs: members of the plan.
  var json: [(String, JSONText)] {
    var fields: [(String, JSONText)] = []
    if let remaining {
      fields.append(("accepted", .flag(refusal == nil)))
      fields.append(("remaining", RemainingText.json(remaining)))
    }
    let tree = continual.tree
    var inner: [(String, JSONText)] = [
      ("name", .text(schedule.name.description)), ("every", .text(schedule.every.rawValue)),
      ("horizon", .count(tree.horizon)), ("mechanism", .text(ReleasedContinual.mechanism)),
      ("arity", .count(tree.arity)), ("levels", .count(tree.levels)),
      ("epsilon", .exact(plan.loss.epsilon)), ("delta", .exact(plan.loss.delta)),
      ("store", .text(continual.store)),
      ("measures", .list(plan.measures.map(json))),
    ]
    if let first = schedule.first {
      let last = schedule.every.day(tree.horizon - 1, from: first).label
      inner.append(("days", .list([.text(first.label), .text(last)])))
    }
    if let standing { inner.append(("released", .count(standing.released.count))) }
    if let run { inner += [("period", .count(run.index + 1)), ("day", .text(run.day))] }
    if let refusal { inner.append(("refusal", .text(refusal))) }
    return fields + [("continual", .object(inner))]
  }

  private func json(_ measure: PlannedMeasure) -> JSONText {
    let points = periods.map { t in
      JSONText.object([
        ("t", .count(t)), ("draws", .count(law(measure, t).draws)),
        ("variance", .text(ReleasedContinual.variance(law(measure, t)).decimal(digits: 12, .up))),
        ("half_width", .integer(halfWidth(measure, t, cells: 1))),
        (
          "simultaneous_half_width",
          .integer(halfWidth(measure, t, cells: max(1, plan.cellCount)))
        ),
        ("binary_variance", .text(binaryVariance(measure, t).decimal(digits: 12, .up))),
      ])
    }
    return .object([
      ("name", .text(measure.measure.rawValue)), ("points", .list(points)),
      ("mean_variance", .text(mean(measure).decimal(digits: 12, .up))),
      ("binary_mean_variance", .text(binaryMean(measure).decimal(digits: 12, .up))),
    ])
  }
}
