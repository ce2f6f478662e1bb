// CellNoise.swift: noise for many cells, drawn on several threads.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Sampling
import Synchronization

/// Noise for many cells, in pieces that threads draw on their own.
enum CellNoise {
  /// The draws of one piece: fewer cells than two pieces are drawn at once, on one thread.
  static let pieceSize = 1 << 15

  /// Independent draws, one for each cell.
  ///
  /// - Privacy: Every piece has a key of its own from the kernel, so no word is used twice and nothing
  ///   depends on which thread draws which piece.
  static func draws(
    _ count: Int,
    by sampler: DiscreteLaplaceSampler,
    threads: Int
  ) -> [Int64] {
    guard threads > 1, count >= 2 * pieceSize else {
      var values = [Int64](repeating: 0, count: count)
      sampler.fill(&values)
      return values
    }
    let pieces = (count + pieceSize - 1) / pieceSize
    let gathered = Mutex([Int64](repeating: 0, count: count))
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, pieces)) { _ in
      while true {
        let first = next.wrappingAdd(1, ordering: .relaxed).oldValue * pieceSize
        if first >= count { break }
        var piece = [Int64](repeating: 0, count: min(pieceSize, count - first))
        sampler.fill(&piece)
        gathered.withLock { $0.replaceSubrange(first..<(first + piece.count), with: piece) }
      }
    }
    return gathered.withLock { $0 }
  }
}
