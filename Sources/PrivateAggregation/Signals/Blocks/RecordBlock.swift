// RecordBlock.swift: a worker's own buffer with whole records in it.
// SPDX-License-Identifier: Apache-2.0

/// Where the wanted columns of a CSV file stand.
struct CSVLayout {
  /// For each column of the file the slot that takes its field, or -1.
  let slots: [Int32]
  /// The slot of each wanted column.
  let places: [Int]

  /// The number of fields of a record.
  var fieldCount: Int { slots.count }
  /// The field of each wanted column.
  var columns: [Int] { places.map { place in slots.firstIndex(of: Int32(place)) ?? 0 } }
}

/// A worker's own buffer with whole records in it, each ended by a line feed.
final class RecordBlock {
  /// The bytes.
  let bytes: UnsafeMutablePointer<UInt8>
  let capacity: Int
  /// Where the first record begins.
  var start = 0
  /// Behind the line feed of the last record.
  var end = 0
  /// Whether there may be quotes.
  var hasQuotes = false
  /// Whether the last line feed was put there because the file ends without one.
  var isEndAdded = false
  /// The layout of a CSV file; `nil` where the records are JSON Lines.
  var layout: CSVLayout?

  init(capacity: Int) {
    self.capacity = capacity
    // Beyond the capacity: a line feed or two, and bytes that are read but never looked at.
    bytes = .allocate(capacity: capacity + 2 + DelimiterIndex.slack)
    (bytes + capacity).initialize(repeating: 0, count: 2 + DelimiterIndex.slack)
  }

  deinit { bytes.deallocate() }
}
