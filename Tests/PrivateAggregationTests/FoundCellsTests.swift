// FoundCellsTests.swift: cells that no unit keeps are forgotten, and nothing else changes by that.
// Reference: `docs/decisions/0006-private-cells.md`.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Found cells` {
  struct Outcome {
    /// The signals of each value, a line for each unit that keeps it.
    var kept: [String] = []
    var numbers = 0
    var left = 0
  }

  /// Bounds signals by the table under test.
  static func bounded(
    _ rows: [(unit: String, value: String)],
    _ bounds: ContributionBounds,
    _ key: ChoiceKey,
    hashMask: UInt64 = .max
  ) -> Outcome {
    let found = FoundCells(key: key, hashMask: hashMask)
    var table = UnitTable(bounds: bounds, key: key, found: found)
    for row in rows {
      found.begin()
      guard withSlice(row.value, { found.append($0) }) else { continue }
      let cell = found.number()
      withSlice(row.unit) { table.add(unit: $0, cell: cell) }
    }
    var outcome = Outcome(numbers: found.numbers, left: found.count)
    table.forEachBounded { cell, signals in
      outcome.kept.append("\(CellText.values(found.bytes(of: Int(cell)))[0]) \(signals)")
    }
    outcome.kept.sort()
    return outcome
  }

  /// Units with few values that many have, and one with thousands of which nobody else has any.
  static func flooded(by flood: Int, _ random: inout SeededGenerator) -> [(String, String)] {
    var rows: [(String, String)] = []
    for unit in 0..<30 {
      for _ in 0..<20 { rows.append(("u\(unit)", "v\(Int.random(in: 0..<12, using: &random))")) }
    }
    for value in 0..<flood { rows.append(("flood", "f\(value)")) }
    return rows.shuffled(using: &random)
  }

  @Test(arguments: [4, 100], [UInt64.max, 7])
  func `stay no more than all units may keep, in any order of rows`(
    cells: Int,
    hashMask: UInt64
  ) throws {
    var random = SeededGenerator(seed: UInt64(cells))
    let flood = hashMask == .max ? 20_000 : 600
    let rows = Self.flooded(by: flood, &random)
    let bounds = try Samples.bounds(cells, 3)
    let key = Samples.key(5)
    let first = Self.bounded(rows, bounds, key, hashMask: hashMask)
    // Twelve values of the others, those that the one unit keeps, and the one just read.
    #expect(first.numbers <= 12 + cells + 1)
    #expect(first.left <= 12 + cells)
    #expect(first.kept.count { $0.hasPrefix("f") } == cells)
    for _ in 0..<3 {
      let again = Self.bounded(rows.shuffled(using: &random), bounds, key, hashMask: hashMask)
      #expect(again.kept == first.kept)
      #expect(again.numbers <= 12 + cells + 1)
    }
  }

  /// The choice by all priorities at once, of which none is ever forgotten.
  @Test(arguments: 0..<10)
  func `are those of the smallest priorities of each unit`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 50)
    let rows = Self.flooded(by: 300, &random)
    let key = Samples.key(UInt64(seed))
    let labels = SipHash(key: (key.words.0, key.words.3))
    let function = SipHash(key: (key.words.0, key.words.1))
    var expected: [String] = []
    for (unit, rows) in Dictionary(grouping: rows, by: \.0) {
      let priorities = withSlice(unit) { UnitPriorities(function, unit: $0) }
      let values = Dictionary(grouping: rows, by: \.1).mapValues { min($0.count, 3) }
      func priority(_ value: String) -> UInt64 {
        let bytes = Array(value.utf8) + [0]
        return priorities.priority(label: withSlice(bytes) { labels($0) }, signal: 0)
      }
      let sorted = values.keys.sorted { priority($0) < priority($1) }
      for value in sorted.prefix(5) { expected.append("\(value) \(values[value] ?? 0)") }
    }
    let kept = Self.bounded(rows, try Samples.bounds(5, 3), key).kept
    #expect(kept == expected.sorted())
  }

  /// False alarm: below 1e-6, as each of ten numbers is more than six deviations off.
  @Test func `of a unit are chosen with equal chances`() throws {
    let rows = (0..<10).map { (unit: "u", value: "value \($0)") }
    var times: [String: Int] = [:]
    for seed in 0..<2000 as Range<UInt64> {
      let kept = Self.bounded(rows, try Samples.bounds(3, 1), Samples.key(seed)).kept
      for cell in kept { times[cell, default: 0] += 1 }
    }
    // 600 with a deviation of 20.5.
    #expect(times.count == 10)
    #expect(times.values.allSatisfy { abs($0 - 600) < 125 }, "\(times)")
  }

  @Test(arguments: [
    "\u{80}", "\u{85}", "\u{9F}", "\u{61C}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}",
    "\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}", "\u{0}", "\u{1F}", "\u{7F}",
  ])
  func `have no value that steers what shows it`(character: String) {
    let found = FoundCells(key: Samples.key(1))
    for value in [character, "a\(character)", "\(character)a", "\u{e9}\(character)\u{e9}"] {
      #expect(!withSlice(value) { found.append($0) })
    }
  }

  @Test(arguments: [
    " ", "~", "\u{A0}", "\u{A9}", "\u{61B}", "\u{61D}", "\u{200D}", "\u{2010}", "\u{2027}",
    "\u{202F}", "\u{2065}", "\u{206A}", "\u{20AC}", "\u{10000}", "=1", "\u{e9}",
  ])
  func `have values of any other characters`(character: String) {
    let found = FoundCells(key: Samples.key(1))
    for value in [character, "a\(character)", "\(character)a"] {
      found.begin()
      #expect(withSlice(value) { found.append($0) })
    }
  }
}
