// PartTable.swift: what the units of one part contribute; the rules of `UnitTable`, near the cache.
// Reference: `docs/privacy-model.md`, section "Why it holds"; bottom-k sampling [CK07].
// SPDX-License-Identifier: Apache-2.0

import Glibc
import PrivacyAccounting

/// What each unit of one part keeps: the same choice as that of a `UnitTable` under the same key.
///
/// - Privacy: As for `UnitTable`; two units are the same when all their bytes are.
/// - Complexity: One look-up for each row and a search of at most 64 slots, or of a heap for units
///   with more cells.
struct PartTable: ~Copyable {
  private struct Unit {
    /// As in a row; of a long unit the address is that of a place in `texts`.
    var low: UInt64
    var high: UInt64
    /// The keyed pseudo-random function of the unit's bytes.
    var hash: UInt64
    /// Where its cells begin in `slots` if they are more than four, or which of `large` it is.
    var offset: UInt32
    /// The room for cells, the free ones last; zero for a large unit.
    var capacity: UInt32
    /// Up to four cells, right here, as most units have no more.
    var cells: (UnitCell, UnitCell, UnitCell, UnitCell)
  }

  /// So many cells stand in the unit itself.
  private static let fewCells = 4
  /// From so many cells on a unit is large, as in `UnitTable`.
  private static let largeFrom = 64

  private let bounds: ContributionBounds
  private let most: UInt32
  private let prioritise: SipHash
  private let hashUnit: SipHash
  private let hashPlace: PlaceHash
  /// One more than the number of a unit, zero where there is none; the size is a power of two.
  private var places: UnsafeMutablePointer<UInt32>
  private var mask = -1
  private var units: Growable<Unit>
  private var slots: Growable<UnitCell>
  private var texts: Growable<UInt8>
  private var large: [LargeUnit] = []

  init(bounds: ContributionBounds, key: ChoiceKey, hash: PlaceHash) {
    self.bounds = bounds
    most = UInt32(bounds.signalsPerCell)
    prioritise = SipHash(key: (key.words.0, key.words.1))
    hashUnit = SipHash(key: (key.words.2, key.words.3))
    hashPlace = hash
    places = .allocate(capacity: 1)
    units = Growable()
    slots = Growable()
    texts = Growable()
  }

  deinit {
    places.deallocate()
    units.free()
    slots.free()
    texts.free()
  }

  /// The bytes of memory that are used.
  var bytesHeld: Int {
    (mask + 1) * 4 + units.bytesHeld + slots.bytesHeld + texts.bytesHeld
      + large.reduce(0) { $0 + $1.cells.count * 64 }
  }

  /// The bytes that the units fill, of those that are used.
  var bytesFilled: Int {
    units.count * (MemoryLayout<Unit>.stride + 16) + slots.count * MemoryLayout<UnitCell>.stride
      + texts.count + large.reduce(0) { $0 + $1.cells.count * 64 }
  }

  /// Forgets all units and keeps the memory, which is in the cache by now.
  mutating func removeAll() {
    if mask >= 0 { places.update(repeating: 0, count: mask + 1) }
    units.removeAll()
    slots.removeAll()
    texts.removeAll()
    large.removeAll()
  }

  /// Counts rows, from an address to an address.
  mutating func add(_ first: UnsafeRawPointer, to end: UnsafeRawPointer) {
    var row = first
    while row < end {
      let header = row.loadUnaligned(as: UInt32.self)
      var low = row.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
      var high = row.loadUnaligned(fromByteOffset: 12, as: UInt64.self)
      let length = UInt64(header &>> 24)
      let cell = header & 0xFF_FFFF
      if length == PackedBytes.elsewhere {
        count(cell, of: find(long: low, high))
        row += RowBuffer.longestRow
        continue
      }
      // What lies behind the bytes of the unit is no part of it.
      if length >= 8 {
        high = high & (1 &<< (8 &* (length &- 8)) &- 1) | length &<< 56
      } else {
        low &= 1 &<< (8 &* length) &- 1
        high = length &<< 56
      }
      count(cell, of: find(low, high))
      row += 4 &+ Int(truncatingIfNeeded: length)
    }
  }

  /// The number of a short unit, which is added where it is new.
  @inline(__always)
  private mutating func find(_ low: UInt64, _ high: UInt64) -> Int {
    if units.count &* 2 > mask { growPlaces() }
    var place = Int(truncatingIfNeeded: hashPlace(low, high)) & mask
    while true {
      let number = places[place]
      if number == 0 { break }
      let unit = units.base + Int(number &- 1)
      if unit.pointee.low == low, unit.pointee.high == high { return Int(number &- 1) }
      place = (place &+ 1) & mask
    }
    return add(low, high, hash: hashUnit(PackedBytes(low: low, high: high)), at: place)
  }

  /// The same for a unit whose bytes stand elsewhere.
  private mutating func find(long low: UInt64, _ high: UInt64) -> Int {
    if units.count &* 2 > mask { growPlaces() }
    let address = UInt(truncatingIfNeeded: high & (1 << 56 - 1))
    guard let text = UnsafeRawPointer(bitPattern: address) else {
      preconditionFailure("a row with an address")
    }
    let size = Int(text.loadUnaligned(as: UInt32.self)) + 4
    var place = Int(truncatingIfNeeded: low) & mask
    while true {
      let number = places[place]
      if number == 0 { break }
      let unit = units.base[Int(number &- 1)]
      if unit.low == low, unit.high &>> 56 == PackedBytes.elsewhere {
        let kept = UnsafeRawPointer(texts.base + Int(unit.high & (1 << 56 - 1)))
        if Int(kept.loadUnaligned(as: UInt32.self)) + 4 == size, memcmp(kept, text, size) == 0 {
          return Int(number &- 1)
        }
      }
      place = (place &+ 1) & mask
    }
    let bytes = ByteSlice(
      base: (text + 4).assumingMemoryBound(to: UInt8.self),
      count: size - 4
    )
    let offset = UInt64(texts.count)
    texts.append(text.assumingMemoryBound(to: UInt8.self), count: size)
    return add(low, offset | PackedBytes.elsewhere << 56, hash: hashUnit(bytes), at: place)
  }

  @inline(never)
  private mutating func add(_ low: UInt64, _ high: UInt64, hash: UInt64, at place: Int) -> Int {
    let number = units.count
    units.append(
      Unit(
        low: low,
        high: high,
        hash: hash,
        offset: 0,
        capacity: UInt32(min(bounds.cellsPerUnit, Self.fewCells)),
        cells: (Self.free, Self.free, Self.free, Self.free)
      )
    )
    places[place] = UInt32(number + 1)
    return number
  }

  /// A slot without a cell: it comes after every cell that there can be, and there are fewer than
  /// 2^32 - 1 of those.
  private static let free = UnitCell(priority: .max, cell: .max, count: 0)

  private mutating func growPlaces() {
    places.deallocate()
    let size = max(64, (mask + 1) * 2)
    places = .allocate(capacity: size)
    places.initialize(repeating: 0, count: size)
    mask = size - 1
    for number in 0..<units.count {
      let unit = units.base[number]
      let isLong = unit.high &>> 56 == PackedBytes.elsewhere
      var place = Int(truncatingIfNeeded: isLong ? unit.low : hashPlace(unit.low, unit.high)) & mask
      while places[place] != 0 { place = (place + 1) & mask }
      places[place] = UInt32(number + 1)
    }
  }

  /// Counts one signal of a unit in a cell.
  ///
  /// It looks at all slots without branching, as no branch here could be foreseen.
  @inline(__always)
  private mutating func count(_ cell: UInt32, of number: Int) {
    let unit = units.base + number
    let capacity = Int(unit.pointee.capacity)
    if capacity == 0 {
      countLarge(cell, of: number)
      return
    }
    let first = cells(of: unit, capacity)
    var found = -1
    var worst = first[0]
    var worstSlot = 0
    var slot = 0
    while slot < capacity {
      let here = first[slot]
      found = here.cell == cell ? slot : found
      // As `UnitCell.isBefore(worst, here)`.
      let isWorse =
        (here.priority > worst.priority ? 1 : 0)
        | ((here.priority == worst.priority ? 1 : 0) & (here.cell > worst.cell ? 1 : 0))
      worst = isWorse != 0 ? here : worst
      worstSlot = isWorse != 0 ? slot : worstSlot
      slot &+= 1
    }
    if found >= 0 {
      // More than m are never counted, so m is where counting may stop.
      let count = first[found].count
      first[found].count = count < most ? count &+ 1 : count
      return
    }
    let priority = prioritise(unit.pointee.hash, UInt64(cell), 0)
    let new = UnitCell(priority: priority, cell: cell, count: 1)
    if worst.cell != .max, capacity < bounds.cellsPerUnit {
      grow(number, with: new)
    } else if UnitCell.isBefore(new, worst) {
      first[worstSlot] = new
    }
  }

  /// Where the cells of a unit begin that is not large.
  @inline(__always)
  private func cells(
    of unit: UnsafeMutablePointer<Unit>,
    _ capacity: Int
  ) -> UnsafeMutablePointer<UnitCell> {
    guard capacity <= Self.fewCells else { return slots.base + Int(unit.pointee.offset) }
    return UnsafeMutableRawPointer(unit).advanced(by: Self.cellsOffset)
      .assumingMemoryBound(to: UnitCell.self)
  }

  private static var cellsOffset: Int { MemoryLayout<Unit>.offset(of: \.cells) ?? 32 }

  private mutating func countLarge(_ cell: UInt32, of number: Int) {
    let unit = units.base[number]
    if large[Int(unit.offset)].count(cell, most: most) { return }
    let priority = prioritise(unit.hash, UInt64(cell), 0)
    let new = UnitCell(priority: priority, cell: cell, count: 1)
    large[Int(unit.offset)].offer(new, limit: bounds.cellsPerUnit)
  }

  /// Makes room for one more cell.
  @inline(never)
  private mutating func grow(_ number: Int, with new: UnitCell) {
    let unit = units.base + number
    let kept = Int(unit.pointee.capacity)
    guard kept < Self.largeFrom else {
      let cells = UnsafeBufferPointer(start: cells(of: unit, kept), count: kept)
      unit.pointee.offset = UInt32(large.count)
      unit.pointee.capacity = 0
      large.append(LargeUnit(cells))
      large[large.count - 1].offer(new, limit: bounds.cellsPerUnit)
      return
    }
    let capacity = min(kept * 2, bounds.cellsPerUnit, Self.largeFrom)
    let offset = slots.count
    slots.append(repeating: Self.free, count: capacity)
    // Only now, as the memory may have moved.
    (slots.base + offset).update(from: cells(of: unit, kept), count: kept)
    slots.base[offset + kept] = new
    unit.pointee.offset = UInt32(offset)
    unit.pointee.capacity = UInt32(capacity)
  }

  /// Calls `body` with the cells of each unit and the hash of its bytes.
  func forEachUnit(_ body: (_ cells: UnsafeBufferPointer<UnitCell>, _ hash: UInt64) -> Void) {
    for number in 0..<units.count {
      let unit = units.base + number
      let hash = unit.pointee.hash
      let capacity = Int(unit.pointee.capacity)
      guard capacity > 0 else {
        large[Int(unit.pointee.offset)].cells.withUnsafeBufferPointer { body($0, hash) }
        continue
      }
      let first = cells(of: unit, capacity)
      var count = 0
      while count < capacity, first[count].cell != .max { count += 1 }
      body(UnsafeBufferPointer(start: first, count: count), hash)
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
      var number = 0
      forEachUnit { cells, _ in
        let unit = units.base[number]
        number += 1
        var high = unit.high
        if high &>> 56 == PackedBytes.elsewhere {
          let text = texts.base + Int(high & (1 << 56 - 1))
          high = UInt64(UInt(bitPattern: text)) | PackedBytes.elsewhere << 56
        }
        row.storeBytes(of: unit.low, toByteOffset: 4, as: UInt64.self)
        row.storeBytes(of: high, toByteOffset: 12, as: UInt64.self)
        for cell in cells {
          let header = cell.cell | UInt32(truncatingIfNeeded: high &>> 56) &<< 24
          row.storeBytes(of: header, as: UInt32.self)
          body(row, row + RowBuffer.size(of: row), cell.count)
        }
      }
    }
  }
}
