// PlanRows.swift: whom a plan protects, what that means for a person, and whose consent is asked.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// Rows of a plan that say whom it protects.
enum PlanRows {
  /// The privacy unit, its meaning, and what a person loses at most.
  static func protects(_ plan: AggregationPlan) -> String {
    let unit = plan.specification.privacyUnit
    var text = "  protects    one \(unit.rawValue), added or removed\n"
    guard let period = unit.period else { return text }
    for line in lines(of: unit.meaning) { text += "              \(line)\n" }
    text += "  a person    "
    guard let periods = plan.personLoss.periods else {
      return text + "who was active in k \(period)s loses k times what one costs\n"
    }
    let loss =
      plan.personLoss.loss.map { "loses at most \($0)" }
      ?? "is promised nothing: delta would not be below 1"
    text += "who was active in all \(periods) \(period)\(periods == 1 ? "" : "s") of the window "
    return text + "\(loss)\n"
  }

  /// A sentence in lines of at most 64 characters.
  private static func lines(of sentence: String) -> [String] {
    var lines: [String] = []
    for word in sentence.split(separator: " ") {
      if let last = lines.last, last.count + word.count < 64 {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// By what consent is told, where a registry is asked.
  static func consent(_ plan: AggregationPlan) -> String {
    guard let consent = plan.specification.consent else { return "" }
    let column = plan.specification.columns[.consent] == nil ? "" : ", and the column of consents"
    return "  consent     a registry has to allow `\(consent.purpose)`\(column)\n"
  }

  /// The same for programs.
  static func json(_ plan: AggregationPlan) -> [(String, JSONText)] {
    let person = plan.personLoss
    var fields: [(String, JSONText)] = [("meaning", .text(person.unit.meaning))]
    if let periods = person.periods {
      fields.append(("periods", .count(periods)))
      fields.append(("epsilon", person.loss.map { .exact($0.epsilon) } ?? .null))
      fields.append(("delta", person.loss.map { .exact($0.delta) } ?? .null))
    }
    var members: [(String, JSONText)] = [("person", .object(fields))]
    if let consent = plan.specification.consent {
      members.append(("consent", .object([("purpose", .text(consent.purpose))])))
    }
    return members
  }
}
