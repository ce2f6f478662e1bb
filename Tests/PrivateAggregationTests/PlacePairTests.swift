// PlacePairTests.swift: a signal in several circles is several pairs, and all bounds hold for pairs.
// Reference: `docs/privacy-model.md`; `docs/places.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@testable import PrivateAggregation

/// Circles that overlap, and signals of few units in and around them.
struct PlaceSamples {
  static let columns: [SignalColumn: ColumnReference] = [
    .unit: ColumnReference(name: "u"), .intent: ColumnReference(name: "w"),
    .latitude: ColumnReference(name: "lat"), .longitude: ColumnReference(name: "lon"),
  ]
  /// Five radii round one point, three round others beside it, on the antimeridian and at a pole.
  static func circles() throws -> (shapes: RegionShapes, names: [String]) {
    var circles: [RegionCircle] = []
    var names: [String] = []
    for (name, latitude, longitude) in [
      ("A", "51.5", "-0.1"), ("B", "51.6", "0.1"), ("M", "0", "-180"), ("S", "-90", "0"),
    ] {
      for radius in name == "A" ? ["1 km", "5 km", "10 mi", "20 mi", "50 mi"] : ["20 mi"] {
        let radius = try RegionRadius(radius)
        circles.append(
          RegionCircle(
            latitude: try #require(ExactDecimal.billionths(latitude)),
            longitude: try #require(ExactDecimal.billionths(longitude)),
            radius: radius
          )
        )
        names.append(RegionCircle.name(place: name, radius: radius))
      }
    }
    return (.circles(circles), names)
  }

  static let points = [
    "51.5,-0.1", "51.5,-0.1", "51.5001,-0.1001", "51.53,-0.08", "51.6,0.1", "51.9,-0.3", "52.1,0",
    "0.1,179.9", "0.1,-179.9", "0,180", "-90,77", "-89.9,-120", "40,40", "91,0", "NaN,0", ",",
    "51.5,",
    "5.15e1, -0.1 ", "+51.6,+0.1",
  ]

  /// Rows of few units, one of them with very many signals.
  static func rows(_ random: inout SeededGenerator) -> [(unit: String, rest: String)] {
    let units = ["", "a", "b", "c", "someone-with-a-name-of-many-bytes"]
    let favourite = units[Int.random(in: 1..<units.count, using: &random)]
    return (0..<Int.random(in: 5...80, using: &random)).map { _ in
      let unit =
        Bool.random(using: &random)
        ? favourite : units[Int.random(in: 0..<units.count, using: &random)]
      let point = points[Int.random(in: 0..<points.count, using: &random)]
      return (unit, "\(["x", "y", "z"][Int.random(in: 0..<3, using: &random)]),\(point)")
    }
  }

  static func text(_ rows: [(unit: String, rest: String)]) -> String {
    "u,w,lat,lon\n" + rows.map { "\($0.unit),\($0.rest)\n" }.joined()
  }

  static func json(_ rows: [(unit: String, rest: String)]) -> String {
    rows.map { row in
      let fields = row.rest.components(separatedBy: ",")
      return "{\"u\":\"\(row.unit)\",\"w\":\"\(fields[0])\",\"lat\":\"\(fields[1])\","
        + "\"lon\":\"\(fields[2])\"}\n"
    }.joined()
  }

  static func specification(
    _ path: String,
    bounds: ContributionBounds,
    shapes: RegionShapes? = nil,
    names: [String] = []
  ) throws -> ReportSpecification {
    let circles = try circles()
    return ReportSpecification(
      name: "places",
      dataset: "signals",
      files: [path],
      columns: columns,
      filters: [:],
      window: nil,
      privacyUnit: .person,
      bounds: bounds,
      groupBy: [.region, .intent],
      cells: [
        .region: Samples.list(shapes == nil ? circles.names : names),
        .intent: Samples.list(["x", "y"]),
      ],
      shapes: shapes ?? circles.shapes,
      budget: try PrivacyLoss(epsilon: 1),
      measures: [
        MeasureRequest(measure: .signals, share: Rational(1, 2)),
        MeasureRequest(measure: .units, share: Rational(1, 2)),
      ],
      confidence: Rational(19, 20),
      nonnegative: false,
      sha256: String(repeating: "5", count: 64),
      digest: String(repeating: "d", count: 64)
    )
  }
}

@Suite struct `Pairs of signals and places` {
  @Test func `are one for each circle that a signal lies in`() throws {
    let folder = try TemporaryDirectory()
    let bounds = try Samples.bounds(100, 100)
    let path = try folder.write(
      "u,w,lat,lon\na,x,51.5,-0.1\na,x,51.52,-0.1\nb,y,51.5,-0.1\nb,x,0.01,179.99\nb,x,0,-180\n"
        + "c,x,-90,123\nc,x,51.5,360\nc,x,51.6,0.1\n",
      to: "s.csv"
    )
    let specification = try PlaceSamples.specification(path, bounds: bounds)
    let names = try PlaceSamples.circles().names
    #expect(
      names == [
        "A 1 km", "A 5 km", "A 10 mi", "A 20 mi", "A 50 mi", "B 20 mi", "M 20 mi", "S 20 mi",
      ]
    )
    let expected: [[Int64]] = [
      // For each circle x, then y. A and B are some 18 km apart.
      [1, 1, 2, 1, 2, 1, 3, 1, 3, 1, 3, 1, 2, 0, 1, 0],
      [1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2, 1, 1, 0, 1, 0],
    ]
    #expect(try Samples.counts(specification) == expected)
    #expect(try TwoWays(specification: specification, key: Samples.key(1)).oneByOne() == expected)
  }

  @Test(arguments: 0..<16)
  func `are the same on all threads, in blocks of any size and in little memory`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryDirectory()
    for round in 0..<4 {
      let bounds = try Samples.bounds(
        Int.random(in: 1...7, using: &random),
        Int.random(in: 1...3, using: &random),
        Bool.random(using: &random) ? Int.random(in: 1...9, using: &random) : nil
      )
      let rows = PlaceSamples.rows(&random)
      let isJSON = Bool.random(using: &random)
      let path = try folder.write(
        isJSON ? PlaceSamples.json(rows) : PlaceSamples.text(rows),
        to: isJSON ? "\(round).jsonl" : "\(round).csv"
      )
      let ways = TwoWays(
        specification: try PlaceSamples.specification(path, bounds: bounds),
        key: Samples.key(random.next())
      )
      let expected = try ways.oneByOne()
      for threads in [1, 2, 5] {
        for blockSize in [3, 64, 1 << 20] {
          #expect(try ways.parallel(threads: threads, blockSize: blockSize) == expected)
        }
      }
      // So little memory that every block's rows go to the file.
      let tiny = MemoryPlan(
        usable: 4096,
        rowsPerThread: 1,
        tables: 1,
        workPerThread: 4096,
        pieceSize: RowBuffer.pieceSize / 4,
        addingThreads: 2
      )
      #expect(try ways.parallel(threads: 2, blockSize: 64, memory: tiny) == expected)
    }
  }

  /// How far counts with and without a unit are apart, in all cells together.
  private static func distances(_ left: [[Int64]], _ right: [[Int64]]) -> [BigInteger] {
    zip(left, right).map(`Neighbouring data sets`.distance)
  }

  @Test(arguments: 0..<60)
  func `differ by at most the sensitivity without one unit`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryDirectory()
    let rows = PlaceSamples.rows(&random)
    let bounds = try Samples.bounds(
      Int.random(in: 1...9, using: &random),
      Int.random(in: 1...3, using: &random),
      Bool.random(using: &random) ? Int.random(in: 1...9, using: &random) : nil
    )
    let unit = rows[Int.random(in: 0..<rows.count, using: &random)].unit
    let counts = try [rows, rows.filter { $0.unit != unit }].enumerated().map { index, rows in
      let path = try folder.write(PlaceSamples.text(rows), to: "\(index).csv")
      return try Samples.counts(
        PlaceSamples.specification(path, bounds: bounds),
        seed: UInt64(seed)
      )
    }
    let changes = Self.distances(counts[0], counts[1])
    #expect(changes[0] <= bounds.sensitivity(of: .signals))
    #expect(changes[1] <= bounds.sensitivity(of: .units))
  }

  /// A mutant that bounds signals before it looks where they lie charges nothing for circles that
  /// overlap: it is caught by the same comparison.
  @Test func `would pass the sensitivity if signals were bounded before they are found in circles`()
    throws
  {
    let folder = try TemporaryDirectory()
    let bounds = try Samples.bounds(2, 3)
    let heavy = Array(repeating: (unit: "a", rest: "x,51.5,-0.1"), count: 50)
    let others = [(unit: "b", rest: "y,51.5,-0.1")]
    func counts(
      _ rows: [(unit: String, rest: String)],
      _ bounds: ContributionBounds
    ) throws
      -> [[Int64]]
    {
      let path = try folder.write(PlaceSamples.text(rows), to: "s.csv")
      return try Samples.counts(PlaceSamples.specification(path, bounds: bounds))
    }
    // The mutant: at most 2 cells (w) and 3 signals in each, and then every circle.
    let loose = try Samples.bounds(100, 1000)
    let mutant = Self.distances(
      try counts(Array(heavy.prefix(3)) + others, loose),
      try counts(others, loose)
    )
    #expect(mutant[0] > bounds.sensitivity(of: .signals))
    #expect(mutant[1] > bounds.sensitivity(of: .units))
    let real = Self.distances(try counts(heavy + others, bounds), try counts(others, bounds))
    #expect(real == [bounds.sensitivity(of: .signals), bounds.sensitivity(of: .units)])
  }

  @Test(arguments: 0..<8)
  func `are found in polygons and grids as well`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryDirectory()
    let rows = PlaceSamples.rows(&random)
    let path = try folder.write(PlaceSamples.text(rows), to: "s.csv")
    let bounds = try Samples.bounds(3, 2, 4)
    let unit = ExactDecimal.one
    func square(_ west: Int64, _ south: Int64, _ size: Int64) -> RegionPolygon {
      RegionPolygon(rings: [
        [(0, 0), (1, 0), (1, 1), (0, 1)].map {
          RegionCorner(
            longitude: (west + $0.0 * size) * unit,
            latitude: (south + $0.1 * size) * unit
          )
        }
      ])
    }
    let shapes: [(RegionShapes, [String])] = [
      (
        .polygons([square(-10, 45, 20), square(-1, 51, 1), square(170, -5, 20)], key: "NAME"),
        ["big", "small", "dateline"]
      ),
      (.geohash(length: 4, within: nil), ["gcpu", "gcpv", "u10h", "xbpb", "80"]),
    ]
    for (shapes, names) in shapes {
      let ways = TwoWays(
        specification: try PlaceSamples.specification(
          path,
          bounds: bounds,
          shapes: shapes,
          names: names
        ),
        key: Samples.key(random.next())
      )
      let expected = try ways.oneByOne()
      #expect(expected[1].contains { $0 > 0 })
      #expect(try ways.parallel(threads: 3, blockSize: 50) == expected)
    }
  }

  @Test func `make a release that says where its regions are, and verifies`() throws {
    let specification = try PlaceSamples.specification("s.csv", bounds: Samples.bounds(2, 3))
    let plan = try AggregationPlan(specification)
    let body = ReleaseBody(
      plan,
      id: try ReleaseID("a"),
      created: "2026-11-24T00:00:00Z",
      counts: [[Int64](repeating: 3, count: 16), [Int64](repeating: 2, count: 16)],
      remaining: RemainingBudget(lifetime: .zero, daily: nil, analyst: nil)
    )
    guard case .circles(let circles) = body.places else {
      Issue.record("circles")
      return
    }
    #expect(circles.count == 8)
    #expect(
      circles[2]
        == ReleasedCircle(name: "A 10 mi", latitude: "51.5", longitude: "-0.1", radius: "16093.44")
    )
    #expect(try ReleaseBody(decoding: body.encoded()) == body)
    let receipt = LedgerReceipt(
      position: 1,
      head: String(repeating: "a", count: 64),
      previous: String(repeating: "b", count: 64),
      bodySHA256: String(repeating: "c", count: 64),
      dataPinned: false
    )
    let verification = ReleaseVerification(of: Release(body: body, receipt: receipt).encoded())
    #expect(verification.release?.body == body)
    #expect(!verification.findings.contains { $0.what.hasPrefix("places") })
  }
}
