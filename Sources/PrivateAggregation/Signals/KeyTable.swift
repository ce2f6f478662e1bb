// KeyTable.swift: the places of public values, looked up without counting references.
// SPDX-License-Identifier: Apache-2.0

/// The places of the public values of one key or filter; equality is that of all bytes.
///
/// - Complexity: One multiplication and one comparison for each look-up of a short value.
final class KeyTable: @unchecked Sendable {
  /// What a look-up of a short value needs, free of references; valid as long as its table.
  let probe: PlacedKeys
  // Written by the initialiser alone, so that threads may share it.
  private let longValues: ByteTable
  private let longPlaces: [Int]

  /// Makes a table; the place of a value is its index.
  ///
  /// - Precondition: Fewer than 2^31 values.
  init(_ values: [String]) {
    var longValues = ByteTable(hash: SipHash(key: (0, 0)))
    var longPlaces: [Int] = []
    var short: [(key: PackedBytes, place: Int32)] = []
    for (place, value) in values.enumerated() {
      // One byte more, so that an empty value has an address too.
      (Array(value.utf8) + [0]).withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        let slice = ByteSlice(base: base, count: bytes.count - 1)
        if slice.count <= PackedBytes.mostBytes {
          short.append((PackedBytes(base, count: slice.count), Int32(place)))
        } else if longValues.add(slice) == longPlaces.count {
          longPlaces.append(place)
        }
      }
    }
    self.longValues = longValues
    self.longPlaces = longPlaces
    probe = PlacedKeys(short)
  }

  deinit { probe.free() }

  /// The place of a value, or -1.
  func find(_ value: ByteSlice) -> Int {
    if value.count <= PackedBytes.mostBytes {
      return probe.find(PackedBytes(value.base, count: value.count))
    }
    return longValues.find(value).map { longPlaces[$0] } ?? -1
  }
}
