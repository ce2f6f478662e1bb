// HierarchyFile.swift: regions that lie in one another, from a file of levels or of parents.
// Reference: `docs/hierarchies.md`, section "The file".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// A region as a file gives it.
struct FileRegion {
  let code: String
  /// The code of the region that it lies in.
  let parent: String?
  /// The line that gives it first.
  let line: Int
}

/// Regions that lie in one another, level by level from the top, those of one parent side by side.
struct FileHierarchy {
  let regions: [FileRegion]
  let tree: TreeShape
  /// How many regions each level has.
  let counts: [Int]
  /// The names of the levels.
  let names: [String]
}

/// Reads a file of regions that lie in one another.
///
/// - Privacy: No error shows what the file holds, as it may be one of signals: lines and columns only.
struct HierarchyFile {
  /// The name of the level of a region that the spec adds on top.
  static let rootLevel = "all"

  let file: CellFile
  /// The names of the levels, where the spec gives them.
  let levels: [NodeReader]?
  /// The code of one region in which all of the file lie, where the spec adds it.
  let root: String?

  func error(_ line: Int?, _ message: String) -> SpecificationError {
    SpecificationError(file: file.path, line: line, message: message)
  }

  /// Reads the file.
  ///
  /// - Throws: `SpecificationError`, with the file and the line.
  func hierarchy() throws(SpecificationError) -> FileHierarchy {
    guard let text = file.text else {
      throw error(nil, "is not UTF-8 text; save it as plain text in UTF-8")
    }
    var records = CSVText(text)
    guard let header = try next(&records), header.fields != [""] else {
      throw error(nil, "is empty; write a header line and one region a line below it")
    }
    var names: [String] = []
    for level in levels ?? [] { names.append(try level.text()) }
    let code = header.fields.firstIndex(of: "code")
    let parent = header.fields.firstIndex(of: "parent")
    if let code, let parent, !names.contains("code"), !names.contains("parent") {
      return try ordered(
        try parents(&records, code: code, parent: parent, width: header.fields.count),
        names: levels == nil ? nil : names
      )
    }
    let columns = try columns(header.fields, names)
    let regions = try rows(&records, columns, width: header.fields.count)
    let levelNames = columns.map { header.fields[$0] }
    return try ordered(regions, names: (root == nil ? [] : [Self.rootLevel]) + levelNames)
  }

  private func next(_ records: inout CSVText) throws(SpecificationError) -> CSVRecord? {
    do {
      return try records.next()
    } catch {
      throw self.error(error.line, "has a quote that is not closed; close it or double it")
    }
  }

  private func next(
    _ records: inout CSVText,
    width: Int
  ) throws(SpecificationError) -> CSVRecord? {
    guard let record = try next(&records) else { return nil }
    guard record.fields.count == width else {
      throw error(
        record.line,
        "has \(record.fields.count) fields where the header has \(width); mend the line"
      )
    }
    return record
  }

  // MARK: - A column for each level

  /// The columns of the levels, from the top.
  private func columns(
    _ header: [String],
    _ names: [String]
  ) throws(SpecificationError) -> [Int] {
    guard let levels else {
      for (place, name) in header.enumerated()
      where name.isEmpty || header.firstIndex(of: name) != place {
        throw error(
          1,
          "has a column without a name or two of one name (column \(place + 1)); name the columns "
            + "after the levels, from the top, or write `levels: [state, county]` in the spec"
        )
      }
      return Array(header.indices)
    }
    var columns: [Int] = []
    for (level, name) in zip(levels, names) {
      guard let place = header.firstIndex(of: name) else {
        throw level.error(
          "`\(file.name)` has no column `\(name)`; write names that are in its header line"
        )
      }
      columns.append(place)
    }
    return columns
  }

  /// Regions from rows that name, from the top, all in which an innermost one lies.
  private func rows(
    _ records: inout CSVText,
    _ columns: [Int],
    width: Int
  ) throws(SpecificationError) -> [FileRegion] {
    var regions: [FileRegion] = []
    var places: [String: Int] = [:]
    /// The line that gives a region as an innermost one.
    var innermost: [String: Int] = [:]
    var used = 0
    while let record = try next(&records, width: width) {
      var codes = columns.map { record.fields[$0] }
      while codes.last?.isEmpty == true { codes.removeLast() }
      guard !codes.isEmpty, !codes.contains("") else {
        throw error(
          record.line,
          codes.isEmpty
            ? "names no region; write one or delete the line"
            : "leaves out a level above another; only the last ones may be left out"
        )
      }
      used = max(used, codes.count)
      for (depth, code) in codes.enumerated() {
        let parent = depth == 0 ? nil : codes[depth - 1]
        guard let place = places[code] else {
          places[code] = regions.count
          regions.append(FileRegion(code: code, parent: parent, line: record.line))
          continue
        }
        guard regions[place].parent == parent else {
          throw twoParents(record.line, regions[place].line)
        }
        if depth == codes.count - 1 || innermost[code] != nil {
          throw repeated(record.line, innermost[code] ?? regions[place].line)
        }
      }
      innermost[codes[codes.count - 1]] = record.line
    }
    guard !regions.isEmpty else {
      throw error(nil, "has a header and no regions; write at least one line below it")
    }
    guard used == columns.count else {
      throw error(
        nil,
        "has no region in column \(columns[used] + 1), which is a level; delete the column, or name "
          + "the levels that have regions as `levels: [...]` in the spec"
      )
    }
    return regions
  }

  private func twoParents(_ line: Int, _ first: Int) -> SpecificationError {
    error(
      line,
      "puts a region under another one than line \(first) does; every code is one region, of one "
        + "level, in one other: give one of the two another code"
    )
  }

  private func repeated(_ line: Int, _ first: Int) -> SpecificationError {
    error(
      line,
      "gives a region again that line \(first) gives already, as one in which no other lies or with "
        + "others in it; keep one of the two"
    )
  }

  // MARK: - A column of parents

  /// Regions from rows of a code and that of its parent, in any order.
  private func parents(
    _ records: inout CSVText,
    code: Int,
    parent: Int,
    width: Int
  ) throws(SpecificationError) -> [FileRegion] {
    var regions: [FileRegion] = []
    var places: [String: Int] = [:]
    while let record = try next(&records, width: width) {
      let (own, above) = (record.fields[code], record.fields[parent])
      guard !own.isEmpty else {
        throw error(record.line, "has an empty code; write one or delete the line")
      }
      if let place = places[own] {
        guard regions[place].parent == (above.isEmpty ? nil : above) else {
          throw twoParents(record.line, regions[place].line)
        }
        throw error(
          record.line,
          "has the same code as line \(regions[place].line); keep one of the two lines"
        )
      }
      places[own] = regions.count
      regions.append(
        FileRegion(code: own, parent: above.isEmpty ? nil : above, line: record.line)
      )
    }
    guard !regions.isEmpty else {
      throw error(nil, "has a header and no regions; write at least one line below it")
    }
    for region in regions {
      if let parent = region.parent, places[parent] == nil {
        throw error(
          region.line,
          "names a parent that no line gives as a code; add a line for it, with an empty parent if "
            + "it lies in none"
        )
      }
    }
    return regions
  }
}
