// MeasureWords.swift: measures and their numbers as people read them.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension Measure {
  /// What is counted or added up, in a sentence.
  var inWords: String {
    switch self {
    case .signals: "signals"
    case .units: "units"
    case .sum(let range): "the sum of values, each from \(range.inWords)"
    case .cellSum(let range):
      "the sum of values, what a unit has in a cell being held from \(range.inWords)"
    case .deviation(let range):
      "how far values lie above \(PlainNumber.short(range.value(range.middle))) in all, each from "
        + range.inWords
    }
  }

  /// What a table of it holds.
  var caption: String {
    let words = inWords
    return range == nil
      ? "Noisy number of \(rawValue)"
      : words.prefix(1).uppercased() + words.dropFirst() + ", with noise,"
  }

  /// A scale in units of the value.
  func inUnits(_ scale: Rational) -> Rational { range.map { scale * $0.grid } ?? scale }

  /// A number of steps in units of the value, exact, with commas between thousands.
  func shown(_ steps: BigInteger) -> String {
    range.map { PlainNumber.places(Rational(steps) * $0.grid, of: $0) }
      ?? PlainNumber.grouped(steps)
  }

  /// A number of steps in units of the value, exact, as a program reads it.
  func written(_ steps: BigInteger) -> String {
    range.map { PlainNumber.digits(Rational(steps) * $0.grid, of: $0) } ?? steps.description
  }
}

extension ValueRange {
  /// `0 to 500 in steps of 0.01`.
  fileprivate var inWords: String {
    "\(PlainNumber.short(lowValue)) to \(PlainNumber.short(highValue)) in steps of "
      + PlainNumber.short(grid)
  }
}

extension PlainNumber {
  /// A direction in which a decimal is rounded.
  enum Rounding {
    case down, up, toNearestOrAwayFromZero
  }

  /// A fraction with at most so many decimal places, without zeros at the end: `-3.25`.
  static func fixed(_ value: Rational, _ places: Int, _ rounding: Rounding) -> String {
    let scaled = value * Rational(BigInteger(10).power(places))
    let half = Rational(1, 2)
    let whole =
      switch rounding {
      case .down: scaled.roundedDown
      case .up: scaled.roundedUp
      case .toNearestOrAwayFromZero:
        scaled.signum < 0 ? (scaled - half).roundedUp : (scaled + half).roundedDown
      }
    let digits = whole.magnitude.description
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
    var fraction = padded.suffix(places)
    while fraction.last == "0" { fraction = fraction.dropLast() }
    let sign = whole.signum < 0 ? "-" : ""
    return sign + padded.dropLast(places) + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// The decimal places of a grid.
  static func places(of range: ValueRange) -> Int? { ValueRange.places(of: range.grid) }

  /// A multiple of a grid with its decimal places, for a program: `-1234.50`.
  static func digits(_ value: Rational, of range: ValueRange) -> String {
    let places = ValueRange.places(of: range.grid) ?? 0
    let units = (value.magnitude * Rational(BigInteger(10).power(places))).roundedDown.description
    let sign = value.signum < 0 ? "-" : ""
    guard places > 0 else { return sign + units }
    let padded = String(repeating: "0", count: max(0, places + 1 - units.utf8.count)) + units
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  /// The same for people: `−1,234.50`.
  static func places(_ value: Rational, of range: ValueRange) -> String {
    let digits = digits(value.magnitude, of: range)
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    let whole = BigInteger(String(parts[0])).map(grouped) ?? String(parts[0])
    let sign = value.signum < 0 ? "\u{2212}" : ""
    return sign + whole + (parts.count > 1 ? "." + parts[1] : "")
  }
}
