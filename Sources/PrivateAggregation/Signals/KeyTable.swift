// KeyTable.swift: the places of public values, looked up without counting references.
// SPDX-License-Identifier: Apache-2.0

/// The places of the public values of one key or filter; equality is that of all bytes.
///
/// - Complexity: One multiplication and about one comparison for each look-up of a short value.
final class KeyTable: @unchecked Sendable {
  /// A short value and its place.
  struct Entry {
    var low: UInt64
    var high: UInt64
    var place: Int
  }

  /// What a look-up needs, free of references; valid as long as its table.
  struct Probe {
    /// The number of an entry, or zero; at most one in four has one, so that most values are found
    /// where they are looked for first.
    let numbers: UnsafePointer<UInt32>
    /// Entry zero is that of no value.
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

  let probe: Probe
  private let numbers: UnsafeMutablePointer<UInt32>
  private let entries: UnsafeMutablePointer<Entry>
  // Written by the initialiser alone, so that threads may share it.
  private let longValues: ByteTable
  private let longPlaces: [Int]

  /// Makes a table; the place of a value is its index.
  ///
  /// The values are public, so a fixed key does.
  init(_ values: [String]) {
    var size = 64
    while size < values.count * 4 { size *= 2 }
    let numbers = UnsafeMutablePointer<UInt32>.allocate(capacity: size)
    numbers.initialize(repeating: 0, count: size)
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: values.count + 1)
    entries.initialize(to: Entry(low: 0, high: PackedBytes.elsewhere << 56, place: -1))
    var count = 1
    let hash = PlaceHash(key: (0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F))
    var longValues = ByteTable(hash: SipHash(key: (0, 0)))
    var longPlaces: [Int] = []
    for (place, value) in values.enumerated() {
      // One byte more, so that an empty value has an address too.
      (Array(value.utf8) + [0]).withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        let slice = ByteSlice(base: base, count: bytes.count - 1)
        if slice.count > PackedBytes.mostBytes {
          if longValues.add(slice) == longPlaces.count { longPlaces.append(place) }
          return
        }
        let key = PackedBytes(base, count: slice.count)
        var index = Int(truncatingIfNeeded: hash(key.low, key.high)) & (size - 1)
        while numbers[index] > 0 {
          let entry = entries[Int(numbers[index])]
          // Of equal values the first counts.
          if entry.low == key.low, entry.high == key.high { return }
          index = (index + 1) & (size - 1)
        }
        (entries + count).initialize(to: Entry(low: key.low, high: key.high, place: place))
        numbers[index] = UInt32(count)
        count += 1
      }
    }
    self.numbers = numbers
    self.entries = entries
    self.longValues = longValues
    self.longPlaces = longPlaces
    probe = Probe(numbers: numbers, entries: entries, mask: size - 1, hash: hash)
  }

  deinit {
    numbers.deallocate()
    entries.deallocate()
  }

  /// The place of a value, or -1.
  func find(_ value: ByteSlice) -> Int {
    if value.count <= PackedBytes.mostBytes {
      return probe.find(PackedBytes(value.base, count: value.count))
    }
    return longValues.find(value).map { longPlaces[$0] } ?? -1
  }
}
