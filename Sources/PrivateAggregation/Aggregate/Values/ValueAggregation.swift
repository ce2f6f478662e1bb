// ValueAggregation.swift: blocks are decoded and the values of units bounded on all threads.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import PrivacyAccounting
import Synchronization

/// Decodes blocks on all threads into rows with values, then bounds and adds up the units part by part.
///
/// Rows are kept until they take their share of the memory; from then on they go to a temporary file.
/// Nothing depends on the order of rows, on threads, or on what was kept where.
final class ValueAggregation: @unchecked Sendable {
  private let rules: SignalRules
  private let options: AggregationOptions
  private let memory: MemoryPlan
  private let source: BlockSource
  private let meter: ProgressMeter
  private let bounds: ContributionBounds
  private let key: ChoiceKey
  private let hash: PlaceHash
  private let tally: ValueTally
  /// The rows of each thread; a thread touches its own alone, until all have been decoded.
  private let rows: [ValueRows]
  /// The file of what does not fit.
  private let file: SpillFile
  private let failure = Mutex<SignalFileError?>(nil)

  init(
    _ plan: AggregationPlan,
    registry: ConsentTable?,
    source: BlockSource,
    file: SpillFile,
    meter: ProgressMeter,
    key: ChoiceKey,
    options: AggregationOptions
  ) {
    self.source = source
    self.file = file
    self.meter = meter
    self.key = key
    self.options = options
    rules = SignalRules(plan.specification, registry: registry)
    bounds = plan.specification.bounds
    memory = options.division(for: plan)
    tally = ValueTally(plan)
    // Where a unit is looked for is nobody's business; what it keeps does not depend on it.
    let words = ChoiceKey.drawn().words
    let hash = PlaceHash(key: (words.0, words.1))
    self.hash = hash
    rows = (0..<options.threads).map { _ in
      ValueRows(partCount: options.partCount, hash: hash)
    }
  }

  /// Reads everything.
  ///
  /// - Returns: The bounded counts, sums and histograms of all cells.
  /// - Throws: `SignalFileError` for the first file that fails as a whole.
  consuming func run() throws(SignalFileError) -> ValueTally {
    let work = self
    DispatchQueue.concurrentPerform(iterations: options.threads) { thread in
      work.decode(on: thread)
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    meter.end()
    let next = Atomic<Int>(0)
    let total = ValuePart.Total(tally)
    DispatchQueue.concurrentPerform(iterations: memory.addingThreads) { thread in
      work.addUp(into: total, next)
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return tally
  }

  /// Keeps the first failure, at which all threads stop.
  private func fail(_ error: SignalFileError) { failure.withLock { $0 = $0 ?? error } }

  private var hasFailed: Bool { failure.withLock { $0 != nil } }

  private func decode(on thread: Int) {
    let rows = rows[thread]
    let block = RecordBlock(capacity: source.blockCapacity)
    let longest = options.longestRecord
    // No row without a value is made.
    let plain = RowBuffer(partCount: 2, hash: hash, pieceSize: RowBuffer.pieceSize)
    let csv = BlockDecoder(rules: rules, rows: plain, valueRows: rows, longestRecord: longest)
    let json = JSONLinesDecoder(rules: rules, rows: plain, valueRows: rows, longestRecord: longest)
    do throws(SignalFileError) {
      while !hasFailed {
        switch try source.next(into: block) {
        case .end:
          // What was written is joined by the rest, so that all the memory can add up.
          if !file.isEmpty { try rows.write(to: file) }
          return
        case .block:
          if let layout = block.layout { csv.decode(block, layout) } else { json.decode(block) }
        }
        if rows.bytesHeld > memory.rowsPerThread { try rows.write(to: file) }
      }
    } catch {
      fail(error)
    }
  }

  private func addUp(into total: ValuePart.Total, _ next: borrowing Atomic<Int>) {
    let part = ValuePart(
      total,
      bounds: bounds,
      key: key,
      hash: hash,
      memory: memory.workPerThread
    )
    let file = file.isEmpty ? nil : file
    do throws(SignalFileError) {
      while !hasFailed {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if number >= options.partCount { break }
        try part.add(number, of: rows, and: file)
      }
    } catch {
      fail(error)
    }
  }
}
