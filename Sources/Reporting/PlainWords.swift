// PlainWords.swift: numbers and terms as people read them, never rounded without saying so.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// Numbers as people read them.
enum PlainNumber {
  /// An integer with commas between thousands and a real minus sign.
  static func grouped(_ value: BigInteger) -> String {
    let digits = value.magnitude.description
    var result = value.signum < 0 ? "\u{2212}" : ""
    let head = digits.utf8.count % 3
    for (index, digit) in digits.enumerated() {
      if index > 0, index % 3 == head { result += "," }
      result.append(digit)
    }
    return result
  }

  /// An integer with commas between thousands and a real minus sign.
  static func grouped(_ value: some FixedWidthInteger) -> String {
    grouped(BigInteger(value))
  }

  /// A fraction, exact, and in decimal where that is another text: `1/10 = 0.1`, or
  /// `1/3 (about 0.333334)`, rounded up.
  static func exact(_ value: Rational) -> String {
    guard !value.isInteger else { return grouped(value.numerator) }
    if let decimal = decimal(value) { return "\(value) = \(decimal)" }
    return "\(value) (about \(value.decimal(digits: 6, .up)))"
  }

  /// A fraction in decimal, as it is where it ends within twelve digits.
  static func short(_ value: Rational) -> String {
    value.isInteger ? grouped(value.numerator) : decimal(value) ?? "\(value)"
  }

  /// A fraction in decimal where it ends within twelve digits, as certified prices do.
  static func decimal(_ value: Rational) -> String? {
    let up = value.decimal(digits: 12, .up)
    return value.decimal(digits: 12, .down) == up ? up : nil
  }

  /// A probability as a percentage, rounded down.
  static func percent(_ probability: Rational) -> String {
    (probability * 100).decimal(digits: 6, .down) + "%"
  }

  /// A loss, `ε = 1`, with delta where there is any.
  static func loss(_ loss: PrivacyLoss) -> String {
    let delta = loss.delta == .zero ? "" : ", \u{3B4} = \(short(loss.delta))"
    return "\u{3B5} = \(short(loss.epsilon))\(delta)"
  }

  /// What is left of a budget, `ε = 9`; a fraction that goes on for long is rounded down.
  static func left(_ loss: PrivacyLoss) -> String {
    func down(_ value: Rational) -> String {
      value.isInteger
        ? grouped(value.numerator) : decimal(value) ?? value.decimal(digits: 12, .down)
    }
    let delta = loss.delta == .zero ? "" : ", \u{3B4} = \(down(loss.delta))"
    return "\u{3B5} = \(down(loss.epsilon))\(delta)"
  }

  /// A count of things, `1 cell` or `2,000 cells`.
  static func count(_ number: Int, _ singular: String) -> String {
    grouped(number) + " " + singular + (number == 1 ? "" : "s")
  }
}

/// The words for a privacy unit.
struct UnitWords {
  /// One of them: `one person`.
  let one: String
  /// What is hidden: `any one person's signals`.
  let contribution: String
  /// After "per".
  let each: String
  /// What a reader may bet on: `a certain person was`.
  let bet: String
  /// What the unit means for a person.
  let meaning: String

  /// The words for a unit.
  init(_ unit: PrivacyUnit) {
    switch unit {
    case .person:
      one = "one person"
      contribution = "any one person's signals"
      each = "person"
      bet = "a certain person was"
      meaning =
        "All signals of a person count together, over the whole data set and from every source."
    case .personDay:
      one = "one person on one day"
      contribution = "any one person's signals of any one day (UTC)"
      each = "person and day"
      bet = "a certain person was, on a certain day,"
      meaning =
        "Each day of a person is protected by itself. For a person who was seen on k days, "
        + "the bound for all of them together is k times \u{3B5}."
    case .personWeek:
      one = "one person in one week"
      contribution = "any one person's signals of any one week (ISO, UTC)"
      each = "person and week"
      bet = "a certain person was, in a certain week,"
      meaning =
        "Each week of a person is protected by itself. For a person who was seen in k weeks, "
        + "the bound for all of them together is k times \u{3B5}."
    }
  }
}

extension ReleaseBody {
  /// The bounds in words, without a full stop.
  var boundsInWords: String {
    let each = UnitWords(privacy.unit).each
    var parts = [
      "at most \(PlainNumber.count(bounds.cellsPerUnit, "cell")) per \(each)",
      "at most \(PlainNumber.count(bounds.signalsPerCell, "signal")) in each of them",
    ]
    if let total = bounds.signalsPerUnit {
      parts.append("at most \(PlainNumber.count(total, "signal")) in all")
    }
    return parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
  }
}

extension ReleasedSchedule {
  /// What all runs together cost and by which rule, without a full stop.
  func costInWords(per each: String) -> String {
    let loss = "cost \(PlainNumber.loss(price.loss)) per \(each)"
    switch price.rule {
    case .sum: return loss + ", the sum of the runs"
    case .certified: return loss + ", by the certified rule"
    case .disjoint: return loss + ", as each lies in one run alone"
    case .horizon: return loss + " for the whole horizon, as they are noised together"
    }
  }
}

extension Array where Element == String {
  /// The elements as a list in a sentence: `a, b and c`.
  func sentence(_ conjunction: String) -> String {
    guard count > 1, let last else { return first ?? "" }
    return dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }
}
