// ValueAggregationTests.swift: sums and histograms, bounded alike by both ways through the signals.
// Reference: `docs/measures.md`; [CK07].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Sums of values` {
  static let sums: [Measure] = [
    .sum(ValueSamples.range), .cellSum(ValueSamples.range), .sum(ValueSamples.range(2, 9)),
    .cellSum(ValueSamples.range(-9, -1)),
  ]

  /// The numbers by definition where the bounds cut nothing: every row adds what it has.
  static func defined(_ rows: [String], sum: Measure) -> ValueSamples.Numbers {
    let known = ["-7": -7, "-3": -3, "-1": -1, "0": 0, "2": 2, "2.4": 2, "2.5": 3, "5": 5, "9": 9]
      .merging(["10": 10, "12": 12]) { $1 }
    let cells = ["n", "s"].flatMap { region in ["x", "y", "z"].map { region + "," + $0 } }
    var numbers = ValueSamples.Numbers(
      counts: Array(repeating: Array(repeating: 0, count: cells.count), count: 4),
      bins: Array(repeating: 0, count: cells.count * 4)
    )
    var values: [Int: [String: [Int]]] = [:]
    for row in rows {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard let value = known[fields[3]],
        let cell = cells.firstIndex(of: fields[1] + "," + fields[2])
      else { continue }
      values[cell, default: [:]][fields[0], default: []].append(value)
    }
    func held(_ value: Int, _ range: ValueRange) -> Int {
      max(Int(range.low), min(Int(range.high), value))
    }
    for (cell, units) in values {
      for own in units.values {
        numbers.counts[0][cell] += Int64(own.count)
        numbers.counts[1][cell] += 1
        switch sum {
        case .cellSum(let range):
          numbers.counts[2][cell] += Int64(held(own.reduce(0, +), range))
        case .sum(let range):
          numbers.counts[2][cell] += Int64(own.reduce(0) { $0 + held($1, range) })
        default: break
        }
        // The middle of -3 and 10, rounded down, is 3.
        numbers.counts[3][cell] += Int64(
          own.reduce(0) { $0 + held($1, ValueSamples.range) - 3 }
        )
        for value in own {
          numbers.bins[cell * 4 + (value <= -1 ? 0 : value <= 2 ? 1 : value <= 5 ? 2 : 3)] += 1
        }
      }
    }
    return numbers
  }

  @Test(arguments: sums, 0..<8)
  func `are those of the definition where no bound cuts`(sum: Measure, seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let rows = ValueSamples.rows(&random)
    let folder = try TemporaryDirectory()
    let path = try folder.write(ValueSamples.csv(rows), to: "signals.csv")
    let specification = try ValueSamples.specification(
      files: [path],
      bounds: Samples.bounds(100, 200),
      sum: sum
    )
    let expected = Self.defined(rows, sum: sum)
    #expect(try ValueSamples.oneByOne(specification) == expected)
    #expect(try ValueSamples.parallel(specification) == expected)
  }

  /// Little memory for rows, and less for what adds up.
  static func tiny(_ work: Int) -> MemoryPlan {
    MemoryPlan(
      usable: 4096,
      rowsPerThread: 1024,
      tables: 0,
      workPerThread: work,
      pieceSize: 512,
      addingThreads: 2
    )
  }

  @Test(arguments: 0..<24)
  func `do not depend on threads, blocks, memory or the order of rows`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 100)
    var rows = ValueSamples.rows(&random, most: 3000)
    let folder = try TemporaryDirectory()
    let bounds = try Samples.bounds(
      Int.random(in: 1...7, using: &random),
      Int.random(in: 1...60, using: &random),
      Bool.random(using: &random) ? Int.random(in: 1...80, using: &random) : nil
    )
    func specification(_ rows: [String], _ name: String) throws -> ReportSpecification {
      try ValueSamples.specification(
        files: [try folder.write(ValueSamples.csv(rows), to: name)],
        bounds: bounds,
        sum: Self.sums[seed % Self.sums.count],
        privacyUnit: [.person, .personDay, .personWeek][seed % 3]
      )
    }
    let first = try specification(rows, "a.csv")
    let expected = try ValueSamples.oneByOne(first)
    for (threads, blockSize, memory, parts) in [
      (1, 512 << 10, nil, 8), (2, 300, nil, 2), (5, 700, Self.tiny(1 << 20), 4),
      (2, 900, Self.tiny(1), 16),
    ] as [(Int, Int, MemoryPlan?, Int)] {
      let numbers = try ValueSamples.parallel(
        first,
        threads: threads,
        blockSize: blockSize,
        memory: memory,
        parts: parts
      )
      #expect(numbers == expected, "\(threads) threads, \(blockSize) bytes, \(parts) parts")
    }
    rows.shuffle(using: &random)
    #expect(try ValueSamples.parallel(specification(rows, "b.csv")) == expected)
  }

  @Test(arguments: 0..<12)
  func `keep as many signals and units as plain counts do`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 200)
    // Rows without a value are dropped where values are asked for, and there alone.
    let rows = ValueSamples.rows(&random).filter {
      ![",,", "NaN", ",x,2"].contains(where: $0.contains)
    }
    let folder = try TemporaryDirectory()
    let path = try folder.write(ValueSamples.csv(rows), to: "signals.csv")
    let bounds = try Samples.bounds(2, 3, seed % 2 == 0 ? 4 : nil)
    let plain = try Samples.counts(
      Samples.specification(files: [path], bounds: bounds),
      seed: UInt64(seed)
    )
    let numbers = try ValueSamples.parallel(
      ValueSamples.specification(files: [path], bounds: bounds),
      seed: UInt64(seed)
    )
    #expect(Array(numbers.counts.prefix(2)) == plain)
    // Every signal that is kept is in one bin.
    for cell in plain[0].indices {
      #expect(numbers.bins[(cell * 4)..<(cell * 4 + 4)].reduce(0, +) == plain[0][cell])
    }
  }

  @Test(arguments: 0..<60)
  func `change by at most the sensitivity without a unit, for every key`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 300)
    let rows = ValueSamples.rows(&random)
    let folder = try TemporaryDirectory()
    let bounds = try Samples.bounds(
      Int.random(in: 1...5, using: &random),
      Int.random(in: 1...4, using: &random),
      Bool.random(using: &random) ? Int.random(in: 1...6, using: &random) : nil
    )
    let sum = Self.sums[seed % Self.sums.count]
    let unit = rows[Int.random(in: 0..<rows.count, using: &random)].prefix { $0 != "," }
    func numbers(_ rows: [String], _ name: String) throws -> ValueSamples.Numbers {
      try ValueSamples.parallel(
        ValueSamples.specification(
          files: [try folder.write(ValueSamples.csv(rows), to: name)],
          bounds: bounds,
          sum: sum
        ),
        seed: UInt64(seed)
      )
    }
    let more = try numbers(rows, "more.csv")
    let fewer = try numbers(rows.filter { !$0.hasPrefix(unit + ",") }, "fewer.csv")
    let measures: [Measure] = [.signals, .units, sum, .deviation(ValueSamples.range)]
    for (measure, changes) in zip(measures, zip(more.counts, fewer.counts)) {
      let distance = `Neighbouring data sets`.distance(changes.0, changes.1)
      #expect(distance <= bounds.sensitivity(of: measure), "\(measure)")
      let largest = zip(changes.0, changes.1).map { abs($0 - $1) }.max() ?? 0
      #expect(BigInteger(largest) <= bounds.largestChange(ofOneCellIn: measure), "\(measure)")
    }
    #expect(
      `Neighbouring data sets`.distance(more.bins, fewer.bins)
        <= bounds.sensitivity(of: .signals)
    )
  }

  /// How often each value is kept of one unit's signals in a cell, over many keys.
  ///
  /// Each frequency of n keys is binomial; at six standard deviations the chance of a false alarm is
  /// below 2e-9 for each, and the keys are seeded.
  @Test func `keep every signal of a cell equally often`() throws {
    // Six signals: three of 9, two of 5, one of -3; two are kept. Steps are counted from -3.
    let bounds = try Samples.bounds(1, 2)
    let plan = try AggregationPlan(ValueSamples.specification(files: [], bounds: bounds))
    let keys = 3000
    var kept = [Int64](repeating: 0, count: 4)
    for seed in 0..<keys {
      var units = ValueUnits(bounds: bounds, key: Samples.key(UInt64(seed)))
      for value in [12, 8, 12, 0, 8, 12] as [UInt32] {
        withSlice("a") { units.add(unit: $0, cell: 0, value: value) }
      }
      let tally = ValueTally(plan)
      units.add(to: tally)
      for bin in kept.indices { kept[bin] += tally.totals.bins[bin] }
    }
    // Of bins up to -1, 2, 5 and above: a third of 1, 0, 2 and 3 signals.
    for (bin, signals) in [1, 0, 2, 3].enumerated() {
      let mean = Double(keys * signals) / 3
      let deviation = (Double(keys * signals) * (2.0 / 9)).squareRoot()
      #expect(abs(Double(kept[bin]) - mean) <= 6 * deviation, "bin \(bin): \(kept[bin])")
    }
  }
}
