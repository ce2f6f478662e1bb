// ParallelAggregationTests.swift: blocks on many threads give what one record after the other gives.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

/// The same files under the same key, in one way and in the other.
struct TwoWays {
  let specification: ReportSpecification
  let key: ChoiceKey

  func oneByOne() throws -> [[Int64]] {
    let plan = try AggregationPlan(specification)
    var stream = try SignalStream(specification)
    stream.ask(try Samples.registry(of: specification))
    let raw = try stream.aggregateOneByOne(under: plan, key: key)
    return raw.counts
  }

  func parallel(
    threads: Int,
    blockSize: Int,
    memory: MemoryPlan? = nil,
    parts: Int = 8,
    temporaryFolder: String? = nil
  ) throws -> [[Int64]] {
    var options = AggregationOptions(threads: threads)
    options.division = memory
    options.temporaryFolder = temporaryFolder
    options.blockSize = blockSize
    options.partCount = parts
    let plan = try AggregationPlan(specification)
    var stream = try SignalStream(specification)
    stream.ask(try Samples.registry(of: specification))
    try stream.makeFile(for: plan, options: options)
    let raw = try stream.aggregate(
      under: plan,
      key: key,
      options: options,
      progress: nil
    )
    return raw.counts
  }
}

@Suite struct `Parallel aggregation` {
  static let columns: [SignalColumn: ColumnReference] = [
    .unit: ColumnReference(name: "u"), .region: ColumnReference(name: "v"),
    .intent: ColumnReference(name: "w"),
  ]
  static let texts = [
    "", "a", "bc", "d,e", "f\"g", "h\ni", "j\r\nk", "\u{e9}", "\r", "\"\"", "lmnop",
  ]
  static let longUnit = "someone-with-a-name-of-many-bytes"

  /// A file of rows, some quoted, some malformed, and some bytes damaged.
  static func file(_ random: inout SeededGenerator, quotes: Bool) -> [UInt8] {
    let lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
    var bytes = Array(("u,v,w" + lineEnd).utf8)
    let header = bytes.count
    let usable = quotes ? texts : texts.filter { !$0.contains { ",\"\n\r\n".contains($0) } }
    for _ in 0..<Int.random(in: 0...60, using: &random) {
      let width =
        Int.random(in: 0..<9, using: &random) == 0 ? Int.random(in: 1...5, using: &random) : 3
      var fields = (0..<width).map { _ in
        usable[Int.random(in: 0..<usable.count, using: &random)]
      }
      if Int.random(in: 0..<4, using: &random) == 0 { fields[0] = longUnit }
      let written = fields.map { text in
        let mustQuote = text.contains { ",\"\n\r\n".contains($0) }
        guard mustQuote || (quotes && Int.random(in: 0..<6, using: &random) == 0) else {
          return text
        }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
      }
      bytes += Array((written.joined(separator: ",") + lineEnd).utf8)
      if Int.random(in: 0..<9, using: &random) == 0 { bytes += Array(lineEnd.utf8) }
    }
    if Bool.random(using: &random), bytes.count > header {
      bytes.removeLast(Int.random(in: 1...2, using: &random))
    }
    guard Bool.random(using: &random), bytes.count > header else { return bytes }
    var damage: [UInt8] = [0, 0xFF, 0x2C, 0x0A, 0x0D, 0x61]
    if quotes { damage += [0x22, 0x22] }
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let place = Int.random(in: header..<bytes.count, using: &random)
      bytes[place] = damage[Int.random(in: 0..<damage.count, using: &random)]
    }
    return bytes
  }

  static func specification(
    _ path: String,
    _ random: inout SeededGenerator
  ) throws
    -> ReportSpecification
  {
    let bounds = try Samples.bounds(
      Int.random(in: 1...4, using: &random),
      Int.random(in: 1...3, using: &random),
      Bool.random(using: &random) ? Int.random(in: 1...4, using: &random) : nil
    )
    var columns = columns
    if Int.random(in: 0..<3, using: &random) == 0 {
      columns[.region] = ColumnReference(name: "v", prefix: 1)
    }
    return try Samples.specification(
      files: [path],
      columns: columns,
      bounds: bounds,
      cells: [
        .region: ["", "a", "bc", "f\"g", "h\ni", "\u{e9}", "\r", "f"],
        .intent: texts.filter { $0 != "a" } + [longUnit],
      ]
    )
  }

  @Test(arguments: 0..<12)
  func `agrees with one record after the other wherever a block ends`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryDirectory()
    for round in 0..<12 {
      let bytes = Self.file(&random, quotes: seed % 3 != 0)
      let path = try folder.write(bytes: bytes, to: "\(round).csv")
      let ways = TwoWays(
        specification: try Self.specification(path, &random),
        key: Samples.key(random.next())
      )
      let expected = try ways.oneByOne()
      for blockSize in [1, 2, 3, 5, 8, 13, 31, 64, 200, 1 << 20].shuffled(using: &random).prefix(4)
      {
        let threads = Int.random(in: 1...4, using: &random)
        let counts = try ways.parallel(threads: threads, blockSize: blockSize)
        #expect(
          counts == expected,
          "seed \(seed), round \(round), \(threads) threads, \(blockSize) bytes at once: \(String(decoding: bytes, as: UTF8.self).debugDescription)"
        )
      }
    }
  }

  @Test func `drops records that are too long and goes on where they end`() throws {
    let folder = try TemporaryDirectory()
    let most = RecordBuffer.longestRecord
    func row(_ size: Int) -> [UInt8] {
      let end = Array(",a,bc\n".utf8)
      return Array(repeating: UInt8(ascii: "x"), count: size - end.count) + end
    }
    var bytes = Array("u,v,w\n".utf8) + row(most) + row(most + 1) + row(20) + row(3 * most + 7)
    // The lines within a long quoted text would pass for records, and are none.
    bytes += Array("k,a,bc\n\"l".utf8) + row(2 * most) + Array("m,a,bc\n\",a,bc\n".utf8)
    // The last record has no line end and is as long as it may be.
    bytes += row(most + 1).dropLast()
    let path = try folder.write(bytes: bytes, to: "long.csv")
    let ways = TwoWays(
      specification: try Samples.specification(
        files: [path],
        columns: Self.columns,
        cells: [.region: ["a"], .intent: ["bc"]]
      ),
      key: Samples.key(1)
    )
    let expected = try ways.oneByOne()
    #expect(expected == [[4], [4]])
    for blockSize in [300_000, 8 << 20] {
      let counts = try ways.parallel(threads: 2, blockSize: blockSize)
      #expect(counts == expected)
    }
  }

  /// Many units with many cells, in several files of several formats.
  static func manySignals(_ folder: TemporaryDirectory, seed: UInt64) throws -> [String] {
    var random = SeededGenerator(seed: seed)
    var texts = ["u,v,w\n", "w,u,v\r\n", ""]
    for _ in 0..<6000 {
      let number = Int.random(in: 0..<120, using: &random)
      let unit = number % 3 == 0 ? "\(Self.longUnit)-\(number)" : "u\(number)"
      let region = "r\(Int.random(in: 0..<12, using: &random))"
      let intent = "i\(Int.random(in: 0..<12, using: &random))"
      switch Int.random(in: 0..<3, using: &random) {
      case 0: texts[0] += "\(unit),\(region),\(intent)\n"
      case 1: texts[1] += "\(intent),\"\(unit)\",\(region)\r\n"
      default: texts[2] += #"{"u":"\#(unit)","w":"\#(intent)","v":"\#(region)"}"# + "\n"
      }
    }
    return [
      try folder.write(texts[0], to: "a.csv"), try folder.write(texts[1], to: "b.csv"),
      try folder.write(texts[2], to: "c.jsonl"),
    ]
  }

  @Test(arguments: [[1, 1], [3, 2, 4], [4, 2], [4, 2, 5], [100, 3], [100, 50, 120]])
  func `depends on no number of threads, size of blocks or parts, or memory`(
    bounds: [Int]
  ) throws {
    let folder = try TemporaryDirectory()
    let files = try Self.manySignals(folder, seed: UInt64(bounds[0]))
    let ways = TwoWays(
      specification: try Samples.specification(
        files: files,
        columns: Self.columns,
        bounds: Samples.bounds(bounds[0], bounds[1], bounds.count > 2 ? bounds[2] : nil),
        cells: [.region: (0..<12).map { "r\($0)" }, .intent: (0..<11).map { "i\($0)" }]
      ),
      key: Samples.key(7)
    )
    let expected = try ways.oneByOne()
    for threads in 1...4 {
      for (blockSize, memory, parts) in [
        (700, Division.tables, 2), (20_000, .all, 64), (1 << 20, .tables, 8),
      ] {
        let counts = try ways.parallel(
          threads: threads,
          blockSize: blockSize,
          memory: memory.plan,
          parts: parts
        )
        #expect(counts == expected, "\(threads) threads, \(blockSize) bytes, \(parts) parts")
      }
    }
  }

  @Test func `applies times, windows, filters, consent and privacy units as one by one`() throws {
    let folder = try TemporaryDirectory()
    var random = SeededGenerator(seed: 5)
    let times = [
      "2026-11-01", "2026-11-02T10:00:00Z", "1793491200", "2026-12-31T23:59:59+01:00", "x",
    ]
    let consents = ["true", "no", "2026-11-02", "YES", ""]
    var text = "u,v,t,c,s\n"
    for _ in 0..<5000 {
      let row = [
        "u\(Int.random(in: 0..<60, using: &random))", "r\(Int.random(in: 0..<4, using: &random))",
        times[Int.random(in: 0..<5, using: &random)],
        consents[Int.random(in: 0..<5, using: &random)],
        ["voice", "search", "click"][Int.random(in: 0..<3, using: &random)],
      ]
      text += row.joined(separator: ",") + "\n"
    }
    let path = try folder.write(text, to: "times.csv")
    for unit in PrivacyUnit.allCases {
      for key in [GroupKey.day, .week, .month] {
        let days = ["2026-11-01", "2026-11-02", "2026-12-31", "2026-W44", "2026-W45", "2026-11"]
        let ways = TwoWays(
          specification: try Samples.specification(
            files: [path],
            columns: [
              .unit: ColumnReference(name: "u"), .region: ColumnReference(name: "v"),
              .time: ColumnReference(name: "t"), .consent: ColumnReference(name: "c"),
              .source: ColumnReference(name: "s"),
            ],
            filters: [.source: ["voice", "search"]],
            window: TimeWindow(from: 1_793_491_200, to: 1_796_083_200, text: ["", ""]),
            privacyUnit: unit,
            bounds: Samples.bounds(2, 2, 3),
            groupBy: [.region, key],
            cells: [.region: ["r0", "r1", "r3"], key: days]
          ),
          key: Samples.key(3)
        )
        let expected = try ways.oneByOne()
        #expect(expected[0].contains { $0 > 0 })
        let counts = try ways.parallel(threads: 2, blockSize: 3000)
        #expect(counts == expected)
      }
    }
  }

  @Test func `packs bytes so that equal words are equal bytes`() {
    var seen: [[UInt64]: [UInt8]] = [:]
    for count in 0...15 {
      for fill in [UInt8(0), 1, 0xFF] {
        let bytes = (0..<count).map { index in index == count - 1 ? fill : UInt8(index + 2) }
        let packed = withSlice(bytes) { PackedBytes($0.base, count: $0.count) }
        #expect(seen.updateValue(bytes, forKey: [packed.low, packed.high]) ?? bytes == bytes)
        let hash = SipHash(key: (1, 2))
        var state = hash.state(behind: packed)
        #expect(state.finish() == withSlice(bytes) { hash($0) })
      }
    }
    #expect(seen.count >= 15 * 3)
  }

  /// With the first key every unit of five bytes has one hash, with the second every long unit.
  @Test(arguments: [
    (PlaceHash(key: (0, 5 << 56)), "u"), (PlaceHash(key: (0, 0)), "long-unit-of-many-bytes-"),
  ])
  func `tells units apart by their bytes where all hashes are one`(
    hash: PlaceHash,
    prefix: String
  ) throws {
    let bounds = try Samples.bounds(2, 2)
    let key = Samples.key(11)
    let rows = RowBuffer(partCount: 2, hash: hash)
    var expected = UnitTable(bounds: bounds, key: key)
    var random = SeededGenerator(seed: 4)
    var hashes = Set<UInt64>()
    for _ in 0..<3000 {
      let unit = prefix + String(Int.random(in: 1000..<1200, using: &random))
      let cell = UInt32.random(in: 0..<9, using: &random)
      withSlice(unit) { slice in
        let packed = PackedBytes(slice.base, count: min(slice.count, PackedBytes.mostBytes))
        let isShort = slice.count <= PackedBytes.mostBytes
        hashes.insert(isShort ? hash(packed.low, packed.high) : hash(slice))
        rows.append(unit: slice, cell: cell)
        expected.add(unit: slice, cell: cell)
      }
    }
    #expect(hashes.count == 1)
    var counts = [[Int64]](repeating: [0, 0], count: 9)
    expected.forEachBounded { cell, signals in
      counts[Int(cell)][0] += Int64(signals)
      counts[Int(cell)][1] += 1
    }
    let tally = CellTally(cellCount: 9)
    let choice = SignalChoice(bounds: bounds)
    for part in 0..<2 {
      var table = PartTable(bounds: bounds, key: key, hash: hash)
      rows.drain(part, into: &table)
      table.add(to: tally, by: choice)
    }
    #expect(tally.signalCounts == counts.map { $0[0] })
    #expect(tally.unitCounts == counts.map { $0[1] })
  }
}
