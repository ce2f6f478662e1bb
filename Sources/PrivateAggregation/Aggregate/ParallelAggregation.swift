// ParallelAggregation.swift: blocks are decoded and parts of the units bounded on all threads.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import PrivacyAccounting
import Synchronization

/// Decodes blocks on all threads into rows, then bounds and adds up the units part by part.
///
/// Rows are kept until they take their share of the memory. Then they are moved into the tables of
/// the units, which grow with the units and not with the signals; and from when those have taken
/// their share, rows go to a temporary file. The tables give the same choice in every order of rows,
/// so nothing depends on which thread is when where, nor on what was kept where.
final class ParallelAggregation: @unchecked Sendable {
  private let rules: SignalRules
  private let options: AggregationOptions
  private let memory: MemoryPlan
  private let source: BlockSource
  private let meter: ProgressMeter
  private let bounds: ContributionBounds
  private let key: ChoiceKey
  private let hash: PlaceHash
  /// The cells that signals can name.
  private let cellCount: Int
  /// Where these stand among all, where regions lie in one another.
  private let levels: HierarchyCells?
  /// The numbers of cells that are found in the signals.
  private let directory: CellDirectory?
  private let parts: [BegunPart]
  /// The rows of each thread; a thread touches its own alone, until all have been decoded.
  private let rows: [RowBuffer]
  /// The bytes of the tables of all parts.
  private let tables = Atomic<Int>(0)
  /// The file of what does not fit.
  private let file: SpillFile
  private let failure = Mutex<SignalFileError?>(nil)

  init(
    _ specification: ReportSpecification,
    regions: RegionIndex? = nil,
    registry: ConsentTable? = nil,
    source: BlockSource,
    file: SpillFile,
    meter: ProgressMeter,
    plan: AggregationPlan,
    key: ChoiceKey,
    options: AggregationOptions
  ) {
    let levels = plan.hierarchy.map(HierarchyCells.init)
    let cellCount = levels?.leafCellCount ?? plan.cellCount
    precondition(cellCount < RowBuffer.mostCells, "fewer cells than a row can tell apart")
    self.source = source
    self.file = file
    self.meter = meter
    self.cellCount = cellCount
    self.levels = levels
    self.key = key
    self.options = options
    rules = SignalRules(specification, regions: regions, registry: registry)
    bounds = specification.bounds
    let threads = options.threads
    let memory = options.division(for: plan)
    self.memory = memory
    directory = plan.selection.map { _ in
      CellDirectory(
        key: key,
        limit: memory.directory,
        threads: memory.addingThreads
      )
    }
    // Where a unit is looked for is nobody's business; which cells it keeps does not depend on it.
    let words = ChoiceKey.drawn().words
    let hash = PlaceHash(key: (words.0, words.1))
    self.hash = hash
    parts = (0..<options.partCount).map { _ in BegunPart() }
    rows = (0..<threads).map { _ in
      RowBuffer(partCount: options.partCount, hash: hash, pieceSize: memory.pieceSize)
    }
  }

  /// Reads everything.
  ///
  /// - Returns: The bounded counts of signals and of units in each listed cell.
  /// - Throws: `SignalFileError` for the first file that fails as a whole.
  consuming func run() throws(SignalFileError) -> (signals: [Int64], units: [Int64]) {
    let work = self
    try work.read()
    let total = try work.tally(nil)
    if let levels = work.levels, let units = total.levels {
      return (levels.sums(total.signalCounts), units.unitCounts)
    }
    return (total.signalCounts, total.unitCounts)
  }

  /// Reads everything where cells are found in the signals.
  ///
  /// - Returns: The cells that units keep, with their bounded counts.
  /// - Throws: `SignalFileError` for the first file that fails as a whole.
  consuming func runFinding() throws(SignalFileError) -> FoundCellList {
    let work = self
    try work.read()
    let kept = KeptCells()
    let total = try work.tally(kept)
    var list = FoundCellList()
    list.append(total, of: work.directory)
    kept.append(to: &list)
    return list
  }

  private func read() throws(SignalFileError) {
    let work = self
    DispatchQueue.concurrentPerform(iterations: options.threads) { thread in
      work.decode(on: thread)
    }
    // What was written is joined by the rest, so that all the memory can add up.
    if !file.isEmpty {
      DispatchQueue.concurrentPerform(iterations: options.threads) { thread in
        do throws(SignalFileError) {
          try work.makeRoom(work.rows[thread], from: thread, RowPiece(), isLast: true)
        } catch {
          work.fail(error)
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    meter.end()
  }

  private func makeTable() -> PartTable {
    PartTable(bounds: bounds, key: key, hash: hash, cells: directory.map { PartCells($0) })
  }

  /// Keeps the first failure, at which all threads stop.
  private func fail(_ error: SignalFileError) { failure.withLock { $0 = $0 ?? error } }

  private var hasFailed: Bool { failure.withLock { $0 != nil } }

  // MARK: - Decoding

  private func decode(on thread: Int) {
    let rows = rows[thread]
    let block = RecordBlock(capacity: source.blockCapacity)
    let longest = options.longestRecord
    let finder = directory.map { CellFinder(rules, in: $0, limit: memory.finder) }
    let csv = BlockDecoder(rules: rules, rows: rows, longestRecord: longest, finder: finder)
    let json = JSONLinesDecoder(rules: rules, rows: rows, longestRecord: longest, finder: finder)
    let piece = RowPiece()
    do throws(SignalFileError) {
      while !hasFailed {
        switch try source.next(into: block) {
        case .end:
          return
        case .block:
          if let layout = block.layout { csv.decode(block, layout) } else { json.decode(block) }
        }
        if rows.bytesHeld > memory.rowsPerThread { try makeRoom(rows, from: thread, piece) }
      }
    } catch {
      fail(error)
    }
  }

  /// Moves a thread's rows into the tables while those have room, and the others into the file.
  private func makeRoom(
    _ rows: RowBuffer,
    from thread: Int,
    _ piece: RowPiece,
    isLast: Bool = false
  ) throws(SignalFileError) {
    for step in 0..<parts.count {
      // Beginning where other threads are unlikely to be.
      let part = (step + thread * parts.count / options.threads) % parts.count
      if tables.load(ordering: .relaxed) >= memory.tables {
        try piece.write(rows, part: part, to: file)
      } else {
        let growth = parts[part].add(rows, part, to: makeTable)
        tables.wrappingAdd(growth, ordering: .relaxed)
      }
    }
    rows.reset(isLast: isLast)
  }

  // MARK: - Adding up

  private func tally(_ kept: KeptCells?) throws(SignalFileError) -> CellTally {
    let cellCount = directory?.count ?? cellCount
    let total = CellTally(cellCount: cellCount, levels: levels)
    let gathered = Mutex(())
    let next = Atomic<Int>(0)
    let file = file.isEmpty ? nil : file
    let threads = memory.addingThreads
    let held = tables.load(ordering: .relaxed)
    let work = file == nil ? memory.workPerThread : memory.workPerThread(besides: held)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      let own = threads == 1 ? total : CellTally(cellCount: cellCount, levels: self.levels)
      let parts = PartTally(
        own,
        found: kept.map { FoundTally(own, $0) },
        choice: SignalChoice(bounds: self.bounds),
        hash: self.hash,
        memory: work,
        make: self.makeTable
      )
      do throws(SignalFileError) {
        while !self.hasFailed {
          let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if part >= self.parts.count { break }
          if let file {
            try parts.add(part, of: file, begun: self.parts[part])
          } else {
            parts.add(part, of: self.rows, begun: self.parts[part])
          }
        }
      } catch {
        self.fail(error)
      }
      if own !== total { gathered.withLock { _ in total.add(own) } }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return total
  }
}
