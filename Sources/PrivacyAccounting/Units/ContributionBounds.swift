// ContributionBounds.swift: how much one privacy unit may contribute.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Why contribution bounds cannot be used.
public enum ContributionBoundsError: Error, Equatable, Sendable {
  /// The bound named `name` lies outside `1...limit`.
  case outOfRange(name: String, limit: Int)
}

/// How much one privacy unit may contribute to a release, counted in (signal, cell) pairs.
///
/// A signal that falls in three cells is three pairs.
///
/// - Privacy: These numbers, and nothing in the data, fix the sensitivity.
public struct ContributionBounds: Sendable, Hashable {
  /// The largest bound that is taken: 2^31 - 1, so that no bounded cell can overflow a count.
  public static let largest = Int(Int32.max)

  /// The most cells that one unit contributes to (L0).
  public let cellsPerUnit: Int
  /// The most pairs that one unit contributes to one cell (Linf).
  public let signalsPerCell: Int
  /// The most pairs that one unit contributes in all (L1); `nil` for no bound of its own.
  public let signalsPerUnit: Int?

  /// Makes bounds, each from 1 to `largest`.
  ///
  /// - Throws: `ContributionBoundsError.outOfRange`, with the name that a spec uses.
  public init(
    cellsPerUnit: Int,
    signalsPerCell: Int,
    signalsPerUnit: Int? = nil
  ) throws(ContributionBoundsError) {
    for (name, value) in [
      ("cells_per_unit", cellsPerUnit), ("signals_per_cell", signalsPerCell),
      ("signals_per_unit", signalsPerUnit ?? 1),
    ] where !(1...Self.largest).contains(value) {
      throw .outOfRange(name: name, limit: Self.largest)
    }
    self.cellsPerUnit = cellsPerUnit
    self.signalsPerCell = signalsPerCell
    self.signalsPerUnit = signalsPerUnit
  }

  /// The L1 sensitivity of a measure: the largest sum of changes over all cells that adding or
  /// removing one unit can cause.
  ///
  /// For `c` cells of at most `m` pairs and `t` pairs in all it is `min(c m, t)` for signals, and
  /// `c` for units, which is also at most `t`. A sum of values is that of signals times the most that
  /// one value adds, in steps of the grid; where what a unit has in a cell is moved into the range as
  /// a whole, it is that of units times the same.
  ///
  /// - Privacy: The scale of the noise is this number divided by epsilon.
  public func sensitivity(of measure: Measure) -> BigInteger {
    let cells = BigInteger(cellsPerUnit)
    let most = measure.isPerUnit ? cells : cells * BigInteger(signalsPerCell)
    let contributions = signalsPerUnit.map { min(most, BigInteger($0)) } ?? most
    return contributions * BigInteger(measure.largestContribution)
  }

  /// The most that one unit changes a single cell, in the measure's own units.
  public func largestChange(ofOneCellIn measure: Measure) -> BigInteger {
    let one = BigInteger(measure.largestContribution)
    guard !measure.isPerUnit else { return one }
    return min(BigInteger(signalsPerCell), sensitivity(of: .signals)) * one
  }
}
