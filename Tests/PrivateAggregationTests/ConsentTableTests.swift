// ConsentTableTests.swift: the compact table of consents against a plain dictionary.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PrivateAggregation

/// The obvious counterpart of the table: all rows of each unit.
private struct PlainConsents {
  var spans: [String: [ConsentSpan]] = [:]
  var withdrawn: Set<String> = []

  func allows(_ unit: String, at time: Int64?) -> Bool {
    guard !withdrawn.contains(unit) else { return false }
    return (spans[unit] ?? []).contains { span in
      guard let time else { return span == ConsentSpan() }
      if let from = span.from, time < from { return false }
      if let until = span.until, time >= until { return false }
      return true
    }
  }
}

@Suite struct `Table of consents` {
  /// Few units with many rows, under hashes that all collide, half of them, or none.
  @Test(arguments: [UInt64.max, 1 << 63, 0], [3, 60])
  func `allows what one of a unit's rows does and nothing once it withdrew`(
    hashMask: UInt64,
    unitCount: Int
  ) {
    for seed in 0..<40 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let table = ConsentTable(hash: SipHash(key: (seed, 7)), hashMask: hashMask)
      var plain = PlainConsents()
      let names = (0..<unitCount).map { "u" + String(repeating: "x", count: $0 % 20) + "\($0)" }
      for _ in 0..<Int.random(in: 1...200, using: &random) {
        let unit = names[Int.random(in: 0..<unitCount, using: &random)]
        if Int.random(in: 0..<150, using: &random) == 0 {
          withSlice(unit) { table.withdraw($0) }
          plain.withdrawn.insert(unit)
          continue
        }
        func end() -> Int64? {
          Int.random(in: 0..<8, using: &random) == 0
            ? nil : Int64.random(in: -500...500, using: &random)
        }
        var span = ConsentSpan(from: end(), until: end())
        // Short ones, so that many stay apart.
        if let from = span.from, span.until != nil, Bool.random(using: &random) {
          span.until = from + Int64.random(in: 0...9, using: &random)
        }
        withSlice(unit) { table.grant(span, to: $0) }
        plain.spans[unit, default: []].append(span)
      }
      table.seal()
      for unit in names + ["nobody", ""] {
        for time in Array(-510...510) as [Int64] + [-1 << 49, 1 << 49] {
          let allowed = withSlice(unit) { table.allows($0, at: time) }
          #expect(allowed == plain.allows(unit, at: time), "seed \(seed), \(unit), \(time)")
        }
        let allowed = withSlice(unit) { table.allows($0, at: nil) }
        #expect(allowed == plain.allows(unit, at: nil), "seed \(seed), \(unit)")
      }
    }
  }

  @Test func `tells units apart by all their bytes`() {
    let table = ConsentTable(hash: SipHash(key: (0, 0)), hashMask: 0)
    for unit in ["a", "\u{e9}", "a\u{0}", "long-name-of-a-unit-1"] {
      withSlice(unit) { table.grant(ConsentSpan(), to: $0) }
    }
    #expect(withSlice("a\u{0}") { table.allows($0, at: 0) })
    for unit in ["", "A", "a ", "e\u{301}", "a\u{0}\u{0}", "long-name-of-a-unit-2"] {
      #expect(!withSlice(unit) { table.allows($0, at: 0) }, "\(unit)")
    }
  }

  @Test func `keeps the times that signals can have`() {
    let far: [Int64] = [-999_999_999_999_999, -1, 0, 1, 999_999_999_999_999]
    for from in far {
      for until in far where from < until {
        let table = ConsentTable(hash: SipHash(key: (0, 0)))
        withSlice("a") { table.grant(ConsentSpan(from: from, until: until), to: $0) }
        for time in far.flatMap({ [$0 - 1, $0, $0 + 1] }) {
          #expect(withSlice("a") { table.allows($0, at: time) } == (from..<until).contains(time))
        }
      }
    }
  }

  @Test func `takes little memory for many units`() {
    let table = ConsentTable(hash: SipHash(key: (1, 2)))
    for number in 0..<200_000 as Range<Int64> {
      withSlice("u\(100_000_000 + number)") { unit in
        table.grant(ConsentSpan(from: 1_700_000_000 + number), to: unit)
      }
    }
    #expect(table.unitCount == 200_000)
    // 27 bytes of a record and at most 22 of slots for each, and a slab that is not full yet.
    #expect(table.bytesHeld < 200_000 * 49 + 1 << 24)
  }
}
