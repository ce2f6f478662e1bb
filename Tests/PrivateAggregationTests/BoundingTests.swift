// BoundingTests.swift: what a unit keeps: never too much, chosen fairly, whatever the order of rows.
// Reference: [AB12]; [CK07].
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

/// One signal, as the table of units takes it.
struct PlainSignal: Hashable {
  var unit: String
  var cell: UInt32
}

@Suite struct `Bounding` {
  /// What is kept in each cell: signals and units.
  struct Kept: Equatable {
    var signals: [UInt32: Int] = [:]
    var units: [UInt32: Int] = [:]
  }

  /// Keeps all cells and signals, by the table under test.
  static func bounded(
    _ signals: [PlainSignal],
    _ bounds: ContributionBounds,
    _ key: ChoiceKey
  ) -> Kept {
    var table = UnitTable(bounds: bounds, key: key)
    for signal in signals { withSlice(signal.unit) { table.add(unit: $0, cell: signal.cell) } }
    var kept = Kept()
    table.forEachBounded { cell, count in
      kept.signals[cell, default: 0] += Int(count)
      kept.units[cell, default: 0] += 1
    }
    return kept
  }

  /// The definition, without a stream: sort all cells of a unit by priority, take `c`; of each at
  /// most `m` signals; sort those by priority, take `t`.
  static func defined(
    _ signals: [PlainSignal],
    _ bounds: ContributionBounds,
    _ key: ChoiceKey
  ) -> Kept {
    let function = SipHash(key: (key.words.0, key.words.1))
    func priority(_ unit: String, _ cell: UInt32, _ signal: UInt32? = nil) -> UInt64 {
      // Behind the unit, zeros and its length up to a multiple of eight bytes.
      var bytes = Array(unit.utf8)
      while bytes.count % 8 != 7 { bytes.append(0) }
      bytes.append(UInt8(truncatingIfNeeded: unit.utf8.count))
      for word in [cell] + (signal.map { [$0] } ?? []) {
        for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(8 * byte))) }
      }
      return withSlice(bytes) { function($0) }
    }
    var kept = Kept()
    for (unit, signals) in Dictionary(grouping: signals, by: \.unit) {
      let cells = Dictionary(grouping: signals, by: \.cell).sorted {
        priority(unit, $0.key) < priority(unit, $1.key)
      }
      var pairs = cells.prefix(bounds.cellsPerUnit).flatMap { cell in
        (1...min(cell.value.count, bounds.signalsPerCell)).map { (cell.key, UInt32($0)) }
      }
      if let most = bounds.signalsPerUnit {
        pairs.sort { priority(unit, $0.0, $0.1) < priority(unit, $1.0, $1.1) }
        pairs = Array(pairs.prefix(most))
      }
      for (cell, pairs) in Dictionary(grouping: pairs, by: \.0) {
        kept.signals[cell, default: 0] += pairs.count
        kept.units[cell, default: 0] += 1
      }
    }
    return kept
  }

  static func signals(_ random: inout SeededGenerator, cells: UInt32 = 12) -> [PlainSignal] {
    (0..<Int.random(in: 0...150, using: &random)).map { _ in
      PlainSignal(
        unit: "u\(Int.random(in: 0..<8, using: &random))",
        cell: UInt32.random(in: 0..<cells, using: &random)
      )
    }
  }

  static func bounds(_ random: inout SeededGenerator) throws -> ContributionBounds {
    try Samples.bounds(
      Int.random(in: 1...14, using: &random),
      Int.random(in: 1...5, using: &random),
      Bool.random(using: &random) ? Int.random(in: 1...12, using: &random) : nil
    )
  }

  /// The key 00...0f and messages 00, 01 and so on, as the authors published them for 2-4; the values
  /// of 1-3 come from a program in Python that gives theirs for 2-4.
  @Test(arguments: [
    (0, 0xABAC_0158_050F_C4DC as UInt64), (1, 0xC9F4_9BF3_7D57_CA93), (7, 0xD392_7D98_9BB1_1140),
    (8, 0x3690_9511_8D29_9A8E), (15, 0xD320_D86D_2A51_9956), (63, 0x9D19_9062_B7BB_B3A8),
  ])
  func `hashes as others do`(length: Int, value: UInt64) {
    let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
    #expect(withSlice((0..<length).map(UInt8.init)) { hash($0) } == value)
  }

  @Test(arguments: 0..<200)
  func `keeps what the definition keeps, in any order of rows`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let signals = Self.signals(&random)
    let bounds = try Self.bounds(&random)
    let key = Samples.key(UInt64(seed))
    let expected = Self.defined(signals, bounds, key)
    #expect(Self.bounded(signals, bounds, key) == expected)
    #expect(Self.bounded(signals.shuffled(using: &random), bounds, key) == expected)
    #expect(Self.bounded(signals.sorted { $0.cell < $1.cell }, bounds, key) == expected)
  }

  @Test(arguments: [1, 63, 64, 65, 200, 1000, 5000])
  func `keeps what the definition keeps of units with very many cells`(cells: Int) throws {
    var random = SeededGenerator(seed: 9)
    let signals = (0..<6000).map { _ in
      PlainSignal(
        unit: Int.random(in: 0..<4, using: &random) == 0 ? "a" : "b",
        cell: UInt32.random(in: 0..<1500, using: &random)
      )
    }
    for most in [nil, 100] {
      let bounds = try Samples.bounds(cells, 3, most)
      let key = Samples.key(UInt64(cells))
      #expect(Self.bounded(signals, bounds, key) == Self.defined(signals, bounds, key))
    }
  }

  @Test(arguments: 0..<200)
  func `holds every unit to its bounds`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 1000)
    let bounds = try Self.bounds(&random)
    let unit = Self.signals(&random).map { PlainSignal(unit: "one", cell: $0.cell) }
    let kept = Self.bounded(unit, bounds, Samples.key(UInt64(seed)))
    #expect(kept.units.count <= bounds.cellsPerUnit)
    #expect(kept.units.values.allSatisfy { $0 == 1 })
    #expect(kept.signals.values.allSatisfy { (1...bounds.signalsPerCell).contains($0) })
    let all = kept.signals.values.reduce(0, +)
    #expect(all <= bounds.signalsPerUnit ?? .max)
    // And it keeps as much as the bounds let through.
    let possible = Dictionary(grouping: unit, by: \.cell).values.map {
      min($0.count, bounds.signalsPerCell)
    }
    let most = bounds.signalsPerUnit ?? .max
    if possible.count <= bounds.cellsPerUnit { #expect(all == min(most, possible.reduce(0, +))) }
  }

  @Test(arguments: 0..<100)
  func `is a matter of one unit alone`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 2000)
    let bounds = try Self.bounds(&random)
    let key = Samples.key(UInt64(seed))
    let others = Self.signals(&random)
    let mine = Self.signals(&random).map { PlainSignal(unit: "mine", cell: $0.cell) }
    let both = Self.bounded((others + mine).shuffled(using: &random), bounds, key)
    let left = Self.bounded(others, bounds, key)
    let alone = Self.bounded(mine, bounds, key)
    for cell in UInt32(0)..<12 {
      #expect(
        both.signals[cell, default: 0]
          == left.signals[cell, default: 0] + alone.signals[cell, default: 0]
      )
      #expect(
        both.units[cell, default: 0]
          == left.units[cell, default: 0] + alone.units[cell, default: 0]
      )
    }
  }

  /// How often each pair of five cells is kept, over many keys; cells differ in their signals.
  private static func pairCounts(_ choose: (ChoiceKey) -> [UInt32]) -> [Int] {
    var counts = Array(repeating: 0, count: 10)
    for seed in 0..<20_000 {
      let pair = choose(Samples.key(UInt64(seed) &* 0x1234_5678_9ABC_DEF1)).sorted()
      guard pair.count == 2, pair[1] < 5 else { continue }
      counts[Int(pair[1] * (pair[1] - 1) / 2 + pair[0])] += 1
    }
    return counts
  }

  /// False alarm: fewer than one in a million sets of keys, and these keys are fixed.
  @Test func `keeps every pair of cells equally often, however many signals they have`() throws {
    let bounds = try Samples.bounds(2, 1000)
    let signals = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4].map {
      PlainSignal(unit: "u", cell: $0)
    }
    let fair = Array(repeating: 0.1, count: 10)
    let counts = Self.pairCounts { key in Array(Self.bounded(signals, bounds, key).units.keys) }
    #expect(counts.reduce(0, +) == 20_000)
    #expect(ChiSquared(observed: counts, probabilities: fair).falseAlarm > 1e-6)
    // A mutant: cells in proportion to their signals, as sampling rows would have it.
    let mutant = Self.pairCounts { key in
      var order: [UInt32] = []
      let function = SipHash(key: (key.words.0, key.words.1))
      func hash(row: Int) -> UInt64 { withSlice([UInt8(row)]) { function($0) } }
      for row in signals.indices.sorted(by: { hash(row: $0) < hash(row: $1) })
      where !order.contains(signals[row].cell) { order.append(signals[row].cell) }
      return Array(order.prefix(2))
    }
    #expect(ChiSquared(observed: mutant, probabilities: fair).falseAlarm < 1e-9)
    // Another: the first cells that come.
    let first = Self.pairCounts { _ in [0, 1] }
    #expect(ChiSquared(observed: first, probabilities: fair).falseAlarm < 1e-9)
  }

  /// Of three signals in each of two cells two are kept.
  ///
  /// None, one or both are of the first cell with chances 3/15, 9/15, 3/15. False alarm: fewer than one in a million sets of keys.
  @Test func `keeps signals of a unit equally often`() throws {
    let bounds = try Samples.bounds(2, 3, 2)
    let signals = [0, 0, 0, 1, 1, 1].map { PlainSignal(unit: "u", cell: $0) }
    var counts = [0, 0, 0]
    for seed in 0..<20_000 {
      let kept = Self.bounded(signals, bounds, Samples.key(UInt64(seed) &* 0x9876_5432_10FE_DCBB))
      counts[kept.signals[0, default: 0]] += 1
    }
    #expect(ChiSquared(observed: counts, probabilities: [0.2, 0.6, 0.2]).falseAlarm > 1e-6)
  }
}
