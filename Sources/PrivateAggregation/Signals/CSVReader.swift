// CSVReader.swift: records of comma-separated values, field by field, without copies.
// Reference: [RFC4180].
// SPDX-License-Identifier: Apache-2.0

/// Reads comma-separated records: quoted fields may hold commas, line ends and doubled quotes.
///
/// A record ends at a line feed outside quotes, with or without a carriage return before it, or with
/// the file. A field that begins with a quote ends at the next quote that is not doubled; a quote or
/// a carriage return elsewhere is an ordinary character. A record is malformed that has another
/// number of fields than the header, text behind a closing quote, a quote that is never closed, or
/// more bytes than `RecordBuffer.longestRecord`: it contributes nothing, and reading goes on where
/// it ends.
///
/// - Privacy: Where a malformed record ends is decided as for a good one, quotes included. If reading
///   went on at its next line instead, then one unit's long text could hold lines that pass for the
///   signals of other units, and no bound would hold.
/// - Complexity: One pass, eight bytes at a time; no allocation for a record.
/// - Reference: [RFC4180] section 2.
final class CSVReader {
  /// A field of the record that was read last: bytes of the buffer.
  struct Field {
    var start = 0
    var count = 0
    /// Whether doubled quotes stand for one.
    var isEscaped = false
  }

  /// What came next.
  enum Step {
    case record
    case malformed
    case end
  }

  /// The fields of the record that was read last, by slot.
  let fields: UnsafeMutablePointer<Field>

  private let buffer: RecordBuffer
  /// For each column its slot, or -1.
  private let slots: UnsafeMutablePointer<Int32>
  private let columnCount: Int
  /// The number of fields of the record that was read last.
  private var columnsSeen = 0

  private enum Outcome {
    case record(next: Int)
    case malformed(next: Int)
    case blank(next: Int)
    case cut
  }

  /// Begins behind the header.
  ///
  /// - Parameters:
  ///   - buffer: The bytes.
  ///   - slots: For each column the slot that takes its field, or -1.
  init(_ buffer: RecordBuffer, slots: [Int32]) {
    self.buffer = buffer
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

  /// Reads the header: the names of the columns, or `nil` where the file begins with none.
  static func header(_ buffer: RecordBuffer) throws(SignalFileError) -> [[UInt8]]? {
    // A byte-order mark is no part of the first name.
    while buffer.end - buffer.start < 3, try buffer.extend() {}
    if buffer.end - buffer.start >= 3, buffer.bytes[buffer.start] == 0xEF,
      buffer.bytes[buffer.start + 1] == 0xBB, buffer.bytes[buffer.start + 2] == 0xBF
    {
      buffer.start += 3
    }
    // Once to find its end, and once more with a slot for every column that it can have.
    let probe = CSVReader(buffer, slots: [])
    guard try probe.findRecord() else { return nil }
    let reader = CSVReader(buffer, slots: Array(0..<Int32(probe.columnsSeen)))
    guard case .record(let next) = reader.scan() else { return nil }
    let names = (0..<probe.columnsSeen).map { reader.text($0) }
    buffer.start = next
    return names
  }

  /// Finds the first record and tells whether there is one that is not too long.
  private func findRecord() throws(SignalFileError) -> Bool {
    while true {
      if buffer.start == buffer.end, try !buffer.extend() { return false }
      switch scan() {
      case .blank(let next): buffer.start = next
      case .record(let next), .malformed(let next):
        return next - buffer.start <= buffer.longestRecord
      case .cut:
        guard buffer.end - buffer.start <= buffer.longestRecord else { return false }
        _ = try buffer.extend()
      }
    }
  }

  /// The text of a field, with doubled quotes undone.
  private func text(_ slot: Int) -> [UInt8] {
    let field = fields[slot]
    var text = [UInt8](repeating: 0, count: field.count)
    let count = text.withUnsafeMutableBufferPointer { target in
      target.baseAddress.map { decode(field, into: $0) } ?? 0
    }
    text.removeLast(text.count - count)
    return text
  }

  /// Writes the text of a field and returns its length in bytes, at most `field.count`.
  func decode(_ field: Field, into target: UnsafeMutablePointer<UInt8>) -> Int {
    let bytes = buffer.bytes + field.start
    var read = 0
    var written = 0
    while read < field.count {
      target[written] = bytes[read]
      written += 1
      read += field.isEscaped && bytes[read] == UInt8(ascii: "\"") ? 2 : 1
    }
    return written
  }

  /// Reads the next record into `fields`; empty lines are passed over.
  func next() throws(SignalFileError) -> Step {
    while true {
      if buffer.start == buffer.end, try !buffer.extend() { return .end }
      switch scan() {
      case .record(let next):
        guard next - buffer.start <= buffer.longestRecord else {
          buffer.markMalformed()
          buffer.start = next
          return .malformed
        }
        buffer.markRecord(buffer.start..<next)
        buffer.start = next
        return .record
      case .malformed(let next):
        buffer.markMalformed()
        buffer.start = next
        return .malformed
      case .blank(let next):
        buffer.start = next
      case .cut:
        guard buffer.end - buffer.start <= buffer.longestRecord else {
          try skipRecord()
          return .malformed
        }
        _ = try buffer.extend()
      }
    }
  }

  /// Finds the fields of the record at the start of the buffer.
  private func scan() -> Outcome {
    let bytes = UnsafePointer(buffer.bytes)
    let end = buffer.end
    let begin = buffer.start
    let isAtEnd = buffer.isAtEnd
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

  /// Passes over a record that is too long to hold, to where it ends.
  private func skipRecord() throws(SignalFileError) {
    enum Place {
      case fieldStart
      case plain
      case quoted
      case quoteInQuoted
    }
    buffer.markMalformed()
    var place = Place.fieldStart
    repeat {
      while buffer.start < buffer.end {
        let byte = buffer.bytes[buffer.start]
        buffer.start += 1
        switch (place, byte) {
        case (.quoted, UInt8(ascii: "\"")): place = .quoteInQuoted
        case (.quoted, _): break
        case (.fieldStart, UInt8(ascii: "\"")), (.quoteInQuoted, UInt8(ascii: "\"")):
          place = .quoted
        case (_, UInt8(ascii: "\n")): return
        case (_, UInt8(ascii: ",")): place = .fieldStart
        default: place = .plain
        }
      }
    } while try buffer.extend()
  }
}
