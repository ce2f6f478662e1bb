// CellTally.swift: counts for every cell while they are added up.
// SPDX-License-Identifier: Apache-2.0

/// Counts for every cell while they are added up.
final class CellTally: @unchecked Sendable {
  private struct Counts {
    var signals: Int64 = 0
    var units: Int64 = 0
  }

  let cellCount: Int
  /// Where regions lie in one another, the units of each; `nil` where they stand side by side.
  let levels: LevelTally?
  /// Signals and units side by side, as they are counted at once; behind those of all cells what free
  /// slots are counted in.
  private let counts: UnsafeMutablePointer<Counts>

  init(cellCount: Int, levels: HierarchyCells? = nil) {
    self.levels = levels.map(LevelTally.init)
    self.cellCount = cellCount
    counts = .allocate(capacity: cellCount + 1)
    counts.initialize(repeating: Counts(), count: cellCount + 1)
  }

  deinit { counts.deallocate() }

  var signalCounts: [Int64] { (0..<cellCount).map { counts[$0].signals } }
  var unitCounts: [Int64] { (0..<cellCount).map { counts[$0].units } }

  /// Counts what one unit keeps in one cell.
  ///
  /// No sum can run over: fewer than 2^40 units, each with
  /// fewer than 2^31 signals in a cell, would take more memory than there is.
  @inline(__always)
  func add(_ count: UInt32, in cell: UInt32) {
    let place = counts + Int(cell)
    place.pointee.signals &+= Int64(count)
    place.pointee.units &+= 1
  }

  /// The same for a slot that may be free, without asking whether it is.
  @inline(__always)
  func addSlot(_ slot: UnitCell) {
    add(slot.count, in: min(slot.cell, UInt32(truncatingIfNeeded: cellCount)))
  }

  func add(_ other: CellTally) {
    if let levels, let others = other.levels { levels.add(others) }
    for cell in 0..<cellCount {
      counts[cell].signals += other.counts[cell].signals
      counts[cell].units += other.counts[cell].units
    }
  }
}
