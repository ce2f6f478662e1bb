// CSVReader.swift: records of comma-separated values, field by field, without copies.
// Reference: [RFC4180].
// SPDX-License-Identifier: Apache-2.0

/// Reads comma-separated records: quoted fields may hold commas, line ends and doubled quotes.
///
/// A record with another number of fields than the header, with a stray quote or longer than
/// `RecordBuffer.longestRecord` is malformed: it is dropped, and reading goes on behind the next
/// line end. A line end is LF or CRLF.
///
/// - Reference: [RFC4180] section 2.
struct CSVReader {
  /// A field of the record that was read last: bytes of the buffer.
  struct Field {
    var start: Int
    var count: Int
    /// Whether doubled quotes stand for one.
    var isEscaped: Bool
  }

  /// What came next.
  enum Step {
    case record
    case malformed
    case end
  }

  let buffer: RecordBuffer
  /// The fields of the record that was read last.
  private(set) var fields: [Field] = []
  /// Whether the record that was read last was an empty line.
  private(set) var isBlank = false

  private enum Outcome {
    case whole(next: Int)
    case cut
    case broken
  }

  init(_ buffer: RecordBuffer) throws(SignalFileError) {
    self.buffer = buffer
    // A byte-order mark is no part of the first name.
    while buffer.end - buffer.start < 3, try buffer.extend() {}
    if buffer.end - buffer.start >= 3, buffer.bytes[buffer.start] == 0xEF,
      buffer.bytes[buffer.start + 1] == 0xBB, buffer.bytes[buffer.start + 2] == 0xBF
    {
      buffer.start += 3
    }
  }

  /// Reads the next record into `fields`; empty lines are passed over.
  mutating func next() throws(SignalFileError) -> Step {
    while true {
      let step = try step()
      if step != .record || !isBlank { return step }
    }
  }

  private mutating func step() throws(SignalFileError) -> Step {
    while true {
      if buffer.start == buffer.end, try !buffer.extend() { return .end }
      switch scan() {
      case .whole(let next):
        guard next - buffer.start <= buffer.longestRecord else {
          try buffer.dropLine()
          return .malformed
        }
        buffer.start = next
        return .record
      case .broken:
        try buffer.dropLine()
        return .malformed
      case .cut:
        if buffer.end - buffer.start > buffer.longestRecord {
          try buffer.dropLine()
          return .malformed
        }
        // At the end of the file a cut record is an open quote, and nothing closes it.
        guard !buffer.isAtEnd else {
          try buffer.dropLine()
          return .malformed
        }
        _ = try buffer.extend()
      }
    }
  }

  /// Finds the fields of the record at the start of the buffer.
  private mutating func scan() -> Outcome {
    fields.removeAll(keepingCapacity: true)
    let bytes = buffer.bytes
    let end = buffer.end
    var position = buffer.start
    while true {
      let field = position
      if position < end, bytes[position] == UInt8(ascii: "\"") {
        guard let (close, isEscaped) = closingQuote(from: position + 1) else { return .cut }
        fields.append(Field(start: field + 1, count: close - field - 1, isEscaped: isEscaped))
        position = close + 1
      } else {
        while position < end, bytes[position] != UInt8(ascii: ","),
          bytes[position] != UInt8(ascii: "\n"), bytes[position] != UInt8(ascii: "\"")
        {
          position += 1
        }
        if position < end, bytes[position] == UInt8(ascii: "\"") { return .broken }
        fields.append(Field(start: field, count: position - field, isEscaped: false))
      }
      guard position < end else {
        guard buffer.isAtEnd else { return .cut }
        return finish(at: position, next: position)
      }
      switch bytes[position] {
      case UInt8(ascii: ","):
        position += 1
      case UInt8(ascii: "\n"):
        return finish(at: position, next: position + 1)
      case UInt8(ascii: "\r") where position + 1 < end:
        // Only behind a quoted field: elsewhere the carriage return is still in the field.
        guard bytes[position + 1] == UInt8(ascii: "\n") else { return .broken }
        return finish(at: position, next: position + 2)
      case UInt8(ascii: "\r"):
        guard buffer.isAtEnd else { return .cut }
        return finish(at: position, next: position + 1)
      default:
        return .broken
      }
    }
  }

  /// Takes the carriage return of a CRLF off the last field.
  private mutating func finish(at position: Int, next: Int) -> Outcome {
    let last = fields.count - 1
    let field = fields[last]
    if field.count > 0, field.start + field.count == position,
      buffer.bytes[position - 1] == UInt8(ascii: "\r")
    {
      fields[last].count -= 1
    }
    isBlank = fields.count == 1 && fields[0].count == 0 && field.start == buffer.start
    return .whole(next: next)
  }

  /// The place of the quote that closes a field, or `nil` where it is not here yet.
  private func closingQuote(from start: Int) -> (place: Int, isEscaped: Bool)? {
    let bytes = buffer.bytes
    let end = buffer.end
    var position = start
    var isEscaped = false
    while position < end {
      guard bytes[position] == UInt8(ascii: "\"") else {
        position += 1
        continue
      }
      // A quote at the edge may yet turn out to be doubled.
      guard position + 1 < end else { return buffer.isAtEnd ? (position, isEscaped) : nil }
      guard bytes[position + 1] == UInt8(ascii: "\"") else { return (position, isEscaped) }
      isEscaped = true
      position += 2
    }
    return nil
  }
}
