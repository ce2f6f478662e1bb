// SensitivityTests.swift: what one unit can change, from its contribution bounds.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Testing

@Suite struct `Sensitivity` {
  /// The largest change by definition: the most pairs, or cells, over all ways to contribute.
  static func largestChange(cells: Int, each: Int, all: Int?, counting measure: Measure) -> Int {
    // Contributions are exchangeable between cells, so only the numbers of pairs matter.
    var best = 0
    func fill(_ cell: Int, _ pairs: Int, _ used: Int) {
      best = max(best, measure == .signals ? pairs : used)
      guard cell < cells else { return }
      for more in 1...each where pairs + more <= all ?? .max {
        fill(cell + 1, pairs + more, used + 1)
      }
    }
    fill(0, 0, 0)
    return best
  }

  @Test(arguments: 1...4, 1...4)
  func `is the largest change over all ways to contribute`(cells: Int, each: Int) throws {
    for all in [nil] + (1...18).map(Optional.init) {
      let bounds = try ContributionBounds(
        cellsPerUnit: cells,
        signalsPerCell: each,
        signalsPerUnit: all
      )
      for measure in Measure.counts {
        let expected = Self.largestChange(cells: cells, each: each, all: all, counting: measure)
        #expect(bounds.sensitivity(of: measure) == BigInteger(expected), "\(measure) \(all ?? 0)")
        let single = Self.largestChange(cells: 1, each: each, all: all, counting: measure)
        #expect(bounds.largestChange(ofOneCellIn: measure) == BigInteger(single))
      }
    }
  }

  @Test func `does not overflow at the largest bounds`() throws {
    let largest = ContributionBounds.largest
    #expect(largest == 2_147_483_647)
    let open = try ContributionBounds(cellsPerUnit: largest, signalsPerCell: largest)
    #expect(open.sensitivity(of: .signals) == BigInteger("4611686014132420609"))
    #expect(open.sensitivity(of: .units) == BigInteger(largest))
    let closed = try ContributionBounds(
      cellsPerUnit: largest,
      signalsPerCell: largest,
      signalsPerUnit: largest
    )
    #expect(closed.sensitivity(of: .signals) == BigInteger(largest))
  }

  @Test(arguments: [0, -1, 2_147_483_648, Int.max, Int.min])
  func `takes bounds from one to the largest`(value: Int) {
    let limit = ContributionBounds.largest
    #expect(throws: ContributionBoundsError.outOfRange(name: "cells_per_unit", limit: limit)) {
      try ContributionBounds(cellsPerUnit: value, signalsPerCell: 1)
    }
    #expect(throws: ContributionBoundsError.outOfRange(name: "signals_per_cell", limit: limit)) {
      try ContributionBounds(cellsPerUnit: 1, signalsPerCell: value)
    }
    #expect(throws: ContributionBoundsError.outOfRange(name: "signals_per_unit", limit: limit)) {
      try ContributionBounds(cellsPerUnit: 1, signalsPerCell: 1, signalsPerUnit: value)
    }
  }
}
