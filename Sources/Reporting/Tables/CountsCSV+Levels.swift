// CountsCSV+Levels.swift: the columns of a hierarchy in `counts.csv`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension CountsCSV {
  /// The names of the columns behind the keys.
  static func levelHeader(_ body: ReleaseBody, _ view: HierarchyView) -> [String] {
    var header = ["level"]
    for (index, measure) in body.measures.enumerated() {
      let name = measure.measure.rawValue
      header += [name, name + "_half_width"]
      guard view.isEstimated(index) else { continue }
      header += [name + "_estimate", name + "_estimate_half_width"]
      if view.hasWhole { header.append(name + "_whole") }
    }
    return header
  }

  /// The numbers of a cell behind its level: each count with the half-width of its level, and estimates
  /// rounded to six places.
  static func levelFields(_ cell: ReleasedCell, _ place: Int, _ view: HierarchyView) -> [String] {
    var fields: [String] = []
    for (index, count) in cell.counts.enumerated() {
      fields += [String(count), view.noise(ofCell: place, measure: index).halfWidth.description]
      guard view.isEstimated(index), let estimate = view.estimate(ofCell: place) else { continue }
      fields += [estimate.value.rounded(places: 6), estimate.halfWidth.description]
      if let whole = estimate.whole { fields.append(whole.description) }
    }
    return fields
  }

  /// The whole text: the keys, the level, and the numbers of each cell.
  static func bytes(of body: ReleaseBody, _ view: HierarchyView) -> [UInt8] {
    var bytes: [UInt8] = []
    func appendRow(_ fields: [String]) {
      for (index, field) in fields.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(field, to: &bytes)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    appendRow(body.query.keys.map(\.name) + levelHeader(body, view))
    for (place, cell) in body.cells.enumerated() {
      appendRow(
        cell.values + [view.levelName(ofCell: place)] + levelFields(cell, place, view)
      )
    }
    return bytes
  }
}
