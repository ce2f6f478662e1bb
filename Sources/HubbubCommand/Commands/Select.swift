// Select.swift: `hubbub select`, how often a cell is kept that nobody listed, as certified decimals.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

extension SelectionRule: ExpressibleByArgument {}

/// How often a cell is kept that nobody listed, as certified decimals.
struct Select: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "select",
    abstract: "Private cells: thresholds, and how often a cell of n units is kept.",
    discussion: """
      A cell that nobody listed may show that somebody was in it. So it is kept only by chance: \
      (epsilon, delta) is the loss of selecting for a unit that is in at most --cells cells, with \
      at most --signals signals in each. For example

        hubbub select --epsilon 1 --delta 1e-6 --cells 3 --signals 1
        hubbub select --epsilon 1 --delta 1e-6 --cells 3 --rule optimal --at 50

      Rules: threshold keeps a cell whose count with discrete Laplace noise reaches the threshold; \
      --at is a count. optimal keeps the most cells that any rule can and shows no count; geometric \
      keeps a cell whose number of units with truncated noise reaches the threshold. For these two \
      --at is a number of units, and --signals makes no difference. \
      Each probability is given as a lower and an upper bound, which are certain and at most \
      10^-digits apart, relative to the value.
      """
  )

  @Option(parsing: .unconditional, help: "What selection costs, in nats: 1, 0.5 or 1/3.")
  var epsilon: String

  @Option(
    parsing: .unconditional,
    help: "The chance with which any cell of one unit alone may be kept: 1e-9."
  )
  var delta: String

  @Option(parsing: .unconditional, help: "The most cells that one unit is in.")
  var cells: String

  @Option(parsing: .unconditional, help: "The most signals of one unit in one cell.")
  var signals = "1"

  @Option(help: "How cells are selected: threshold, optimal or geometric.")
  var rule: SelectionRule = .threshold

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A count or number of units for which to print the chance; may be repeated."
  )
  var at: [String] = []

  @Option(
    parsing: .unconditional,
    help: "With the rule optimal: never keep a cell of fewer units."
  )
  var preThreshold: String?

  @Option(help: "Digits that the bounds agree to, relative to the value: 1 to 1000.")
  var digits = 20

  @OptionGroup var output: FormatOption

  func run() throws {
    guard (1...1000).contains(digits) else {
      throw CommandFailure.invalid("--digits: `\(digits)` is out of range; write 1 to 1000")
    }
    let selection = try prepare()
    let pre = try checkedPreThreshold()
    var counts = try at.map { try Self.count($0) }
    if counts.isEmpty, output.format == .text { counts = Self.examples(selection) }
    let kept = counts.map { count in
      let probability = selection.keepProbability(of: count - pre + 1, digits: digits + 2)
      return (n: count, bounds: probability.decimals(digits: digits + 3))
    }
    switch output.format {
    case .json:
      let list = kept.map { kept in
        JSONText.object([
          ("n", .integer(kept.n)),
          (
            "probability",
            .object([("lower", .text(kept.bounds.lower)), ("upper", .text(kept.bounds.upper))])
          ),
        ])
      }
      let result = JSONText.object([
        ("rule", .text(rule.rawValue)),
        ("threshold", selection.threshold.map { .integer($0) } ?? .null),
        ("keep", .list(list)),
      ])
      try Results.write(result.line)
    case .text:
      var table = Columns(["n", "chance of being kept"], numbers: [0])
      for kept in kept { table.add([kept.n.description, Self.text(kept.bounds)]) }
      try Results.write(description(of: selection, pre) + table.text)
    }
  }

  /// What the rule comes to, in words.
  private func description(of selection: CellSelection, _ pre: BigInteger) -> String {
    switch selection {
    case .threshold(let rule):
      let achieved = rule.achievedDelta(digits: 6).decimals(digits: 6)
      return """
        threshold: a cell is kept where its count with noise of scale \(rule.law.scale) is at least \
        \(rule.threshold)
          delta that this uses  \(achieved.upper)
          by the union bound the threshold would be \(rule.unionThreshold)

        """
    case .optimal(let rule):
      let first = pre == 1 ? "" : "; one of fewer than \(pre) never"
      return """
        optimal: a cell of \(rule.certain + pre - 1) units is always kept\(first)
          that it exists is shown, and no count

        """
    case .geometric(let rule):
      return """
        geometric: a cell is kept where its number of units with noise of scale \(rule.scale), cut \
        off at \(rule.reach), is at least \(rule.threshold)
          a cell of \(rule.reach + rule.threshold) units is always kept

        """
    }
  }

  /// Numbers from one to where nearly every cell is kept.
  private static func examples(_ selection: CellSelection) -> [BigInteger] {
    let middle: BigInteger
    switch selection {
    case .threshold(let rule): middle = rule.threshold
    case .optimal(let rule): middle = rule.crossover
    case .geometric(let rule): middle = rule.threshold
    }
    var examples: [BigInteger] = [1]
    for quarters in [1, 2, 3, 4, 5, 6, 8] {
      let n = (middle * BigInteger(quarters)).dividedRoundingUp(by: 4)
      if n > examples[examples.count - 1] { examples.append(n) }
    }
    return examples
  }

  private static func text(_ bounds: (lower: String, upper: String)) -> String {
    bounds.lower == bounds.upper ? bounds.lower : "\(bounds.lower) to \(bounds.upper)"
  }
}

extension Select {
  /// Reads the numbers of the rule.
  private func prepare() throws(CommandFailure) -> CellSelection {
    let epsilon = try ExactNumber.read(epsilon, option: "--epsilon")
    let delta = try ExactNumber.read(delta, option: "--delta")
    let cells = try Self.bound(cells, "--cells")
    let signals = try Self.bound(signals, "--signals")
    do {
      let terms = try SelectionTerms(epsilon: epsilon, delta: delta, cells: cells)
      return try CellSelection(rule, under: terms, signalsPerCell: signals)
    } catch {
      switch error {
      case .epsilonOutOfRange:
        throw .invalid(
          "--epsilon: `\(self.epsilon.prefix(40))` is out of range; write 1e-30 to 10000"
        )
      case .deltaOutOfRange:
        throw .invalid(
          "--delta: `\(self.delta.prefix(40))` is not above 0 and below 1, and without such a delta "
            + "no cell can be kept that nobody listed; write one such as 1e-9"
        )
      case .outOfRange(let name, let limit):
        throw .invalid("\(name) is out of range; write 1 to \(limit)")
      }
    }
  }

  private static func bound(_ text: String, _ option: String) throws(CommandFailure) -> Int {
    let limit = ContributionBounds.largest
    guard let value = Int(text), (1...limit).contains(value) else {
      throw .invalid(
        "\(option): `\(text.prefix(40))` is not a whole number from 1 to \(limit); write one such as 4"
      )
    }
    return value
  }

  private static func count(_ text: String) throws(CommandFailure) -> BigInteger {
    guard text.utf8.count <= 200, let value = BigInteger(text), value.signum >= 0 else {
      throw .invalid("--at: `\(text.prefix(40))` is not a whole number; write 0 or more")
    }
    return value
  }

  /// One, where no threshold is ahead of the rule.
  private func checkedPreThreshold() throws(CommandFailure) -> BigInteger {
    guard let preThreshold else { return 1 }
    guard rule == .optimal else {
      throw .invalid(
        "--pre-threshold goes with the rule optimal; leave it out or add --rule optimal"
      )
    }
    let value = BigInteger(preThreshold)
    guard preThreshold.utf8.count <= 200, let value, value.signum > 0 else {
      throw .invalid(
        "--pre-threshold: `\(preThreshold.prefix(40))` is not a whole number; write 1 or more"
      )
    }
    return value
  }
}
