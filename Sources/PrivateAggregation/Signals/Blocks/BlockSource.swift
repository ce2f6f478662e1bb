// BlockSource.swift: cuts files into blocks of whole records that several threads can decode.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Hands out the signals of all files, block by block, to any number of threads.
///
/// Only reading, decompression and the search for a place to cut happen one after the other. A block
/// is cut behind its last line feed if there is no quote in it or it is JSON Lines, and else where the last whole record
/// ends by the rules of `CSVReader`, so that the records are the same for every size of blocks.
final class BlockSource: @unchecked Sendable {
  /// What a worker is to do.
  enum Portion {
    /// Decode the records of its block.
    case block
    /// Nothing is left.
    case end
  }

  private let turn = Mutex(())
  // Everything below is touched by the thread whose turn it is.
  private let open: (String) throws(SignalFileError) -> SignalReader
  private var paths: ArraySlice<String>
  private let blockSize: Int
  private let longestRecord: Int
  private let meter: ProgressMeter
  private var file: SignalReader?
  /// The layout of the file at hand; `nil` for JSON Lines, of which each line is a record.
  private var layout: CSVLayout?
  /// The beginning of a record whose end was not read yet.
  private let carried: UnsafeMutablePointer<UInt8>
  private var carriedCount = 0
  private var carriesQuote = false
  /// What looks for the end of a record that is too long to hold.
  private var dropped: RecordEnd?
  private let scanner = CSVScanner(slots: [])
  private var failure: SignalFileError?

  /// - Parameters:
  ///   - paths: The files, each read once.
  ///   - blockSize: The bytes that are read at once.
  ///   - longestRecord: The longest record that is taken, in bytes.
  ///   - meter: Where progress is told.
  ///   - open: Opens a file and reads its header.
  init(
    paths: [String],
    blockSize: Int,
    longestRecord: Int = RecordBuffer.longestRecord,
    meter: ProgressMeter,
    open: @escaping (String) throws(SignalFileError) -> SignalReader
  ) {
    precondition(blockSize > 0, "a block has bytes")
    self.paths = paths[...]
    self.blockSize = blockSize
    self.longestRecord = longestRecord
    self.meter = meter
    self.open = open
    carried = .allocate(capacity: longestRecord + 1)
  }

  deinit { carried.deallocate() }

  /// The size of a block that takes a carried record and what is read behind it.
  var blockCapacity: Int { longestRecord + blockSize }

  /// Gives a worker something to do.
  ///
  /// - Throws: `SignalFileError` where a file as a whole fails; every later call gives `end`.
  func next(into block: RecordBlock) throws(SignalFileError) -> Portion {
    var portion = Portion.end
    var failure: SignalFileError?
    turn.withLock { _ in
      guard self.failure == nil else { return }
      do throws(SignalFileError) {
        portion = try advance(into: block)
      } catch {
        self.failure = error
        failure = error
      }
    }
    if let failure { throw failure }
    return portion
  }

  private func advance(into block: RecordBlock) throws(SignalFileError) -> Portion {
    while true {
      guard let file else {
        guard let path = paths.popFirst() else { return .end }
        let opened = try open(path)
        layout = opened.layout
        file = opened
        continue
      }
      let isAtEnd = try fill(block, from: file)
      meter.read(file.progress.bytesRead)
      if isAtEnd {
        meter.finished(file.progress.bytesRead)
        self.file = nil
      }
      guard cut(block, isAtEnd: isAtEnd) else { continue }
      block.layout = layout
      return .block
    }
  }

  /// Puts the carried bytes and those that follow into a block; tells whether the file ends.
  private func fill(
    _ block: RecordBlock,
    from file: SignalReader
  ) throws(SignalFileError) -> Bool {
    block.bytes.update(from: carried, count: carriedCount)
    block.start = 0
    block.end = carriedCount
    carriedCount = 0
    let target = UnsafeMutableBufferPointer(start: block.bytes + block.end, count: blockSize)
    let count = try file.readBytes(into: target)
    block.end += count
    let added = block.bytes + (block.end - count)
    block.hasQuotes =
      layout != nil
      && (carriesQuote || memchr(added, Int32(UInt8(ascii: "\"")), count) != nil)
    carriesQuote = false
    return count == 0
  }

  /// Moves the end of a block to where its last whole record ends, and carries the rest over.
  ///
  /// - Returns: Whether there is any record in the block.
  private func cut(_ block: RecordBlock, isAtEnd: Bool) -> Bool {
    let all = block.end
    // A guard, at which searches stop, and the end of a last record that has none of its own.
    block.bytes[all] = UInt8(ascii: "\n")
    if dropped != nil {
      guard let next = dropped?.find(block.bytes, from: block.start, to: all) else {
        if isAtEnd { dropped = nil }
        return false
      }
      dropped = nil
      block.start = next
    }
    if isAtEnd {
      let isWhole = all == block.start || block.bytes[all - 1] == UInt8(ascii: "\n")
      block.isEndAdded = !isWhole
      block.end = isWhole ? all : all + 1
    } else {
      block.isEndAdded = false
      block.end = block.hasQuotes ? lastRecordEnd(block) : lastLineEnd(block)
      if dropped == nil {
        let rest = all - block.end
        carried.update(from: block.bytes + block.end, count: rest)
        carriedCount = rest
        carriesQuote =
          block.hasQuotes && memchr(carried, Int32(UInt8(ascii: "\"")), rest) != nil
      }
    }
    block.bytes[block.end] = UInt8(ascii: "\n")
    return block.end > block.start
  }

  /// Behind the last line feed of a block without quotes; what follows is dropped if it is too long.
  private func lastLineEnd(_ block: RecordBlock) -> Int {
    var place = block.end
    while place > block.start, block.bytes[place - 1] != UInt8(ascii: "\n") { place -= 1 }
    if block.end - place > longestRecord { drop(block, from: place) }
    return place
  }

  /// Behind the last record of a block that ends in it; what follows is dropped if it is too long.
  private func lastRecordEnd(_ block: RecordBlock) -> Int {
    var place = block.start
    while place < block.end {
      switch scanner.scan(block.bytes, from: place, to: block.end, isAtEnd: false) {
      case .record(let next), .malformed(let next), .blank(let next):
        place = next
      case .cut:
        if block.end - place > longestRecord { drop(block, from: place) }
        return place
      }
    }
    return place
  }

  /// Drops a record that does not end in the block.
  private func drop(_ block: RecordBlock, from place: Int) {
    var recordEnd = RecordEnd(isLine: layout == nil)
    let next = recordEnd.find(block.bytes, from: place, to: block.end)
    precondition(next == nil, "a record that was cut does not end")
    dropped = recordEnd
  }
}

/// Tells now and then how far the reading is.
final class ProgressMeter: @unchecked Sendable {
  /// How many bytes pass between two calls.
  private static let step = 8 << 20

  private let bytesInAll: Int?
  private let tell: (@Sendable (ReadingProgress) -> Void)?
  private let turn = Mutex(Standing())

  private struct Standing {
    /// The bytes of the files that were read to their end.
    var finished = 0
    var told = 0
  }

  init(bytesInAll: Int?, tell: (@Sendable (ReadingProgress) -> Void)?) {
    self.bytesInAll = bytesInAll
    self.tell = tell
  }

  /// A file was read so far.
  func read(_ bytes: Int) {
    guard let tell else { return }
    turn.withLock { standing in
      let read = standing.finished + bytes
      guard read - standing.told >= Self.step else { return }
      standing.told = read
      tell(ReadingProgress(bytesRead: read, bytesInAll: bytesInAll))
    }
  }

  /// A file was read to its end.
  func finished(_ bytes: Int) {
    turn.withLock { $0.finished += bytes }
  }

  /// All files were read.
  func end() {
    tell?(ReadingProgress(bytesRead: turn.withLock { $0.finished }, bytesInAll: bytesInAll))
  }
}
