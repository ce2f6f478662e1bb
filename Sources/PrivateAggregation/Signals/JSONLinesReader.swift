// JSONLinesReader.swift: one JSON object a line, of which only the wanted members are decoded.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

/// Reads JSON Lines: an object a line; blank lines are passed over.
///
/// A line that is no JSON object, names a wanted member twice or is longer than
/// `RecordBuffer.longestRecord` is malformed. Strings are decoded, numbers and booleans keep their
/// source text, `null` and nested values count as absent; which of the two it was can be asked.
///
/// - Reference: [RFC8259].
struct JSONLinesReader {
  private let buffer: RecordBuffer
  private let names: [[UInt8]]
  /// The places of the wanted members in `scratch`, in the order of the names.
  private(set) var values: [Range<Int>?]
  /// Whether each wanted member of the last record is an array or an object.
  private(set) var nested: [Bool]
  /// Whether the last record has a member that is not wanted.
  private(set) var hasOtherMembers = false
  /// The decoded bytes of the wanted members of the last record.
  private(set) var scratch: [UInt8] = []
  /// The line of the record that was malformed last, from 1; only where lines are counted.
  private(set) var malformedLine = 0

  /// Begins at the start of a file; `names` are distinct.
  init(_ buffer: RecordBuffer, names: [[UInt8]]) throws(SignalFileError) {
    self.buffer = buffer
    self.names = names
    values = Array(repeating: nil, count: names.count)
    nested = Array(repeating: false, count: names.count)
    while buffer.end - buffer.start < 3, try buffer.extend() {}
    if buffer.end - buffer.start >= 3, buffer.bytes[buffer.start] == 0xEF,
      buffer.bytes[buffer.start + 1] == 0xBB, buffer.bytes[buffer.start + 2] == 0xBF
    {
      buffer.start += 3
    }
  }

  /// Reads the next object.
  mutating func next() throws(SignalFileError) -> CSVReader.Step {
    while true {
      guard let line = try line() else { return .end }
      guard line.count <= buffer.longestRecord else {
        malformedLine = buffer.droppedLine
        return .malformed
      }
      var scanner = JSONScanner(base: buffer.bytes + line.lowerBound, count: line.count)
      scanner.skipSpace()
      if scanner.isAtEnd { continue }
      for index in values.indices {
        values[index] = nil
        nested[index] = false
      }
      hasOtherMembers = false
      scratch.removeAll(keepingCapacity: true)
      if decode(&scanner) {
        buffer.markRecord(line)
        return .record
      }
      if buffer.countsLines { malformedLine = buffer.line(at: line.lowerBound) }
      return .malformed
    }
  }

  /// The bytes of the next line; one that is too long comes back as an over-long range.
  private func line() throws(SignalFileError) -> Range<Int>? {
    var seen = 0
    while true {
      let bytes = buffer.bytes
      var position = buffer.start + seen
      while position < buffer.end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      if position < buffer.end, position - buffer.start <= buffer.longestRecord {
        let line = buffer.start..<position
        buffer.start = position + 1
        return line
      }
      seen = position - buffer.start
      if seen > buffer.longestRecord {
        // Passed over even where its end is here, so that the line is known by `droppedLine`.
        try buffer.dropLine()
        return 0..<(seen + 1)
      }
      if try !buffer.extend() {
        guard buffer.start < buffer.end else { return nil }
        let line = buffer.start..<buffer.end
        buffer.start = buffer.end
        return line
      }
    }
  }

  private mutating func decode(_ scanner: inout JSONScanner) -> Bool {
    guard scanner.take(UInt8(ascii: "{")) else { return false }
    scanner.skipSpace()
    if scanner.take(UInt8(ascii: "}")) { return scanner.isAtEndAfterSpace }
    var name: [UInt8] = []
    var present = Array(repeating: false, count: names.count)
    while true {
      scanner.skipSpace()
      name.removeAll(keepingCapacity: true)
      guard scanner.string(into: &name) else { return false }
      scanner.skipSpace()
      guard scanner.take(UInt8(ascii: ":")) else { return false }
      scanner.skipSpace()
      let wanted = names.firstIndex(of: name)
      if let wanted {
        guard !present[wanted] else { return false }
        present[wanted] = true
      } else {
        hasOtherMembers = true
      }
      let begin = scratch.count
      guard let kind = scanner.value(into: &scratch, depth: 0) else { return false }
      if let wanted, kind == .scalar {
        values[wanted] = begin..<scratch.count
      } else {
        if let wanted { nested[wanted] = kind == .nested }
        scratch.removeLast(scratch.count - begin)
      }
      scanner.skipSpace()
      if scanner.take(UInt8(ascii: ",")) { continue }
      guard scanner.take(UInt8(ascii: "}")) else { return false }
      return scanner.isAtEndAfterSpace
    }
  }
}
