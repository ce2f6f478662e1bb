// StateBytes.swift: numbers and texts as bytes, written and read back strictly.
// SPDX-License-Identifier: Apache-2.0

/// Bytes that are not what they should be; nothing more is said of secret ones.
struct StateDamage: Error {}

/// Bytes under construction: every number in eight of them, the lowest first.
struct StateWriter {
  private(set) var data: [UInt8] = []

  mutating func integer(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
  }

  /// A text behind its length.
  mutating func bytes(_ bytes: some Collection<UInt8>) {
    integer(UInt64(bytes.count))
    data.append(contentsOf: bytes)
  }

  /// Adds zeros up to a size.
  mutating func pad(to size: Int) {
    data.append(contentsOf: repeatElement(0, count: max(0, size - data.count)))
  }

  mutating func integers(_ values: [Int64]) {
    integer(UInt64(values.count))
    for value in values { integer(UInt64(bitPattern: value)) }
  }

  mutating func lists(_ lists: [[Int64]]) {
    integer(UInt64(lists.count))
    for list in lists { integers(list) }
  }
}

/// Reads what `StateWriter` wrote.
struct StateReader {
  private let data: [UInt8]
  /// The bytes that were read.
  private(set) var place = 0

  init(_ data: [UInt8]) {
    self.data = data
  }

  /// Whether nothing is left.
  var isAtEnd: Bool { place == data.count }

  /// Whether nothing but zeros is left.
  var isPaddedToEnd: Bool { data[place...].allSatisfy { $0 == 0 } }

  mutating func integer() throws(StateDamage) -> UInt64 {
    guard data.count - place >= 8 else { throw StateDamage() }
    let value = data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
    place += 8
    return UInt64(littleEndian: value)
  }

  /// A number of things, of which each takes at least a byte.
  mutating func count() throws(StateDamage) -> Int {
    guard let count = Int(exactly: try integer()), count <= data.count - place else {
      throw StateDamage()
    }
    return count
  }

  mutating func bytes() throws(StateDamage) -> [UInt8] {
    let count = try count()
    let found = Array(data[place..<(place + count)])
    place += count
    return found
  }

  mutating func integers() throws(StateDamage) -> [Int64] {
    let count = try count()
    var values: [Int64] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(Int64(bitPattern: try integer())) }
    return values
  }

  mutating func lists() throws(StateDamage) -> [[Int64]] {
    let count = try count()
    var lists: [[Int64]] = []
    for _ in 0..<count { lists.append(try integers()) }
    return lists
  }
}
