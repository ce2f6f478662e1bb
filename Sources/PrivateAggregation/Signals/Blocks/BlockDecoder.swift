// BlockDecoder.swift: from the records of a block to rows; nothing is allocated for a record.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Decodes the records of one thread's blocks and adds what is counted to its rows.
final class BlockDecoder {
  private let rules: SignalRules
  private let rows: RowBuffer
  private let longestRecord: Int
  private let evaluator: SignalEvaluator
  /// The wanted columns of one record.
  private let values: UnsafeMutablePointer<ByteSlice>
  private let places: UnsafeMutablePointer<Int>
  private let keys: UnsafeMutablePointer<PlainKey>
  private let keyCount: Int
  private let masks = PackedBytes.makeMasks()
  /// One before the first, then the places in a piece.
  private var delimiters: UnsafeMutablePointer<UInt32>
  private var delimiterRoom = 0
  /// Room for fields with doubled quotes: a record's worth for each column, made when needed.
  private var scratch: UnsafeMutablePointer<UInt8>?

  /// The bytes whose delimiters are looked for at once: few enough to stay in the cache.
  private static let pieceSize = 16 << 10

  /// A key without a prefix: a column and the places of its values.
  private struct PlainKey {
    let column: Int
    let probe: KeyTable.Probe
    let weight: Int
    /// The field of the column in the file at hand.
    var place = 0

    init(_ key: SignalRules.Key) {
      column = key.column
      probe = key.table.probe
      weight = key.weight
    }
  }

  init(rules: SignalRules, rows: RowBuffer, longestRecord: Int) {
    self.rules = rules
    self.rows = rows
    self.longestRecord = longestRecord
    evaluator = SignalEvaluator(rules)
    values = .allocate(capacity: rules.columns.count)
    places = .allocate(capacity: rules.columns.count)
    keys = .allocate(capacity: rules.keys.count)
    for (index, key) in rules.keys.enumerated() {
      (keys + index).initialize(to: PlainKey(key))
    }
    keyCount = rules.keyCount
    delimiters = .allocate(capacity: 1)
  }

  deinit {
    values.deallocate()
    places.deallocate()
    keys.deallocate()
    masks.deallocate()
    delimiters.deallocate()
    scratch?.deallocate()
  }

  /// Decodes all records of a block of CSV.
  func decode(_ block: RecordBlock, _ layout: CSVLayout) {
    for (index, column) in layout.columns.enumerated() { places[index] = column }
    if block.hasQuotes {
      decodeQuoted(block, layout)
    } else {
      decodePlain(block, layout)
    }
  }

  // MARK: - Blocks without quotes

  private func decodePlain(_ block: RecordBlock, _ layout: CSVLayout) {
    var piece = Piece(
      bytes: block.bytes + block.start,
      last: layout.fieldCount - 1,
      longest: longestRecord
    )
    var start = block.start
    var size = Self.pieceSize
    for index in 0..<rules.keyCount { keys[index].place = places[keys[index].column] }
    while start < block.end {
      let count = min(size, block.end - start)
      reserveDelimiters(count)
      let delimiters = delimiters + 1
      piece.bytes = block.bytes + start
      piece.found = DelimiterIndex.find(in: piece.bytes, count: count, into: delimiters)
      piece.longestAtEnd =
        longestRecord + (start + count == block.end && block.isEndAdded ? 1 : 0)
      piece.end = count
      let decoded = rules.isPlain ? decodePlain(piece) : decodeAny(piece)
      // A record that does not fit a piece is looked at again in a larger one.
      size = decoded == 0 ? size * 2 : Self.pieceSize
      start += decoded
    }
  }

  /// Part of a block and the places of its commas and line feeds.
  private struct Piece {
    var bytes: UnsafeMutablePointer<UInt8>
    /// The number of delimiters.
    var found = 0
    /// The number of bytes.
    var end = 0
    /// The last field of a record.
    let last: Int
    /// The longest record, and the longest one right at the end.
    let longest: Int
    var longestAtEnd = 0

    init(bytes: UnsafeMutablePointer<UInt8>, last: Int, longest: Int) {
      self.bytes = bytes
      self.last = last
      self.longest = longest
    }
  }

  /// The delimiters of one record: field i lies between those of i - 1 and i.
  private struct Fields {
    let bytes: UnsafeMutablePointer<UInt8>
    let delimiters: UnsafeMutablePointer<UInt32>

    @inline(__always)
    subscript(place: Int) -> ByteSlice {
      // Before the first field there is the line feed of the record before, or -1.
      let begin = Int(delimiters[place &- 1] &+ 1)
      let limit = Int(delimiters[place])
      return ByteSlice(base: UnsafePointer(bytes + begin), count: limit &- begin)
    }
  }

  private func reserveDelimiters(_ count: Int) {
    guard delimiterRoom < count else { return }
    delimiters.deallocate()
    delimiters = .allocate(capacity: 1 + count + DelimiterIndex.room)
    delimiters[0] = .max
    delimiterRoom = count
  }

  private func decodePlain(_ piece: Piece) -> Int {
    let unitPlace = places[rules.unitColumn]
    return forEachRecord(piece) { fields in addPlain(fields, unit: fields[unitPlace]) }
  }

  private func decodeAny(_ piece: Piece) -> Int {
    let columnCount = rules.columns.count
    return forEachRecord(piece) { fields in
      for column in 0..<columnCount { values[column] = fields[places[column]] }
      add()
    }
  }

  /// Calls `body` for every record that has as many fields as the header.
  ///
  /// - Returns: Where the first record begins that does not end here.
  @inline(__always)
  private func forEachRecord(_ piece: Piece, _ body: (Fields) -> Void) -> Int {
    let bytes = piece.bytes
    let delimiters = delimiters + 1
    let found = piece.found
    let last = piece.last
    var record = 0
    var first = 0
    func isLineFeed(_ index: Int) -> Bool {
      bytes[Int(delimiters[index])] == UInt8(ascii: "\n")
    }
    while first < found {
      // In a record that is right the first line feed is the last of as many delimiters as there are
      // fields.
      var lineEnd = first
      let end = min(first &+ last, found &- 1)
      while lineEnd < end, !isLineFeed(lineEnd) { lineEnd &+= 1 }
      while !isLineFeed(lineEnd) {
        lineEnd &+= 1
        if lineEnd == found { return record }
      }
      let lineFeed = delimiters[lineEnd]
      let next = Int(lineFeed) &+ 1
      if lineEnd &- first == last,
        next &- record <= (next == piece.end ? piece.longestAtEnd : piece.longest)
      {
        // The carriage return of a CRLF is no part of the last field.
        let isCRLF = next &- 2 >= record && bytes[next &- 2] == UInt8(ascii: "\r")
        delimiters[lineEnd] = isCRLF ? lineFeed &- 1 : lineFeed
        body(Fields(bytes: bytes, delimiters: delimiters + first))
        delimiters[lineEnd] = lineFeed
      }
      record = next
      first = lineEnd &+ 1
    }
    return record
  }

  /// Adds a record under rules without times, filters, consent and prefixes.
  @inline(__always)
  private func addPlain(_ fields: Fields, unit: ByteSlice) {
    guard unit.count > 0 else { return }
    var cell = 0
    var index = 0
    while index < keyCount {
      let key = keys + index
      let value = fields[key.pointee.place]
      let place =
        value.count <= PackedBytes.mostBytes
        ? key.pointee.probe.find(packed(value))
        : rules.keys[index].table.find(value)
      if place < 0 { return }
      cell &+= place &* key.pointee.weight
      index &+= 1
    }
    if unit.count <= PackedBytes.mostBytes {
      let packed = packed(unit)
      if packed.isASCII {
        rows.append(packed, cell: UInt32(truncatingIfNeeded: cell))
        return
      }
    }
    addLong(unit, cell: UInt32(truncatingIfNeeded: cell))
  }

  /// A block has more than 16 bytes behind its last record.
  @inline(__always)
  private func packed(_ slice: ByteSlice) -> PackedBytes {
    PackedBytes(padded: slice.base, count: slice.count, masks: masks)
  }

  @inline(never)
  private func addLong(_ unit: ByteSlice, cell: UInt32) {
    guard unit.isValidUTF8 else { return }
    rows.append(unit: unit, cell: cell)
  }

  private func add() {
    if let signal = evaluator.evaluate(values) { rows.append(unit: signal.unit, cell: signal.cell) }
  }

  // MARK: - Blocks with quotes

  private func decodeQuoted(_ block: RecordBlock, _ layout: CSVLayout) {
    let bytes = UnsafePointer(block.bytes)
    let scanner = CSVScanner(slots: layout.slots)
    for (index, slot) in layout.places.enumerated() { places[index] = slot }
    var place = block.start
    while place < block.end {
      switch scanner.scan(bytes, from: place, to: block.end, isAtEnd: true) {
      case .record(let next):
        let added = next == block.end && block.isEndAdded ? 1 : 0
        if next - place <= longestRecord + added {
          take(scanner.fields, of: bytes)
          add()
        }
        place = next
      case .malformed(let next), .blank(let next):
        place = next
      case .cut:
        preconditionFailure("nothing is cut at the end")
      }
    }
  }

  private func take(
    _ fields: UnsafeMutablePointer<CSVScanner.Field>,
    of bytes: UnsafePointer<UInt8>
  ) {
    for column in 0..<rules.columns.count {
      let field = fields[places[column]]
      guard field.isEscaped else {
        values[column] = ByteSlice(base: bytes + field.start, count: field.count)
        continue
      }
      let room = longestRecord + 1
      let target = escapedRoom(room) + column * room
      let count = CSVScanner.decode(field, of: bytes, into: target)
      values[column] = ByteSlice(base: UnsafePointer(target), count: count)
    }
  }

  private func escapedRoom(_ room: Int) -> UnsafeMutablePointer<UInt8> {
    if let scratch { return scratch }
    let made = UnsafeMutablePointer<UInt8>.allocate(capacity: room * rules.columns.count)
    scratch = made
    return made
  }
}
