// RecordBuffer.swift: a window on the bytes of a file that always begins at a record.
// SPDX-License-Identifier: Apache-2.0

/// A window on the bytes of a file that begins at a record and grows until the record is whole.
///
/// Memory is bounded by the longest record that is taken.
final class RecordBuffer {
  /// The longest record in bytes, the line end of CSV included; a longer one contributes nothing.
  static let longestRecord = 1 << 20
  private static let capacity = 4 << 20

  /// The bytes that are here, and a line feed behind them.
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  /// Where the next record begins.
  var start = 0
  /// Behind the last byte that is here.
  private(set) var end = 0
  /// Whether no byte follows those that are here.
  private(set) var isAtEnd = false

  /// Whether lines are counted, which costs one more look at every byte.
  var countsLines = false
  /// The line, from 1, of the record that was dropped last; only where lines are counted.
  private(set) var droppedLine = 0
  /// Where the record stands that was taken last, until more is read; only where lines are counted.
  private(set) var record = 0..<0
  /// The line feeds before `countedTo`.
  private var lineFeeds = 0
  private var countedTo = 0

  private let source: ByteSource
  private let capacity: Int

  init(_ source: ByteSource, capacity: Int = RecordBuffer.capacity) {
    precondition(capacity > Self.longestRecord + 1 || capacity < 1 << 16, "room for a record")
    self.source = source
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + ByteSearch.padding)
    // No byte is looked at but those that were read, the guard behind them and, by searches of whole
    // words, some behind that one; so pages that nothing was read into cost nothing.
    bytes.initialize(repeating: UInt8(ascii: "\n"), count: 1 + ByteSearch.padding)
  }

  deinit {
    bytes.deallocate()
  }

  /// The longest record that fits: the rule, or less in a small buffer under test.
  var longestRecord: Int { min(Self.longestRecord, capacity - 1) }

  /// Reads further bytes behind those of the record that begins at `start`.
  ///
  /// - Returns: Whether there were any.
  func extend() throws(SignalFileError) -> Bool {
    guard !isAtEnd else { return false }
    if start > 0 {
      if countsLines {
        _ = line(at: start)
        countedTo -= start
      }
      bytes.update(from: bytes + start, count: end - start)
      end -= start
      start = 0
    }
    let room = UnsafeMutableBufferPointer(start: bytes + end, count: capacity - end)
    precondition(!room.isEmpty, "a record that is too long is dropped before the buffer is full")
    let count = try source.read(into: room)
    isAtEnd = count == 0
    end += count
    // A guard, at which searches stop.
    bytes[end] = UInt8(ascii: "\n")
    return count > 0
  }

  /// Hands over the next bytes, wherever records begin and end; zero at the end.
  ///
  /// - Precondition: Lines are not counted.
  func readBytes(into target: UnsafeMutableBufferPointer<UInt8>) throws(SignalFileError) -> Int {
    precondition(!countsLines, "lines are counted record by record")
    guard start < end else {
      guard !isAtEnd else { return 0 }
      let count = try source.read(into: target)
      isAtEnd = count == 0
      return count
    }
    let count = min(target.count, end - start)
    target.baseAddress?.update(from: bytes + start, count: count)
    start += count
    return count
  }

  /// Drops bytes up to and with the next line feed, however far it is.
  func dropLine() throws(SignalFileError) {
    markMalformed()
    repeat {
      let stop = ByteSearch.lineFeed(bytes, from: start)
      start = min(stop + 1, end)
      if stop < end { return }
    } while try extend()
  }

  /// Remembers where the record stands that is taken, where lines are counted.
  func markRecord(_ place: Range<Int>) {
    if countsLines { record = place }
  }

  /// Remembers the line of the record that begins at `start`, where lines are counted.
  func markMalformed() {
    if countsLines { droppedLine = line(at: start) }
  }

  /// The line, from 1, of a place among the bytes that are here, no earlier than any asked before.
  func line(at position: Int) -> Int {
    while countedTo < position {
      if bytes[countedTo] == UInt8(ascii: "\n") { lineFeeds += 1 }
      countedTo += 1
    }
    return lineFeeds + 1
  }
}
