// CollisionTests.swift: bytes, never the hash, decide whether two units are one.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Colliding hashes` {
  /// Strings of equal and of different lengths, some the beginning of others.
  static let strings: [String] = {
    var random = SeededGenerator(seed: 5)
    var strings: Set<String> = []
    while strings.count < 600 {
      let length = Int.random(in: 0...20, using: &random)
      strings.insert(
        String((0..<length).map { _ in ["a", "b"][Int.random(in: 0...1, using: &random)] })
      )
    }
    return strings.sorted()
  }()

  @Test(arguments: [0, 1, 3] as [UInt64])
  func `leave all strings of a table apart`(mask: UInt64) {
    var table = ByteTable(hash: SipHash(key: (1, 2)), hashMask: mask)
    for (number, string) in Self.strings.enumerated() {
      #expect(withSlice(string) { table.find($0) } == nil)
      #expect(withSlice(string) { table.add($0) } == number)
    }
    for (number, string) in Self.strings.enumerated() {
      #expect(withSlice(string) { table.find($0) } == number)
      #expect(withSlice(string) { table.add($0) } == number)
    }
    #expect(table.count == Self.strings.count)
  }

  @Test(arguments: [0, 1, 3] as [UInt64])
  func `leave all units apart, and bound each by itself`(mask: UInt64) throws {
    var table = UnitTable(bounds: try Samples.bounds(1, 2), key: Samples.key(1), hashMask: mask)
    for _ in 0..<3 {
      for unit in Self.strings { withSlice(unit) { table.add(unit: $0, cell: 0) } }
    }
    var signals: [UInt32] = []
    table.forEachBounded { signals.append($1) }
    #expect(signals == Array(repeating: 2, count: Self.strings.count))
  }
}
