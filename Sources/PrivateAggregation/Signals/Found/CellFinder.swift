// CellFinder.swift: from the values of a record to the number of its full cell, on one thread.
// Reference: `docs/decisions/0013-found-cells-on-all-threads.md`.
// SPDX-License-Identifier: Apache-2.0

/// Finds the numbers of full cells for one thread, which remembers those that it has seen.
///
/// What it remembers is a cache of the shared directory: where it takes more than its share of the
/// memory it is forgotten, and asked for again.
final class CellFinder {
  /// A record with such values contributes nothing.
  static let refused = -1

  private let rules: SignalRules
  private let directory: CellDirectory
  private let limit: Int
  private let keyCount: Int
  private let values: [ValueCache]
  /// Which number a number of the keys before and one of this key make; one less than keys.
  private let pairs: [PairCache]
  private let text: UnsafeMutablePointer<UInt8>

  /// - Parameters:
  ///   - rules: Which keys there are, and the lists of those that have one.
  ///   - directory: The cells of all threads.
  ///   - limit: The bytes that may be remembered.
  init(_ rules: SignalRules, in directory: CellDirectory, limit: Int) {
    self.rules = rules
    self.directory = directory
    self.limit = limit
    keyCount = rules.keyCount
    let words = ChoiceKey.drawn().words
    values = rules.keys.map { _ in ValueCache(hash: PlaceHash(key: (words.0, words.1))) }
    pairs = (1..<max(1, keyCount)).map { _ in PairCache(factor: words.2) }
    text = .allocate(capacity: keyCount * (CellText.longestValue + 1))
  }

  deinit { text.deallocate() }

  /// The number of a cell, `CellDirectory.elsewhere` where it goes with its bytes, or `refused`.
  ///
  /// A text is given for each key, which need not be valid.
  func number(_ texts: UnsafePointer<ByteSlice>) -> Int {
    var cell = 0
    for key in 0..<keyCount {
      let place = values[key].find(texts[key])
      if place < 0 { return findAnew(texts) }
      cell = key == 0 ? place : pairs[key - 1].probe.find(cell, place)
      if cell < 0 { return findAnew(texts) }
    }
    return cell
  }

  /// What a look-up of the short values of a key needs; valid until the next number is asked for.
  func probe(ofValue key: Int) -> ValueCache.Probe { values[key].probe }

  /// What a look-up needs of what the first keys make and the next; valid as long.
  func probe(ofPair index: Int) -> PairCache.Probe { pairs[index].probe }

  /// The place of a long value of a key, or -1.
  func find(long value: ByteSlice, _ key: Int) -> Int { values[key].find(value) }

  /// The bytes of the cell whose number was asked for last with these texts, until the next call.
  func bytes(_ texts: UnsafePointer<ByteSlice>) -> ByteSlice {
    var count = 0
    for key in 0..<keyCount {
      (text + count).update(from: texts[key].base, count: texts[key].count)
      count += texts[key].count
      text[count] = 0
      count += 1
    }
    return ByteSlice(base: UnsafePointer(text), count: count)
  }

  // MARK: - What is not remembered

  @inline(never)
  private func findAnew(_ texts: UnsafePointer<ByteSlice>) -> Int {
    for key in 0..<keyCount where values[key].find(texts[key]) < 0 && !takes(texts[key], key) {
      return Self.refused
    }
    forgetIfFull()
    guard keyCount > 1 else {
      let number = Int(directory.number(of: bytes(texts)))
      values[0].add(texts[0], place: number)
      return number
    }
    var cell = 0
    for key in 0..<keyCount {
      let place = place(of: texts[key], key)
      guard key > 0 else {
        cell = place
        continue
      }
      let cache = pairs[key - 1]
      var number = cache.probe.find(cell, place)
      if number < 0 {
        number = key == keyCount - 1 ? Int(directory.number(of: bytes(texts))) : cache.count
        cache.add(cell, place, number: number)
      }
      cell = number
    }
    return cell
  }

  private func place(of value: ByteSlice, _ key: Int) -> Int {
    let known = values[key].find(value)
    if known >= 0 { return known }
    let place = values[key].count
    values[key].add(value, place: place)
    return place
  }

  /// Whether a key can have a value: one of its list, if it has one.
  private func takes(_ value: ByteSlice, _ key: Int) -> Bool {
    guard CellText.takes(value), value.isValidUTF8 else { return false }
    let key = rules.keys[key]
    return key.isFound || key.table.find(value) >= 0
  }

  private func forgetIfFull() {
    let bytes =
      values.reduce(0) { $0 + $1.bytesHeld } + pairs.reduce(0) { $0 + $1.bytesHeld }
    let isCounted = keyCount > 1 && values.contains { $0.count >= PairCache.limit - 1 }
    guard bytes > limit || isCounted || pairs.contains(where: { $0.count >= PairCache.limit - 1 })
    else { return }
    for cache in values { cache.removeAll() }
    for cache in pairs { cache.removeAll() }
  }
}
