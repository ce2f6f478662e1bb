// SelectionText.swift: what a plan says about cells that are found in the signals.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What a plan says about cells that are found in the signals.
enum SelectionText {
  /// The rule, its price, and how often cells of some numbers of units are kept, by each rule.
  static func text(_ planned: PlannedSelection) -> String {
    let selection = planned.selection
    var text = "\nA cell that was found is kept by chance, by the rule \(selection.rule.rawValue),"
    text += " which costs epsilon \(planned.loss.epsilon)\nand delta \(planned.loss.delta.plain)"
    if let threshold = selection.threshold {
      let counted = planned.measure.rawValue
      text += "; its number of \(counted) with noise has to reach \(threshold)"
    }
    text += ".\n\n"
    // Rules are compared where they look at the same.
    let rules =
      planned.measure == .units
      ? SelectionRule.allCases.compactMap { try? CellSelection($0, under: planned.terms) }
      : [selection]
    let numbered = Set(0...rules.count)
    var table = Columns([planned.measure.rawValue] + rules.map(\.rule.rawValue), numbers: numbered)
    for units in numbers(selection) {
      table.add([units.description] + rules.map { chance($0, units) })
    }
    text += table.text
    if let best = best(rules, numbers(selection)), best != selection.rule {
      text += "\nAt this price the rule \(best.rawValue) keeps the most cells.\n"
    }
    if planned.countsOther {
      text += """

        What is not kept is counted together as one cell more of each measure. A signal or a unit of a
        cell is counted there or in its cell, so the noise of the measure pays for both: it costs no
        further epsilon. A schedule pays the certified price of one count that adds up cells.

        """
    }
    return text
  }

  /// The same for programs.
  static func json(_ planned: PlannedSelection) -> JSONText {
    let selection = planned.selection
    var fields: [(String, JSONText)] = []
    if planned.measure != .units { fields.append(("count", .text(planned.measure.rawValue))) }
    if planned.countsOther { fields.append(("other", .object([("epsilon", .exact(.zero))]))) }
    fields += [
      ("rule", .text(selection.rule.rawValue)),
      ("epsilon", .exact(planned.loss.epsilon)),
      ("delta", .exact(planned.loss.delta)),
      ("threshold", selection.threshold.map { .integer($0) } ?? .null),
      (
        "keep",
        .list(
          numbers(selection).map { units in
            let bounds = selection.keepProbability(of: units, digits: 8).decimals(digits: 8)
            return .object([
              ("n", .integer(units)),
              (
                "probability",
                .object([("lower", .text(bounds.lower)), ("upper", .text(bounds.upper))])
              ),
            ])
          }
        )
      ),
    ]
    return .object(fields)
  }

  /// One unit, and numbers around the one at which about half the cells are kept.
  private static func numbers(_ selection: CellSelection) -> [BigInteger] {
    let middle: BigInteger
    switch selection {
    case .threshold(let rule): middle = rule.threshold
    case .optimal(let rule): middle = rule.crossover
    case .geometric(let rule): middle = rule.threshold
    }
    var numbers: [BigInteger] = [1]
    for quarters in [2, 3, 4, 5, 6, 8] {
      let n = (middle * BigInteger(quarters)).dividedRoundingUp(by: 4)
      if n > numbers[numbers.count - 1] { numbers.append(n) }
    }
    return numbers
  }

  private static func chance(_ selection: CellSelection, _ units: BigInteger) -> String {
    selection.keepProbability(of: units, digits: 6).decimals(digits: 4).upper
  }

  /// The rule that keeps a cell of these numbers of units most often, taken together.
  private static func best(
    _ rules: [CellSelection],
    _ numbers: [BigInteger]
  ) -> SelectionRule? {
    let sums = rules.map { rule in
      numbers.reduce(Rational.zero) {
        $0 + rule.keepProbability(of: $1, digits: 6).lower.rational
      }
    }
    guard let most = sums.max(), let index = sums.firstIndex(of: most) else { return nil }
    return rules[index].rule
  }
}
