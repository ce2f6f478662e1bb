// HorizonTable.swift: what each unit contributes over a horizon, bounded as periods are closed.
// Reference: `docs/continual.md`, section "The bounds of a unit"; bottom-k sampling [CK07].
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Keeps for each unit the cells that it counts in, and how many signals it has in each, over all
/// periods so far.
///
/// In an open period a unit may only use what is left: cells that it counted in before stay its cells,
/// others join them while there are fewer than `c`, those of the smallest priorities first; a cell
/// takes what is missing to `m` signals, and all together what is missing to `t`, by the priorities of
/// the signals. A priority is a keyed pseudo-random function of the unit's bytes, the cell, and which
/// of the unit's signals in that cell it is, under one key for the whole horizon.
///
/// - Privacy: What a unit keeps depends on its own signals and the key alone, not on other units and
///   not on the order of rows within a period. Over the whole horizon it is at most `c` cells, `m`
///   signals in each, `t` in all, and one unit in each of its cells.
struct HorizonTable {
  /// A cell of a unit.
  private struct Slot {
    var priority: UInt64
    var cell: UInt32
    /// The signals that count from closed periods.
    var before: UInt32
    /// The signals of the open period, as far as the cell takes them.
    var today: UInt32
  }

  /// One signal of a unit, while some are chosen.
  private struct Candidate {
    var priority: UInt64
    var place: Int
    var signal: UInt32
  }

  /// From so many cells on a unit's cells are looked up rather than searched.
  private static let largeFrom = 64

  private let bounds: ContributionBounds
  private let function: SipHash
  private var table: ByteTable
  private var slots: [[Slot]] = []
  private var isTouched: [Bool] = []
  /// The units with signals in the open period.
  private var touched: [Int] = []
  /// Where the cells of large units stand.
  private var places: [Int: [UInt32: Int]] = [:]
  /// Of units with all their cells, the new one that leaves first.
  private var worst: [Int: Int] = [:]

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - bounds: How much one unit may contribute over the horizon.
  ///   - key: Four secret words, drawn for the horizon.
  ///   - hashMask: The bits of a unit's hash that are kept; fewer than all are for tests.
  init(bounds: ContributionBounds, key: ChoiceKey, hashMask: UInt64 = .max) {
    self.bounds = bounds
    function = SipHash(key: (key.words.0, key.words.1))
    table = ByteTable(hash: SipHash(key: (key.words.2, key.words.3)), hashMask: hashMask)
  }

  /// Counts one signal of a unit in a cell, in the open period.
  mutating func add(unit: ByteSlice, cell: UInt32) {
    let index = table.add(unit)
    if index == slots.count {
      slots.append([])
      isTouched.append(false)
    }
    if !isTouched[index] {
      isTouched[index] = true
      touched.append(index)
    }
    if let place = place(of: cell, in: index) {
      let slot = slots[index][place]
      if slot.before + slot.today < UInt32(bounds.signalsPerCell) {
        slots[index][place].today += 1
      }
      return
    }
    let priority = UnitPriorities(function, unit: unit).priority(cell)
    offer(Slot(priority: priority, cell: cell, before: 0, today: 1), to: index)
  }

  private mutating func place(of cell: UInt32, in index: Int) -> Int? {
    guard slots[index].count >= Self.largeFrom else {
      return slots[index].firstIndex { $0.cell == cell }
    }
    if places[index] == nil {
      places[index] = Dictionary(
        uniqueKeysWithValues: slots[index].enumerated().map { ($1.cell, $0) }
      )
    }
    return places[index]?[cell]
  }

  /// Takes in a new cell, if there is room or it is among the smallest.
  private mutating func offer(_ new: Slot, to index: Int) {
    guard slots[index].count == bounds.cellsPerUnit else {
      places[index]?[new.cell] = slots[index].count
      slots[index].append(new)
      return
    }
    let last = worst[index] ?? findWorst(in: index)
    guard let last, Self.isBefore(new, slots[index][last]) else { return }
    places[index]?[slots[index][last].cell] = nil
    places[index]?[new.cell] = last
    slots[index][last] = new
    worst[index] = nil
  }

  /// The new cell with the largest priority; `nil` where all counted before.
  private mutating func findWorst(in index: Int) -> Int? {
    var found: Int?
    for (place, slot) in slots[index].enumerated() where slot.before == 0 {
      if let last = found, Self.isBefore(slot, slots[index][last]) { continue }
      found = place
    }
    worst[index] = found
    return found
  }

  /// Cells of equal priority, which is one pair in 2^64, are ordered by their number.
  private static func isBefore(_ left: Slot, _ right: Slot) -> Bool {
    (left.priority, left.cell) < (right.priority, right.cell)
  }

  /// Closes the open period.
  ///
  /// - Parameter body: Called with every (unit, cell) that counts in it, the number of its signals, and
  ///   whether the unit counts in the cell for the first time.
  mutating func close(_ body: (_ cell: UInt32, _ signals: UInt32, _ isNew: Bool) -> Void) {
    var kept: [UInt32] = []
    for index in touched {
      choose(in: index, into: &kept)
      for (place, count) in kept.enumerated() where count > 0 {
        body(slots[index][place].cell, count, slots[index][place].before == 0)
        slots[index][place].before += count
      }
      for place in slots[index].indices { slots[index][place].today = 0 }
      slots[index].removeAll { $0.before == 0 }
      isTouched[index] = false
    }
    touched = []
    places = [:]
    worst = [:]
  }

  /// How many signals of the open period count in each cell of a unit.
  private func choose(in index: Int, into kept: inout [UInt32]) {
    let slots = slots[index]
    kept.removeAll(keepingCapacity: true)
    let used = slots.reduce(0) { $0 + Int($1.before) }
    let today = slots.reduce(0) { $0 + Int($1.today) }
    let room = (bounds.signalsPerUnit ?? .max) - used
    guard today > room else {
      kept.append(contentsOf: slots.lazy.map(\.today))
      return
    }
    kept.append(contentsOf: repeatElement(0, count: slots.count))
    guard room > 0 else { return }
    let priorities = table.withBytes(of: index) { UnitPriorities(function, unit: $0) }
    var candidates: [Candidate] = []
    func prune() {
      candidates.sort {
        ($0.priority, $0.place, $0.signal) < ($1.priority, $1.place, $1.signal)
      }
      candidates.removeLast(max(0, candidates.count - room))
    }
    for (place, slot) in slots.enumerated() where slot.today > 0 {
      for signal in (slot.before + 1)...(slot.before + slot.today) {
        let priority = priorities.priority(slot.cell, signal: signal)
        candidates.append(Candidate(priority: priority, place: place, signal: signal))
        if candidates.count >= 2 * room + 4096 { prune() }
      }
    }
    prune()
    for candidate in candidates { kept[candidate.place] += 1 }
  }
}

// MARK: - What is kept between periods

extension HorizonTable {
  /// Writes the units with their cells.
  ///
  /// - Precondition: No period is open.
  func write(to writer: inout StateWriter) {
    precondition(touched.isEmpty, "a period is closed before units are kept")
    writer.integer(UInt64(slots.count))
    for index in slots.indices {
      writer.bytes(table.bytes(of: index))
      writer.integer(UInt64(slots[index].count))
      for slot in slots[index] {
        writer.integer(UInt64(slot.cell) << 32 | UInt64(slot.before))
      }
    }
  }

  /// Reads the units that `write` wrote into an empty table.
  ///
  /// - Throws: `StateDamage` for what `write` does not write.
  mutating func read(
    from reader: inout StateReader,
    cellCount: Int
  ) throws(StateDamage) {
    let count = try reader.count()
    for expected in 0..<count {
      let unit = try reader.bytes()
      let index = unit.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { table.add(ByteSlice(base: $0, count: buffer.count)) }
      }
      guard index == expected else { throw StateDamage() }
      let cells = try reader.count()
      guard cells <= bounds.cellsPerUnit else { throw StateDamage() }
      var own: [Slot] = []
      for _ in 0..<cells {
        let word = try reader.integer()
        let slot = Slot(
          priority: 0,
          cell: UInt32(truncatingIfNeeded: word >> 32),
          before: UInt32(truncatingIfNeeded: word),
          today: 0
        )
        guard Int(slot.cell) < cellCount, slot.before > 0,
          Int(slot.before) <= bounds.signalsPerCell
        else { throw StateDamage() }
        own.append(slot)
      }
      slots.append(own)
      isTouched.append(false)
    }
  }
}

extension ByteTable {
  /// Calls `body` with the bytes of a string that was added.
  fileprivate func withBytes<Result>(of index: Int, _ body: (ByteSlice) -> Result) -> Result {
    var bytes = Array(bytes(of: index))
    // An empty string has no address, and no unit is empty.
    let count = bytes.count
    if count == 0 { bytes = [0] }
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("bytes have an address") }
      return body(ByteSlice(base: base, count: count))
    }
  }
}
