// CellLists.swift: the public lists of values that cells are formed from.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import PrivateAggregation

/// Reads the lists of one spec.
struct CellLists {
  let directory: String
  let columns: [SignalColumn: ColumnReference]
  let window: TimeWindow?
  /// Whether the window is that of the first run of a schedule.
  let isScheduled: Bool
  /// The signal files, none of which is a list of cells.
  let signals: Set<FileIdentity>
  /// The files that were read, by key.
  private(set) var files: [GroupKey: CellFile] = [:]
  /// The regions, where they are shapes.
  private(set) var shapes: RegionShapes?
  /// Which regions lie in which, where the spec says so.
  var hierarchy: RegionHierarchy?

  init(
    directory: String,
    columns: [SignalColumn: ColumnReference],
    window: TimeWindow?,
    isScheduled: Bool = false,
    signals: Set<FileIdentity>
  ) {
    self.directory = directory
    self.columns = columns
    self.window = window
    self.isScheduled = isScheduled
    self.signals = signals
  }

  /// Reads the list of a key: inline, the path of a file, or `{file:, column:}`.
  mutating func list(
    of key: GroupKey,
    in field: NodeReader
  ) throws(SpecificationError) -> CellList {
    if field.isList {
      var values: [CellValue] = []
      for item in try field.items() {
        let text = try item.text()
        values.append(CellValue(text: text, line: item.line, column: item.column))
      }
      return try checked(values, of: key, file: nil, field: field)
    }
    if field.isText { return try list(of: key, file: field, column: nil, field: field) }
    if key == .region, ShapeSection.isMeant(field) { return try shapes(in: field) }
    if HierarchySection.isMeant(by: field) {
      return try HierarchySection.read(field, of: key, into: &self)
    }
    let keys = try field.mapping(
      ["file", "column"],
      later: ["miles"]
    )
    let file = try keys.required("file", example: "file: values.csv")
    return try list(of: key, file: file, column: keys.optional("column"), field: field)
  }

  /// Reads regions that are told from coordinates, and gives their names.
  private mutating func shapes(in field: NodeReader) throws(SpecificationError) -> CellList {
    var opened: CellFile?
    let section = try ShapeSection(field) { (file, endings) throws(SpecificationError) in
      let name = try file.text()
      guard endings.contains(where: name.hasSuffix) else {
        throw file.error("`\(name)` is no \(NodeReader.joined(endings)) file; name one")
      }
      let content = try open(file, of: .region)
      opened = content
      return content
    }
    files[.region] = opened
    shapes = section.shapes
    return try checked(section.values, of: .region, file: section.file, field: field)
  }

  /// Every value of a time key within the window.
  func derived(_ key: GroupKey, field: NodeReader) throws(SpecificationError) -> CellList {
    guard let window else {
      let example =
        isScheduled ? "`from: 2026-11-01` under `schedule`" : "`window: {from: ..., to: ...}`"
      throw field.error(
        "groups by \(key.rawValue) without a list; write \(example), "
          + "or list the values under `cells: {\(key.rawValue): [...]}`"
      )
    }
    guard let list = CellList(of: key, within: window) else {
      throw field.error(
        "the window has more than \(CellList.mostDerived) values of \(key.rawValue); "
          + "write a shorter window or a coarser key"
      )
    }
    return list
  }

  private mutating func list(
    of key: GroupKey,
    file field: NodeReader,
    column: NodeReader?,
    field whole: NodeReader
  ) throws(SpecificationError) -> CellList {
    let name = try field.text()
    guard name.hasSuffix(".csv") || name.hasSuffix(".txt") else {
      throw field.error(
        "`\(name)` is neither a list nor a .csv or .txt file; write [\(name)] for a list of one"
      )
    }
    let file = try self.file(of: key, named: field)
    var columnName: String?
    if let column { columnName = try column.text() }
    let values = try file.values(column: columnName, field: column ?? field)
    return try checked(values, of: key, file: file, field: whole)
  }

  /// Reads the file that a field names.
  mutating func file(
    of key: GroupKey,
    named field: NodeReader
  ) throws(SpecificationError) -> CellFile {
    let file = try open(field, of: key)
    files[key] = file
    return file
  }

  /// Reads a file that the spec names; a signal file is refused.
  private func open(
    _ field: NodeReader,
    of key: GroupKey
  ) throws(SpecificationError) -> CellFile {
    let name = try field.text()
    let path = PathText.absolute(name, from: directory)
    let content: PublicFile
    do {
      content = try PublicFile(at: path, limit: CellFile.longest)
    } catch {
      throw field.error(
        "`\(name)` cannot be read (\(error.text)); name a file relative to the spec's folder"
      )
    }
    let named = NamedCellFile(key: key, name: name, path: path, identity: content.identity)
    // Before a byte of it is looked at: what is wrong in a signal file is nobody's business.
    guard !signals.contains(content.identity) else { throw field.error(named.refusal) }
    return CellFile(name: name, path: path, content: content)
  }

  /// Refuses empty, repeated and impossible values, each with its place.
  ///
  /// - Privacy: A value of a list in the spec is shown; one of a file never is, since the file may
  ///   be one of signals under a name that the spec does not give as such.
  func checked(
    _ values: [CellValue],
    of key: GroupKey,
    file: CellFile?,
    field: NodeReader
  ) throws(SpecificationError) -> CellList {
    var seen: [String: Int] = [:]
    seen.reserveCapacity(values.count)
    for value in values {
      func error(_ message: String) -> SpecificationError {
        SpecificationError(
          file: file?.path ?? field.file,
          line: value.line,
          column: value.column,
          key: file == nil ? field.key : nil,
          message: message
        )
      }
      guard !value.text.isEmpty else {
        throw error("has an empty value; write a value or delete the line")
      }
      guard !value.text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else { throw error("has a line break or a control character in a value; delete it") }
      if let first = seen[value.text] {
        guard file == nil else {
          throw error("has the same value as line \(first); keep one of the two lines")
        }
        let place = first == value.line ? "" : " (first on line \(first))"
        throw error("the value `\(value.text)` is written twice\(place); keep one")
      }
      seen[value.text] = value.line
      if let problem = impossible(value.text, key) {
        throw error((file == nil ? "`\(value.text)` " : "the value ") + problem)
      }
    }
    return Self.hashed(values.map(\.text), file: file)
  }

  /// Why no signal can ever have a value, or `nil` where one can.
  private func impossible(_ value: String, _ key: GroupKey) -> String? {
    switch key {
    case .day where CivilDay(value) == nil:
      return "is not a day; write it as 2026-11-30"
    case .month where CivilDay(value + "-01") == nil:
      return "is not a month; write it as 2026-11"
    case .week where !Self.isWeek(value):
      return "is not an ISO week; write it as 2026-W48"
    case .region, .intent, .source, .stage:
      guard let prefix = columns[key.column]?.prefix, value.unicodeScalars.count > prefix else {
        return nil
      }
      return "is longer than the \(prefix) characters that are kept of "
        + "`\(key.column.rawValue)`; shorten it or raise `prefix`"
    default:
      return nil
    }
  }

  private static func isWeek(_ text: String) -> Bool {
    guard text.utf8.count == 8, text.dropFirst(4).hasPrefix("-W"), let year = Int64(text.prefix(4)),
      let week = Int64(text.suffix(2)), week >= 1, year >= 0
    else { return false }
    // 4 January is always in the first week.
    let day = CivilDay(year: year, month: 1, day: 4) + (week - 1) * 7
    return day.weekLabel == text
  }

  private static func hashed(_ values: [String], file: CellFile?) -> CellList {
    var bytes: [UInt8] = []
    for value in values {
      bytes.append(contentsOf: value.utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    return CellList(
      values: values,
      listSHA256: Digest.hexadecimal(bytes),
      fileSHA256: file?.content.sha256
    )
  }
}
