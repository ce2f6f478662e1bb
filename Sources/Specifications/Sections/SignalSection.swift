// SignalSection.swift: the part of a spec that says where signals are and what their columns mean.
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation

/// The `signals` of a spec, and the `where` that filters them.
struct SignalSection {
  /// The columns that `where` may name: what a signal is about, never whose it is.
  private static let filterable: [SignalColumn] = [.region, .intent, .source, .stage, .value]

  /// The patterns of the files, absolute, or `-`.
  let files: [String]
  /// The format of all files, where the spec says it.
  let format: SignalFormat?
  /// Where each part of a signal stands.
  let columns: [SignalColumn: ColumnReference]

  init(_ top: MappingReader, directory: String) throws(SpecificationError) {
    let example = "signals: {files: [signals/*.csv], columns: {unit: user_id}}"
    let keys = try top.required("signals", example: example).mapping(["files", "format", "columns"])
    let files = try keys.required("files", example: "files: [signals/*.csv]")
    self.files = try Self.patterns(files, from: directory)
    format = try keys.optional("format")?.choice(SignalFormat.self)
    let columns = try keys.required("columns", example: "columns: {unit: user_id}")
    self.columns = try Self.columns(columns)
  }

  /// Reads patterns and makes them absolute.
  static func patterns(
    _ field: NodeReader,
    from directory: String
  ) throws(SpecificationError) -> [String] {
    var patterns: [String] = []
    for item in field.isText ? [field] : try field.items() {
      let text = try item.text()
      let pattern = text == "-" ? text : PathText.absolute(text, from: directory)
      guard !patterns.contains(where: { $0.utf8.elementsEqual(pattern.utf8) }) else {
        throw item.error("`\(text)` is written twice, and would be counted twice; keep one")
      }
      patterns.append(pattern)
    }
    return patterns
  }

  private static func columns(
    _ field: NodeReader
  ) throws(SpecificationError) -> [SignalColumn: ColumnReference] {
    let keys = try field.mapping(SignalColumn.allCases.map(\.rawValue))
    _ = try keys.required("unit", example: "unit: user_id")
    var columns: [SignalColumn: ColumnReference] = [:]
    for column in SignalColumn.allCases {
      guard let field = keys.optional(column.rawValue) else { continue }
      if field.isText {
        columns[column] = ColumnReference(name: try field.text())
        continue
      }
      let parts = try field.mapping(["column", "prefix"])
      let name = try parts.required("column", example: "{column: category, prefix: 2}").text()
      let prefix = try parts.optional("prefix")?.count(upTo: 1000)
      if prefix != nil, !filterable.contains(column) || column == .value {
        throw parts.error(
          "prefix",
          "`\(column.rawValue)` is always read whole; leave `prefix` out"
        )
      }
      columns[column] = ColumnReference(name: name, prefix: prefix)
    }
    return columns
  }

  /// Reads `where`: for each column the values that pass.
  func filters(_ top: MappingReader) throws(SpecificationError) -> [SignalColumn: [String]] {
    guard let field = top.optional("where") else { return [:] }
    let keys = try field.mapping(Self.filterable.map(\.rawValue))
    var filters: [SignalColumn: [String]] = [:]
    for column in Self.filterable {
      guard let field = keys.optional(column.rawValue) else { continue }
      guard columns[column] != nil else {
        throw field.error(
          "filters a column that is not declared; write `\(column.rawValue): COLUMN` under "
            + "`signals.columns`"
        )
      }
      let values = try field.texts()
      guard Set(values).count == values.count else {
        throw field.error("names a value twice; keep one")
      }
      filters[column] = values
    }
    return filters
  }
}
