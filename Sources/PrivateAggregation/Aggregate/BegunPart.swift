// BegunPart.swift: what the units of one part keep while signals are still read.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The table of one part while signals are still read; one thread at a time.
final class BegunPart: @unchecked Sendable {
  private let turn = Mutex(())
  private var table: PartTable?

  /// Moves rows into the table.
  ///
  /// - Returns: By how many bytes it grew.
  func add(_ rows: RowBuffer, _ part: Int, to make: () -> PartTable) -> Int {
    turn.withLock { _ in
      if table == nil { table = make() }
      var growth = 0
      // One access for all rows.
      if var filled = table.take() {
        growth = -filled.bytesHeld
        rows.drain(part, into: &filled)
        growth += filled.bytesHeld
        table = consume filled
      }
      return growth
    }
  }

  /// Calls `body` with the rows that give the table again, as `PartTable` does.
  func forEachRow(
    _ body: (_ row: UnsafeRawPointer, _ end: UnsafeRawPointer, _ signals: UInt32) -> Void
  ) {
    turn.withLock { _ in
      if let filled = table.take() {
        filled.forEachRow(body)
        table = consume filled
      }
    }
  }

  /// Hands the table over and forgets it.
  func take() -> PartTable? { turn.withLock { _ in table.take() } }
}
