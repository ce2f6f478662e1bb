// FoundCellList.swift: the cells that were found in the signals, with their exact counts.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// The cells that units keep of those that were found in the signals, in no order.
///
/// - Privacy: Secret until they are selected; the counts always.
struct FoundCellList {
  private struct Cell {
    /// Where its bytes begin.
    let offset: Int
    let count: Int
    let signals: Int64
    let units: Int64
  }

  private var bytes: [UInt8] = []
  private var cells: [Cell] = []

  /// The number of cells.
  var count: Int { cells.count }

  /// Adds a cell that some unit keeps; leaves out one that none keeps, which is never considered.
  mutating func append(_ bytes: some Collection<UInt8>, signals: Int64, units: Int64) {
    guard units > 0 else { return }
    let offset = self.bytes.count
    self.bytes.append(contentsOf: bytes)
    cells.append(
      Cell(offset: offset, count: bytes.count, signals: signals, units: units)
    )
  }

  /// Adds the cells of a directory with their counts.
  mutating func append(_ tally: CellTally, of directory: CellDirectory?) {
    guard let directory else { return }
    let (signals, units) = (tally.signalCounts, tally.unitCounts)
    for cell in units.indices where units[cell] > 0 {
      append(
        directory.bytes(of: UInt32(cell)).buffer,
        signals: signals[cell],
        units: units[cell]
      )
    }
  }

  /// The exact numbers of units.
  var units: [Int64] { cells.map(\.units) }

  /// The exact counts of a measure.
  func counts(of measure: Measure) -> [Int64] {
    switch measure {
    case .signals: cells.map(\.signals)
    case .units: cells.map(\.units)
    case .sum, .cellSum, .deviation: preconditionFailure("sums are of listed cells")
    }
  }

  /// The values of a cell, in the order of the keys.
  func values(of index: Int) -> [String] {
    let cell = cells[index]
    return CellText.values(bytes[cell.offset..<(cell.offset + cell.count)])
  }

  /// Orders some of the cells by the bytes of their values, key by key.
  ///
  /// That tells nothing of where they were seen.
  func sorted(_ indices: some Sequence<Int>) -> [Int] {
    bytes.withUnsafeBufferPointer { bytes in
      var entries = indices.map { index in
        (first: Self.first(bytes, cells[index].offset, cells[index].count), index: index)
      }
      entries.sort { left, right in
        guard left.first == right.first else { return left.first < right.first }
        let (left, right) = (cells[left.index], cells[right.index])
        return bytes[left.offset..<(left.offset + left.count)]
          .lexicographicallyPrecedes(bytes[right.offset..<(right.offset + right.count)])
      }
      return entries.map(\.index)
    }
  }

  /// The first eight bytes, in an order of numbers; no bytes are zeros, as no value holds one.
  private static func first(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ offset: Int,
    _ count: Int
  ) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<8 {
      word = word << 8 | (index < count ? UInt64(bytes[offset + index]) : 0)
    }
    return word
  }
}
