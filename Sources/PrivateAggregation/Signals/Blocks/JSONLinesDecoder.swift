// JSONLinesDecoder.swift: from the lines of a block to rows; nothing is allocated for a line.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

/// Decodes the JSON objects of one thread's blocks, a line each, and adds what is counted to its rows.
///
/// The lines and members are those of `JSONLinesReader`: tests hold the two against each other. A text
/// without escapes is looked at where it stands; others are decoded into room that is made once.
final class JSONLinesDecoder {
  private let rows: RowBuffer
  /// Where rows with values go, where a measure needs values.
  private let valueRows: ValueRows?
  private let longestRecord: Int
  private let evaluator: SignalEvaluator
  /// What finds cells, where not all of them are listed.
  private let finder: CellFinder?
  private let columnCount: Int
  /// The wanted members of one line.
  private let values: UnsafeMutablePointer<ByteSlice>
  /// The wanted names, each once, one behind the other, and where each ends.
  private let names: UnsafeMutablePointer<UInt8>
  private let nameEnds: [Int]
  /// The members in the order of the names, and which one each column is.
  private let members: UnsafeMutablePointer<ByteSlice>
  private let places: [Int]
  /// One bit for each name that was seen in a line.
  private var seen: UInt64 = 0
  /// Room for decoded texts: those of one line together are shorter than the line.
  private var scratch: UnsafeMutablePointer<UInt8>?

  /// What stands for a member that is absent: a byte that is no text, so that no rule takes it.
  private let absent: UnsafeMutablePointer<UInt8>

  init(
    rules: SignalRules,
    rows: RowBuffer,
    valueRows: ValueRows? = nil,
    longestRecord: Int,
    finder: CellFinder? = nil
  ) {
    self.rows = rows
    self.valueRows = valueRows
    self.finder = finder
    self.longestRecord = longestRecord
    evaluator = SignalEvaluator(rules)
    columnCount = rules.columns.count
    // Two columns may be one member; names are the same when all their bytes are.
    var distinct: [[UInt8]] = []
    var places: [Int] = []
    for name in rules.names.map({ Array($0.utf8) }) {
      let known = distinct.firstIndex(of: name)
      places.append(known ?? distinct.count)
      if known == nil { distinct.append(name) }
    }
    precondition(distinct.count < 64, "a bit for each name")
    self.places = places
    let bytes = distinct.flatMap { $0 }
    names = .allocate(capacity: max(1, bytes.count))
    _ = UnsafeMutableBufferPointer(start: names, count: bytes.count).update(from: bytes)
    var ends: [Int] = []
    for name in distinct { ends.append((ends.last ?? 0) + name.count) }
    nameEnds = ends
    absent = .allocate(capacity: 1)
    absent.initialize(to: 0xFF)
    members = .allocate(capacity: max(1, distinct.count))
    values = .allocate(capacity: max(1, columnCount))
  }

  deinit {
    absent.deallocate()
    names.deallocate()
    members.deallocate()
    values.deallocate()
    scratch?.deallocate()
  }

  /// Decodes all lines of a block.
  func decode(_ block: RecordBlock) {
    var start = block.start
    let bytes = UnsafePointer(block.bytes)
    while start < block.end {
      // Every line of a block ends with a line feed.
      let end = ByteSearch.lineFeed(bytes, from: start)
      if end - start <= longestRecord { decode(bytes + start, count: end - start) }
      start = end + 1
    }
  }

  private func decode(_ line: UnsafePointer<UInt8>, count: Int) {
    var scanner = JSONLineScanner(line, count: count)
    scanner.skipSpace()
    guard !scanner.isAtEnd, decodeObject(&scanner) else { return }
    for column in 0..<columnCount { values[column] = members[places[column]] }
    if let finder {
      evaluator.add(values, by: finder, to: rows)
      return
    }
    evaluator.forEachPair(values) { unit, cell in
      if let valueRows {
        valueRows.append(unit: unit, cell: cell, value: evaluator.valueIndex)
      } else {
        rows.append(unit: unit, cell: cell)
      }
    }
  }

  /// Decodes an object to the end of its line; tells whether it is one, without repeated names.
  private func decodeObject(_ scanner: inout JSONLineScanner) -> Bool {
    seen = 0
    for index in 0..<nameEnds.count { members[index] = ByteSlice(base: absent, count: 1) }
    guard scanner.take(UInt8(ascii: "{")) else { return false }
    scanner.skipSpace()
    if scanner.take(UInt8(ascii: "}")) { return scanner.isAtEndAfterSpace }
    var used = 0
    while true {
      scanner.skipSpace()
      guard let name = scanner.string() else { return false }
      scanner.skipSpace()
      guard scanner.take(UInt8(ascii: ":")) else { return false }
      scanner.skipSpace()
      if let member = find(name, used) {
        guard seen >> UInt64(member) & 1 == 0 else { return false }
        seen |= 1 << UInt64(member)
        guard let value = scanner.value() else { return false }
        if let text = value.text { members[member] = decoded(text, &used) }
      } else {
        guard scanner.value() != nil else { return false }
      }
      scanner.skipSpace()
      if scanner.take(UInt8(ascii: ",")) { continue }
      guard scanner.take(UInt8(ascii: "}")) else { return false }
      return scanner.isAtEndAfterSpace
    }
  }

  /// Which wanted name a text is.
  private func find(_ name: JSONText, _ used: Int) -> Int? {
    var free = used
    let name = decoded(name, &free)
    var begin = 0
    for index in 0..<nameEnds.count {
      let end = nameEnds[index]
      if end - begin == name.count, isEqual(names + begin, name) { return index }
      begin = end
    }
    return nil
  }

  @inline(__always)
  private func isEqual(_ name: UnsafePointer<UInt8>, _ text: ByteSlice) -> Bool {
    for index in 0..<text.count where name[index] != text[index] { return false }
    return true
  }

  /// The bytes of a text: where it stands, or decoded behind those of the line that are in use.
  @inline(__always)
  private func decoded(_ text: JSONText, _ used: inout Int) -> ByteSlice {
    guard text.isEscaped else { return text.bytes }
    let room = scratch ?? .allocate(capacity: longestRecord + 8)
    scratch = room
    let count = text.decode(into: room + used)
    let slice = ByteSlice(base: UnsafePointer(room + used), count: count)
    used += count
    return slice
  }
}
