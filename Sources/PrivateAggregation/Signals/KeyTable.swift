// KeyTable.swift: the places of public values, looked up without counting references.
// SPDX-License-Identifier: Apache-2.0

/// The places of the public values of one key or filter; equality is that of all bytes.
///
/// - Complexity: One multiplication and about one comparison for each look-up of a short value.
final class KeyTable: @unchecked Sendable {
  /// A short value and its place; a length of `PackedBytes.elsewhere` marks an empty entry.
  struct Entry {
    var low: UInt64
    var high: UInt64
    var place: Int
  }

  /// What a look-up needs, free of references; valid as long as its table.
  struct Probe {
    let entries: UnsafePointer<Entry>
    let mask: Int
    let hash: PlaceHash

    /// The place of a short value, or -1.
    @inline(__always)
    func find(_ key: PackedBytes) -> Int {
      var index = Int(truncatingIfNeeded: hash(key.low, key.high)) & mask
      while true {
        let entry = entries + index
        if entry.pointee.low == key.low, entry.pointee.high == key.high {
          return entry.pointee.place
        }
        if entry.pointee.place < 0 { return -1 }
        index = (index &+ 1) & mask
      }
    }
  }

  let probe: Probe
  private let entries: UnsafeMutablePointer<Entry>
  // Written by the initialiser alone, so that threads may share it.
  private let longValues: ByteTable
  private let longPlaces: [Int]

  /// Makes a table; the place of a value is its index.
  ///
  /// The values are public, so a fixed key does.
  init(_ values: [String]) {
    var size = 16
    while size < values.count * 2 { size *= 2 }
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: size)
    entries.initialize(
      repeating: Entry(low: 0, high: PackedBytes.elsewhere << 56, place: -1),
      count: size
    )
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
        while entries[index].place >= 0 {
          // Of equal values the first counts.
          if entries[index].low == key.low, entries[index].high == key.high { return }
          index = (index + 1) & (size - 1)
        }
        entries[index] = Entry(low: key.low, high: key.high, place: place)
      }
    }
    self.entries = entries
    self.longValues = longValues
    self.longPlaces = longPlaces
    probe = Probe(entries: entries, mask: size - 1, hash: hash)
  }

  deinit { entries.deallocate() }

  /// The place of a value, or -1.
  func find(_ value: ByteSlice) -> Int {
    if value.count <= PackedBytes.mostBytes {
      return probe.find(PackedBytes(value.base, count: value.count))
    }
    return longValues.find(value).map { longPlaces[$0] } ?? -1
  }
}
