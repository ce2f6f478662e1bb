// CellNoise+Levels.swift: noise for the cells of a hierarchy, each level at its own scale.
// SPDX-License-Identifier: Apache-2.0

import Releases
import Sampling

extension CellNoise {
  /// Independent draws, one for each cell, those of one level by one sampler.
  static func draws(_ planned: PlannedHierarchy, measure: Int, threads: Int) -> [Int64] {
    let layout = planned.layout
    var drawn = zip(planned.hierarchy.levels, planned.noise[measure]).map { level, noise in
      draws(
        level.count * layout.combinations,
        by: DiscreteLaplaceSampler(scale: noise.scale),
        threads: threads
      )[...]
    }
    let levelOf = planned.hierarchy.levelOf
    return (0..<layout.cells).map { cell in
      guard let value = drawn[levelOf[layout.region(ofCell: cell)]].popFirst() else {
        preconditionFailure("a draw for every cell")
      }
      return value
    }
  }
}
