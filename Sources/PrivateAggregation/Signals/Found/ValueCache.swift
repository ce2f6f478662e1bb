// ValueCache.swift: what one thread remembers of the values of a key.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The places of the values of one key that a thread has seen, looked up without references.
///
/// Equality is that of all bytes. It forgets everything when it is told to, and nothing depends on it.
final class ValueCache {
  /// A value and its place.
  struct Entry {
    var low: UInt64
    var high: UInt64
    var place: Int
  }

  /// What a look-up of a short value needs; valid until the next change.
  struct Probe {
    let numbers: UnsafePointer<UInt32>
    let entries: UnsafePointer<Entry>
    let mask: Int
    let hash: PlaceHash

    /// The place of a short value, or -1.
    @inline(__always)
    func find(_ key: PackedBytes) -> Int {
      var index = Int(truncatingIfNeeded: hash(key.low, key.high)) & mask
      while true {
        let number = Int(numbers[index])
        let entry = entries + number
        if (entry.pointee.low ^ key.low) | (entry.pointee.high ^ key.high) == 0 {
          return entry.pointee.place
        }
        if number == 0 { return -1 }
        index = (index &+ 1) & mask
      }
    }
  }

  private let hash: PlaceHash
  /// The number of an entry, or zero; at most one in four has one.
  private var numbers: UnsafeMutablePointer<UInt32>
  private var mask = 255
  /// Of a long value `low` is its hash and `high` a place in `texts`; entry zero is that of no value.
  private var entries = Growable<Entry>()
  private var texts = Growable<UInt8>()

  init(hash: PlaceHash) {
    self.hash = hash
    numbers = .allocate(capacity: mask + 1)
    numbers.initialize(repeating: 0, count: mask + 1)
    addNobody()
  }

  deinit {
    numbers.deallocate()
    entries.free()
    texts.free()
  }

  /// What a look-up of a short value needs; valid until the next change.
  var probe: Probe {
    Probe(numbers: numbers, entries: entries.base, mask: mask, hash: hash)
  }

  /// The number of values.
  var count: Int { entries.count - 1 }

  /// The bytes of memory that are used.
  var bytesHeld: Int { (mask + 1) * 4 + entries.bytesHeld + texts.bytesHeld }

  /// Forgets all values and gives most of the memory back.
  func removeAll() {
    numbers.deallocate()
    mask = 255
    numbers = .allocate(capacity: mask + 1)
    numbers.initialize(repeating: 0, count: mask + 1)
    entries.free()
    texts.free()
    entries = Growable()
    texts = Growable()
    addNobody()
  }

  private func addNobody() {
    entries.append(Entry(low: 0, high: PackedBytes.elsewhere << 56, place: -1))
  }

  /// The place of a value, or -1.
  func find(_ value: ByteSlice) -> Int {
    if value.count <= PackedBytes.mostBytes {
      return probe.find(PackedBytes(value.base, count: value.count))
    }
    let hash = hash(value)
    var index = Int(truncatingIfNeeded: hash) & mask
    while numbers[index] != 0 {
      let entry = entries.base[Int(numbers[index])]
      if entry.low == hash, isLong(entry), text(entry).hasBytes(of: value) { return entry.place }
      index = (index + 1) & mask
    }
    return -1
  }

  /// Adds a value that is not there.
  func add(_ value: ByteSlice, place: Int) {
    if value.count <= PackedBytes.mostBytes {
      let packed = PackedBytes(value.base, count: value.count)
      entries.append(Entry(low: packed.low, high: packed.high, place: place))
    } else {
      let offset = UInt64(texts.count) | PackedBytes.elsewhere << 56
      var length = UInt16(value.count)
      withUnsafeBytes(of: &length) { bytes in
        if let base = bytes.baseAddress {
          texts.append(base.assumingMemoryBound(to: UInt8.self), count: 2)
        }
      }
      texts.append(value.base, count: value.count)
      entries.append(Entry(low: hash(value), high: offset, place: place))
    }
    if entries.count * 4 > mask {
      grow()
    } else {
      self.place(entries.count - 1)
    }
  }

  private func isLong(_ entry: Entry) -> Bool { entry.high >> 56 == PackedBytes.elsewhere }

  private func text(_ entry: Entry) -> ByteSlice {
    RecordRoom.bytes(UnsafeRawPointer(texts.base + Int(entry.high & (1 << 56 - 1))))
  }

  private func place(_ number: Int) {
    let entry = entries.base[number]
    let hash = isLong(entry) ? entry.low : hash(entry.low, entry.high)
    var index = Int(truncatingIfNeeded: hash) & mask
    while numbers[index] != 0 { index = (index + 1) & mask }
    numbers[index] = UInt32(number)
  }

  private func grow() {
    numbers.deallocate()
    mask = mask * 2 + 1
    numbers = .allocate(capacity: mask + 1)
    numbers.initialize(repeating: 0, count: mask + 1)
    for number in 1..<entries.count { self.place(number) }
  }
}

/// The numbers of pairs of numbers, eight bytes each.
final class PairCache {
  /// Numbers of a pair are smaller than this, and what is found for one smaller than 2^24.
  static let limit = 1 << 20 - 1

  /// What a look-up needs; valid until the next change.
  struct Probe {
    let slots: UnsafePointer<UInt64>
    let shift: UInt64
    let factor: UInt64

    /// The number of a pair, or -1.
    @inline(__always)
    func find(_ first: Int, _ second: Int) -> Int {
      let pair = UInt64(truncatingIfNeeded: first &<< 20 | second)
      let mask: UInt64 = ~0 &>> shift
      var index = (pair &* factor) &>> shift
      while true {
        let slot = slots[Int(truncatingIfNeeded: index)]
        if slot &>> 24 == pair { return Int(truncatingIfNeeded: slot & 0xFF_FFFF) }
        if slot == .max { return -1 }
        index = (index &+ 1) & mask
      }
    }
  }

  private static let firstBits: UInt64 = 8

  private let factor: UInt64
  private var bits = PairCache.firstBits
  private var slots: UnsafeMutablePointer<UInt64>
  private(set) var count = 0

  /// - Parameter factor: A word that nobody can foresee.
  init(factor: UInt64) {
    self.factor = factor | 1
    slots = Self.room(bits)
  }

  deinit { slots.deallocate() }

  var probe: Probe { Probe(slots: slots, shift: 64 - bits, factor: factor) }

  /// The bytes of memory that are used.
  var bytesHeld: Int { 8 << Int(bits) }

  /// Forgets all pairs.
  func removeAll() {
    slots.deallocate()
    bits = Self.firstBits
    slots = Self.room(bits)
    count = 0
  }

  /// Adds a pair that is not there.
  func add(_ first: Int, _ second: Int, number: Int) {
    place(UInt64(first << 20 | second) << 24 | UInt64(number))
    count += 1
    guard count * 5 > 2 << Int(bits) else { return }
    let (old, size) = (slots, 1 << Int(bits))
    bits += 1
    slots = Self.room(bits)
    for index in 0..<size where old[index] != .max { place(old[index]) }
    old.deallocate()
  }

  private func place(_ slot: UInt64) {
    let mask = 1 << Int(bits) - 1
    var index = Int(truncatingIfNeeded: ((slot >> 24) &* factor) >> (64 - bits))
    while slots[index] != .max { index = (index + 1) & mask }
    slots[index] = slot
  }

  private static func room(_ bits: UInt64) -> UnsafeMutablePointer<UInt64> {
    let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: 1 << Int(bits))
    slots.initialize(repeating: .max, count: 1 << Int(bits))
    return slots
  }
}
