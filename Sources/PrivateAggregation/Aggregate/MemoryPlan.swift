// MemoryPlan.swift: how the memory that an aggregation may use is divided.
// SPDX-License-Identifier: Apache-2.0

/// How the memory that an aggregation may use is divided among rows, tables and what adds them up.
///
/// The whole process is meant to stay within the memory while signals are read and added up: what the
/// program itself, its readers, blocks and counts take is put aside first.
struct MemoryPlan: Sendable, Hashable {
  /// What the program takes with its libraries, the ledger and the readers of one file, in bytes.
  fileprivate static let program = 40 << 20
  /// What a thread takes besides rows and tables: its block and what decodes it, in bytes.
  fileprivate static let thread = 2 << 20
  /// The least that is left for the rows and tables of a thread, in bytes.
  private static let leastPerThread = 5 << 20
  /// The two counts of a cell, in bytes.
  fileprivate static let cell = 16

  /// The bytes of all that follows together.
  let usable: Int
  /// The bytes of rows that one thread holds.
  let rowsPerThread: Int
  /// The bytes of the tables of all parts together, while signals are read.
  let tables: Int
  /// The bytes of the table in which one thread adds up a part, and of what it reads back.
  let workPerThread: Int
  /// The bytes that a part of the rows of a thread takes at once.
  let pieceSize: Int
  /// The threads that add up.
  let addingThreads: Int
  /// The bytes of cells that are found in the signals and have a number, with their counts.
  var directory = 0
  /// The bytes of what one thread remembers of them.
  var finder = 0

  /// The bytes for one thread that adds up where all rows were written to a file.
  func workPerThread(besides tables: Int) -> Int {
    max(workPerThread, (usable - tables) / addingThreads)
  }

  /// The smallest memory that works for so many threads and cells, in bytes, whole megabytes.
  static func smallest(threads: Int, cells: Int) -> Int {
    let counts = 2 * cells * cell
    let bytes = program + counts + threads * (thread + leastPerThread)
    let megabyte = 1 << 20
    return (bytes + megabyte - 1) / megabyte * megabyte
  }

  /// Each thread adds up on its own where that takes little memory.
  fileprivate static func addingThreads(memory: Int, threads: Int, cells: Int) -> Int {
    let room = memory - smallest(threads: threads, cells: cells)
    return (threads - 1) * cells * cell > room / 4 ? 1 : threads
  }
}

extension MemoryPlan {
  /// Divides memory; where there is less than the smallest that works, that is divided.
  ///
  /// Where cells are found in the signals (`finds`) a sixth of what is usable is theirs, and half
  /// as much is for what the threads remember of them.
  init(memory: Int, threads: Int, cells: Int, finds: Bool = false) {
    let memory = max(memory, Self.smallest(threads: threads, cells: cells))
    let adding = Self.addingThreads(memory: memory, threads: threads, cells: cells)
    var usable = memory - Self.program - threads * Self.thread - (adding + 1) * cells * Self.cell
    if finds {
      directory = usable / 6
      finder = usable / 12 / threads
      usable -= directory + finder * threads
    }
    self.usable = usable
    addingThreads = adding
    rowsPerThread = usable / 2 / threads
    tables = usable / 4
    workPerThread = usable / 4 / adding
    // Small pieces where a whole one for every part would take too large a share of the rows.
    pieceSize = rowsPerThread >= 32 << 20 ? RowBuffer.pieceSize : RowBuffer.pieceSize / 4
  }
}
