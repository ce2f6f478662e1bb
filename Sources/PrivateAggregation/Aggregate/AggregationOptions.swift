// AggregationOptions.swift: how many threads and how much memory an aggregation may use.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How many threads and how much memory an aggregation may use; no result depends on it.
public struct AggregationOptions: Sendable, Hashable {
  /// The memory where nothing else is asked: 512 MiB.
  public static let defaultMemory = 512 << 20

  /// The most threads.
  public let threads: Int
  /// The memory in bytes that the process is kept within while signals are read and added up.
  public let memory: Int

  /// The bytes that are read at once.
  var blockSize = 512 << 10
  /// The longest record in bytes.
  var longestRecord = RecordBuffer.longestRecord
  /// The parts that units are divided into, a power of two.
  var partCount = 512
  /// How the memory is divided, for tests; it follows from `memory` where it is left out.
  var division: MemoryPlan?
  /// The folder of temporary files, for tests; that of the environment where it is left out.
  var temporaryFolder: String?

  /// The bytes that are read at once where a signal may make so many pairs: a block makes no more rows
  /// for that than a few times what plain signals do.
  func blockSize(pairsPerSignal pairs: Int) -> Int {
    min(blockSize, max(16 << 10, blockSize * 4 / max(4, pairs)))
  }

  /// How the memory is divided for a plan.
  func division(for plan: AggregationPlan) -> MemoryPlan {
    division
      ?? MemoryPlan(
        memory: memory,
        threads: threads,
        cells: plan.cellsInMemory,
        finds: plan.selection != nil
      )
  }

  /// Makes options.
  ///
  /// - Parameters:
  ///   - threads: The most threads; as many as there are processors if left out.
  ///   - memory: Bytes; `defaultMemory` if left out. Less than `smallestMemory` counts as that.
  /// - Precondition: Both are positive.
  public init(threads: Int? = nil, memory: Int = AggregationOptions.defaultMemory) {
    self.threads = threads ?? Self.processors
    self.memory = memory
    precondition(self.threads > 0 && memory > 0, "threads and memory to work with")
  }

  /// The number of processors.
  public static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// The smallest memory in bytes that so many threads can work in, for so many cells.
  public static func smallestMemory(threads: Int, cells: Int) -> Int {
    MemoryPlan.smallest(threads: threads, cells: cells)
  }
}
