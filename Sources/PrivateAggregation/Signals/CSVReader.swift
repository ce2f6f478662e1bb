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
  typealias Field = CSVScanner.Field

  /// What came next.
  enum Step {
    case record
    case malformed
    case end
  }

  /// The fields of the record that was read last, by slot: bytes of the buffer.
  var fields: UnsafeMutablePointer<Field> { scanner.fields }

  private let buffer: RecordBuffer
  private let scanner: CSVScanner

  /// Begins behind the header.
  ///
  /// - Parameters:
  ///   - buffer: The bytes.
  ///   - slots: For each column the slot that takes its field, or -1.
  init(_ buffer: RecordBuffer, slots: [Int32]) {
    self.buffer = buffer
    scanner = CSVScanner(slots: slots)
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
    let reader = CSVReader(buffer, slots: Array(0..<Int32(probe.scanner.columnsSeen)))
    guard case .record(let next) = reader.scan() else { return nil }
    let names = (0..<probe.scanner.columnsSeen).map { reader.text($0) }
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
    CSVScanner.decode(field, of: buffer.bytes, into: target)
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

  /// Scans the record at the start of the buffer.
  @inline(__always)
  private func scan() -> CSVScanner.Outcome {
    scanner.scan(buffer.bytes, from: buffer.start, to: buffer.end, isAtEnd: buffer.isAtEnd)
  }

  /// Passes over a record that is too long to hold, to where it ends.
  private func skipRecord() throws(SignalFileError) {
    buffer.markMalformed()
    var recordEnd = RecordEnd()
    repeat {
      if let next = recordEnd.find(buffer.bytes, from: buffer.start, to: buffer.end) {
        buffer.start = next
        return
      }
      buffer.start = buffer.end
    } while try buffer.extend()
  }
}
