// PlanAdvice.swift: what a plan says beyond cost and noise: error by size, targets, bounds, warnings.
// Reference: `docs/planning.md`.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What a plan says beyond cost and noise.
struct PlanAdvice {
  private let plan: AggregationPlan
  /// In words it stands behind the noise.
  private let error: ExpectedError?
  private let targets: TargetOutlook?
  private let activity: ActivityOutlook?
  private let warnings: [String]

  /// Works everything out before anything is printed.
  init(
    _ command: Plan,
    _ report: PlannedReport,
    _ policy: LedgerPolicy?
  ) throws(CommandFailure) {
    let plan = report.plan
    self.plan = plan
    error = ExpectedError(plan)
    targets = try TargetOutlook(command.target, step: command.step, for: plan)
    activity = try ActivityOutlook(
      command.activity,
      units: command.units,
      population: policy?.population,
      for: plan
    )
    warnings = report.warnings + (policy.map { PlanWarnings.of(plan, under: $0) } ?? [])
  }

  /// The sections in words, each behind an empty line.
  var text: String {
    [targets?.text, activity?.text].compactMap { $0.map { "\n" + $0 } }.joined()
  }

  /// The same for programs: members of the plan.
  var json: [(String, JSONText)] {
    PlanRows.json(plan) + [error?.json, targets?.json, activity?.json].compactMap { $0 }
      + [("warnings", .list(warnings.map { .text($0) }))]
  }
}
