// Account.swift: `hubbub account`, what a schedule of releases costs, as certified bounds.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// What a schedule of releases costs, as certified bounds.
struct Account: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account",
    abstract: "Certified composition: what many releases cost together.",
    discussion: """
      Every release with discrete Laplace noise is one mechanism; its scale and sensitivity are \
      exact. The bounds are certain, at most 10^-digits apart, relative to the value. For example

        hubbub account --mechanism laplace:scale=100,sensitivity=1,times=1000 --delta 1e-9
        hubbub account --mechanism laplace:scale=40,sensitivity=4,times=365 --epsilon 5

      The sum holds for spends that are chosen after seeing earlier answers. The certified bound \
      is smaller and holds only for a schedule whose every parameter was declared in advance.
      """
  )

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "laplace:scale=B,sensitivity=S,times=K[,delta0=D]; may be repeated.",
      valueName: "mechanism"
    )
  )
  var mechanism: [String]

  @Option(parsing: .unconditional, help: "Print the smallest epsilon at this delta.")
  var delta: String?

  @Option(parsing: .unconditional, help: "Print the smallest delta at this epsilon, in nats.")
  var epsilon: String?

  @Option(help: "Digits that the bounds agree to, relative to the value: 1 to 1000.")
  var digits = 20

  @Option(help: "Draw delta over epsilon into this SVG file.")
  var plot: String?

  @OptionGroup var output: FormatOption

  func run() throws {
    guard (1...1000).contains(digits) else {
      throw CommandFailure.invalid("--digits: `\(digits)` is out of range; write 1 to 1000")
    }
    guard (delta == nil) != (epsilon == nil) else {
      throw CommandFailure.invalid("write either --delta or --epsilon")
    }
    let composition = Composition(try mechanism.map { try Self.read($0) })
    if let delta {
      try printEpsilon(composition, delta: try Self.probability(delta))
    } else if let epsilon {
      let value = try ExactNumber.read(epsilon, option: "--epsilon")
      guard value.signum >= 0 else {
        throw CommandFailure.invalid(
          "--epsilon: `\(epsilon.prefix(40))` is negative; write 0 or more"
        )
      }
      try printDelta(composition, epsilon: value)
    }
    if let plot { try draw(composition, into: plot) }
  }

  private func printEpsilon(
    _ composition: Composition,
    delta: Rational
  ) throws(CommandFailure) {
    let result = composition.epsilon(delta: delta, digits: digits + 2)
    let reason = "releases fail outright with a probability above delta, whatever epsilon is"
    var fields = [("sum", Self.sum(composition))]
    if let result {
      fields.append(("epsilon", bounds(result)))
    } else {
      fields += [("epsilon", .null), ("reason", .text(reason))]
    }
    if composition.isRounded { fields.append(("rounded", .flag(true))) }
    guard output.format == .text else { return try Results.write(JSONText.object(fields).line) }
    var text = Self.sumText(composition)
    if let result {
      let printed = result.decimals(digits: digits + 3)
      text +=
        "certified at delta \(delta):\n  epsilon at least \(printed.lower)\n"
        + "          at most  \(printed.upper)\n"
    } else {
      text += "no epsilon at delta \(delta): \(reason)\n"
    }
    try Results.write(text + notes(composition))
  }

  private func printDelta(
    _ composition: Composition,
    epsilon: Rational
  ) throws(CommandFailure) {
    let result = composition.delta(epsilon: epsilon, digits: digits + 2)
    var fields = [("sum", Self.sum(composition)), ("delta", bounds(result))]
    if composition.isRounded { fields.append(("rounded", .flag(true))) }
    guard output.format == .text else { return try Results.write(JSONText.object(fields).line) }
    let printed = result.decimals(digits: digits + 3)
    try Results.write(
      Self.sumText(composition)
        + "certified at epsilon \(epsilon):\n  delta at least \(printed.lower)\n"
        + "        at most  \(printed.upper)\n" + notes(composition)
    )
  }

  private func notes(_ composition: Composition) -> String {
    var text =
      "The sum also holds for spends that are chosen after seeing earlier answers; the certified "
      + "bound\nonly for a schedule whose every parameter was declared in advance.\n"
    if composition.isRounded {
      text +=
        "The losses have no common lattice coarse enough; they were rounded outward, so the two "
        + "bounds\nare certain but lie further apart.\n"
    }
    return text
  }

  private func bounds(_ value: Enclosure) -> JSONText {
    let printed = value.decimals(digits: digits + 3)
    return .object([("lower", .text(printed.lower)), ("upper", .text(printed.upper))])
  }

  private static func sum(_ composition: Composition) -> JSONText {
    .exact(composition.sumOfEpsilons)
  }

  private static func sumText(_ composition: Composition) -> String {
    "sum rule:\n  epsilon \(composition.sumOfEpsilons)\n"
  }

  /// Draws 60 points from zero to where delta has become negligible or the losses end.
  private func draw(_ composition: Composition, into path: String) throws(CommandFailure) {
    let target = Rational(1, BigInteger(10).power(15))
    let end = composition.epsilon(delta: target, digits: 3)?.upper.rational
    let last = end ?? composition.sumOfEpsilons
    let epsilons = (0...60).map { last * Rational(BigInteger($0), 60) }
    let deltas = composition.deltas(epsilons: epsilons, digits: 3)
    let curve = DeltaCurve(
      points: zip(epsilons, deltas).map { DeltaCurve.Point(epsilon: $0, delta: $1) },
      title: "delta(epsilon) of the whole schedule, certified upper bound"
    )
    do {
      try OutputFile.write(Array(curve.svg.utf8), to: path)
    } catch {
      throw CommandFailure(
        status: .environment,
        message: "\(path): the drawing could not be written (\(error.reason)); name another file"
      )
    }
  }

  private static func probability(_ text: String) throws(CommandFailure) -> Rational {
    let value = try ExactNumber.read(text, option: "--delta")
    guard value.signum >= 0, value < .one else {
      throw .invalid(
        "--delta: `\(text.prefix(40))` is not from 0 to below 1; write one such as 1e-9"
      )
    }
    return value
  }
}
