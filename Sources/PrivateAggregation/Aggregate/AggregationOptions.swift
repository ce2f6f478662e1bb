// AggregationOptions.swift: how many threads and how much memory an aggregation may use.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How many threads and how much memory an aggregation may use; no result depends on it.
public struct AggregationOptions: Sendable, Hashable {
  /// The memory for signals where nothing else is asked: 512 MiB.
  public static let defaultMemory = 512 << 20

  /// The most threads.
  public let threads: Int
  /// The memory in bytes that signals are kept within, as far as the units and cells allow.
  public let memory: Int

  /// The bytes that are read at once.
  var blockSize = 512 << 10
  /// The longest record in bytes.
  var longestRecord = RecordBuffer.longestRecord
  /// The parts that units are divided into, a power of two.
  var partCount = 512

  /// Makes options.
  ///
  /// - Parameters:
  ///   - threads: The most threads; as many as there are processors if left out.
  ///   - memory: Bytes; `defaultMemory` if left out.
  /// - Precondition: Both are positive.
  public init(threads: Int? = nil, memory: Int = AggregationOptions.defaultMemory) {
    let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    self.threads = threads ?? processors
    self.memory = memory
    precondition(self.threads > 0 && memory > 0, "threads and memory to work with")
  }
}
