// BlockDecoder.swift: from the records of a block to rows; nothing is allocated for a record.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Decodes the records of one thread's blocks and adds what is counted to its rows.
final class BlockDecoder {
  private let rules: SignalRules
  private let rows: RowBuffer
  /// Where rows with values go, where a measure needs values.
  private let valueRows: ValueRows?
  private let longestRecord: Int
  private let evaluator: SignalEvaluator
  /// What finds cells, where not all of them are listed.
  private let finder: CellFinder?
  private let found: FoundRecords?
  /// The wanted columns of one record.
  private let values: UnsafeMutablePointer<ByteSlice>
  private let places: UnsafeMutablePointer<Int>
  private let plain: PlainRecords
  /// One before the first, then the places in a piece.
  private var delimiters: UnsafeMutablePointer<UInt32>
  private var delimiterRoom = 0
  /// Room for fields with doubled quotes: a record's worth for each column, made when needed.
  private var scratch: UnsafeMutablePointer<UInt8>?

  /// The bytes whose delimiters are looked for at once: few enough to stay in the cache.
  private static let pieceSize = 16 << 10

  init(
    rules: SignalRules,
    rows: RowBuffer,
    valueRows: ValueRows? = nil,
    longestRecord: Int,
    finder: CellFinder? = nil
  ) {
    self.rules = rules
    self.rows = rows
    self.valueRows = valueRows
    self.finder = finder
    found = finder.map { FoundRecords(rules, finder: $0) }
    self.longestRecord = longestRecord
    evaluator = SignalEvaluator(rules)
    values = .allocate(capacity: rules.columns.count)
    places = .allocate(capacity: rules.columns.count)
    plain = PlainRecords(rules)
    delimiters = .allocate(capacity: 1)
  }

  deinit {
    values.deallocate()
    places.deallocate()
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
    plain.begin(places: places)
    found?.begin(places: places)
    while start < block.end {
      let count = min(size, block.end - start)
      reserveDelimiters(count)
      let delimiters = delimiters + 1
      piece.bytes = block.bytes + start
      piece.found = DelimiterIndex.find(in: piece.bytes, count: count, into: delimiters)
      piece.longestAtEnd =
        longestRecord + (start + count == block.end && block.isEndAdded ? 1 : 0)
      piece.end = count
      let decoded =
        if !rules.isPlain {
          decodeAny(piece)
        } else if let found {
          decodeFound(piece, found)
        } else {
          decodePlain(piece)
        }
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
    let decoded = forEachRecord(piece) { fields in
      if plain.take(fields.delimiters) { plain.add(piece.bytes, to: rows) }
    }
    plain.add(piece.bytes, to: rows)
    return decoded
  }

  private func decodeFound(_ piece: Piece, _ found: FoundRecords) -> Int {
    let decoded = forEachRecord(piece) { fields in
      if found.take(fields.delimiters) { found.add(piece.bytes, to: rows) }
    }
    found.add(piece.bytes, to: rows)
    return decoded
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

  private func add() {
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
