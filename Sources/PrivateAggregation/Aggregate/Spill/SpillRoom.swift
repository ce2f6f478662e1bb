// SpillRoom.swift: how large a temporary file can get, by the sizes of the signal files alone.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// How large the temporary file of an aggregation can get, whatever the signals are.
///
/// A record that counts has the bytes of its unit, those of a listed value for each key that has a
/// column of its own, and what divides them. Its row has the bytes of the unit, eight more where days or
/// weeks tell units apart, and four or twenty-four of its own, or twelve where it has a value. So a file of so many bytes makes
/// rows of at most so many, and no more than that are ever written. Where regions are shapes, a signal
/// has a row for each that it lies in: as many as a point may lie in at most.
///
/// - Privacy: It follows from the specification, the sizes of the files and their headers, which are
///   public; so does whether a disk has the room.
struct SpillRoom {
  /// More bytes than any disk has, and few enough to multiply.
  private static let mostBytes = 1 << 50
  /// What a piece takes besides rows: its header, what a reader may touch, and the tag of its seal.
  private static let pieceOverhead = 8 + RowBuffer.longestRow + SpillFile.tagSize
  /// What a JSON object takes besides its texts: braces, quotes of a name, a colon, a line feed.
  private static let objectOverhead = 6

  /// The bytes of day or week in front of a unit.
  private let labelSize: Int
  /// The bytes that listed values take at least, in columns other than that of the unit.
  private let valuesSize: Int
  /// Whether rows have values.
  private let hasValues: Bool
  /// The most rows of a record.
  private let pairsPerSignal: Int
  /// How large rows are where cells are found in the signals.
  private let found: FoundRowSize?
  /// The bytes of all rows at most; `nil` where a file has no size of its own.
  private(set) var rows: Int? = 0

  init(_ specification: ReportSpecification, pairsPerSignal: Int = 1) {
    self.pairsPerSignal = max(1, pairsPerSignal)
    found = specification.selection.map { _ in FoundRowSize(specification) }
    labelSize = specification.privacyUnit == .person ? 0 : 8
    // Two columns may be one; the values of that are counted once.
    var sizes: [String: Int] = [:]
    let unit = specification.columns[.unit]?.name
    for key in specification.groupBy where key.column != .time {
      guard let name = specification.columns[key.column]?.name, name != unit else { continue }
      sizes[name] = specification.cells[key]?.values.map(\.utf8.count).min() ?? 0
    }
    hasValues = specification.statistics?.values != nil
    if hasValues, let name = specification.columns[.value]?.name, name != unit {
      sizes[name] = max(sizes[name] ?? 0, 1)
    }
    valuesSize = sizes.values.reduce(0, +)
  }

  /// Counts a file in, by its size and its header.
  mutating func add(_ reader: SignalReader) {
    guard let sum = rows, let size = reader.plainSize else {
      rows = nil
      return
    }
    let bytes = min(size, Self.mostBytes)
    let dividers = reader.layout?.fieldCount ?? Self.objectOverhead
    let ratio = found?.ratio(besides: dividers) ?? ratio(besides: dividers + valuesSize)
    // A last record may do without its line end: one row more.
    let more = (bytes / ratio.bytes + 1) * ratio.row + RowBuffer.longestRow + labelSize
    let most = Self.mostBytes * 8
    rows = min(sum + (more > most / pairsPerSignal ? most : more * pairsPerSignal), most)
  }

  /// The largest row for the bytes of its record, where those beside the unit are so many.
  private func ratio(besides overhead: Int) -> (row: Int, bytes: Int) {
    // Rows get no larger for their records beyond the shortest unit that stands elsewhere.
    let longest = PackedBytes.mostBytes + 1
    var worst = (row: 1, bytes: 1)
    for count in 1...longest {
      let unit = count + labelSize
      let plain = unit > PackedBytes.mostBytes ? RowBuffer.longestRow + 4 + unit : 4 + unit
      let row = hasValues ? ValueRows.headerSize + unit : plain
      if row * worst.bytes > worst.row * (count + overhead) { worst = (row, count + overhead) }
    }
    return worst
  }

  /// The bytes that the file takes at most; zero where all rows certainly stay in memory, `nil` where
  /// that is not known.
  func bytes(under memory: MemoryPlan, threads: Int, partCount: Int) -> Int? {
    guard let rows else { return nil }
    // What is left over behind long units is at most as much again; each part has one piece more.
    guard 3 * rows + partCount * memory.pieceSize > memory.rowsPerThread else { return 0 }
    // Each time that rows are written they are at least 128 KiB, with less than 23 KiB of overhead.
    return rows + rows / 4 + (threads + 1) * partCount * Self.pieceOverhead
  }
}
