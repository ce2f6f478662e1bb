// HierarchyCountTests.swift: regions that lie in one another are counted level by level, each unit once.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@testable import PrivateAggregation

/// Three levels with a short branch, and signals that name regions of all of them.
struct NestedRegions {
  static let codes = ["US", "PR", "CA", "NY", "GU", "06001", "06003", "36001", "36003", "36005"]
  static let parents: [Int?] = [nil, nil, 0, 0, 0, 2, 2, 3, 3, 3]

  static func hierarchy(_ rule: ConsistencyRule = .exact) -> RegionHierarchy {
    RegionHierarchy(
      levels: [
        .init(name: "nation", count: 2, share: Rational(1, 4)),
        .init(name: "state", count: 3, share: Rational(1, 4)),
        .init(name: "county", count: 5, share: Rational(1, 2)),
      ],
      tree: TreeShape(parents: parents),
      consistency: rule
    )
  }

  static func specification(
    _ path: String,
    bounds: ContributionBounds,
    groupBy: [GroupKey] = [.region, .intent]
  ) throws -> ReportSpecification {
    try Samples.specification(
      files: [path],
      bounds: bounds,
      groupBy: groupBy,
      cells: [.region: codes, .intent: ["x", "y", "z"]].filter { groupBy.contains($0.key) },
      hierarchy: hierarchy()
    )
  }

  static func rows(_ random: inout SeededGenerator, units: Int, count: Int) -> [[String]] {
    (0..<count).map { _ in
      [
        "unit-\(Int.random(in: 0..<units, using: &random))",
        codes[Int.random(in: 0..<codes.count, using: &random)],
        ["x", "y", "z", "other"][Int.random(in: 0..<4, using: &random)],
      ]
    }
  }

  static func text(_ rows: [[String]]) -> String {
    "unit,region,intent\n" + rows.map { $0.joined(separator: ",") + "\n" }.joined()
  }
}

@Suite struct `Levels of regions` {
  @Test(arguments: [[1, 1], [3, 2, 4], [4, 2], [7, 3], [100, 100], [100, 2, 5]])
  func `are counted alike on any threads, in any blocks and memory, and one by one`(
    bounds: [Int]
  ) throws {
    let folder = try TemporaryDirectory()
    var random = SeededGenerator(seed: UInt64(bounds[0]))
    let rows = NestedRegions.rows(&random, units: 90, count: 4000)
    let path = try folder.write(NestedRegions.text(rows), to: "s.csv")
    for groupBy in [[GroupKey.region, .intent], [.intent, .region], [.region]] {
      let ways = TwoWays(
        specification: try NestedRegions.specification(
          path,
          bounds: Samples.bounds(bounds[0], bounds[1], bounds.count > 2 ? bounds[2] : nil),
          groupBy: groupBy
        ),
        key: Samples.key(11)
      )
      let expected = try ways.oneByOne()
      #expect(expected[0].contains { $0 > 0 })
      for threads in [1, 2, 5] {
        #expect(try ways.parallel(threads: threads, blockSize: 600) == expected)
        let spilled = try ways.parallel(
          threads: threads,
          blockSize: 900,
          memory: Division.all.plan,
          parts: 4
        )
        #expect(spilled == expected)
      }
    }
  }

  /// With bounds that cut nothing, counts are what a plain look at the rows gives.
  @Test func `hold every signal in all regions around it, and every unit once in each`() throws {
    let folder = try TemporaryDirectory()
    var random = SeededGenerator(seed: 5)
    let rows = NestedRegions.rows(&random, units: 40, count: 900)
    let path = try folder.write(NestedRegions.text(rows), to: "s.csv")
    let specification = try NestedRegions.specification(path, bounds: Samples.bounds(100, 1000))
    let counts = try Samples.counts(specification)
    let leaves = Set(["PR", "GU", "06001", "06003", "36001", "36003", "36005"])
    var signals = [Int64](repeating: 0, count: 30)
    var units = [Set<String>](repeating: [], count: 30)
    for row in rows where leaves.contains(row[1]) {
      guard let intent = ["x", "y", "z"].firstIndex(of: row[2]) else { continue }
      var region = NestedRegions.codes.firstIndex(of: row[1])
      while let here = region {
        signals[here * 3 + intent] += 1
        units[here * 3 + intent].insert(row[0])
        region = NestedRegions.parents[here]
      }
    }
    #expect(counts == [signals, units.map { Int64($0.count) }])
    // Units do not add up: a state has fewer than its counties together.
    #expect(counts[1][2 * 3] < counts[1][5 * 3] + counts[1][6 * 3])
  }

  /// Taking a unit away changes each level by at most the sensitivity that its noise is for.
  @Test(arguments: 0..<40)
  func `change with one unit by at most their sensitivity`(seed: UInt64) throws {
    let folder = try TemporaryDirectory()
    var random = SeededGenerator(seed: seed)
    let rows = NestedRegions.rows(&random, units: 4, count: Int.random(in: 1...120, using: &random))
    let bounds = try Samples.bounds(
      Int.random(in: 1...9, using: &random),
      Int.random(in: 1...3, using: &random),
      Bool.random(using: &random) ? Int.random(in: 1...9, using: &random) : nil
    )
    let groupBy: [GroupKey] = Bool.random(using: &random) ? [.region] : [.intent, .region]
    var results: [[[Int64]]] = []
    for (name, part) in [("more", rows), ("fewer", rows.filter { $0[0] != "unit-0" })] {
      let path = try folder.write(NestedRegions.text(part), to: name + ".csv")
      let specification = try NestedRegions.specification(path, bounds: bounds, groupBy: groupBy)
      results.append(try Samples.counts(specification, seed: seed))
    }
    let plan = try AggregationPlan(
      NestedRegions.specification("none", bounds: bounds, groupBy: groupBy)
    )
    let hierarchy = try #require(plan.hierarchy)
    let levelOf = hierarchy.hierarchy.levelOf
    for measure in 0..<2 {
      var changes = [BigInteger](repeating: 0, count: 3)
      for cell in results[0][measure].indices {
        let difference = results[0][measure][cell] - results[1][measure][cell]
        changes[levelOf[hierarchy.layout.region(ofCell: cell)]] += BigInteger(abs(difference))
      }
      for level in 0..<3 {
        #expect(changes[level] <= hierarchy.noise[measure][level].sensitivity)
      }
    }
  }

  @Test func `cost the sum of what each costs, at its own sensitivity`() throws {
    let plan = try AggregationPlan(
      NestedRegions.specification("none", bounds: Samples.bounds(5, 2), groupBy: [.region])
    )
    #expect(plan.loss.epsilon == 1)
    let noise = try #require(plan.hierarchy).noise
    #expect(noise[0].map(\.sensitivity) == [10, 10, 10])
    #expect(noise[0].map(\.epsilon) == [Rational(1, 8), Rational(1, 8), Rational(1, 4)])
    // A unit is in at most two nations, three states and five counties.
    #expect(noise[1].map(\.sensitivity) == [2, 3, 5])
    #expect(noise[1].map(\.scale) == [16, 24, 20])
    #expect(plan.measures.map(\.epsilon) == [Rational(1, 2), Rational(1, 2)])
    #expect(plan.measures.map(\.scale) == [80, 24])
  }

  @Test func `have noise of their own scale`() throws {
    var shares = [Rational(1, 1000), Rational(1, 100), Rational(989, 1000)]
    shares.reverse()
    let tree = TreeShape(parents: [nil] + (0..<40).map { _ in 0 } + (0..<3000).map { 1 + $0 / 75 })
    let hierarchy = RegionHierarchy(
      levels: zip([("a", 1), ("b", 40), ("c", 3000)], shares).map {
        .init(name: $0.0, count: $0.1, share: $1)
      },
      tree: tree,
      consistency: .none
    )
    let plan = try AggregationPlan(
      Samples.specification(
        files: ["none"],
        bounds: Samples.bounds(1, 1),
        groupBy: [.region],
        cells: [.region: (0..<3041).map { "r\($0)" }],
        hierarchy: hierarchy
      )
    )
    let planned = try #require(plan.hierarchy)
    let noise = CellNoise.draws(planned, measure: 0, threads: 2)
    // The mean size of noise is near its scale: within a fifth of it for 3,000 draws of scale 2,000 (four
    // and more standard errors at a tenth: below 1e-6 at a fifth), and far below it for the one of scale 2.
    let mean = noise[41...].reduce(0) { $0 + abs($1) } / 3000
    #expect(1600...2400 ~= mean)
    #expect(abs(noise[0]) < 60)
  }
}
