// SignalReader.swift: the records of one signal file, whatever its format, by wanted column.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads the records of one signal file and gives the bytes of the wanted columns.
///
/// The header is read when the reader is made, so that a missing column is found before anything is
/// spent.
final class SignalReader {
  /// The path, or `-`.
  let path: String

  private let source: ByteSource
  // One of the two; kept apart so that each changes in place.
  private var csv: CSVReader?
  private var json: JSONLinesReader?
  /// Which slot or member each wanted column is; two columns may be one.
  private var places: [Int] = []
  private let count: Int
  private let values: UnsafeMutablePointer<ByteSlice?>
  /// Room for decoded texts: a record's worth for each wanted column, as several may be one field.
  private let scratch: UnsafeMutablePointer<UInt8>
  private let buffer: RecordBuffer
  /// The line on which the record begins that was malformed last, from 1; only where lines are
  /// counted.
  private(set) var malformedLine: Int?

  /// Opens a file and reads its header.
  ///
  /// - Parameters:
  ///   - path: The path, or `-`.
  ///   - names: The physical names of the wanted columns.
  ///   - format: The format; `nil` where the name of the file, or else its first bytes, tell it.
  ///   - bufferSize: The bytes that are held at once; small ones are for tests.
  ///   - countsLines: Whether the lines of malformed records are to be known.
  /// - Throws: `SignalFileError`.
  init(
    path: String,
    names: [String],
    format: SignalFormat?,
    bufferSize: Int? = nil,
    countsLines: Bool = false
  ) throws(SignalFileError) {
    self.path = path
    let source = try ByteSource(path: path)
    self.source = source
    if let unsupported = Self.unsupportedFormat(path, source.signature) {
      throw SignalFileError(path: path, kind: .unsupported(unsupported))
    }
    let buffer = bufferSize.map { RecordBuffer(source, capacity: $0) } ?? RecordBuffer(source)
    buffer.countsLines = countsLines
    self.buffer = buffer
    if try Self.isJSON(path, format, buffer) {
      // Two columns may be one member; names are the same when all their bytes are.
      var members: [[UInt8]] = []
      for name in names.map({ Array($0.utf8) }) {
        if let place = members.firstIndex(of: name) {
          places.append(place)
        } else {
          places.append(members.count)
          members.append(name)
        }
      }
      json = try JSONLinesReader(buffer, names: members)
    } else {
      guard let header = try CSVReader.header(buffer) else {
        throw SignalFileError(path: path, kind: .noHeader)
      }
      let slots: [Int32]
      (places, slots) = try Self.slots(path, header, names)
      csv = CSVReader(buffer, slots: slots)
      self.header = header
      layout = CSVLayout(slots: slots, places: places)
    }
    count = names.count
    values = .allocate(capacity: max(1, count))
    values.initialize(repeating: nil, count: count)
    scratch = .allocate(capacity: (RecordBuffer.longestRecord + 16) * max(1, count))
  }

  deinit {
    scratch.deallocate()
    values.deallocate()
  }

  /// The bytes that were read so far, before decompression, and the size of the file if it has one.
  var progress: (bytesRead: Int, size: Int?) { (source.bytesRead, source.size) }

  /// The names of the columns, of which one may be no UTF-8; `nil` for formats other than CSV.
  private(set) var header: [[UInt8]]?

  /// Whether a wanted member of the record that was read last is an array or an object.
  func isNested(_ index: Int) -> Bool { json?.nested[places[index]] ?? false }

  /// Whether the record that was read last has a member that is not wanted.
  var hasOtherMembers: Bool { json?.hasOtherMembers ?? false }

  /// The size of what is read, in bytes; `nil` where it is not known before it was read.
  var plainSize: Int? { source.isCompressed ? nil : source.size }

  /// The bytes of the record that was read last, its line end with it; only where lines are counted.
  var record: ByteSlice {
    ByteSlice(base: buffer.bytes + buffer.record.lowerBound, count: buffer.record.count)
  }

  /// Where the wanted columns stand in each record; `nil` for formats other than CSV.
  private(set) var layout: CSVLayout?

  /// Hands over the bytes behind the header or the record that was read last; zero at the end.
  func readBytes(into target: UnsafeMutableBufferPointer<UInt8>) throws(SignalFileError) -> Int {
    try buffer.readBytes(into: target)
  }

  private static func unsupportedFormat(_ path: String, _ signature: [UInt8]) -> String? {
    if signature == Array("PAR1".utf8) || path.hasSuffix(".parquet") { return "Parquet" }
    return nil
  }

  /// Whether a file is JSON Lines: by its name, else by its first byte that is no space.
  ///
  /// Without any such byte it holds no signals in either format, and JSON Lines need no header.
  private static func isJSON(
    _ path: String,
    _ format: SignalFormat?,
    _ buffer: RecordBuffer
  ) throws(SignalFileError) -> Bool {
    if let format { return format == .jsonl }
    let packed = [".gz", ".zst"].first { path.hasSuffix($0) }
    let name = String(path.dropLast(packed?.count ?? 0))
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") || name.hasSuffix(".json") {
      return true
    }
    if name.hasSuffix(".csv") { return false }
    let spaces: [UInt8] = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
    var place = buffer.start
    repeat {
      while place < buffer.end, spaces.contains(buffer.bytes[place]) { place += 1 }
      if place < buffer.end { return buffer.bytes[place] == UInt8(ascii: "{") }
      guard buffer.end - buffer.start <= buffer.longestRecord else { return false }
    } while try buffer.extend()
    return true
  }

  /// Finds the wanted columns in a header: their slots, and the slot of each column of the file.
  private static func slots(
    _ path: String,
    _ header: [[UInt8]],
    _ names: [String]
  ) throws(SignalFileError) -> ([Int], [Int32]) {
    var slots = [Int32](repeating: -1, count: header.count)
    var places: [Int] = []
    var used: Int32 = 0
    for name in names {
      let found = header.indices.filter { header[$0] == Array(name.utf8) }
      guard let column = found.first else {
        throw SignalFileError(path: path, kind: .missingColumn(name))
      }
      guard found.count == 1 else {
        throw SignalFileError(path: path, kind: .duplicateColumn(name))
      }
      if slots[column] < 0 {
        slots[column] = used
        used += 1
      }
      places.append(Int(slots[column]))
    }
    return (places, slots)
  }

  /// Reads the next record.
  ///
  /// - Returns: `.malformed` for one that cannot be decoded, which contributes nothing.
  /// - Throws: `SignalFileError` where the file as a whole fails.
  func next() throws(SignalFileError) -> CSVReader.Step {
    if let csv {
      let step = try csv.next()
      if step == .record {
        takeFields(csv)
      } else if buffer.countsLines {
        malformedLine = buffer.droppedLine
      }
      return step
    }
    guard let step = try json?.next() else { return .end }
    guard step == .record else {
      malformedLine = buffer.countsLines ? json?.malformedLine : nil
      return step
    }
    takeMembers()
    return .record
  }

  @inline(__always)
  private func takeFields(_ csv: CSVReader) {
    var used = 0
    for index in 0..<count {
      let field = csv.fields[places[index]]
      guard field.isEscaped else {
        values[index] = ByteSlice(base: buffer.bytes + field.start, count: field.count)
        continue
      }
      let length = csv.decode(field, into: scratch + used)
      values[index] = ByteSlice(base: scratch + used, count: length)
      used += length
    }
  }

  private func takeMembers() {
    guard let reader = json else { return }
    reader.scratch.withUnsafeBufferPointer { decoded in
      if let base = decoded.baseAddress { scratch.update(from: base, count: decoded.count) }
    }
    for (index, place) in places.enumerated() {
      values[index] = reader.values[place].map {
        ByteSlice(base: UnsafePointer(scratch + $0.lowerBound), count: $0.count)
      }
    }
  }

  /// The bytes of a wanted column of the record that was read last; `nil` where it is absent.
  subscript(index: Int) -> ByteSlice? { values[index] }
}
