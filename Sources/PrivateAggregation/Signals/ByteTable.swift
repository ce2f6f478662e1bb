// ByteTable.swift: a dictionary from byte strings to numbers, without an object for each.
// SPDX-License-Identifier: Apache-2.0

/// Numbers byte strings from zero on in the order in which they are first seen.
///
/// Two strings are the same when all their bytes are: the hash, keyed afresh for each table, only
/// says where to look, so that nobody can choose strings that collide. Memory alone limits how many
/// there are: a limit of its own would let one string more decide about another.
struct ByteTable {
  private var places: [Int]
  private var hashes: [UInt64] = []
  private var ends: [Int] = [0]
  private var bytes: [UInt8] = []
  private let hash: SipHash
  private let hashMask: UInt64

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - hash: The keyed hash.
  ///   - hashMask: The bits of it that are kept; fewer than all make strings collide, for tests.
  init(hash: SipHash, hashMask: UInt64 = .max) {
    self.hash = hash
    self.hashMask = hashMask
    places = Array(repeating: -1, count: 64)
  }

  /// The number of strings.
  var count: Int { hashes.count }

  /// The number of a string, or `nil` where it was never added.
  func find(_ key: ByteSlice) -> Int? {
    let hash = hash(key) & hashMask
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let index = places[place]
      if index < 0 { return nil }
      if hashes[index] == hash, equals(index, key) { return index }
      place = (place + 1) & mask
    }
  }

  /// The number of a string, which is added where it is new.
  mutating func add(_ key: ByteSlice) -> Int {
    let hash = hash(key) & hashMask
    var mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let index = places[place]
      if index < 0 { break }
      if hashes[index] == hash, equals(index, key) { return index }
      place = (place + 1) & mask
    }
    let index = hashes.count
    hashes.append(hash)
    bytes.append(contentsOf: key.buffer)
    ends.append(bytes.count)
    if index * 4 >= places.count * 3 {
      grow()
      mask = places.count - 1
      place = Int(truncatingIfNeeded: hash) & mask
      while places[place] >= 0 { place = (place + 1) & mask }
    }
    places[place] = index
    return index
  }

  /// The keyed hash of a string that was added.
  func hash(of index: Int) -> UInt64 { hashes[index] }

  /// The bytes of a string that was added.
  func bytes(of index: Int) -> ArraySlice<UInt8> { bytes[ends[index]..<ends[index + 1]] }

  private func equals(_ index: Int, _ key: ByteSlice) -> Bool {
    let begin = ends[index]
    guard ends[index + 1] - begin == key.count else { return false }
    for offset in 0..<key.count where bytes[begin + offset] != key[offset] { return false }
    return true
  }

  private mutating func grow() {
    places = Array(repeating: -1, count: places.count * 2)
    let mask = places.count - 1
    // The last string is placed by the caller.
    for index in 0..<(hashes.count - 1) {
      var place = Int(truncatingIfNeeded: hashes[index]) & mask
      while places[place] >= 0 { place = (place + 1) & mask }
      places[place] = index
    }
  }
}
