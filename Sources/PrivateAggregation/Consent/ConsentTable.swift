// ConsentTable.swift: who agreed to one purpose and when, in little memory.
// Reference: `docs/consent.md`, section "Memory".
// SPDX-License-Identifier: Apache-2.0

/// A half-open span of time in which a consent holds; an end that is absent is open.
struct ConsentSpan: Hashable {
  var from: Int64?
  var until: Int64?

  /// Whether a signal of that time, or of a time that is not known, lies within.
  func holds(_ time: Int64?) -> Bool {
    guard let time else { return from == nil && until == nil }
    return (from ?? .min) <= time && (until.map { time < $0 } ?? true)
  }

  /// Whether it holds at no time.
  var isEmpty: Bool {
    guard let from, let until else { return false }
    return until <= from
  }

  /// Whether all of another span lies within.
  func covers(_ other: ConsentSpan) -> Bool {
    (from ?? .min) <= (other.from ?? .min)
      && (until == nil || (other.until.map { $0 <= (until ?? .max) } ?? false))
  }
}

/// The spans in which each unit agreed to one purpose, and the units that withdrew.
///
/// Units are told apart by all their bytes: the hash, keyed afresh for each table, only says where to
/// look. What a unit's rows say decides about that unit's signals alone, in whatever order they stand.
///
/// A row is a record in a slab: five bytes for where the next row of the unit is, one that says what
/// follows, seven for each end that is not open, and for the first row of a unit its length and bytes.
///
/// - Complexity: About 40 bytes for a unit with one row of one time and a name of ten bytes; one
///   look-up for each signal, and one comparison for each span of its unit, or a binary search where
///   there are many.
final class ConsentTable: @unchecked Sendable {
  /// What a record holds, in one byte.
  private struct Shape {
    static let from: UInt8 = 1
    static let until: UInt8 = 2
    /// Only of a first row: the unit withdrew, so that no row grants anything.
    static let withdrawn: UInt8 = 4
    /// Only of a first row: the spans of the unit are in `many`.
    static let many: UInt8 = 8
  }

  private static let slabBits = 24
  private static let linkSize = 5
  private static let timeSize = 7
  /// A unit with more spans than this has them sorted and joined.
  private static let mostLinked = 16
  /// The bits of a slot that say where a record is; the others are those of the hash.
  private static let placeBits: UInt64 = 40

  // Written while the registry is read, by one thread; read by any number afterwards.
  private var slabs: [UnsafeMutablePointer<UInt8>] = []
  private var slabSizes: [Int] = []
  private var used = 0
  private var slots: [UInt64]
  private var many: [Int: [ConsentSpan]] = [:]
  private let hash: SipHash
  private let hashMask: UInt64
  /// The number of units with a row.
  private(set) var unitCount = 0

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - hash: The keyed hash.
  ///   - hashMask: The bits of it that are kept; fewer than all make units collide, for tests.
  init(hash: SipHash, hashMask: UInt64 = .max) {
    self.hash = hash
    self.hashMask = hashMask
    slots = Array(repeating: 0, count: 64)
  }

  deinit { for slab in slabs { slab.deallocate() } }

  /// The bytes that it holds.
  var bytesHeld: Int { slabSizes.reduce(0, +) + slots.count * 8 }

  // MARK: - Asking

  /// Whether a unit agreed, at the time of a signal, and did not withdraw.
  func allows(_ unit: ByteSlice, at time: Int64?) -> Bool {
    let value = hash(unit) & hashMask
    var slot = Int(truncatingIfNeeded: value) & (slots.count - 1)
    while slots[slot] != 0 {
      if let first = match(slots[slot], value, unit) { return allows(first, at: time) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return false
  }

  private func allows(_ first: Int, at time: Int64?) -> Bool {
    let shape = record(first)[Self.linkSize]
    if shape & Shape.withdrawn != 0 { return false }
    if shape & Shape.many != 0 { return Self.holds(many[first] ?? [], time) }
    var place = first
    repeat {
      if span(place).holds(time) { return true }
      place = link(place)
    } while place != 0
    return false
  }

  /// Whether one of many disjoint spans, in order, holds a time.
  private static func holds(_ spans: [ConsentSpan], _ time: Int64?) -> Bool {
    guard let time else { return spans.contains { $0.holds(nil) } }
    var low = 0
    var high = spans.count
    while low < high {
      let middle = (low + high) / 2
      if (spans[middle].from ?? .min) <= time { low = middle + 1 } else { high = middle }
    }
    return low > 0 && spans[low - 1].holds(time)
  }

  // MARK: - Reading in

  /// Grants a span to a unit; several are joined.
  func grant(_ span: ConsentSpan, to unit: ByteSlice) {
    guard !span.isEmpty else { return }
    guard let first = find(unit) else {
      add(unit, span, shape: 0)
      return
    }
    let shape = record(first)[Self.linkSize]
    guard shape & Shape.withdrawn == 0 else { return }
    if shape & Shape.many != 0 {
      many[first]?.append(span)
      return
    }
    var spans: [ConsentSpan] = []
    var next = first
    repeat {
      spans.append(self.span(next))
      next = link(next)
    } while next != 0
    if spans.contains(where: { $0.covers(span) }) { return }
    guard spans.count < Self.mostLinked else {
      record(first)[Self.linkSize] |= Shape.many
      many[first] = spans + [span]
      return
    }
    let place = reserve(Self.linkSize + 1 + Self.size(of: span))
    write(span, at: place)
    setLink(place, link(first))
    setLink(first, place)
  }

  /// Takes a unit out for good, whatever other rows say.
  func withdraw(_ unit: ByteSlice) {
    if let first = find(unit) {
      record(first)[Self.linkSize] |= Shape.withdrawn
      many[first] = nil
    } else {
      add(unit, ConsentSpan(), shape: Shape.withdrawn)
    }
  }

  /// Sorts and joins the spans of units that have many; call it behind the last row.
  func seal() {
    for (first, spans) in many {
      let sorted = spans.sorted { ($0.from ?? .min) < ($1.from ?? .min) }
      var joined: [ConsentSpan] = []
      for span in sorted {
        guard let last = joined.last, last.until.map({ (span.from ?? .min) <= $0 }) ?? true else {
          joined.append(span)
          continue
        }
        if let until = last.until {
          joined[joined.count - 1].until = span.until.map { max($0, until) }
        }
      }
      // Rows that cover all time only together grant nothing at a time that is not known.
      if joined == [ConsentSpan()], !spans.contains(ConsentSpan()) {
        joined = [ConsentSpan(until: 0), ConsentSpan(from: 0)]
      }
      many[first] = joined
    }
  }

  private func find(_ unit: ByteSlice) -> Int? {
    let value = hash(unit) & hashMask
    var slot = Int(truncatingIfNeeded: value) & (slots.count - 1)
    while slots[slot] != 0 {
      if let first = match(slots[slot], value, unit) { return first }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The place of the record in a slot, where it is that of the unit.
  private func match(_ slot: UInt64, _ hash: UInt64, _ unit: ByteSlice) -> Int? {
    guard slot >> Self.placeBits == hash >> Self.placeBits else { return nil }
    let first = Int(slot & ((1 << Self.placeBits) - 1))
    let bytes = name(first)
    guard bytes.count == unit.count else { return nil }
    for index in 0..<unit.count where bytes[index] != unit[index] { return nil }
    return first
  }

  private func add(_ unit: ByteSlice, _ span: ConsentSpan, shape: UInt8) {
    let size = Self.linkSize + 1 + Self.size(of: span)
    let first = reserve(size + 4 + unit.count)
    write(span, at: first)
    record(first)[Self.linkSize] |= shape
    let name = record(first) + size
    UnsafeMutableRawPointer(name).storeBytes(of: UInt32(unit.count), as: UInt32.self)
    (name + 4).update(from: unit.base, count: unit.count)
    unitCount += 1
    if unitCount * 4 > slots.count * 3 { grow() }
    place(first, hash(unit) & hashMask, in: &slots)
  }

  private func place(_ first: Int, _ hash: UInt64, in slots: inout [UInt64]) {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = (hash >> Self.placeBits) << Self.placeBits | UInt64(first)
  }

  private func grow() {
    let old = slots
    slots = []
    var larger = [UInt64](repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 {
      let first = Int(slot & ((1 << Self.placeBits) - 1))
      place(first, hash(name(first)) & hashMask, in: &larger)
    }
    slots = larger
  }
}

// MARK: - Records

extension ConsentTable {
  private static func size(of span: ConsentSpan) -> Int {
    (span.from == nil ? 0 : timeSize) + (span.until == nil ? 0 : timeSize)
  }

  private func record(_ place: Int) -> UnsafeMutablePointer<UInt8> {
    slabs[place >> Self.slabBits] + (place & ((1 << Self.slabBits) - 1))
  }

  /// Room for a record; zero is never a place.
  private func reserve(_ size: Int) -> Int {
    let room = 1 << Self.slabBits
    // A unit is shorter than a record of a file, so a record fits into a slab.
    precondition(size < room, "a record fits into a slab")
    if slabs.isEmpty || used + size > room {
      precondition(slabs.count < 1 << (Int(Self.placeBits) - Self.slabBits), "room for 2^40 bytes")
      slabs.append(.allocate(capacity: room))
      slabSizes.append(room)
      used = slabs.count == 1 ? 1 : 0
    }
    let place = ((slabs.count - 1) << Self.slabBits) + used
    used += size
    return place
  }

  /// Writes a span into a new record that nothing follows yet.
  private func write(_ span: ConsentSpan, at place: Int) {
    setLink(place, 0)
    var bytes = record(place) + Self.linkSize
    bytes.pointee =
      (span.from == nil ? 0 : Shape.from) | (span.until == nil ? 0 : Shape.until)
    bytes += 1
    for time in [span.from, span.until].compactMap({ $0 }) {
      Self.store(UInt64(bitPattern: time), Self.timeSize, at: bytes)
      bytes += Self.timeSize
    }
  }

  private func span(_ place: Int) -> ConsentSpan {
    var bytes = UnsafePointer(record(place) + Self.linkSize)
    let shape = bytes.pointee
    bytes += 1
    var span = ConsentSpan()
    if shape & Shape.from != 0 {
      span.from = Self.time(at: bytes)
      bytes += Self.timeSize
    }
    if shape & Shape.until != 0 { span.until = Self.time(at: bytes) }
    return span
  }

  /// The bytes of the unit of a first row.
  private func name(_ first: Int) -> ByteSlice {
    let record = record(first)
    let shape = record[Self.linkSize]
    let ends = (shape & Shape.from == 0 ? 0 : 1) + (shape & Shape.until == 0 ? 0 : 1)
    let name = UnsafePointer(record + Self.linkSize + 1 + ends * Self.timeSize)
    let count = UnsafeRawPointer(name).loadUnaligned(as: UInt32.self)
    return ByteSlice(base: name + 4, count: Int(count))
  }

  private func link(_ place: Int) -> Int {
    Int(Self.load(Self.linkSize, at: UnsafePointer(record(place))))
  }

  private func setLink(_ place: Int, _ next: Int) {
    Self.store(UInt64(next), Self.linkSize, at: record(place))
  }

  private static func store(_ value: UInt64, _ size: Int, at bytes: UnsafeMutablePointer<UInt8>) {
    for index in 0..<size {
      bytes[index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
  }

  private static func load(_ size: Int, at bytes: UnsafePointer<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(bytes[index]) << UInt64(8 * index) }
    return value
  }

  /// Seven bytes with their sign: beyond all times that are read, which are below 10^15 seconds.
  private static func time(at bytes: UnsafePointer<UInt8>) -> Int64 {
    Int64(bitPattern: load(timeSize, at: bytes) << 8) >> 8
  }
}
