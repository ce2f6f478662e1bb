// FewCellsTests.swift: few cells are kept as their order says, also where priorities are equal.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Few cells` {
  /// What is left when signals arrive one after the other, in order.
  static func kept<Few: FewCells>(
    _ signals: [(cell: UInt32, priority: UInt64)],
    limit: UInt32,
    _ few: Few.Type
  ) -> [[UInt64]] {
    var slots = Array(repeating: few.free, count: few.most + 1)
    slots.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for signal in signals {
        few.count(signal.cell, priority: signal.priority, limit: limit, in: base)
      }
    }
    return slots.prefix(few.most).filter { $0.cell != .max }.map {
      [$0.priority, UInt64($0.cell), UInt64($0.count)]
    }
  }

  /// The definition: all cells in order of priority and number, the first `most` of them.
  static func defined(
    _ signals: [(cell: UInt32, priority: UInt64)],
    limit: UInt32,
    most: Int
  ) -> [[UInt64]] {
    let cells = Dictionary(grouping: signals) { [$0.priority, UInt64($0.cell)] }
    let order = cells.keys.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
    return order.prefix(most).map { $0 + [min(UInt64(limit), UInt64(cells[$0]?.count ?? 0))] }
  }

  /// Few priorities, so that most cells share theirs with others; the largest is that of free slots.
  @Test(arguments: 0..<200)
  func `are the first ones, ordered by priority and number`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let priorities = [0, 1, UInt64.max - 1, .max, random.next()].prefix(1 + seed % 5)
    let ofCells = (0..<UInt32(12)).map { cell in
      (cell: cell, priority: priorities[Int.random(in: 0..<priorities.count, using: &random)])
    }
    let signals = (0..<Int.random(in: 0...60, using: &random)).map { _ in
      ofCells[Int.random(in: 0..<ofCells.count, using: &random)]
    }
    let limit = UInt32.random(in: 1...4, using: &random)
    func expected(_ most: Int) -> [[UInt64]] {
      Self.defined(signals, limit: limit, most: most)
    }
    #expect(Self.kept(signals, limit: limit, OneCell.self) == expected(1))
    #expect(Self.kept(signals, limit: limit, TwoCells.self) == expected(2))
    #expect(Self.kept(signals, limit: limit, ThreeCells.self) == expected(3))
    #expect(Self.kept(signals, limit: limit, FourCells.self) == expected(4))
  }
}
