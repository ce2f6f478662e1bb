// NoiseDescribe.swift: `hubbub noise describe`, the exact law as certified decimals.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// The exact law of the noise, as certified decimals.
struct NoiseDescribe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Describe the exact law of the noise: probabilities, variance, half-widths.",
    discussion: """
      Each value is given as a lower and an upper bound in decimal, which are certain and at most \
      10^-digits apart, relative to the value. A half-width k is the smallest integer with \
      P(|X| > k) <= alpha. For example

        hubbub noise describe --scale 8 --at 0 --at -3 --alpha 0.05 --format json
      """
  )

  /// The largest |x| / scale, and the largest 1 / scale, in nats.
  private static let mostNats: Rational = 1_000_000
  /// The largest scale.
  private static let largestScale = Rational(BigInteger(10).power(100))

  @Option(parsing: .unconditional, help: "The scale: 8, 0.5 or 10/3.")
  var scale: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A point x at which to print P(X = x) and P(X <= x); may be repeated."
  )
  var at: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: "An error probability for which to print the half-width; may be repeated."
  )
  var alpha: [String] = []

  @Option(help: "Digits that the bounds agree to, relative to the value: 1 to 1000.")
  var digits = 20

  @OptionGroup var output: FormatOption

  func run() throws {
    let law = DiscreteLaplaceLaw(scale: try checkedScale())
    guard (1...1000).contains(digits) else {
      throw CommandFailure.invalid("--digits: `\(digits)` is out of range; write 1 to 1000")
    }
    let points = try at.map { try point($0, law.scale) }
    let alphas = try alpha.map { try Self.errorProbability($0) }
    let variance = bounds(law.variance(digits: digits + 2))
    let values = points.map { x in
      (
        x: x, pmf: bounds(law.probability(of: x, digits: digits + 2)),
        cdf: bounds(law.cumulative(x, digits: digits + 2))
      )
    }
    let widths = alphas.map { (alpha: $0, k: law.halfWidth(alpha: $0)) }
    switch output.format {
    case .json:
      let result = JSONText.object([
        ("scale", .exact(law.scale)),
        ("variance", Self.json(variance)),
        (
          "points",
          .list(
            values.map {
              .object([
                ("x", .integer($0.x)), ("pmf", Self.json($0.pmf)), ("cdf", Self.json($0.cdf)),
              ])
            }
          )
        ),
        (
          "half_widths",
          .list(widths.map { .object([("alpha", .exact($0.alpha)), ("k", .integer($0.k))]) })
        ),
      ])
      try Results.write(result.line)
    case .text:
      var text = "discrete Laplace, scale \(law.scale)\n"
      text += "  variance       \(Self.text(variance))\n"
      for value in values {
        text += "  P(X = \(value.x))  \(Self.text(value.pmf))\n"
        text += "  P(X <= \(value.x))  \(Self.text(value.cdf))\n"
      }
      for width in widths {
        text += "  |X| <= \(width.k) but for a probability of at most \(width.alpha.plain)\n"
      }
      try Results.write(text)
    }
  }

  private func checkedScale() throws(CommandFailure) -> Rational {
    let value = try ExactNumber.read(scale, option: "--scale")
    guard value.signum > 0 else {
      throw .invalid("--scale: `\(scale.prefix(40))` is not above zero; write one such as 8")
    }
    guard value <= Self.largestScale, value.reciprocal <= Self.mostNats else {
      throw .invalid(
        "--scale: `\(scale.prefix(40))` is out of range; write 1/1000000 to 1e100"
      )
    }
    return value
  }

  private func point(_ text: String, _ scale: Rational) throws(CommandFailure) -> BigInteger {
    guard text.utf8.count <= 200, let x = BigInteger(text) else {
      throw .invalid("--at: `\(text.prefix(40))` is not a whole number; write one such as -3")
    }
    guard Rational(x.magnitude) / scale <= Self.mostNats else {
      throw .invalid(
        "--at: `\(text.prefix(40))` is more than 1000000 scales from zero, where probabilities are "
          + "below e^-1000000; write a number nearer to zero"
      )
    }
    return x
  }

  private static func errorProbability(_ text: String) throws(CommandFailure) -> Rational {
    let value = try ExactNumber.read(text, option: "--alpha")
    guard value.signum > 0, value < .one else {
      throw .invalid("--alpha: `\(text.prefix(40))` is not between 0 and 1; write one such as 0.05")
    }
    return value
  }

  /// The bounds as text; printing rounds outward once more, within the digits kept in reserve.
  private func bounds(_ value: Enclosure) -> (lower: String, upper: String) {
    value.decimals(digits: digits + 3)
  }

  private static func json(_ bounds: (lower: String, upper: String)) -> JSONText {
    .object([("lower", .text(bounds.lower)), ("upper", .text(bounds.upper))])
  }

  private static func text(_ bounds: (lower: String, upper: String)) -> String {
    bounds.lower == bounds.upper ? bounds.lower : "\(bounds.lower) to \(bounds.upper)"
  }
}
