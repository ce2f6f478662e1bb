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

  /// A sum, a sum that is held in each cell, and a deviation, of values from -3 to 2: the middle is -1.
  @Test(arguments: 1...3, 1...2)
  func `is the largest change of a sum over all ways to contribute`(
    cells: Int,
    each: Int
  ) throws {
    let range = try ValueRange(grid: 1, low: -3, high: 2)
    for all in [nil, 1, 2, 3, 5] as [Int?] {
      let bounds = try ContributionBounds(
        cellsPerUnit: cells,
        signalsPerCell: each,
        signalsPerUnit: all
      )
      for (measure, values) in [
        (.sum(range), -3...2), (.deviation(range), -2...3), (.cellSum(range), -9...9),
      ] as [(Measure, ClosedRange<Int>)] {
        // Cells change apart from each other: only how many signals each has is shared.
        var best = 0
        func fill(_ cell: Int, _ pairs: Int, _ sum: Int) {
          best = max(best, sum)
          guard cell < cells else { return }
          for more in 1...each where pairs + more <= all ?? .max {
            let reach = values.flatMap { first in
              more == 1 ? [first] : values.map { first + $0 }
            }
            let held = reach.map { value -> Int in
              if case .cellSum = measure { return max(-3, min(2, value)) }
              return value
            }
            fill(cell + 1, pairs + more, sum + (held.map { abs($0) }.max() ?? 0))
          }
        }
        fill(0, 0, 0)
        #expect(bounds.sensitivity(of: measure) == BigInteger(best), "\(measure) \(all ?? 0)")
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
