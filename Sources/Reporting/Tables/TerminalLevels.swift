// TerminalLevels.swift: the counts of a hierarchy as rows for a terminal.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// The counts of a hierarchy as rows for a terminal: each with its level, and estimates that add up.
struct TerminalLevels {
  private let body: ReleaseBody
  private let view: HierarchyView

  init(_ body: ReleaseBody, _ view: HierarchyView) {
    self.body = body
    self.view = view
  }

  /// A line of headings and at most so many rows: the keys, the level, and pairs of a number and its
  /// half-width.
  func rows(_ most: Int) -> [[String]] {
    var heading = (body.query.keys.map(\.name) + ["level"]).map(Self.shown)
    for (index, measure) in body.measures.enumerated() {
      heading += [measure.measure.rawValue, ""]
      if view.isEstimated(index) { heading += [view.hasWhole ? "whole" : "adds up", ""] }
    }
    return [heading]
      + body.cells.prefix(most).enumerated().map { place, cell in
        var row = (cell.values + [view.levelName(ofCell: place)]).map(Self.shown)
        for (index, count) in cell.counts.enumerated() {
          let noise = view.noise(ofCell: place, measure: index)
          row += [String(count), "\u{B1}\(noise.halfWidth)"]
          guard view.isEstimated(index), let estimate = view.estimate(ofCell: place) else {
            continue
          }
          // The half-width is that of the exact estimate, which is not that of a whole number.
          row +=
            estimate.whole.map { [$0.description, ""] }
            ?? [estimate.value.rounded(places: 2), "\u{B1}\(estimate.halfWidth)"]
        }
        return row
      }
  }

  private static func shown(_ text: String) -> String { VisibleText.escaping(text, limit: 200) }

  /// How far each level may be off.
  var accuracy: [String] {
    body.measures.enumerated().flatMap { index, measure in
      view.hierarchy.levels.map { level in
        let noise = level.noise[index]
        return
          "\(noise.measure), \(Self.shown(level.name)): \u{B1}\(noise.halfWidth) for each cell by "
          + "itself, \u{B1}\(noise.simultaneousHalfWidth) for all of the level at once "
          + "(\(PlainNumber.percent(measure.confidence)), noise alone)"
      }
    }
  }
}
