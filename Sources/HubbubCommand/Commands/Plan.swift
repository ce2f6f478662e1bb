// Plan.swift: `hubbub plan`, what a report would cost and how exact it would be.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// What a report would cost and how exact it would be; reads no data and spends nothing.
struct Plan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a report would cost and how exact it would be. Reads no data.",
    discussion: """
      Everything here follows from the spec alone: the loss, the scale of the noise, and how far \
      it may reach. With a ledger it also says what remains and whether the report would be \
      accepted now. Of a declared schedule it says what all runs cost together, by the sum and \
      by the certified rule, and which of them is taken. For example

        hubbub plan spec.yaml
        hubbub plan spec.yaml --ledger hubbub.ledger --format json
        hubbub plan spec.yaml --target "half_width <= 10% for 1000 units"
        hubbub plan spec.yaml --activity 1:0.5,2:0.3,10:0.2 --units 50000
      """
  )

  @Argument(help: "The report's spec, a YAML file.")
  var spec: String

  @OptionGroup var place: LedgerOption

  @Option(help: "The analyst whose cap counts.")
  var analyst: String?

  @Option(
    help:
      "The day label whose cap counts, or the day of a run; today in UTC, or the next run, if left out."
  )
  var day: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "How exact counts have to be, such as \"half_width <= 10% for 1000 units\" or \"half_width <= 50 "
        + "signals\": says the least epsilon, or the bounds or cells, that would do. May be repeated.",
      valueName: "target"
    )
  )
  var target: [String] = []

  @Option(help: "The step in which --target looks for an epsilon.")
  var step = "1/1000"

  @Option(
    help: ArgumentHelp(
      "How active units are, as you declare it, such as 1:0.5,2:0.3,10:0.2 (contributions and the share "
        + "of units), or a file of lines 1,0.5: compares bounds. Never take it from the signals.",
      valueName: "activity"
    )
  )
  var activity: String?

  @Option(help: "How many units there are, for --activity; the policy's population if left out.")
  var units: String?

  @OptionGroup var output: FormatOption

  func run() async throws {
    let named = place.ledger
    let report = try PlannedReport(
      spec: spec,
      ledger: named == nil ? nil : { () throws(CommandFailure) in try LedgerPlace.open(named) }
    )
    report.warn()
    var policy: LedgerPolicy?
    if place.ledger != nil { policy = try report.warn(under: try LedgerPlace.open(place.ledger)) }
    let advice = try PlanAdvice(self, report, policy)
    let standing = try standing(report)
    let outlook = try await outlook(report)
    let counts = try await running(report)
    switch output.format {
    case .text:
      try Results.write(
        Self.text(report.plan, standing, outlook) + (counts.map { "\n" + $0.text } ?? "")
          + advice.text
      )
    case .json:
      var fields = Self.json(report.plan, standing, outlook)
      if let counts { fields += counts.json }
      fields += advice.json
      try Results.write(JSONText.object(fields).line)
    }
  }

  /// What the schedule costs, where the spec declares one.
  private func outlook(_ report: PlannedReport) async throws(CommandFailure) -> ScheduleOutlook? {
    guard report.plan.scheduleLoss != nil, place.ledger != nil else {
      return ScheduleOutlook(report.plan)
    }
    let ledger = try LedgerPlace.open(place.ledger)
    try report.refusePinnedCells(ledger)
    var named: CivilDay?
    if let day { named = try Today.day(named: day) }
    return try await ScheduleOutlook(report.plan, in: ledger, analyst: analyst, day: named)
  }

  /// What running counts cost and how exact they are, where the spec asks for them.
  private func running(
    _ report: PlannedReport
  ) async throws(CommandFailure) -> ContinualOutlook? {
    guard report.plan.continual != nil, place.ledger != nil else {
      return ContinualOutlook(report.plan)
    }
    let ledger = try LedgerPlace.open(place.ledger)
    try report.refusePinnedCells(ledger)
    var named: CivilDay?
    if let day { named = try Today.day(named: day) }
    return try await ContinualOutlook(report.plan, in: ledger, analyst: analyst, day: named)
  }

  /// What the ledger says, where one is named.
  private func standing(_ report: PlannedReport) throws(CommandFailure) -> BudgetStanding? {
    guard place.ledger != nil, report.plan.specification.schedule == nil else { return nil }
    let ledger = try LedgerPlace.open(place.ledger)
    try report.refusePinnedCells(ledger)
    return try BudgetStanding(
      ledger,
      plan: report.plan,
      analyst: analyst,
      day: day ?? Today.label
    )
  }

  private static func text(
    _ plan: AggregationPlan,
    _ standing: BudgetStanding?,
    _ outlook: ScheduleOutlook?
  ) -> String {
    let spec = plan.specification
    let bounds = spec.bounds
    var text = "\(spec.name), paid by \(spec.dataset)\n\n"
    text += PlanRows.protects(plan)
    let cost =
      outlook != nil ? " each run, by itself" : plan.continual != nil ? " for all periods" : ""
    text += "  costs       \(plan.loss)\(cost)\n"
    text += "  cells       "
    text += plan.selection == nil ? "\(plan.cellCount)" : "those that are selected"
    text +=
      " ("
      + spec.groupBy.map { key in
        let count = spec.cells[key]?.values.count
        return count.map { "\($0) of \(key.rawValue)" } ?? "any \(key.rawValue)"
      }.joined(separator: " times ") + ")\n"
    if let places = PlaceText(plan) { text += "  regions     \(places.line)\n" }
    text += "  bounds      at most \(bounds.cellsPerUnit) cells a unit, \(bounds.signalsPerCell) "
    text += "signals a cell"
    if let total = bounds.signalsPerUnit { text += ", \(total) signals in all" }
    text += "\n" + PlanRows.consent(plan) + "\n"
    var table = Columns(
      [
        "measure", "sensitivity", "epsilon", "scale", "half-width", "for all cells at once",
      ],
      numbers: [1, 2, 3, 4, 5]
    )
    for measure in plan.measures {
      // In units of the value where values are added up.
      let grid = measure.measure.range?.grid ?? .one
      func shown(_ steps: BigInteger) -> String { (Rational(steps) * grid).plain }
      table.add([
        measure.measure.rawValue, shown(measure.sensitivity), measure.epsilon.description,
        (measure.scale * grid).description, shown(measure.halfWidth),
        plan.selection == nil ? shown(measure.simultaneousHalfWidth) : "as many as are kept",
      ])
    }
    if let quantiles = plan.quantiles {
      table.add([
        "quantiles", quantiles.sensitivity.description, quantiles.epsilon.description,
        quantiles.scale.description, quantiles.halfWidth.description, "-",
      ])
    }
    text += table.text
    text += StatisticsText.text(plan)
    if let selection = plan.selection { text += SelectionText.text(selection) }
    text += HierarchyText.text(plan)
    if let error = ExpectedError(plan) { text += "\n" + error.text }
    text +=
      "\nThe noise stays within the half-width with probability \(spec.confidence.plain). Bounding\n"
    text += "also leaves out what a unit has beyond its bounds; no half-width covers that.\n"
    if let standing { text += "\n" + standing.text }
    if let outlook { text += "\n" + outlook.text }
    return text
  }

  private static func json(
    _ plan: AggregationPlan,
    _ standing: BudgetStanding?,
    _ outlook: ScheduleOutlook?
  ) -> [(String, JSONText)] {
    let spec = plan.specification
    let measures = plan.measures.map { measure in
      JSONText.object(
        [
          ("name", .text(measure.measure.rawValue))
        ] + (measure.measure.range.map { [("grid", .exact($0.grid))] } ?? []) + [
          ("sensitivity", .integer(measure.sensitivity)),
          ("epsilon", .exact(measure.epsilon)),
          ("scale", .exact(measure.scale)),
          ("half_width", .integer(measure.halfWidth)),
          (
            "simultaneous_half_width",
            plan.selection == nil ? .integer(measure.simultaneousHalfWidth) : .null
          ),
        ]
      )
    }
    var fields: [(String, JSONText)] = [
      ("name", .text(spec.name)),
      ("dataset", .text(spec.dataset)),
      ("privacy_unit", .text(spec.privacyUnit.rawValue)),
      (
        "loss",
        .object([("epsilon", .exact(plan.loss.epsilon)), ("delta", .exact(plan.loss.delta))])
      ),
      ("cells", plan.selection == nil ? .count(plan.cellCount) : .null),
      ("confidence", .exact(spec.confidence)),
      ("measures", .list(measures)),
    ]
    if let places = PlaceText(plan) { fields.append(("regions", places.json)) }
    if let quantiles = plan.quantiles {
      fields.append(("quantiles", StatisticsText.json(quantiles)))
    }
    if let selection = plan.selection {
      fields.append(("selection", SelectionText.json(selection)))
    }
    if let levels = HierarchyText.json(plan) { fields.append(("levels", levels)) }
    if let standing {
      fields.append(("accepted", .flag(standing.refusal == nil)))
      fields.append(("remaining", RemainingText.json(standing.remaining)))
    }
    if let outlook {
      if let remaining = outlook.remaining {
        fields.append(("accepted", .flag(outlook.refusal == nil)))
        fields.append(("remaining", RemainingText.json(remaining)))
      }
      fields.append(("schedule", outlook.json))
    }
    return fields
  }
}
