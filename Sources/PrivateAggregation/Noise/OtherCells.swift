// OtherCells.swift: what the cells that were not selected hold together.
// Reference: `docs/decisions/0013-found-cells-on-all-threads.md`.
// SPDX-License-Identifier: Apache-2.0

/// What the cells that were not selected hold together, as one cell more.
///
/// - Privacy: For each set of selected cells, a signal or a unit of a cell is counted in that cell or
///   here, so the counts and this one together change with a unit by the L1 sensitivity of the measure:
///   its noise pays for both. Exact here; it gets noise like any cell.
enum OtherCells {
  /// Moves the counts that were selected to the front, in order, and adds up the others behind them.
  static func joined(_ counts: [Int64], selected order: [Int]) -> [Int64] {
    var selected = order.map { counts[$0] }
    // No sum runs over: each counts signals that were read.
    selected.append(counts.reduce(0, +) - selected.reduce(0, +))
    return selected
  }
}
