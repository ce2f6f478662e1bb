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
  private var fieldCount = 0
  private var places: [Int] = []
  private var values: [ByteSlice?]
  /// Room for decoded texts: a record's worth for each wanted column, as several may be one field.
  private let scratch: UnsafeMutablePointer<UInt8>
  private static let scratchSize = RecordBuffer.longestRecord + 16
  private let buffer: RecordBuffer
  /// The line on which the record begins that was malformed last, from 1; only where lines are
  /// counted.
  private(set) var malformedLine: Int?

  /// Opens a file and reads its header.
  ///
  /// - Parameters:
  ///   - path: The path, or `-`.
  ///   - names: The physical names of the wanted columns.
  ///   - bufferSize: The bytes that are held at once; small ones are for tests.
  ///   - countsLines: Whether the lines of malformed records are to be known.
  /// - Throws: `SignalFileError`.
  init(
    path: String,
    names: [String],
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
    if try Self.isJSON(path, buffer) {
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
      var reader = try CSVReader(buffer)
      let header = try Self.header(path, &reader)
      fieldCount = header.count
      places = try Self.places(path, header, names)
      csv = reader
    }
    values = Array(repeating: nil, count: names.count)
    scratch = .allocate(capacity: Self.scratchSize * max(1, names.count))
  }

  deinit {
    scratch.deallocate()
  }

  /// The bytes that were read so far, before decompression, and the size of the file if it has one.
  var progress: (bytesRead: Int, size: Int?) { (source.bytesRead, source.size) }

  private static func unsupportedFormat(_ path: String, _ signature: [UInt8]) -> String? {
    if signature == [0x28, 0xB5, 0x2F, 0xFD] || path.hasSuffix(".zst") { return "zstd" }
    if signature == Array("PAR1".utf8) || path.hasSuffix(".parquet") { return "Parquet" }
    return nil
  }

  /// Whether a file is JSON Lines: by its name, else by its first byte that is no space.
  private static func isJSON(_ path: String, _ buffer: RecordBuffer) throws(SignalFileError) -> Bool
  {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") || name.hasSuffix(".json") {
      return true
    }
    if name.hasSuffix(".csv") { return false }
    while buffer.start == buffer.end, try buffer.extend() {}
    var place = buffer.start
    let spaces: [UInt8] = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
    while place < buffer.end, spaces.contains(buffer.bytes[place]) { place += 1 }
    return place < buffer.end && buffer.bytes[place] == UInt8(ascii: "{")
  }

  private static func header(
    _ path: String,
    _ reader: inout CSVReader
  ) throws(SignalFileError) -> [String] {
    guard try reader.next() == .record else { throw SignalFileError(path: path, kind: .noHeader) }
    return reader.fields.map { field in
      let base = reader.buffer.bytes + field.start
      let bytes = Array(UnsafeBufferPointer(start: base, count: field.count))
      return String(decoding: field.isEscaped ? unescaped(bytes) : bytes, as: UTF8.self)
    }
  }

  private static func places(
    _ path: String,
    _ header: [String],
    _ names: [String]
  ) throws(SignalFileError) -> [Int] {
    var places: [Int] = []
    for name in names {
      let found = header.indices.filter { header[$0] == name }
      guard let place = found.first else {
        throw SignalFileError(path: path, kind: .missingColumn(name))
      }
      guard found.count == 1 else {
        throw SignalFileError(path: path, kind: .duplicateColumn(name))
      }
      places.append(place)
    }
    return places
  }

  private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      result.append(bytes[index])
      index += bytes[index] == UInt8(ascii: "\"") ? 2 : 1
    }
    return result
  }

  /// Reads the next record.
  ///
  /// - Returns: `.malformed` for one that cannot be decoded, which contributes nothing.
  /// - Throws: `SignalFileError` where the file as a whole fails.
  func next() throws(SignalFileError) -> CSVReader.Step {
    if let step = try csv?.next() {
      guard step == .record else {
        malformedLine = buffer.countsLines ? buffer.droppedLine : nil
        return step
      }
      guard csv?.fields.count == fieldCount else {
        malformedLine =
          buffer.countsLines ? csv?.fields.first.map { buffer.line(at: $0.start) } : nil
        return .malformed
      }
      takeFields()
      return .record
    }
    guard let step = try json?.next() else { return .end }
    guard step == .record else {
      malformedLine = buffer.countsLines ? json?.malformedLine : nil
      return step
    }
    takeMembers()
    return .record
  }

  private func takeFields() {
    guard let reader = csv else { return }
    var used = 0
    for (index, place) in places.enumerated() {
      let field = reader.fields[place]
      let base = UnsafePointer(reader.buffer.bytes + field.start)
      guard field.isEscaped else {
        values[index] = ByteSlice(base: base, count: field.count)
        continue
      }
      let begin = used
      var offset = 0
      while offset < field.count {
        scratch[used] = base[offset]
        used += 1
        offset += base[offset] == UInt8(ascii: "\"") ? 2 : 1
      }
      values[index] = ByteSlice(base: UnsafePointer(scratch + begin), count: used - begin)
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
