// BudgetScenarioTests.swift: the reference scenarios of the budget, through `hubbub ledger spend`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import TestSupport
import Testing

@Suite struct `Reference scenarios of the budget` {
  struct Loss: Decodable {
    let epsilon: String
    let delta: String?
  }

  struct Dimension: Decodable {
    let name: String
    let values: [String]
    let touches: Int
  }

  struct Config: Decodable {
    let global: Loss
    let daily: Loss?
    let analyst: [String: Loss]?
    let dimension: Dimension?
  }

  struct Step: Decodable {
    let epsilon: String
    let delta: String?
    let scope: [String]?
    let day: Int?
    let analyst: String?
    let expect: String
    let violated: [String]?
    let remaining: Remaining
  }

  struct Remaining: Decodable {
    let global: [String]
    let daily: [String]?
    let analyst: [String]?
  }

  struct Scenario: Decodable, CustomTestStringConvertible {
    let name: String
    let config: Config
    let steps: [Step]

    var testDescription: String { name }
  }

  struct Printed: Decodable, Equatable {
    let decision: String
    let violated: [String]
    let remaining: [String: [String]]
  }

  static let scenarios: [Scenario] = {
    struct File: Decodable { let scenarios: [Scenario] }
    return (try? Vectors.decode(File.self, from: "budget_scenarios.json").scenarios) ?? []
  }()

  @Test func `are there`() {
    #expect(Self.scenarios.count == 19)
  }

  @Test(arguments: scenarios)
  func `are decided as the reference does`(scenario: Scenario) throws {
    let folder = try MemoryDirectory()
    try folder.write(Self.policy(scenario.config), to: "policy.yaml")
    var script = "hubbub ledger create --policy policy.yaml >/dev/null || exit 9\n"
    for step in scenario.steps {
      script += Self.command(step) + " 2>/dev/null; echo $?\n"
    }
    let outcome = try folder.run(script)
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    try #require(lines.count == 2 * scenario.steps.count, "\(outcome.output)\(outcome.errors)")
    for (index, step) in scenario.steps.enumerated() {
      let printed = try JSONDecoder().decode(Printed.self, from: Data(lines[2 * index].utf8))
      let (decision, status) =
        switch step.expect {
        case "accept": ("accepted", "0")
        case "refuse": ("refused", "1")
        default: ("invalid", "2")
        }
      #expect(printed.decision == decision, "step \(index)")
      #expect(lines[2 * index + 1] == status, "step \(index)")
      #expect(printed.violated.sorted() == Self.words(step.violated ?? []), "step \(index)")
      var remaining = ["lifetime": step.remaining.global]
      remaining["daily"] = step.remaining.daily
      remaining["analyst"] = step.remaining.analyst
      #expect(printed.remaining == remaining, "step \(index)")
    }
  }

  @Test func `are decided as the reference does under zCDP`() throws {
    for scenario in try ConcentratedScenario.all() {
      let folder = try MemoryDirectory()
      let cap = "{epsilon: \(scenario.epsilon), delta: \(scenario.delta)}"
      try folder.write("dataset: d\naccounting: zcdp\nlifetime: \(cap)\n", to: "policy.yaml")
      var script = "hubbub ledger create --policy policy.yaml >/dev/null || exit 9\n"
      for step in scenario.steps {
        script += "hubbub ledger spend hubbub.ledger --epsilon \(step.epsilon) --format json"
        script += " 2>/dev/null; echo $?\n"
      }
      script += "hubbub ledger verify hubbub.ledger >/dev/null; echo $?\n"
      let lines = try folder.run(script).output.split(separator: "\n")
      try #require(lines.count == 2 * scenario.steps.count + 1)
      for (index, step) in scenario.steps.enumerated() {
        let printed = try JSONDecoder().decode(Printed.self, from: Data(lines[2 * index].utf8))
        let isAccepted = step.expect == "accept"
        #expect(printed.decision == (isAccepted ? "accepted" : "refused"), "step \(index)")
        #expect(lines[2 * index + 1] == (isAccepted ? "0" : "1"), "step \(index)")
        #expect(printed.violated == (isAccepted ? [] : ["lifetime"]), "step \(index)")
        // What is left is less than what was refused.
        let left = try Rational(parsing: printed.remaining["lifetime"]?[0] ?? "")
        if !isAccepted { #expect(try left < Rational(parsing: step.epsilon), "step \(index)") }
      }
      #expect(lines.last == "0")
    }
  }

  /// The reference says `global` for `lifetime`.
  private static func words(_ violated: [String]) -> [String] {
    violated.map { $0 == "global" ? "lifetime" : $0 }.sorted()
  }

  private static func policy(_ config: Config) -> String {
    func cap(_ loss: Loss) -> String { "{epsilon: \(loss.epsilon), delta: \(loss.delta ?? "0")}" }
    var text = "dataset: d\nlifetime: \(cap(config.global))\n"
    if let daily = config.daily { text += "daily: \(cap(daily))\n" }
    if let analysts = config.analyst {
      let caps = analysts.map { "\"\($0.key)\": \(cap($0.value))" }
      text += "analysts: {\(caps.joined(separator: ", "))}\n"
    }
    if let dimension = config.dimension {
      let values = dimension.values.joined(separator: ", ")
      text += "dimension: {name: \(dimension.name), values: [\(values)], "
      text += "touches: \(dimension.touches)}\n"
    }
    return text
  }

  private static func command(_ step: Step) -> String {
    var words = "hubbub ledger spend hubbub.ledger --dataset d '--epsilon=\(step.epsilon)'"
    if let delta = step.delta { words += " '--delta=\(delta)'" }
    if let scope = step.scope { words += " --values '\(scope.joined(separator: ","))'" }
    if let day = step.day { words += " --day '\(day)'" }
    if let analyst = step.analyst { words += " --analyst '\(analyst)'" }
    return words + " --format json"
  }
}
