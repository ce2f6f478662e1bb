// CellTally.swift: the exact counts of all cells while they are added up.
// SPDX-License-Identifier: Apache-2.0

/// Counts for every cell while they are added up.
final class CellTally: @unchecked Sendable {
  let cellCount: Int
  let signals: UnsafeMutablePointer<Int64>
  let units: UnsafeMutablePointer<Int64>

  init(cellCount: Int) {
    self.cellCount = cellCount
    signals = .allocate(capacity: max(1, cellCount))
    units = .allocate(capacity: max(1, cellCount))
    signals.initialize(repeating: 0, count: cellCount)
    units.initialize(repeating: 0, count: cellCount)
  }

  deinit {
    signals.deallocate()
    units.deallocate()
  }

  var signalCounts: [Int64] { Array(UnsafeBufferPointer(start: signals, count: cellCount)) }
  var unitCounts: [Int64] { Array(UnsafeBufferPointer(start: units, count: cellCount)) }

  /// Counts what one unit keeps in one cell.
  ///
  /// No sum can run over: fewer than 2^40 units, each with
  /// fewer than 2^31 signals in a cell, would take more memory than there is.
  @inline(__always)
  func add(_ count: UInt32, in cell: UInt32) {
    signals[Int(cell)] += Int64(count)
    units[Int(cell)] += 1
  }

  func add(_ other: CellTally) {
    for cell in 0..<cellCount {
      signals[cell] += other.signals[cell]
      units[cell] += other.units[cell]
    }
  }
}
