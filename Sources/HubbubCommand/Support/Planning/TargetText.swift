// TargetText.swift: what would meet a target, in words and for programs.
// Reference: `docs/planning.md`, section "Targets".
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// The targets that a user named, and what would meet each.
struct TargetOutlook {
  private let plan: AggregationPlan
  private let solutions: [TargetSolution]

  /// Solves targets; an error of one ends the program before anything is printed.
  init?(
    _ texts: [String],
    step: String,
    for plan: AggregationPlan
  ) throws(CommandFailure) {
    guard !texts.isEmpty else { return nil }
    let step = try ExactNumber.read(step, option: "--step")
    guard step.signum > 0, step >= Rational(1, 1_000_000_000) else {
      throw .invalid("--step: write a step of at least 1e-9, such as 1/1000")
    }
    self.plan = plan
    var solutions: [TargetSolution] = []
    for text in texts {
      let target: ErrorTarget
      do { target = try ErrorTarget(parsing: text) } catch {
        throw .invalid("--target: \(error.description)")
      }
      guard plan.continual == nil else {
        throw .invalid(
          "--target: running counts have another error in each period; the plan's table says it"
        )
      }
      guard !target.isSimultaneous || plan.selection == nil else {
        throw .invalid(
          "--target: `at once` needs a number of cells, and these are selected; leave it out"
        )
      }
      guard let solution = TargetSolution(target, for: plan, step: step) else {
        throw .invalid(
          "--target: the spec does not count \(target.measure.rawValue); add "
            + "`{count: \(target.measure.rawValue)}` to `measures` or name what it counts"
        )
      }
      solutions.append(solution)
    }
    self.solutions = solutions
  }

  /// The least epsilon that meets all targets; `nil` where one has none.
  private var epsilon: Rational? {
    let epsilons = solutions.compactMap { $0.epsilon?.value }
    return epsilons.count == solutions.count ? epsilons.max() : nil
  }

  /// The targets in words.
  var text: String {
    var text = solutions.map(text).joined(separator: "\n")
    if solutions.count > 1, let epsilon {
      text += "\nAll targets together are met by epsilon \(epsilon.plain).\n"
    }
    return text
  }

  private func text(_ solution: TargetSolution) -> String {
    let name = solution.target.measure.rawValue
    let now = plan.specification.budget.epsilon.plain
    var text = "Target: \(solution.target.text), so at most \(solution.target.largest).\n"
    text += "  as it is       \(solution.halfWidth) at epsilon \(now): "
    text += solution.isMet ? "met\n" : "not met\n"
    if let epsilon = solution.epsilon {
      text += "  epsilon        \(epsilon.value.plain) is the least that does, in steps of "
      text += "\(solution.step.plain); it gives \(epsilon.halfWidth)\n"
    } else {
      text += "  epsilon        none does whose noise can be drawn\n"
    }
    if !solution.isMet {
      if let signals = solution.signalsPerUnit {
        text += "  or bounds      `signals_per_unit: \(signals)` at epsilon \(now), "
        text += "which leaves out what a unit has beyond\n"
      } else {
        text += "  or bounds      none at epsilon \(now): one signal a unit is too many\n"
      }
    }
    if let cells = solution.cellsFrom, !solution.isMet {
      text += "  or a level     where cells have \(cells) \(name) and more: "
      text += "they meet it as it is\n"
    }
    return text
  }

  /// The same for programs.
  var json: (String, JSONText) {
    let items = solutions.map { solution in
      JSONText.object([
        ("target", .text(solution.target.text)),
        ("measure", .text(solution.target.measure.rawValue)),
        ("half_width_at_most", .integer(solution.target.largest)),
        ("half_width", .integer(solution.halfWidth)),
        ("met", .flag(solution.isMet)),
        ("step", .exact(solution.step)),
        ("epsilon", solution.epsilon.map { .exact($0.value) } ?? .null),
        ("half_width_at_epsilon", solution.epsilon.map { .integer($0.halfWidth) } ?? .null),
        ("signals_per_unit", solution.signalsPerUnit.map { .count($0) } ?? .null),
        ("cells_from", solution.cellsFrom.map { .integer($0) } ?? .null),
      ])
    }
    return ("targets", .list(items))
  }
}
