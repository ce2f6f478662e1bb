// CSVScanner.swift: where the fields of one CSV record are, and where it ends.
// Reference: [RFC4180].
// SPDX-License-Identifier: Apache-2.0

/// Finds the fields of one record, by the rules of `CSVReader`.
///
/// - Complexity: One pass, eight bytes at a time; no allocation for a record.
final class CSVScanner {
  /// A field of the record that was scanned last: where in the bytes it stands.
  struct Field {
    var start = 0
    var count = 0
    /// Whether doubled quotes stand for one.
    var isEscaped = false
  }

  /// What was found; `next` is behind the end of the record.
  enum Outcome {
    case record(next: Int)
    case malformed(next: Int)
    case blank(next: Int)
    case cut
  }

  /// The fields of the record that was scanned last, by slot.
  let fields: UnsafeMutablePointer<Field>
  /// The number of columns that a record must have.
  let columnCount: Int
  /// For each column its slot, or -1.
  private let slots: UnsafeMutablePointer<Int32>
  /// The number of fields of the record that was scanned last.
  private(set) var columnsSeen = 0

  /// - Parameter slots: For each column the slot that takes its field, or -1.
  init(slots: [Int32]) {
    columnCount = slots.count
    self.slots = .allocate(capacity: max(1, slots.count))
    for (column, slot) in slots.enumerated() { (self.slots + column).initialize(to: slot) }
    let count = max(1, Int(slots.max() ?? 0) + 1)
    fields = .allocate(capacity: count)
    fields.initialize(repeating: Field(), count: count)
  }

  deinit {
    slots.deallocate()
    fields.deallocate()
  }

  /// Finds the fields of the record that begins at `begin`, before `end`.
  ///
  /// - Precondition: A line feed stands at `end`, as a guard, and `ByteSearch.padding` readable bytes.
  func scan(
    _ bytes: UnsafePointer<UInt8>,
    from begin: Int,
    to end: Int,
    isAtEnd: Bool
  ) -> Outcome {
    var position = begin
    var column = 0
    var isBroken = false
    while true {
      let slot = column < columnCount ? Int(slots[column]) : -1
      column &+= 1
      var stop: Int
      var field: Field
      if bytes[position] == UInt8(ascii: "\"") {
        var close = position
        var isEscaped = false
        while true {
          close = ByteSearch.quote(bytes, from: close + 1, to: end)
          if close == end { return isAtEnd ? .malformed(next: end) : .cut }
          // A quote at the edge may yet turn out to be doubled.
          if close + 1 == end {
            guard isAtEnd else { return .cut }
            break
          }
          if bytes[close + 1] != UInt8(ascii: "\"") { break }
          isEscaped = true
          close += 1
        }
        field = Field(start: position + 1, count: close - position - 1, isEscaped: isEscaped)
        stop = ByteSearch.delimiter(bytes, from: close + 1)
        let isLineEnd =
          stop == close + 2 && bytes[close + 1] == UInt8(ascii: "\r")
          && bytes[stop] == UInt8(ascii: "\n")
        if stop != close + 1, !isLineEnd { isBroken = true }
      } else {
        stop = ByteSearch.delimiter(bytes, from: position)
        field = Field(start: position, count: stop &- position, isEscaped: false)
        // The carriage return of a line end is no part of the last field.
        if bytes[stop] == UInt8(ascii: "\n"), stop > position, bytes[stop - 1] == UInt8(ascii: "\r")
        {
          field.count -= 1
        }
        if column == 1, field.count == 0, bytes[stop] == UInt8(ascii: "\n") {
          if stop >= end, !isAtEnd { return .cut }
          return .blank(next: min(stop + 1, end))
        }
      }
      // A line feed always stands at the end, as a guard: it ends a record only with the file.
      if stop >= end, !isAtEnd { return .cut }
      if slot >= 0 { fields[slot] = field }
      if stop < end, bytes[stop] == UInt8(ascii: ",") {
        position = stop &+ 1
        continue
      }
      columnsSeen = column
      let next = min(stop + 1, end)
      return isBroken || column != columnCount ? .malformed(next: next) : .record(next: next)
    }
  }

  /// Writes the text of a field and returns its length in bytes, at most `field.count`.
  static func decode(
    _ field: Field,
    of bytes: UnsafePointer<UInt8>,
    into target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let bytes = bytes + field.start
    var read = 0
    var written = 0
    while read < field.count {
      target[written] = bytes[read]
      written += 1
      read += field.isEscaped && bytes[read] == UInt8(ascii: "\"") ? 2 : 1
    }
    return written
  }
}

/// Finds the end of a record that is too long to hold, in as many parts as it comes in.
struct RecordEnd {
  private enum Place {
    case fieldStart
    case plain
    case quoted
    case quoteInQuoted
  }

  private var place = Place.fieldStart
  private let isLine: Bool

  /// - Parameter isLine: Whether a record is a line whatever stands in it, as in JSON Lines.
  init(isLine: Bool = false) { self.isLine = isLine }

  /// Behind the line feed that ends the record, or `nil` where it is not among these bytes.
  ///
  /// - Precondition: A line feed stands at `end`, as a guard, and `ByteSearch.padding` readable bytes.
  mutating func find(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
    if isLine {
      let place = ByteSearch.lineFeed(bytes, from: start)
      return place < end ? place + 1 : nil
    }
    for position in start..<end {
      switch (place, bytes[position]) {
      case (.quoted, UInt8(ascii: "\"")): place = .quoteInQuoted
      case (.quoted, _): break
      case (.fieldStart, UInt8(ascii: "\"")), (.quoteInQuoted, UInt8(ascii: "\"")):
        place = .quoted
      case (_, UInt8(ascii: "\n")): return position + 1
      case (_, UInt8(ascii: ",")): place = .fieldStart
      default: place = .plain
      }
    }
    return nil
  }
}
