// FoundAggregationTests.swift: cells are found on many threads as one record after the other finds them.
// Reference: `docs/decisions/0013-found-cells-on-all-threads.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

/// Divisions of the memory for cells, so small that few cells already go every way.
struct FindingDivision: Sendable, CustomTestStringConvertible {
  let name: String
  let division: Division
  let directory: Int
  let finder: Int

  var testDescription: String { name }

  var plan: MemoryPlan {
    var plan = division.plan
    plan.directory = directory
    plan.finder = finder
    return plan
  }

  static let all: [FindingDivision] = [
    FindingDivision(name: "all in rows", division: .all, directory: 1 << 30, finder: 1 << 20),
    FindingDivision(name: "no number", division: .all, directory: 0, finder: 1 << 20),
    FindingDivision(name: "some numbers", division: .tables, directory: 4000, finder: 1 << 20),
    FindingDivision(name: "no memory", division: .file, directory: 2000, finder: 0),
    FindingDivision(
      name: "tables, then file",
      division: .tablesThenFile,
      directory: 1000,
      finder: 0
    ),
    FindingDivision(name: "in shares", division: .fileInShares, directory: 1500, finder: 20_000),
    FindingDivision(
      name: "in few shares",
      division: .fileInFewShares,
      directory: 0,
      finder: 20_000
    ),
  ]
}

@Suite struct `Finding cells on all threads` {
  typealias Both = (expected: [String], found: [String])

  private static func texts(_ raw: consuming RawAggregate) throws -> [String] {
    try `Private cells`.texts(`Private cells`.cells(raw))
  }

  private static func oneByOne(_ ways: TwoWays) throws -> [String] {
    let plan = try AggregationPlan(ways.specification)
    let stream = try SignalStream(ways.specification)
    return try texts(stream.aggregateOneByOne(under: plan, key: ways.key))
  }

  private static func parallel(
    _ ways: TwoWays,
    threads: Int,
    blockSize: Int,
    memory: MemoryPlan? = nil,
    parts: Int = 8
  ) throws -> [String] {
    let folder = try TemporaryDirectory()
    var options = AggregationOptions(threads: threads)
    options.division = memory
    options.temporaryFolder = folder.path
    options.blockSize = blockSize
    options.partCount = parts
    let plan = try AggregationPlan(ways.specification)
    var stream = try SignalStream(ways.specification)
    try stream.makeFile(for: plan, options: options)
    return try texts(
      stream.aggregate(under: plan, key: ways.key, options: options, progress: nil)
    )
  }

  private static func ways(
    _ files: [String],
    _ bounds: [Int],
    columns: [SignalColumn: ColumnReference] = `Parallel aggregation`.columns,
    groupBy: [GroupKey] = [.region, .intent],
    cells: [GroupKey: [String]] = [:],
    privacyUnit: PrivacyUnit = .person,
    key: UInt64 = 7
  ) throws -> TwoWays {
    TwoWays(
      specification: try Samples.specification(
        files: files,
        columns: columns,
        privacyUnit: privacyUnit,
        bounds: Samples.bounds(bounds[0], bounds[1], bounds.count > 2 ? bounds[2] : nil),
        groupBy: groupBy,
        cells: cells,
        selection: `Private cells`.request(keys: Set(groupBy).subtracting(cells.keys)),
        delta: Rational(1, 1000)
      ),
      key: Samples.key(key)
    )
  }

  @Test(
    arguments: FindingDivision.all,
    [[1, 1], [3, 2, 4], [7, 3], [100, 50, 120]]
  )
  func `gives what one record after the other gives`(
    division: FindingDivision,
    bounds: [Int]
  ) throws {
    let folder = try TemporaryDirectory()
    let files = try `Parallel aggregation`.manySignals(folder, seed: UInt64(bounds[0]) + 40)
    let ways = try Self.ways(files, bounds)
    let expected = try Self.oneByOne(ways)
    #expect(expected.count > 70)
    for (threads, blockSize, parts) in [(1, 5000, 4), (5, 2000, 16)] {
      let found = try Self.parallel(
        ways,
        threads: threads,
        blockSize: blockSize,
        memory: division.plan,
        parts: parts
      )
      #expect(found == expected, "\(threads) threads, \(blockSize) bytes, \(parts) parts")
    }
  }

  /// Quotes, line ends, damage, empty and long texts; one key, two and three; lists beside private keys.
  @Test(arguments: 0..<12)
  func `takes the same records and values wherever a block ends`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 70)
    let folder = try TemporaryDirectory()
    for round in 0..<8 {
      let bytes = `Parallel aggregation`.file(&random, quotes: seed % 3 != 0)
      let path = try folder.write(bytes: bytes, to: "\(round).csv")
      var columns = `Parallel aggregation`.columns
      columns[.source] = ColumnReference(name: "v", prefix: round % 2 == 0 ? 1 : nil)
      let groupBy: [GroupKey] = [[.region], [.region, .intent], [.intent, .source, .region]][
        round % 3
      ]
      let listed: [GroupKey: [String]] =
        round % 4 == 3 && groupBy.count > 1 ? [.intent: ["a", "bc", "\u{e9}", "lmnop"]] : [:]
      let ways = try Self.ways(
        [path],
        [Int.random(in: 1...6, using: &random), Int.random(in: 1...3, using: &random)],
        columns: columns.filter { $0.key != .source || groupBy.contains(.source) },
        groupBy: groupBy,
        cells: listed,
        key: random.next()
      )
      let expected = try Self.oneByOne(ways)
      for blockSize in [1, 3, 8, 31, 200, 1 << 20].shuffled(using: &random).prefix(3) {
        let division = FindingDivision.all[Int.random(in: 0..<7, using: &random)]
        let found = try Self.parallel(
          ways,
          threads: [1, 2, 5][Int.random(in: 0..<3, using: &random)],
          blockSize: blockSize,
          memory: division.plan
        )
        let text = String(decoding: bytes, as: UTF8.self).debugDescription
        #expect(found == expected, "\(round), \(division.name), \(blockSize): \(text)")
      }
    }
  }

  @Test(arguments: PrivacyUnit.allCases)
  func `takes times beside other keys`(unit: PrivacyUnit) throws {
    var random = SeededGenerator(seed: 9)
    let times = [
      "2026-11-01", "2026-11-02T10:00:00Z", "1793491200", "2026-12-31T23:59:59+01:00", "x", "",
      "-1", "253402300799", "99999999999999",
    ]
    var text = "u,v,t\n"
    for _ in 0..<3000 {
      let unit = "u\(Int.random(in: 0..<60, using: &random))"
      let region = "region of \(Int.random(in: 0..<4, using: &random))"
      text += "\(unit),\(region),\(times[Int.random(in: 0..<times.count, using: &random)])\n"
    }
    let folder = try TemporaryDirectory()
    let path = try folder.write(text, to: "times.csv")
    for key in [GroupKey.day, .week, .month] {
      let ways = try Self.ways(
        [path],
        [3, 2, 5],
        columns: [
          .unit: ColumnReference(name: "u"), .region: ColumnReference(name: "v"),
          .time: ColumnReference(name: "t"),
        ],
        groupBy: [key, .region],
        privacyUnit: unit
      )
      let expected = try Self.oneByOne(ways)
      #expect(expected.count > 8)
      for division in [FindingDivision.all[0], .all[3]] {
        let found = try Self.parallel(ways, threads: 2, blockSize: 3000, memory: division.plan)
        #expect(found == expected)
      }
    }
  }

  /// One unit with very many cells that nobody else has, among others: they are forgotten.
  @Test(arguments: [1, 4, 9])
  func `holds few cells of a unit with very many`(cellsPerUnit: Int) throws {
    let bounds = try Samples.bounds(cellsPerUnit, 3)
    let key = Samples.key(5)
    let hash = PlaceHash(key: (3, 4))
    let directory = CellDirectory(key: key, limit: 0, threads: 1)
    let cells = PartCells(directory, patience: 50)
    var table = PartTable(bounds: bounds, key: key, hash: hash, cells: cells)
    let rows = RowBuffer(partCount: 2, hash: hash)
    var random = SeededGenerator(seed: 8)
    let signals = `Found cells`.flooded(by: 20_000, &random)
    let expected = `Found cells`.bounded(signals, bounds, key).kept
    for (number, signal) in signals.enumerated() {
      withSlice(Array(signal.1.utf8) + [0]) { bytes in
        #expect(directory.number(of: bytes) == CellDirectory.elsewhere)
        withSlice(signal.0) { rows.append(unit: $0, cellBytes: bytes) }
      }
      if number % 500 == 499 {
        for part in 0..<2 { rows.drain(part, into: &table) }
        rows.reset()
      }
    }
    for part in 0..<2 { rows.drain(part, into: &table) }
    // 31 units keep at most nine each, twice that or 50 stay, and a batch is read before that is asked.
    #expect(cells.count <= max(50, 2 * 31 * cellsPerUnit) + 64, "\(cells.count)")
    let kept = KeptCells()
    table.add(to: FoundTally(CellTally(cellCount: 0), kept), by: SignalChoice(bounds: bounds))
    var list = FoundCellList()
    kept.append(to: &list)
    let (signalCounts, unitCounts) = (list.counts(of: .signals), list.units)
    let found = list.sorted(0..<list.count).map {
      "\(list.values(of: $0)[0]) \(signalCounts[$0]) \(unitCounts[$0])"
    }
    let sums = Dictionary(grouping: expected) { $0.split(separator: " ")[0] }.map { value, lines in
      let signals = lines.reduce(0) { $0 + (Int($1.split(separator: " ")[1]) ?? 0) }
      return "\(value) \(signals) \(lines.count)"
    }
    #expect(found.sorted() == sums.sorted())
  }

  /// With few bits to look by, many cells are looked for in one place.
  @Test(arguments: [0, 3, UInt64.max])
  func `numbers cells by their bytes where hashes collide`(mask: UInt64) {
    let directory = CellDirectory(key: Samples.key(1), limit: 40_000, threads: 2, hashMask: mask)
    var numbers: [String: UInt32] = [:]
    for string in `Colliding hashes`.strings {
      numbers[string] = withSlice(string) { directory.number(of: $0) }
    }
    let given = numbers.values.filter { $0 != CellDirectory.elsewhere }
    // The first ones, each another; from the first without a number on, none has one.
    #expect(Set(given) == Set(0..<UInt32(given.count)))
    #expect(given.count > 300 && given.count < 600 && directory.count == given.count)
    for string in `Colliding hashes`.strings.reversed() {
      let again = withSlice(string) { directory.number(of: $0) }
      #expect(again == numbers[string])
      guard again != CellDirectory.elsewhere else { continue }
      #expect(withSlice(string) { $0.hasBytes(of: directory.bytes(of: again)) })
    }
  }
}
