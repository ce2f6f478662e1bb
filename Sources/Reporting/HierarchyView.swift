// HierarchyView.swift: what a report shows of regions that lie in one another.
// Reference: `docs/hierarchies.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// The levels, half-widths and estimates of the cells of a hierarchy.
struct HierarchyView {
  let hierarchy: ReleasedHierarchy
  private let regionOf: [Int]
  private let levelOf: [Int]
  /// The measure that has estimates.
  private let estimated: Int?

  /// `nil` where regions stand side by side.
  init?(_ body: ReleaseBody) {
    guard let hierarchy = body.hierarchy, let regionOf = body.regionOfCell else { return nil }
    self.hierarchy = hierarchy
    self.regionOf = regionOf
    levelOf = hierarchy.levelOf
    estimated =
      hierarchy.estimates == nil
      ? nil : body.measures.firstIndex { $0.measure == .signals }
  }

  /// The number of a cell's level, from the top.
  func level(ofCell cell: Int) -> Int { levelOf[regionOf[cell]] }

  /// The name of a cell's level.
  func levelName(ofCell cell: Int) -> String { hierarchy.levels[level(ofCell: cell)].name }

  /// The noise of a measure in a cell.
  func noise(ofCell cell: Int, measure: Int) -> LevelNoise {
    hierarchy.levels[level(ofCell: cell)].noise[measure]
  }

  /// Whether a measure has estimates that add up.
  func isEstimated(_ measure: Int) -> Bool { estimated == measure }

  /// Whether there are whole numbers.
  var hasWhole: Bool { hierarchy.estimates?.whole != nil }

  /// The estimate of a cell and its half-width.
  func estimate(ofCell cell: Int) -> (value: Rational, halfWidth: BigInteger, whole: BigInteger?)? {
    guard let estimates = hierarchy.estimates else { return nil }
    return (
      estimates.values[cell], estimates.halfWidths[regionOf[cell]], estimates.whole?[cell]
    )
  }
}

extension Rational {
  /// The fraction in decimal, rounded to so many places, half away from zero, without trailing zeros.
  func rounded(places: Int) -> String {
    let unit = BigInteger(10).power(places)
    let steps = (magnitude * Rational(unit) + Rational(1, 2)).roundedDown
    let whole = steps.dividedRoundingDown(by: unit)
    let digits = steps.modulo(unit).description
    var fraction = String(repeating: "0", count: max(0, places - digits.utf8.count)) + digits
    while fraction.last == "0" { fraction.removeLast() }
    let text = fraction.isEmpty ? whole.description : "\(whole).\(fraction)"
    return signum < 0 && steps.signum > 0 ? "-" + text : text
  }
}
