// PlacedKeys.swift: short public values, each where it is looked for first.
// Reference: hash and displace [BBD09].
// SPDX-License-Identifier: Apache-2.0

/// Short values in a table without collisions: a look-up has no loop, and nothing to guess wrong.
///
/// A hash says which of many displacements counts, and with it where a value stands if it is in the
/// table. The displacements are chosen so that no two values share a place.
struct PlacedKeys: @unchecked Sendable {
  /// A short value.
  private struct Key {
    var low: UInt64
    var high: UInt64
  }

  private var hash: PlaceHash
  private var displacements: UnsafeMutablePointer<UInt32>
  private var displacementMask: Int
  private var keys: UnsafeMutablePointer<Key>
  private var places: UnsafeMutablePointer<Int32>
  private var mask: Int

  /// Where a short value stands if it is in the table.
  @inline(__always)
  func slot(of key: PackedBytes) -> Int {
    let hash = hash(key.low, key.high)
    let displacement = displacements[Int(truncatingIfNeeded: hash) & displacementMask]
    return Int(truncatingIfNeeded: (hash &>> 32) &+ UInt64(displacement)) & mask
  }

  /// The place of the value that may stand in a slot, or -1.
  @inline(__always)
  func place(of key: PackedBytes, in slot: Int) -> Int {
    let isOther = (keys[slot].low ^ key.low) | (keys[slot].high ^ key.high)
    let place = Int(places[slot])
    return isOther == 0 ? place : -1
  }

  /// The place of a short value, or -1.
  func find(_ key: PackedBytes) -> Int { place(of: key, in: slot(of: key)) }

  func free() {
    displacements.deallocate()
    keys.deallocate()
    places.deallocate()
  }

  /// Makes a table of values and their places; of equal values the first counts.
  ///
  /// The values are public, so that any key of the hash does: the first one under which no two values
  /// are in each other's way for every displacement. Where none of some does, the table grows, which
  /// leaves fewer in each other's way.
  ///
  /// - Parameters:
  ///   - values: The values and their places.
  ///   - rounds: How many hashes are tried before there is more room.
  init(_ values: [(key: PackedBytes, place: Int32)], rounds: UInt64 = 8) {
    var slots = 1
    while slots * 4 < values.count * 5 { slots *= 2 }
    var groups = 1
    while groups * 2 < values.count { groups *= 2 }
    self.init(slots: slots, groups: groups)
    var round: UInt64 = 0
    while !place(values) {
      round += 1
      if round % rounds == 0 {
        free()
        slots *= 2
        groups *= 2
        self = Self(slots: slots, groups: groups)
      }
      hash = Self.hash(round)
    }
  }

  private init(slots: Int, groups: Int) {
    displacementMask = groups - 1
    mask = slots - 1
    displacements = .allocate(capacity: groups)
    keys = .allocate(capacity: slots)
    places = .allocate(capacity: slots)
    hash = Self.hash(0)
  }

  private static func hash(_ round: UInt64) -> PlaceHash {
    // Both halves change in all their bits: values that are in each other's way by the upper bits of one
    // product are told apart by those of another.
    let odd = 2 &* round &+ 1
    return PlaceHash(key: (0x9E37_79B9_7F4A_7C15 &* odd, 0xC2B2_AE3D_27D4_EB4F &* odd))
  }
}

extension PlacedKeys {
  /// Finds a displacement for every group, the largest first; tells whether there are such.
  private func place(_ values: [(key: PackedBytes, place: Int32)]) -> Bool {
    displacements.initialize(repeating: 0, count: displacementMask + 1)
    keys.initialize(repeating: Key(low: 0, high: PackedBytes.elsewhere << 56), count: mask + 1)
    places.initialize(repeating: -1, count: mask + 1)
    let hashes = values.map { hash($0.key.low, $0.key.high) }
    // The values of each group, one group behind the other.
    var ends = [Int](repeating: 0, count: displacementMask + 2)
    for hash in hashes { ends[Int(truncatingIfNeeded: hash) & displacementMask + 1] += 1 }
    for group in 0...displacementMask { ends[group + 1] += ends[group] }
    let starts = ends
    var grouped = [Int](repeating: 0, count: values.count)
    for (value, hash) in hashes.enumerated() {
      let group = Int(truncatingIfNeeded: hash) & displacementMask
      grouped[ends[group]] = value
      ends[group] += 1
    }
    var members: [(value: Int, wanted: Int)] = []
    let sizes = (0...displacementMask).map { starts[$0 + 1] - starts[$0] }
    let order = sizes.indices.sorted { sizes[$0] > sizes[$1] }
    for group in order {
      members.removeAll(keepingCapacity: true)
      for value in grouped[starts[group]..<starts[group + 1]] {
        if members.contains(where: { values[$0.value].key == values[value].key }) { continue }
        let wanted = Int(truncatingIfNeeded: hashes[value] &>> 32) & mask
        // Two that want the same place do so under every displacement.
        if members.contains(where: { $0.wanted == wanted }) { return false }
        members.append((value, wanted))
      }
      guard !members.isEmpty else { break }
      let free = (0...mask).first { displacement in
        members.allSatisfy { places[($0.wanted + displacement) & mask] < 0 }
      }
      guard let free else { return false }
      displacements[group] = UInt32(free)
      for (value, wanted) in members {
        let slot = (wanted + free) & mask
        keys[slot] = Key(low: values[value].key.low, high: values[value].key.high)
        places[slot] = values[value].place
      }
    }
    return true
  }
}
