// ByteTable.swift: a dictionary from byte strings to numbers, without an object for each.
// SPDX-License-Identifier: Apache-2.0

/// Numbers byte strings from zero on in the order in which they are first seen.
///
/// Two strings are the same when all their bytes are: the hash, keyed afresh for each table, only
/// says where to look, so that nobody can choose strings that collide.
struct ByteTable {
  private var places: [Int32]
  private var hashes: [UInt64] = []
  private var ends: [Int] = [0]
  private var bytes: [UInt8] = []
  private let hash: SipHash

  /// Makes an empty table.
  init(hash: SipHash) {
    self.hash = hash
    places = Array(repeating: -1, count: 64)
  }

  /// The number of strings.
  var count: Int { hashes.count }

  /// The number of a string, or `nil` where it was never added.
  func find(_ key: ByteSlice) -> Int? {
    let hash = hash(key)
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let index = Int(places[place])
      if index < 0 { return nil }
      if hashes[index] == hash, equals(index, key) { return index }
      place = (place + 1) & mask
    }
  }

  /// The number of a string, which is added where it is new.
  mutating func add(_ key: ByteSlice) -> Int {
    let hash = hash(key)
    var mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let index = Int(places[place])
      if index < 0 { break }
      if hashes[index] == hash, equals(index, key) { return index }
      place = (place + 1) & mask
    }
    let index = hashes.count
    precondition(index < Int(Int32.max), "fewer than 2^31 units")
    hashes.append(hash)
    bytes.append(contentsOf: key.buffer)
    ends.append(bytes.count)
    if index * 4 >= places.count * 3 {
      grow()
      mask = places.count - 1
      place = Int(truncatingIfNeeded: hash) & mask
      while places[place] >= 0 { place = (place + 1) & mask }
    }
    places[place] = Int32(index)
    return index
  }

  /// The keyed hash of a string that was added.
  func hash(of index: Int) -> UInt64 { hashes[index] }

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
      places[place] = Int32(index)
    }
  }
}
