// HorizonTableTests.swift: bounds over a whole horizon: never passed, chosen fairly, kept on disk.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

/// What counted in one period, in each cell.
private struct Counted: Equatable {
  var signals: [UInt32: Int] = [:]
  var units: [UInt32: Int] = [:]
}

extension HorizonTable {
  /// Counts the signals of a period and closes it.
  fileprivate mutating func count(_ signals: [PlainSignal]) -> Counted {
    for signal in signals { withSlice(signal.unit) { add(unit: $0, cell: signal.cell) } }
    var counted = Counted()
    close { cell, count, isNew in
      counted.signals[cell, default: 0] += Int(count)
      if isNew { counted.units[cell, default: 0] += 1 }
    }
    return counted
  }

  /// The same units out of their bytes.
  fileprivate func copied(_ bounds: ContributionBounds, _ key: ChoiceKey) throws -> HorizonTable {
    var writer = StateWriter()
    write(to: &writer)
    var copy = HorizonTable(bounds: bounds, key: key)
    var reader = StateReader(writer.data)
    try copy.read(from: &reader, cellCount: 1 << 20)
    #expect(reader.isAtEnd)
    return copy
  }
}

/// The definition, unit by unit, without a stream.
private struct DefinedHorizon {
  let bounds: ContributionBounds
  let key: ChoiceKey
  var used: [String: [UInt32: Int]] = [:]

  func priority(_ unit: String, _ cell: UInt32, _ signal: Int? = nil) -> UInt64 {
    let priorities = withSlice(unit) {
      UnitPriorities(SipHash(key: (key.words.0, key.words.1)), unit: $0)
    }
    return signal.map { priorities.priority(cell, signal: UInt32($0)) } ?? priorities.priority(cell)
  }

  mutating func count(_ signals: [PlainSignal]) -> Counted {
    var counted = Counted()
    for (unit, own) in Dictionary(grouping: signals, by: \.unit) {
      let before = used[unit] ?? [:]
      let today = Dictionary(grouping: own, by: \.cell).mapValues(\.count)
      let joining = today.keys.filter { before[$0] == nil }
        .sorted { priority(unit, $0) < priority(unit, $1) }
        .prefix(bounds.cellsPerUnit - before.count)
      var pairs: [(cell: UInt32, signal: Int)] = []
      for cell in Array(joining) + before.keys where today[cell] != nil {
        let first = before[cell] ?? 0
        let last = min(bounds.signalsPerCell, first + (today[cell] ?? 0))
        pairs += (first..<last).map { (cell, $0 + 1) }
      }
      if let most = bounds.signalsPerUnit {
        let room = most - before.values.reduce(0, +)
        pairs.sort { priority(unit, $0.cell, $0.signal) < priority(unit, $1.cell, $1.signal) }
        pairs = Array(pairs.prefix(room))
      }
      for (cell, pairs) in Dictionary(grouping: pairs, by: \.cell) {
        counted.signals[cell, default: 0] += pairs.count
        if before[cell] == nil { counted.units[cell, default: 0] += 1 }
        used[unit, default: [:]][cell, default: 0] += pairs.count
      }
    }
    return counted
  }
}

@Suite struct `Bounds over a horizon` {
  @Test(arguments: 0..<150)
  func `count what the definition counts, in any order of a period's rows`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let bounds = try Bounding.bounds(&random)
    let key = Samples.key(UInt64(seed))
    var defined = DefinedHorizon(bounds: bounds, key: key)
    var table = HorizonTable(bounds: bounds, key: key)
    var shuffled = HorizonTable(bounds: bounds, key: key)
    var colliding = HorizonTable(bounds: bounds, key: key, hashMask: 1)
    for day in 0..<6 {
      let signals = Bounding.signals(&random)
      let expected = defined.count(signals)
      #expect(table.count(signals) == expected, "day \(day)")
      #expect(shuffled.count(signals.shuffled(using: &random)) == expected, "day \(day)")
      #expect(colliding.count(signals) == expected, "day \(day)")
      if day.isMultiple(of: 2) { table = try table.copied(bounds, key) }
    }
  }

  /// On one day alone they are those of any other report.
  @Test(arguments: 0..<50)
  func `are the bounds of a report over a single period`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let signals = Bounding.signals(&random)
    let bounds = try Bounding.bounds(&random)
    let key = Samples.key(UInt64(seed))
    var table = HorizonTable(bounds: bounds, key: key)
    let counted = table.count(signals)
    let kept = Bounding.bounded(signals, bounds, key)
    #expect(counted.signals == kept.signals && counted.units == kept.units)
  }

  /// Bounds that begin anew each day would let each of these units count every day.
  @Test(
    arguments: [(2, 3, nil), (3, 1, 2), (1, 50, 20), (40, 2, nil), (200, 1, 70)]
      as [(Int, Int, Int?)]
  )
  func `hold for heavy units over all periods together`(cells: Int, signals: Int, all: Int?) throws
  {
    var random = SeededGenerator(seed: 7)
    let bounds = try Samples.bounds(cells, signals, all)
    let key = Samples.key(3)
    var table = HorizonTable(bounds: bounds, key: key)
    var total = Counted()
    for _ in 0..<40 {
      let day = (0..<300).map { _ in
        PlainSignal(unit: "heavy", cell: UInt32.random(in: 0..<150, using: &random))
      }
      let counted = table.count(day)
      total.signals.merge(counted.signals, uniquingKeysWith: +)
      total.units.merge(counted.units, uniquingKeysWith: +)
      table = try table.copied(bounds, key)
    }
    #expect(total.signals.count == min(cells, all ?? cells, 150))
    #expect(total.signals.values.allSatisfy { $0 <= signals })
    #expect(total.signals.values.reduce(0, +) == min(min(cells, 150) * signals, all ?? .max))
    #expect(total.units.values.allSatisfy { $0 == 1 } && total.units.count == total.signals.count)
  }

  /// With and without one unit, all others count the same in every period.
  @Test(arguments: 0..<40)
  func `change by one unit no more than by what it may add`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(1000 + seed))
    let bounds = try Bounding.bounds(&random)
    let key = Samples.key(UInt64(seed))
    var table = HorizonTable(bounds: bounds, key: key)
    var without = HorizonTable(bounds: bounds, key: key)
    var alone = HorizonTable(bounds: bounds, key: key)
    var signals = 0
    var cells: Set<UInt32> = []
    for _ in 0..<8 {
      let day = Bounding.signals(&random)
      let all = table.count(day)
      var sum = without.count(day.filter { $0.unit != "u3" })
      let own = alone.count(day.filter { $0.unit == "u3" })
      sum.signals.merge(own.signals, uniquingKeysWith: +)
      sum.units.merge(own.units, uniquingKeysWith: +)
      #expect(all == sum)
      signals += own.signals.values.reduce(0, +)
      cells.formUnion(own.signals.keys)
    }
    #expect(cells.count <= bounds.cellsPerUnit)
    #expect(
      signals <= min(bounds.cellsPerUnit * bounds.signalsPerCell, bounds.signalsPerUnit ?? .max)
    )
  }

  @Test func `do not read units that cannot have been written`() throws {
    let bounds = try Samples.bounds(2, 3)
    let key = Samples.key(1)
    var table = HorizonTable(bounds: bounds, key: key)
    _ = table.count([PlainSignal(unit: "a", cell: 1), PlainSignal(unit: "b", cell: 9)])
    var writer = StateWriter()
    table.write(to: &writer)
    func reads(_ data: [UInt8], cellCount: Int = 10) -> Bool {
      var copy = HorizonTable(bounds: bounds, key: key)
      var reader = StateReader(data)
      return (try? copy.read(from: &reader, cellCount: cellCount)) != nil && reader.isAtEnd
    }
    #expect(reads(writer.data))
    #expect(!reads(writer.data, cellCount: 9))
    for length in 0..<writer.data.count { #expect(!reads(Array(writer.data.prefix(length)))) }
  }
}
