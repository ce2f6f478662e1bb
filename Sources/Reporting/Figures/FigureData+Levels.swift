// FigureData+Levels.swift: figures of a hierarchy, in which each region has the noise of its level.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension FigureLayer {
  /// The layers of a hierarchy; `nil` where regions stand side by side.
  static func levelLayers(of body: ReleaseBody) -> [FigureLayer]? {
    guard let view = HierarchyView(body),
      let key = body.query.keys.firstIndex(where: { $0.name == ReleasedHierarchy.key })
    else { return nil }
    var levels: [String: Int] = [:]
    for (place, cell) in body.cells.enumerated() {
      levels[cell.values[key]] = view.level(ofCell: place)
    }
    return body.measures.enumerated().map { index, measure in
      FigureLayer(
        name: measure.measure.rawValue,
        halfWidth: "",
        simultaneousHalfWidth: "",
        confidence: PlainNumber.percent(measure.confidence),
        value: { cell in
          guard let level = levels[cell.values[key]] else { return nil }
          return FigureValue(
            cell.counts[index],
            halfWidth: view.hierarchy.levels[level].noise[index].halfWidth,
            of: measure.measure,
            isListed: true
          )
        }
      )
    }
  }
}
