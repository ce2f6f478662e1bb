// FoundRowSize.swift: how large the rows of found cells get, for the bytes of their records.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// The largest row for the bytes of its record, where cells are found in the signals.
///
/// Any cell may go with its bytes. Then its row has 28 bytes, those of the unit and of each value, one
/// more for each key, and up to `nameSize` for a day, week or month. The record has the bytes of each
/// column once, and what divides them.
struct FoundRowSize {
  /// The most bytes of the name of a day, in any year that a time may lie in.
  private static let nameSize = 20
  private static let base = RowBuffer.longestRow + 8

  /// What one column adds, byte by byte.
  private struct Column {
    /// How often a row holds it.
    var times = 0
    /// The bytes that it has at least, and those beyond which a ratio does not grow.
    var sizes: ClosedRange<Int>
  }

  private let columns: [Column]
  /// The bytes of a row that no column has.
  private let ownSize: Int

  init(_ specification: ReportSpecification) {
    var columns: [String: Column] = [:]
    // Beyond a byte a ratio above one falls with every byte that both have, unless a row has it twice.
    columns[specification.columns[.unit]?.name ?? ""] = Column(times: 1, sizes: 1...1)
    var own = specification.privacyUnit == .person ? 0 : 8
    for key in specification.groupBy {
      own += 1
      guard key.column != .time, let name = specification.columns[key.column]?.name else {
        own += Self.nameSize
        continue
      }
      let least = specification.cells[key]?.values.map(\.utf8.count).min() ?? 1
      var column = columns[name] ?? Column(sizes: max(1, least)...CellText.longestValue)
      let low = min(max(column.sizes.lowerBound, least), CellText.longestValue)
      column.sizes = low...CellText.longestValue
      column.times += 1
      columns[name] = column
    }
    self.columns = Array(columns.values)
    ownSize = Self.base + own
  }

  /// The largest row for the bytes of its record, where `overhead` divide the columns.
  func ratio(besides overhead: Int) -> (row: Int, bytes: Int) {
    var worst = (row: 1, bytes: 1)
    // A ratio of sums is largest where each column is as short or as long as it can be.
    for choice in 0..<(1 << columns.count) {
      var (row, bytes) = (ownSize, overhead)
      for (index, column) in columns.enumerated() {
        let isLong = choice >> index & 1 == 1
        let size = isLong ? column.sizes.upperBound : column.sizes.lowerBound
        row += column.times * size
        bytes += size
      }
      if row * worst.bytes > worst.row * bytes { worst = (row, bytes) }
    }
    return worst
  }
}
