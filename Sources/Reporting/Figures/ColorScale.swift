// ColorScale.swift: steps of colour for noisy counts, none finer than the noise.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Steps of colour from zero up.
///
/// The steps hold about equally many regions, begin at round numbers, and are at least as wide as a
/// half-width: whatever is told apart by more than one step differs by more than the noise of one.
struct ColorScale: Hashable {
  /// The most steps.
  static let steps = 6

  /// Where each step but the first begins, ascending.
  let breaks: [Double]

  /// The steps for some numbers.
  ///
  /// - Parameters:
  ///   - numbers: The numbers; those below zero are outside of all steps.
  ///   - halfWidth: The largest half-width of any of them.
  init(_ numbers: [Double], halfWidth: Double) {
    let sorted = numbers.filter { $0 >= 0 }.sorted()
    var breaks: [Double] = []
    guard let most = sorted.last, most > 0 else {
      self.breaks = []
      return
    }
    for step in 1..<Self.steps {
      let mark = Self.rounded(sorted[sorted.count * step / Self.steps])
      let before = breaks.last ?? 0
      if mark > before, mark - before >= halfWidth, mark <= most { breaks.append(mark) }
    }
    self.breaks = breaks
  }

  /// A round number at or below a positive one: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten.
  private static func rounded(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 0 }
    let power = Foundation.pow(10, Foundation.log10(value).rounded(.down))
    let head = [8, 6, 5, 4, 3, 2.5, 2, 1.5, 1].first { $0 * power <= value } ?? 1
    return head * power
  }

  /// The letter of the step that a number falls in: `a` to `f`, `n` below zero; a capital one where
  /// it is uncertain, `x` where there is no number.
  func letter(of value: FigureValue?) -> Character {
    guard let value else { return "x" }
    let letters: [Character] = ["a", "b", "c", "d", "e", "f"]
    let step = breaks.count { $0 <= value.number }
    let letter: Character = value.number < 0 ? "n" : letters[spread(step)]
    return value.isUncertain ? Character(letter.uppercased()) : letter
  }

  /// Fewer steps are spread over all colours.
  private func spread(_ step: Int) -> Int {
    guard !breaks.isEmpty else { return 2 }
    return step * (Self.steps - 1) / breaks.count
  }

  /// The letter of each step with what falls in it, from the lowest.
  var legend: [(letter: Character, text: String)] {
    let letters: [Character] = ["a", "b", "c", "d", "e", "f"]
    let marks = breaks.map(Self.text)
    guard let first = marks.first, let last = marks.last else { return [("c", "0 or more")] }
    var items: [(Character, String)] = [(letters[0], "0 to under \(first)")]
    for step in 1..<max(1, breaks.count) {
      items.append((letters[spread(step)], "\(marks[step - 1]) to under \(marks[step])"))
    }
    items.append((letters[spread(breaks.count)], "\(last) or more"))
    return items.map { (letter: $0.0, text: $0.1) }
  }

  /// A round number with commas between thousands, or with its decimals.
  private static func text(_ value: Double) -> String {
    if value >= 1, value < 9e15, value.rounded() == value { return PlainNumber.grouped(Int(value)) }
    if value >= 9e15 { return "\(value)" }
    // Round numbers have few digits.
    let places = max(0, Int(-Foundation.log10(value).rounded(.down))) + 1
    var text = String(format: "%.\(places)f", value)
    while text.contains("."), text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
