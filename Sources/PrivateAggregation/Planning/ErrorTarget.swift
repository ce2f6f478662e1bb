// ErrorTarget.swift: how exact a count has to be, as a person writes it.
// Reference: `docs/planning.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// Why a text is no target.
public struct ErrorTargetError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what to write instead.
  public let description: String
}

/// How exact a count has to be: the most that its half-width may be.
///
/// ```
/// half_width <= 10% for 1000 units        half_width <= 50 signals
/// half_width of units <= 50               half_width <= 20% for 500 units at once
/// ```
///
/// `at once` asks it of all cells together, at the confidence of the spec.
public struct ErrorTarget: Sendable, Hashable {
  /// What is counted.
  public let measure: Measure
  /// The largest half-width that meets it, in units of the measure.
  public let largest: BigInteger
  /// The share of a cell that the half-width may be; `nil` for an absolute target.
  public let share: Rational?
  /// Whether it is about all cells at once.
  public let isSimultaneous: Bool
  /// The target as it was written, in one form.
  public let text: String

  private static let example =
    "write `half_width <= 10% for 1000 units`, or `half_width <= 50 signals`"

  /// Reads a target.
  ///
  /// - Throws: `ErrorTargetError` for a text that is none.
  public init(parsing text: String) throws(ErrorTargetError) {
    var words = Self.words(text)
    func fail(_ reason: String) -> ErrorTargetError {
      ErrorTargetError(description: "`\(text.prefix(80))` \(reason); \(Self.example)")
    }
    guard words.first == "half_width" || words.first == "half-width" else {
      throw fail("does not begin with half_width")
    }
    words.removeFirst()
    isSimultaneous = words.suffix(2) == ["at", "once"]
    if isSimultaneous { words.removeLast(2) }
    var measure: Measure?
    if words.first == "of" {
      guard words.count > 1, let named = Self.measure(words[1]) else {
        throw fail("names no count behind `of`")
      }
      measure = named
      words.removeFirst(2)
    }
    guard words.first == "<=", words.count > 1 else { throw fail("has no `<=` and a number") }
    guard let number = try? Rational(parsing: words[1]), number.signum > 0 else {
      throw fail("has no number above zero behind `<=`")
    }
    words.removeFirst(2)
    let isShare = words.first == "%"
    if isShare { words.removeFirst() }
    var size: Rational = 1
    if words.first == "for" {
      guard isShare, words.count == 3, let written = BigInteger(words[1]), written.signum > 0 else {
        throw fail("needs a percentage before `for`, and a whole number and a count behind it")
      }
      size = Rational(written)
      words.removeSubrange(0..<2)
    } else if isShare {
      throw fail("says no size of a cell that the percentage is of")
    }
    if let word = words.first {
      guard words.count == 1, let named = Self.measure(word), measure == nil || measure == named
      else { throw fail("does not end with `signals` or `units`") }
      measure = named
    }
    guard let measure else { throw fail("does not say of what: `signals` or `units`") }
    self.measure = measure
    share = isShare ? number / 100 : nil
    largest = ((share ?? number) * size).roundedDown
    self.text =
      "half_width of \(measure.rawValue) <= "
      + (isShare
        ? "\(number)% for \(size) \(measure.rawValue)" : "\(number)")
      + (isSimultaneous ? " at once" : "")
  }

  /// The words, with `<=` and `%` as words of their own.
  private static func words(_ text: String) -> [String] {
    var spaced = ""
    for character in text.prefix(200) {
      switch character {
      case "%": spaced += " % "
      case "<": spaced += " <"
      case "=": spaced += "= "
      default: spaced.append(character)
      }
    }
    return spaced.split { $0 == " " || $0 == "\t" }.map(String.init)
  }

  private static func measure(_ word: String) -> Measure? {
    Measure.counts.first { $0.rawValue == word || $0.rawValue == word + "s" }
  }

  /// The half-width that the target is about, in a plan; `nil` where the plan does not count it.
  public func halfWidth(in plan: AggregationPlan) -> BigInteger? {
    plan.measures.first { $0.measure == measure }.map {
      isSimultaneous ? $0.simultaneousHalfWidth : $0.halfWidth
    }
  }
}
