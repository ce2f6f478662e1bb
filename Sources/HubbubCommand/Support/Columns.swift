// Columns.swift: small tables of text for people.
// SPDX-License-Identifier: Apache-2.0

import Releases

/// A small table of text, its columns padded to their widest entry.
struct Columns {
  private var rows: [[String]]
  private let numbers: Set<Int>

  /// Makes a table with a line of headings; the columns of `numbers` are flush right.
  init(_ headings: [String], numbers: Set<Int>) {
    rows = [headings]
    self.numbers = numbers
  }

  /// Adds a row; a name can hold anything, and none steers the terminal or widens the table at will.
  mutating func add(_ row: [String]) {
    rows.append(
      row.enumerated().map { column, cell in
        numbers.contains(column) ? cell : VisibleText.escaping(cell, limit: 80)
      }
    )
  }

  /// The table, with a line for each row.
  var text: String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return numbers.contains(column) ? padding + cell : cell + padding
      }
      return "  " + Self.trimmed(cells.joined(separator: "  ")) + "\n"
    }.joined()
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
