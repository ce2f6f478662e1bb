// ValuePart.swift: the units of one part after the other are bounded and their values added up.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Synchronization

/// Bounds the units of one part after the other and adds up the values that they keep; each thread has
/// its own.
///
/// What a unit has in a cell with one value is one entry however often it occurs. Where the entries of
/// a part take more memory than there is, the part is gone through again for a half of its units at a
/// time: memory grows with the cells and the different values of the units, not with the signals.
final class ValuePart {
  /// The total that all threads add to, one at a time.
  final class Total: @unchecked Sendable {
    private let turn = Mutex(())
    private let tally: ValueTally

    init(_ tally: ValueTally) { self.tally = tally }

    func add(_ body: (ValueTally) -> Void) { turn.withLock { _ in body(tally) } }
  }

  /// What is remembered for a unit besides its bytes, in bytes.
  private static let unitSize = 40

  private let total: Total
  private let choice: ValueChoice
  private let function: SipHash
  private let tableHash: SipHash
  private let hash: PlaceHash
  private let limit: Int
  private var table: ByteTable
  private var tableBytes = 0
  private var entries: [ValueEntry] = []
  private var mostEntries = 0
  private var kept: [ValueEntry] = []

  /// - Parameters:
  ///   - total: What is added to.
  ///   - bounds: How much one unit may contribute.
  ///   - key: Four secret words, drawn for one release.
  ///   - hash: The hash of the rows.
  ///   - memory: The bytes that a part may take.
  init(
    _ total: Total,
    bounds: ContributionBounds,
    key: ChoiceKey,
    hash: PlaceHash,
    memory: Int
  ) {
    self.total = total
    self.hash = hash
    choice = ValueChoice(bounds: bounds)
    function = SipHash(key: (key.words.0, key.words.1))
    tableHash = SipHash(key: (key.words.2, key.words.3))
    table = ByteTable(hash: tableHash)
    // A list that grows is there twice while it moves, and what is kept may be as much.
    limit = max(memory / 4, 512)
  }

  /// Adds up a part whose rows are in memory, in a file, or in both.
  ///
  /// - Throws: `SignalFileError` where the file cannot be read back.
  func add(_ part: Int, of rows: [ValueRows], and file: SpillFile?) throws(SignalFileError) {
    var open = [PartTally.Share()]
    while let share = open.popLast() {
      reset()
      if try fill(share, part, rows, file) { finish() } else { open += share.halves }
    }
    for rows in rows { rows.free(part) }
  }

  private func reset() {
    table = ByteTable(hash: tableHash)
    tableBytes = 0
    entries.removeAll(keepingCapacity: entries.capacity * 16 <= limit)
    mostEntries = limit / MemoryLayout<ValueEntry>.stride
  }

  /// Gathers a share of the units of a part; tells whether they fit.
  private func fill(
    _ share: PartTally.Share,
    _ part: Int,
    _ rows: [ValueRows],
    _ file: SpillFile?
  ) throws(SignalFileError) -> Bool {
    for rows in rows {
      var fits = true
      rows.withRows(of: part) { fits = take(share, $0, to: $1) }
      guard fits else { return false }
    }
    guard let file else { return true }
    for piece in file.pieces(of: part) {
      let room = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 16)
      defer { room.deallocate() }
      try file.read(piece, into: room)
      guard let first = room.baseAddress else { continue }
      guard take(share, UnsafeRawPointer(first), to: UnsafeRawPointer(first) + piece.count) else {
        return false
      }
    }
    return true
  }

  private func take(
    _ share: PartTally.Share,
    _ first: UnsafeRawPointer,
    to end: UnsafeRawPointer
  ) -> Bool {
    var row = first
    while row < end {
      let unit = ValueRows.unit(of: row)
      if share.bits == 0 || share.holds(hash(unit)) {
        let known = table.count
        let number = table.add(unit)
        if number == known { tableBytes += unit.count + Self.unitSize }
        entries.append(
          ValueEntry(
            unit: UInt32(truncatingIfNeeded: number),
            cell: ValueRows.cell(of: row),
            value: ValueRows.value(of: row),
            count: 1
          )
        )
        if entries.count >= mostEntries || tableBytes > limit, !makeRoom(share) { return false }
      }
      row += ValueRows.size(of: row)
    }
    return true
  }

  /// Joins equal entries; tells whether there is room for more.
  private func makeRoom(_ share: PartTally.Share) -> Bool {
    join()
    let filled = entries.count * MemoryLayout<ValueEntry>.stride
    if share.bits < PartTally.Share.mostBits, filled > limit / 2 || tableBytes > limit {
      return false
    }
    // One unit, or units of one hash: they need what they need.
    mostEntries = max(mostEntries, 2 * entries.count)
    return true
  }

  /// Sorts the entries and joins those of one unit, cell and value.
  private func join() {
    entries.sort(by: ValueEntry.isBefore)
    var last = -1
    for index in entries.indices {
      let entry = entries[index]
      if last >= 0, entries[last].isSame(entry) {
        let (sum, overflow) = entries[last].count.addingReportingOverflow(entry.count)
        entries[last].count = overflow ? .max : sum
      } else {
        last += 1
        entries[last] = entry
      }
    }
    entries.removeLast(entries.count - (last + 1))
  }

  /// Bounds the units that were gathered, and adds what they keep to the total.
  private func finish() {
    join()
    kept.removeAll(keepingCapacity: true)
    entries.withUnsafeBufferPointer { entries in
      var start = 0
      while start < entries.count {
        var end = start
        while end < entries.count, entries[end].unit == entries[start].unit { end += 1 }
        let priorities = table.bytes(of: Int(entries[start].unit)).withUnsafeBufferPointer {
          bytes in
          bytes.baseAddress.map {
            UnitPriorities(function, unit: ByteSlice(base: $0, count: bytes.count))
          }
        }
        if let priorities {
          let own = UnsafeBufferPointer(rebasing: entries[start..<end])
          choice.forEachKept(own, priorities) { kept.append($0) }
        }
        start = end
      }
    }
    total.add { tally in
      var start = 0
      while start < kept.count {
        var end = start
        while end < kept.count, kept[end].unit == kept[start].unit,
          kept[end].cell == kept[start].cell
        { end += 1 }
        tally.add(
          kept[start].cell,
          kept[start..<end].lazy.map { (index: $0.value, count: Int($0.count)) }
        )
        start = end
      }
    }
  }
}
