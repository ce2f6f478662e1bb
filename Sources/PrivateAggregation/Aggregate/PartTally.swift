// PartTally.swift: the units of one part after the other are bounded and added up.
// SPDX-License-Identifier: Apache-2.0

/// Bounds the units of one part after the other and adds up what they keep; each thread has its own.
///
/// Rows that were written to a file are read back part by part. Where the units of a part take more
/// memory than there is, the part is gone through again for a half of its units at a time, by further
/// bits of their hashes; a table grows with the units and their cells, never with the signals.
final class PartTally {
  /// The units of a part whose hashes have certain bits.
  struct Share {
    /// More bits than these do not help: what remains is one unit, or units of one hash.
    static let mostBits = 16
    /// Other bits than those that say which part a unit is in and where in a table it is.
    private static let firstBit: UInt64 = 32

    var bits = 0
    var value: UInt64 = 0

    func holds(_ hash: UInt64) -> Bool {
      hash >> Self.firstBit & (1 << UInt64(bits) - 1) == value
    }

    var halves: [Share] {
      [
        Share(bits: bits + 1, value: value),
        Share(bits: bits + 1, value: value | 1 << UInt64(bits)),
      ]
    }
  }

  private let tally: CellTally
  /// What takes the counts where cells are found in the signals.
  private let found: FoundTally?
  private let choice: SignalChoice
  private let make: () -> PartTable
  private let hash: PlaceHash
  /// The bytes that a table may fill.
  private let limit: Int
  private let piece = RowPiece()
  private var table: PartTable

  /// - Parameters:
  ///   - tally: What is added to.
  ///   - found: The same where cells are found in the signals.
  ///   - choice: The choice among the signals of a unit.
  ///   - hash: The hash of the rows.
  ///   - memory: The bytes that the table of a part may take.
  ///   - make: Makes an empty table.
  init(
    _ tally: CellTally,
    found: FoundTally? = nil,
    choice: SignalChoice,
    hash: PlaceHash,
    memory: Int,
    make: @escaping () -> PartTable
  ) {
    self.tally = tally
    self.found = found
    self.choice = choice
    self.hash = hash
    self.make = make
    // A table that grows takes up to twice what is in it, and as much again while it moves.
    limit = memory / 3
    table = make()
  }

  /// Adds up a part whose rows are all in memory.
  func add(_ part: Int, of rows: [RowBuffer], begun: BegunPart) {
    // Where rows were moved before, there is a table already; else one serves for all parts.
    if let filled = begun.take() { table = filled }
    for rows in rows { rows.drain(part, into: &table) }
    finish()
  }

  /// Adds up a part that was written to a file.
  ///
  /// - Throws: `SignalFileError` where it cannot be read back.
  func add(_ part: Int, of file: SpillFile, begun: BegunPart) throws(SignalFileError) {
    let pieces = file.pieces(of: part)
    var open = [Share()]
    while let share = open.popLast() {
      if try fill(share, begun, pieces, of: file) {
        finish()
      } else {
        open += share.halves
      }
    }
    _ = begun.take()
  }

  private func finish() {
    if let found {
      table.add(to: found, by: choice)
    } else {
      table.add(to: tally, by: choice)
    }
    table.removeAll()
  }

  /// Fills the table with a share of the units of a part.
  ///
  /// - Returns: Whether they fit; where they do not, the table is empty again.
  private func fill(
    _ share: Share,
    _ begun: BegunPart,
    _ pieces: [SpillFile.Piece],
    of file: SpillFile
  ) throws(SignalFileError) -> Bool {
    begun.forEachRow { row, end, signals in
      guard share.bits == 0 || share.holds(RowBuffer.hash(of: row, by: hash)) else { return }
      for _ in 0..<signals { table.add(row, to: end) }
    }
    for next in pieces {
      try piece.read(next, of: file) { first, end in add(share, first, to: end) }
      if share.bits < Share.mostBits, table.bytesFilled > limit {
        table.removeAll()
        return false
      }
    }
    return true
  }

  private func add(_ share: Share, _ first: UnsafeRawPointer, to end: UnsafeRawPointer) {
    guard share.bits > 0 else {
      table.add(first, to: end)
      return
    }
    var row = first
    while row < end {
      let next = row + RowBuffer.size(of: row)
      if share.holds(RowBuffer.hash(of: row, by: hash)) { table.add(row, to: next) }
      row = next
    }
  }
}
