// CellFile.swift: the public values of one key, from a text file or a column of a CSV file.
// Reference: [RFC4180].
// SPDX-License-Identifier: Apache-2.0

/// One value of a cell file and the line that it stands on.
struct CellValue {
  let text: String
  let line: Int
  /// The column in characters, where a list in the spec itself holds the value.
  var column: Int?
}

/// A file of public values, as a spec names it.
struct CellFile {
  /// The longest file, in bytes.
  static let longest = 1 << 28

  /// The file as the spec names it.
  let name: String
  /// The file, absolute.
  let path: String
  /// Its content.
  let content: PublicFile

  /// Reads the values, one a line or from a column.
  ///
  /// - Parameters:
  ///   - column: The name of the column; may be left out where there is only one, and in a `.txt`.
  ///   - field: Where the spec names the column, for errors.
  /// - Returns: The values in the order of the file, not yet checked.
  /// - Throws: `SpecificationError`, with the file and the line, and with nothing that the file
  ///   holds: its first line need not be a header.
  func values(
    column: String?,
    field: NodeReader
  ) throws(SpecificationError) -> [CellValue] {
    let text = try validText()
    if path.hasSuffix(".csv") { return try csv(text, column: column, field: field) }
    guard column == nil else {
      throw field.error("`\(name)` has no columns; leave `column` out, or name a .csv file")
    }
    return try lines(text)
  }

  private func validText() throws(SpecificationError) -> String {
    guard let text else { throw error(nil, "is not UTF-8 text; save it as plain text in UTF-8") }
    return text
  }

  /// The text of the file; `nil` where it is none.
  var text: String? { String(validating: withoutMark, as: UTF8.self) }

  private var withoutMark: ArraySlice<UInt8> {
    content.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? content.bytes[3...] : content.bytes[...]
  }

  /// An error in the file.
  func error(_ line: Int?, _ message: String) -> SpecificationError {
    SpecificationError(file: path, line: line, message: message)
  }

  private func lines(_ text: String) throws(SpecificationError) -> [CellValue] {
    var values: [CellValue] = []
    // A line feed at the very end closes the last line.
    var pieces = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if pieces.last?.isEmpty == true { pieces.removeLast() }
    for (index, piece) in pieces.enumerated() {
      let line = piece.last == UInt8(ascii: "\r") ? piece.dropLast() : piece
      values.append(CellValue(text: String(Substring(line)), line: index + 1))
    }
    guard !values.isEmpty else { throw error(nil, "is empty; write one value a line") }
    return values
  }

  private func csv(
    _ text: String,
    column: String?,
    field: NodeReader
  ) throws(SpecificationError) -> [CellValue] {
    var records = CSVText(text)
    let header = try header(&records, example: "one value a line")
    let position: Int
    if let column {
      position = try place(of: column, in: header, field: field, hint: "a name that is in")
    } else {
      guard header.fields.count == 1 else {
        throw field.error(
          "`\(name)` has several columns; write {file: \(name), column: ...} with one of its "
            + "header line"
        )
      }
      position = 0
    }
    let rows = try rows(&records, below: header, what: "values")
    return rows.map { CellValue(text: $0.fields[position], line: $0.line) }
  }

  /// Reads the named columns of a CSV file: the fields in the order of the names.
  ///
  /// - Throws: `SpecificationError`, with the file and the line, and with nothing that the file holds.
  func table(
    _ columns: [String],
    field: NodeReader
  ) throws(SpecificationError) -> [CSVRecord] {
    var records = CSVText(try validText())
    let header = try header(&records, example: "one place a line")
    var places: [Int] = []
    for column in columns {
      places.append(
        try place(of: column, in: header, field: field, hint: "`columns` with names from")
      )
    }
    return try rows(&records, below: header, what: "places").map { record in
      CSVRecord(fields: places.map { record.fields[$0] }, line: record.line)
    }
  }

  private func header(
    _ records: inout CSVText,
    example: String
  ) throws(SpecificationError) -> CSVRecord {
    guard let header = try next(&records), header.fields != [""] else {
      throw error(nil, "is empty; write a header line and \(example)")
    }
    return header
  }

  /// Where a column stands.
  private func place(
    of column: String,
    in header: CSVRecord,
    field: NodeReader,
    hint: String
  ) throws(SpecificationError) -> Int {
    let places = header.fields.indices.filter { header.fields[$0] == column }
    guard let only = places.first, places.count == 1 else {
      throw field.error(
        places.isEmpty
          ? "`\(name)` has no column `\(column)`; write \(hint) its header line"
          : "`\(name)` has more than one column `\(column)`; rename one of them"
      )
    }
    return only
  }

  /// The records below a header, as long as it is.
  private func rows(
    _ records: inout CSVText,
    below header: CSVRecord,
    what: String
  ) throws(SpecificationError) -> [CSVRecord] {
    var rows: [CSVRecord] = []
    while let record = try next(&records) {
      guard record.fields.count == header.fields.count else {
        throw error(
          record.line,
          "has \(record.fields.count) fields where the header has \(header.fields.count); "
            + "mend the line"
        )
      }
      rows.append(record)
    }
    guard !rows.isEmpty else {
      throw error(nil, "has a header and no \(what); write at least one line below it")
    }
    return rows
  }

  private func next(_ records: inout CSVText) throws(SpecificationError) -> CSVRecord? {
    do {
      return try records.next()
    } catch {
      throw self.error(error.line, "has a quote that is not closed; close it or double it")
    }
  }
}

/// One record of a CSV text.
struct CSVRecord {
  let fields: [String]
  /// The line that it begins on, from 1.
  let line: Int
}

/// A quote that is not closed.
struct OpenQuote: Error {
  let line: Int
}

/// Reads a short CSV text record by record, by RFC 4180.
struct CSVText {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The next record, or `nil` at the end.
  mutating func next() throws(OpenQuote) -> CSVRecord? {
    guard position < bytes.count else { return nil }
    let start = line
    var fields: [String] = []
    while true {
      let (field, ends) = try field(from: start)
      fields.append(field)
      if ends { return CSVRecord(fields: fields, line: start) }
    }
  }

  /// Reads up to a comma or the end of the record, which is eaten.
  private mutating func field(from start: Int) throws(OpenQuote) -> (text: String, ends: Bool) {
    var content: [UInt8] = []
    var quoted = false
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
      quoted = true
      position += 1
    }
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      switch byte {
      case UInt8(ascii: "\"") where quoted:
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
          content.append(byte)
          position += 1
        } else {
          quoted = false
        }
      case UInt8(ascii: ",") where !quoted:
        return (String(decoding: content, as: UTF8.self), false)
      case UInt8(ascii: "\n") where !quoted:
        if content.last == UInt8(ascii: "\r") { content.removeLast() }
        return (String(decoding: content, as: UTF8.self), true)
      default:
        content.append(byte)
      }
    }
    guard !quoted else { throw OpenQuote(line: start) }
    return (String(decoding: content, as: UTF8.self), true)
  }
}
