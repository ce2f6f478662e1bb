// FoundTally.swift: counts for every found cell while they are added up.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What counts of cells are added to.
protocol CellCounter {
  /// Counts what one unit keeps in one cell.
  func add(_ count: UInt32, in cell: UInt32)
  /// The same for a slot that may be free.
  func addSlot(_ slot: UnitCell)
}

extension CellTally: CellCounter {}

/// Counts for every found cell on one thread: cells with a number in an array, the others for the part
/// at hand, after which they go to a table that all threads share.
final class FoundTally: CellCounter {
  private let numbered: CellTally
  private let shared: KeptCells
  private var signals: [Int64] = []
  private var units: [Int64] = []

  init(_ numbered: CellTally, _ shared: KeptCells) {
    self.numbered = numbered
    self.shared = shared
  }

  /// Makes room for the cells that a part holds by their bytes.
  func begin(_ count: Int) {
    signals.removeAll(keepingCapacity: true)
    units.removeAll(keepingCapacity: true)
    signals.append(contentsOf: repeatElement(0, count: count))
    units.append(contentsOf: repeatElement(0, count: count))
  }

  @inline(__always)
  func add(_ count: UInt32, in cell: UInt32) {
    guard cell >= PartCells.first else {
      numbered.add(count, in: cell)
      return
    }
    signals[Int(cell - PartCells.first)] += Int64(count)
    units[Int(cell - PartCells.first)] += 1
  }

  @inline(__always)
  func addSlot(_ slot: UnitCell) {
    // A free slot has the largest number and no signals.
    if slot.count > 0 { add(slot.count, in: slot.cell) }
  }

  /// Hands over the cells that a part holds by their bytes.
  func finish(_ cells: PartCells) {
    for index in units.indices where units[index] > 0 {
      let cell = PartCells.first + UInt32(index)
      shared.add(cells.bytes(of: cell), signals: signals[index], units: units[index])
    }
  }
}

/// Counts of found cells that units keep and that have no number, shared by threads.
final class KeptCells: Sendable {
  private struct Shard {
    var table: ByteTable
    var signals: [Int64] = []
    var units: [Int64] = []
  }

  private static let shardCount = 64

  private let hash: SipHash
  private let shards: [SendableMutex<Shard>]

  init() {
    let words = ChoiceKey.drawn().words
    let hash = SipHash(key: (words.0, words.1))
    self.hash = hash
    shards = (0..<Self.shardCount).map { _ in
      SendableMutex(Shard(table: ByteTable(hash: SipHash(key: (words.2, words.3)))))
    }
  }

  /// Counts what the units of one part keep in a cell.
  func add(_ bytes: ByteSlice, signals: Int64, units: Int64) {
    shards[Int(hash(bytes) & UInt64(Self.shardCount - 1))].lock.withLock { shard in
      let index = shard.table.add(bytes)
      if index == shard.units.count {
        shard.signals.append(0)
        shard.units.append(0)
      }
      shard.signals[index] += signals
      shard.units[index] += units
    }
  }

  /// Adds all cells to a list.
  func append(to list: inout FoundCellList) {
    var cells = list
    for shard in shards {
      shard.lock.withLock { shard in
        for index in shard.units.indices {
          cells.append(
            shard.table.bytes(of: index),
            signals: shard.signals[index],
            units: shard.units[index]
          )
        }
      }
    }
    list = cells
  }
}

/// A lock with what it protects, as an element of an array.
private final class SendableMutex<Value>: Sendable {
  let lock: Mutex<Value>

  init(_ value: sending Value) { lock = Mutex(value) }
}
