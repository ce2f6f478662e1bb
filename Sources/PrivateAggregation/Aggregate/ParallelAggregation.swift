// ParallelAggregation.swift: blocks are decoded and parts of the units bounded on all threads.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import PrivacyAccounting
import Synchronization

/// Decodes blocks on all threads into rows, then bounds and adds up the units part by part.
///
/// Rows are kept until they take their share of the memory; then they are moved into the tables of
/// the units, so that memory grows with the units and not with the signals. The tables give the same
/// choice in every order of rows, so nothing depends on which thread is when where.
final class ParallelAggregation: @unchecked Sendable {
  /// The units of one part; one thread at a time.
  private final class Part: @unchecked Sendable {
    private let turn = Mutex(())
    private var table: PartTable?

    /// Moves rows into the table.
    func add(_ rows: RowBuffer, _ part: Int, to make: () -> PartTable) {
      turn.withLock { _ in
        if table == nil { table = make() }
        // One access for all rows.
        if var filled = table.take() {
          rows.drain(part, into: &filled)
          table = consume filled
        }
      }
    }

    /// Hands the table over and forgets it.
    func take() -> PartTable? { turn.withLock { _ in table.take() } }
  }

  private let specification: ReportSpecification
  private let rules: SignalRules
  private let options: AggregationOptions
  private let source: BlockSource
  private let meter: ProgressMeter
  private let bounds: ContributionBounds
  private let key: ChoiceKey
  private let hash: PlaceHash
  private let cellCount: Int
  private let parts: [Part]
  /// The rows of each thread; a thread touches its own alone, until all have been decoded.
  private let rows: [RowBuffer]
  /// The bytes of rows that a thread keeps.
  private let share: Int
  private let failure = Mutex<SignalFileError?>(nil)

  init(
    _ specification: ReportSpecification,
    source: BlockSource,
    meter: ProgressMeter,
    cellCount: Int,
    key: ChoiceKey,
    options: AggregationOptions
  ) {
    precondition(cellCount < RowBuffer.mostCells, "fewer cells than a row can tell apart")
    self.specification = specification
    self.source = source
    self.meter = meter
    self.cellCount = cellCount
    self.key = key
    self.options = options
    rules = SignalRules(specification)
    bounds = specification.bounds
    // Where a unit is looked for is nobody's business; which cells it keeps does not depend on it.
    let words = ChoiceKey.drawn().words
    let hash = PlaceHash(key: (words.0, words.1))
    self.hash = hash
    parts = (0..<options.partCount).map { _ in Part() }
    rows = (0..<options.threads).map { _ in RowBuffer(partCount: options.partCount, hash: hash) }
    share = options.memory / 2 / options.threads
  }

  /// Reads everything.
  ///
  /// - Returns: The bounded counts of signals and of units in each cell.
  /// - Throws: `SignalFileError` for the first file that fails as a whole.
  consuming func run() throws(SignalFileError) -> (signals: [Int64], units: [Int64]) {
    let work = self
    DispatchQueue.concurrentPerform(iterations: options.threads) { thread in
      work.decode(on: thread)
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    meter.end()
    return tally()
  }

  private func makeTable() -> PartTable { PartTable(bounds: bounds, key: key, hash: hash) }

  // MARK: - Decoding

  private func decode(on thread: Int) {
    let rows = rows[thread]
    let block = RecordBlock(capacity: source.blockCapacity)
    let decoder = BlockDecoder(rules: rules, rows: rows, longestRecord: options.longestRecord)
    do throws(SignalFileError) {
      while true {
        switch try source.next(into: block) {
        case .end:
          return
        case .block:
          decoder.decode(block)
        case .file(let reader):
          try decode(reader, with: decoder, into: rows, on: thread)
        }
        if rows.bytesHeld > share { drain(rows, from: thread) }
      }
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
  }

  /// Decodes a whole file in a format that is not cut into blocks.
  private func decode(
    _ reader: SignalReader,
    with decoder: BlockDecoder,
    into rows: RowBuffer,
    on thread: Int
  ) throws(SignalFileError) {
    let signals = SignalDecoder(specification)
    var count = 0
    while true {
      let step = try reader.next()
      if step == .end { break }
      if step == .record { decoder.decode(signals, reader) }
      count += 1
      if count & 0xFFF == 0 {
        meter.read(reader.progress.bytesRead)
        if rows.bytesHeld > share { drain(rows, from: thread) }
      }
    }
    meter.finished(reader.progress.bytesRead)
  }

  /// Moves a thread's rows into the tables, beginning where other threads are unlikely to be.
  private func drain(_ rows: RowBuffer, from thread: Int) {
    for step in 0..<parts.count {
      let part = (step + thread * parts.count / options.threads) % parts.count
      parts[part].add(rows, part, to: makeTable)
    }
    rows.reset()
  }

  // MARK: - Adding up

  private func tally() -> (signals: [Int64], units: [Int64]) {
    let total = CellTally(cellCount: cellCount)
    let gathered = Mutex(())
    let next = Atomic<Int>(0)
    // Each thread adds up on its own where that takes little memory.
    let threads = cellCount * 16 * options.threads > options.memory / 4 ? 1 : options.threads
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      let own = thread == 0 && threads == 1 ? total : CellTally(cellCount: self.cellCount)
      let choice = SignalChoice(bounds: self.bounds, key: self.key)
      var table = self.makeTable()
      while true {
        let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if part >= self.parts.count { break }
        // Where rows were moved before, there is a table already; else one serves for all parts.
        if let begun = self.parts[part].take() { table = begun }
        for rows in self.rows { rows.drain(part, into: &table) }
        table.forEachUnit { cells, hash in choice.add(cells, hash: hash, to: own) }
        table.removeAll()
      }
      if own !== total { gathered.withLock { _ in total.add(own) } }
    }
    return (total.signalCounts, total.unitCounts)
  }
}

/// Counts for every cell while they are added up.
final class CellTally: @unchecked Sendable {
  let cellCount: Int
  let signals: UnsafeMutablePointer<Int64>
  let units: UnsafeMutablePointer<Int64>

  init(cellCount: Int) {
    self.cellCount = cellCount
    signals = .allocate(capacity: max(1, cellCount))
    units = .allocate(capacity: max(1, cellCount))
    signals.initialize(repeating: 0, count: cellCount)
    units.initialize(repeating: 0, count: cellCount)
  }

  deinit {
    signals.deallocate()
    units.deallocate()
  }

  var signalCounts: [Int64] { Array(UnsafeBufferPointer(start: signals, count: cellCount)) }
  var unitCounts: [Int64] { Array(UnsafeBufferPointer(start: units, count: cellCount)) }

  /// Counts what one unit keeps in one cell.
  ///
  /// No sum can run over: fewer than 2^40 units, each with
  /// fewer than 2^31 signals in a cell, would take more memory than there is.
  @inline(__always)
  func add(_ count: UInt32, in cell: UInt32) {
    signals[Int(cell)] += Int64(count)
    units[Int(cell)] += 1
  }

  func add(_ other: CellTally) {
    for cell in 0..<cellCount {
      signals[cell] += other.signals[cell]
      units[cell] += other.units[cell]
    }
  }
}
