// PartTable.swift: what the units of one part contribute; the rules of `UnitTable`, near the cache.
// Reference: `docs/privacy-model.md`, section "Why it holds"; bottom-k sampling [CK07].
// SPDX-License-Identifier: Apache-2.0

import Glibc
import PrivacyAccounting

/// What each unit of one part keeps: the same choice as that of a `UnitTable` under the same key.
///
/// Rows are taken in batches, each in three steps: where their units might be; whether they are there;
/// what is counted. In the first two nothing depends on what the memory holds, so that the processor
/// fetches for many rows at once.
///
/// - Privacy: As for `UnitTable`; two units are the same when all their bytes are.
/// - Complexity: One look-up and one priority for each row, if units keep at most four cells; else as
///   for `ManyCells`.
struct PartTable: ~Copyable {
  struct Unit {
    /// As in a row; of a long unit the address is that of a place in `texts`.
    var low: UInt64
    var high: UInt64
    /// What the priorities of its cells begin with.
    var state: SipHash.State
    var cells: (UnitCell, UnitCell, UnitCell, UnitCell, UnitCell)

    var isLong: Bool { high &>> 56 == PackedBytes.elsewhere }
  }

  /// A row on its way.
  struct Waiting {
    /// As in a row.
    var low: UInt64
    var high: UInt64
    var hash: UInt64
    var cell: UInt32
    /// The number of its unit; zero where that is not known.
    var unit: UInt32
  }

  private static let batch = 64
  /// The places for each unit, at least: where they are few, many rows look at two or more.
  private static let placesForEach = 4

  let bounds: ContributionBounds
  let limit: UInt32
  private let function: SipHash
  let hashPlace: PlaceHash
  /// The cells, where they are found in the signals.
  let cells: PartCells?
  /// The number of a unit, from 1, or zero where there is none; the size is a power of two.
  private var places: UnsafeMutablePointer<UInt32>
  private var mask = 63
  private(set) var units: Growable<Unit>
  var many: ManyCells
  private var texts: Growable<UInt8>
  let waiting: UnsafeMutablePointer<Waiting>
  /// The labels of the cells of rows on their way, where those are found in the signals.
  let labels: UnsafeMutablePointer<UInt64>

  init(
    bounds: ContributionBounds,
    key: ChoiceKey,
    hash: PlaceHash,
    cells: PartCells? = nil
  ) {
    self.cells = cells
    self.bounds = bounds
    limit = UInt32(bounds.signalsPerCell)
    function = SipHash(key: (key.words.0, key.words.1))
    hashPlace = hash
    places = .allocate(capacity: mask + 1)
    places.initialize(repeating: 0, count: mask + 1)
    units = Growable()
    many = ManyCells(cellsPerUnit: bounds.cellsPerUnit, limit: limit)
    texts = Growable()
    waiting = .allocate(capacity: Self.batch)
    labels = .allocate(capacity: Self.batch)
    addNobody()
  }

  deinit {
    places.deallocate()
    units.free()
    texts.free()
    waiting.deallocate()
    labels.deallocate()
  }

  /// The bytes of memory that are used.
  var bytesHeld: Int {
    (mask + 1) * 4 + units.bytesHeld + texts.bytesHeld + many.bytesHeld + (cells?.bytesHeld ?? 0)
  }

  /// The bytes that the units fill, of those that are used.
  var bytesFilled: Int {
    units.count * (MemoryLayout<Unit>.stride + 4 * Self.placesForEach) + texts.count
      + many.bytesFilled + (cells?.bytesFilled ?? 0)
  }

  /// Forgets all units and keeps the memory, which is in the cache by now.
  mutating func removeAll() {
    places.update(repeating: 0, count: mask + 1)
    units.removeAll()
    texts.removeAll()
    many.removeAll()
    cells?.removeAll()
    addNobody()
  }

  /// A unit of number zero, which no row has: so many rows can be compared without a branch.
  private mutating func addNobody() {
    append(low: 0, high: .max, state: function.state(behind: PackedBytes(low: 0, high: 0)))
  }

  private mutating func append(low: UInt64, high: UInt64, state: SipHash.State) {
    let free = FourCells.free
    let last = bounds.cellsPerUnit > FourCells.most ? ManyCells.header : free
    units.append(Unit(low: low, high: high, state: state, cells: (free, free, free, free, last)))
  }

  private static var cellsOffset: Int { MemoryLayout<Unit>.offset(of: \.cells) ?? 48 }

  @inline(__always)
  func slots(of unit: UnsafeMutablePointer<Unit>) -> UnsafeMutablePointer<UnitCell> {
    UnsafeMutableRawPointer(unit).advanced(by: Self.cellsOffset)
      .assumingMemoryBound(to: UnitCell.self)
  }

  // MARK: - Rows

  /// Counts rows, from an address to an address.
  mutating func add(_ first: UnsafeRawPointer, to end: UnsafeRawPointer) {
    var row = first
    while row < end {
      let count = gather(&row, to: end)
      if let cells {
        takeFound(count, cells)
        continue
      }
      compare(count)
      switch bounds.cellsPerUnit {
      case 1: take(count, OneCell.self)
      case 2: take(count, TwoCells.self)
      case 3: take(count, ThreeCells.self)
      case 4: take(count, FourCells.self)
      default: takeMany(count)
      }
    }
  }

  /// Unpacks a batch of rows and looks up which units might be theirs.
  private func gather(_ row: inout UnsafeRawPointer, to end: UnsafeRawPointer) -> Int {
    var count = 0
    while count < Self.batch, row < end {
      let header = row.loadUnaligned(as: UInt32.self)
      var low = row.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
      var high = row.loadUnaligned(fromByteOffset: 12, as: UInt64.self)
      let length = UInt64(header &>> 24)
      var hash = low
      if length == PackedBytes.elsewhere {
        row += RowBuffer.longestRow
      } else {
        // What lies behind the bytes of the unit is no part of it.
        if length >= 8 {
          high = high & (1 &<< (8 &* (length &- 8)) &- 1) | length &<< 56
        } else {
          low &= 1 &<< (8 &* length) &- 1
          high = length &<< 56
        }
        hash = hashPlace(low, high)
        row += 4 &+ Int(truncatingIfNeeded: length)
      }
      waiting[count] = Waiting(
        low: low,
        high: high,
        hash: hash,
        cell: header & 0xFF_FFFF,
        unit: places[Int(truncatingIfNeeded: hash) & mask]
      )
      count &+= 1
    }
    return count
  }

  /// Leaves the units that are those of the rows; long ones never are, as their bytes are elsewhere.
  func compare(_ count: Int) {
    for row in 0..<count {
      let number = waiting[row].unit
      let unit = units.base + Int(number)
      let difference =
        (unit.pointee.low ^ waiting[row].low) | (unit.pointee.high ^ waiting[row].high)
      waiting[row].unit = difference == 0 ? number : 0
    }
  }

  private mutating func take<Few: FewCells>(_ count: Int, _ few: Few.Type) {
    for row in 0..<count {
      let unit = unit(of: row)
      let cell = waiting[row].cell
      let priority = priorities(of: unit).priority(cell)
      few.count(cell, priority: priority, limit: limit, in: slots(of: unit))
    }
  }

  private mutating func takeMany(_ count: Int) {
    for row in 0..<count {
      let unit = unit(of: row)
      many.count(waiting[row].cell, priorities(of: unit), in: slots(of: unit))
    }
  }

  @inline(__always)
  func priorities(of unit: UnsafeMutablePointer<Unit>) -> UnitPriorities {
    let high = unit.pointee.high
    return UnitPriorities(
      state: unit.pointee.state,
      unitLength: unit.pointee.isLong ? textLength(high) : Int(truncatingIfNeeded: high &>> 56)
    )
  }

  // MARK: - Units

  @inline(__always)
  mutating func unit(of row: Int) -> UnsafeMutablePointer<Unit> {
    var number = Int(waiting[row].unit)
    if number == 0 { number = find(waiting[row]) }
    // Only now, as the memory may have moved.
    return units.base + number
  }

  /// The number of a unit, which is added where it is new.
  @inline(never)
  private mutating func find(_ row: Waiting) -> Int {
    let isLong = row.high &>> 56 == PackedBytes.elsewhere
    var place = Int(truncatingIfNeeded: row.hash) & mask
    while true {
      let number = Int(places[place])
      if number == 0 { break }
      let unit = units.base + number
      if unit.pointee.low == row.low,
        isLong
          ? unit.pointee.isLong && hasText(unit.pointee.high, row.high)
          : unit.pointee.high == row.high
      {
        return number
      }
      place = (place &+ 1) & mask
    }
    let number = units.count
    if isLong {
      addLong(row)
    } else {
      let packed = PackedBytes(low: row.low, high: row.high)
      append(low: row.low, high: row.high, state: function.state(behind: packed))
    }
    places[place] = UInt32(number)
    if number &* Self.placesForEach > mask { growPlaces() }
    return number
  }

  /// The bytes of a long row behind their number, which is a word.
  func text(_ high: UInt64) -> UnsafeRawPointer {
    guard let text = UnsafeRawPointer(bitPattern: UInt(high & (1 << 56 - 1))) else {
      preconditionFailure("a row with an address")
    }
    return text
  }

  func keptText(_ high: UInt64) -> UnsafeRawPointer {
    UnsafeRawPointer(texts.base + Int(high & (1 << 56 - 1)))
  }

  private func textLength(_ high: UInt64) -> Int {
    Int(keptText(high).loadUnaligned(as: UInt32.self))
  }

  private func hasText(_ kept: UInt64, _ high: UInt64) -> Bool {
    let length = textLength(kept)
    guard length == Int(text(high).loadUnaligned(as: UInt32.self)) else { return false }
    return memcmp(keptText(kept) + 4, text(high) + 4, length) == 0
  }

  private mutating func addLong(_ row: Waiting) {
    let text = text(row.high)
    let size = Int(text.loadUnaligned(as: UInt32.self)) + 4
    let offset = UInt64(texts.count)
    texts.append(text.assumingMemoryBound(to: UInt8.self), count: size)
    let bytes = ByteSlice(
      base: (text + 4).assumingMemoryBound(to: UInt8.self),
      count: size - 4
    )
    append(
      low: row.low,
      high: offset | PackedBytes.elsewhere << 56,
      state: function.state(behind: bytes)
    )
  }

  private mutating func growPlaces() {
    places.deallocate()
    let size = (mask + 1) * 2
    places = .allocate(capacity: size)
    places.initialize(repeating: 0, count: size)
    mask = size - 1
    for number in 1..<units.count {
      let unit = units.base + number
      let (low, high) = (unit.pointee.low, unit.pointee.high)
      var place = Int(truncatingIfNeeded: unit.pointee.isLong ? low : hashPlace(low, high)) & mask
      while places[place] != 0 { place = (place + 1) & mask }
      places[place] = UInt32(number)
    }
  }

  // MARK: - What is kept

  /// Adds what all units keep.
  func add(to tally: CellTally, by choice: SignalChoice) {
    if let levels = tally.levels {
      add(to: tally, levels, by: choice)
      return
    }
    guard choice.isNeeded || bounds.cellsPerUnit > FourCells.most else {
      for number in 1..<units.count {
        let slots = slots(of: units.base + number)
        for slot in 0..<bounds.cellsPerUnit { tally.addSlot(slots[slot]) }
      }
      return
    }
    for number in 1..<units.count {
      let priorities = priorities(of: units.base + number)
      withCells(of: number) { choice.add($0, priorities, to: tally) }
    }
  }

  /// The same where regions lie in one another: units are told apart in each of them.
  private func add(to tally: CellTally, _ levels: LevelTally, by choice: SignalChoice) {
    for number in 1..<units.count {
      levels.begin()
      let priorities = priorities(of: units.base + number)
      withCells(of: number) { cells in
        choice.forEachKept(cells, priorities) { cell, signals in
          tally.add(signals, in: cell)
          levels.add(cell)
        }
      }
    }
  }

  /// Calls `body` with the slots of a unit, some of which may be free.
  func withCells(of number: Int, _ body: (UnsafeBufferPointer<UnitCell>) -> Void) {
    let slots = slots(of: units.base + number)
    if bounds.cellsPerUnit > FourCells.most {
      many.withCells(slots, body)
    } else {
      body(UnsafeBufferPointer(start: slots, count: bounds.cellsPerUnit))
    }
  }

  /// Calls `body` with a row for each cell that a unit keeps, and how many signals it keeps in it.
  ///
  /// Added to another table as often, the rows give the same choice there. They are valid during the
  /// call; those of long units point into this table.
  func forEachRow(
    _ body: (_ row: UnsafeRawPointer, _ end: UnsafeRawPointer, _ signals: UInt32) -> Void
  ) {
    withUnsafeTemporaryAllocation(byteCount: RowBuffer.longestRow, alignment: 8) { room in
      guard let row = room.baseAddress else { return }
      for number in 1..<units.count {
        let unit = units.base[number]
        var high = unit.high
        if unit.isLong {
          high = UInt64(UInt(bitPattern: keptText(high))) | PackedBytes.elsewhere << 56
        }
        row.storeBytes(of: unit.low, toByteOffset: 4, as: UInt64.self)
        row.storeBytes(of: high, toByteOffset: 12, as: UInt64.self)
        withCells(of: number) { cells in
          for cell in cells where cell.count > 0 {
            if let found = self.cells, cell.cell >= PartCells.first {
              let row = rowElsewhere(number, cell.cell, found)
              body(row, row + RowBuffer.longestRow, cell.count)
              continue
            }
            let header = cell.cell | UInt32(truncatingIfNeeded: high &>> 56) &<< 24
            row.storeBytes(of: header, as: UInt32.self)
            body(row, row + RowBuffer.size(of: row), cell.count)
          }
        }
      }
    }
  }
}
