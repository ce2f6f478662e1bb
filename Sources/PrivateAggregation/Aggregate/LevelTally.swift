// LevelTally.swift: counts of the regions that others lie in, from the cells that units keep.
// Reference: `docs/hierarchies.md`, section "What is counted".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

/// Where the cells that signals can name stand among those of all regions of a hierarchy.
struct HierarchyCells: Sendable {
  /// How the cells of all regions stand.
  let layout: HierarchyLayout
  private let leaves: [Int]
  /// How many cells back the parent's cell stands; zero for the top.
  private let stepUp: [Int]

  init(_ planned: PlannedHierarchy) {
    layout = planned.layout
    leaves = planned.hierarchy.leaves
    stepUp = planned.hierarchy.tree.parents.enumerated().map { region, parent in
      parent.map { (region - $0) * planned.layout.stride } ?? 0
    }
  }

  /// The number of cells that signals can name.
  var leafCellCount: Int { layout.combinations * leaves.count }

  /// The cell among all of one that signals can name.
  func cell(ofLeafCell cell: Int) -> Int {
    let (rest, offset) = cell.quotientAndRemainder(dividingBy: layout.stride)
    let (block, leaf) = rest.quotientAndRemainder(dividingBy: leaves.count)
    return (block * layout.regions + leaves[leaf]) * layout.stride + offset
  }

  /// Calls `body` with the cells of the regions that that of a cell lies in, the nearest first, until it
  /// returns false.
  func forEachCell(above cell: Int, _ body: (Int) -> Bool) {
    var cell = cell
    while true {
      let step = stepUp[layout.region(ofCell: cell)]
      if step == 0 { return }
      cell -= step
      if !body(cell) { return }
    }
  }

  /// Numbers of signals of all regions, from those of the innermost.
  func sums(_ counts: [Int64]) -> [Int64] {
    var sums = [Int64](repeating: 0, count: layout.cells)
    for (leafCell, count) in counts.enumerated() where count != 0 {
      let cell = cell(ofLeafCell: leafCell)
      sums[cell] += count
      forEachCell(above: cell) { above in
        sums[above] += count
        return true
      }
    }
    return sums
  }
}

/// The distinct units of each region that others lie in, while they are counted.
///
/// A unit that is in two counties of a state is one in the state: cells carry the mark of the unit that
/// was counted there last, and once a region has it, so have all that it lies in.
final class LevelTally: @unchecked Sendable {
  private let cells: HierarchyCells
  private var units: [Int64]
  private var marks: [UInt32]
  private var mark: UInt32 = 0

  init(_ cells: HierarchyCells) {
    self.cells = cells
    units = Array(repeating: 0, count: cells.layout.cells)
    marks = Array(repeating: 0, count: cells.layout.cells)
  }

  /// Begins with the next unit.
  func begin() {
    if mark == .max {
      for cell in marks.indices { marks[cell] = 0 }
      mark = 0
    }
    mark += 1
  }

  /// Counts a cell that the unit keeps, by its number among those that signals can name.
  func add(_ leafCell: UInt32) {
    let cell = cells.cell(ofLeafCell: Int(leafCell))
    units[cell] += 1
    cells.forEachCell(above: cell) { above in
      if marks[above] == mark { return false }
      marks[above] = mark
      units[above] += 1
      return true
    }
  }

  /// Adds what another counted of other units.
  func add(_ other: LevelTally) {
    for cell in units.indices { units[cell] += other.units[cell] }
  }

  /// The numbers of units of all regions.
  var unitCounts: [Int64] { units }
}
