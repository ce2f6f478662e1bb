// RegionIndexTests.swift: what the tables find is what looking at every region finds.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Releases
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Region index` {
  static let degree = ExactDecimal.one

  /// A point: anywhere, at a pole or near one, near the antimeridian, or on whole degrees.
  static func point(_ words: inout SeededGenerator) -> (latitude: Int64, longitude: Int64) {
    var latitude = Int64.random(in: -90 * degree...90 * degree, using: &words)
    var longitude = Int64.random(in: -180 * degree..<180 * degree, using: &words)
    switch Int.random(in: 0..<8, using: &words) {
    case 0: latitude = 90 * degree * (Bool.random(using: &words) ? 1 : -1)
    case 1: latitude = 90 * degree - Int64.random(in: 0..<degree, using: &words)
    case 2: longitude = -180 * degree + Int64.random(in: 0...degree, using: &words)
    case 3: longitude = 180 * degree - Int64.random(in: 1...degree, using: &words)
    case 4: (latitude, longitude) = (latitude / degree * degree, longitude / degree * degree)
    default: break
    }
    return (latitude, longitude)
  }

  /// A point near another one, over the pole and the antimeridian where that is so.
  static func near(
    _ point: (latitude: Int64, longitude: Int64),
    within distance: Int64,
    _ words: inout SeededGenerator
  ) -> (latitude: Int64, longitude: Int64) {
    var latitude = point.latitude + Int64.random(in: -distance...distance, using: &words)
    var longitude = point.longitude + Int64.random(in: -2 * distance...2 * distance, using: &words)
    if latitude > 90 * degree {
      latitude = 180 * degree - latitude
      longitude += 180 * degree
    } else if latitude < -90 * degree {
      latitude = -180 * degree - latitude
      longitude += 180 * degree
    }
    while longitude >= 180 * degree { longitude -= 360 * degree }
    while longitude < -180 * degree { longitude += 360 * degree }
    return (latitude, longitude)
  }

  private static func found(
    _ index: RegionIndex,
    _ point: (latitude: Int64, longitude: Int64)
  ) -> (quick: [Int], all: [Int]) {
    var quick: [Int] = []
    var all: [Int] = []
    index.forEach(point.latitude, point.longitude) { quick.append($0) }
    index.forEachOfAll(point.latitude, point.longitude) { all.append($0) }
    return (quick.sorted(), all)
  }

  @Test(arguments: 0..<12)
  func `finds the circles of a point`(seed: UInt64) throws {
    var words = SeededGenerator(seed: seed)
    let radii = try ["1 m", "800 m", "10 mi", "20 mi", "500 km", "4000 mi", "10000 km"].map {
      try #require(PlaceRadius($0))
    }
    let circles = (0..<60).map { _ in
      let centre = Self.point(&words)
      let radius = radii[Int.random(in: 0..<(seed < 6 ? 4 : 7), using: &words)]
      return RegionCircle(latitude: centre.latitude, longitude: centre.longitude, radius: radius)
    }
    let index = RegionIndex(.circles(circles), names: circles.indices.map { "\($0)" })
    var hits = 0
    for _ in 0..<400 {
      let circle = circles[Int.random(in: 0..<circles.count, using: &words)]
      let point = Self.near(
        (circle.latitude, circle.longitude),
        within: [1, 1000, Self.degree / 100, Self.degree / 2, 20 * Self.degree].randomElement(
          using: &words
        ) ?? 1,
        &words
      )
      let (quick, all) = Self.found(index, point)
      #expect(quick == all, "\(point)")
      #expect(all.count <= index.mostAtOnce)
      hits += all.count
    }
    #expect(hits > 100, "points that lie in circles")
  }

  /// A star of so many corners round a point, with a hole.
  private static func star(_ words: inout SeededGenerator) -> RegionPolygon {
    let centre = (
      longitude: Int64.random(in: -170 * degree...210 * degree, using: &words),
      latitude: Int64.random(in: -70 * degree...70 * degree, using: &words)
    )
    let corners = Int.random(in: 3..<40, using: &words)
    let size = Int64.random(in: 1...10, using: &words) * degree
    func ring(_ low: Int64, _ high: Int64) -> [RegionCorner] {
      (0..<corners).map { corner in
        let angle = FixedPoint(
          billionths: Int64(corner) * 360 * degree / Int64(corners) - 180 * degree
        )
        let (sine, cosine) = FixedPoint.sineAndCosine(angle)
        let radius = FixedPoint(raw: Int128(Int64.random(in: low...high, using: &words)))
        // A radius of 2^60 units is one, so the product is in billionths.
        return RegionCorner(
          longitude: centre.longitude + Int64((radius.raw * cosine.raw) >> 60),
          latitude: centre.latitude + Int64((radius.raw * sine.raw) >> 60)
        )
      }
    }
    return RegionPolygon(rings: [ring(size / 2, size), ring(size / 8, size / 4)])
  }

  @Test(arguments: 0..<12)
  func `finds the polygons of a point`(seed: UInt64) throws {
    var words = SeededGenerator(seed: seed)
    let polygons = (0..<30).map { _ in Self.star(&words) }
    let index = RegionIndex(
      .polygons(polygons, key: "NAME"),
      names: polygons.indices.map { "\($0)" }
    )
    var hits = 0
    for _ in 0..<400 {
      let rings = polygons[Int.random(in: 0..<polygons.count, using: &words)].rings
      let corner = rings[0][Int.random(in: 0..<rings[0].count, using: &words)]
      let turn = 360 * Self.degree
      let longitude =
        corner.longitude >= 180 * Self.degree ? corner.longitude - turn : corner.longitude
      let point =
        Bool.random(using: &words)
        ? (corner.latitude, longitude < -180 * Self.degree ? longitude + turn : longitude)
        : Self.near((corner.latitude, longitude), within: 4 * Self.degree, &words)
      let (quick, all) = Self.found(index, point)
      #expect(quick == all, "\(point)")
      #expect(all.count <= index.mostAtOnce)
      hits += all.count
    }
    #expect(hits > 40, "points that lie in polygons")
  }

  /// Squares of whole degrees that tile the globe, written either way round; every point, be it on a
  /// border or a corner, at a pole or at the antimeridian, lies in exactly one.
  @Test func `finds one tile for every point`() {
    var tiles: [RegionPolygon] = []
    for south in stride(from: -90, to: 90, by: 30) {
      for west in stride(from: -180, to: 180, by: 30) {
        let corners = [
          (west, south), (west + 30, south), (west + 30, south + 30), (west, south + 30),
        ]
        .map { RegionCorner(longitude: Int64($0) * Self.degree, latitude: Int64($1) * Self.degree) }
        tiles.append(RegionPolygon(rings: [tiles.count % 2 == 0 ? corners : corners.reversed()]))
      }
    }
    let index = RegionIndex(.polygons(tiles, key: "NAME"), names: tiles.indices.map { "\($0)" })
    var words = SeededGenerator(seed: 5)
    for round in 0..<2000 {
      var point = Self.point(&words)
      if round % 2 == 0 {
        point.latitude = point.latitude / (30 * Self.degree) * 30 * Self.degree
      }
      if round % 3 == 0 {
        point.longitude = point.longitude / (30 * Self.degree) * 30 * Self.degree
      }
      let (quick, all) = Self.found(index, point)
      #expect(quick.count == 1 && quick == all, "\(point)")
    }
  }

  /// Two triangles with a slanted edge in common: points on it, to the last billionth, lie in one.
  @Test(arguments: 0..<50)
  func `gives a point on a shared slanted border to one side`(seed: UInt64) {
    var words = SeededGenerator(seed: seed)
    let (x, y) = (
      Int64.random(in: 1...1000, using: &words), Int64.random(in: 1...1000, using: &words)
    )
    func corner(_ x: Int64, _ y: Int64) -> RegionCorner { RegionCorner(longitude: x, latitude: y) }
    let low = RegionPolygon(rings: [[corner(0, 0), corner(7 * x, 0), corner(7 * x, 7 * y)]])
    let high = RegionPolygon(rings: [[corner(7 * x, 7 * y), corner(0, 0), corner(0, 7 * y)]])
    let index = RegionIndex(.polygons([low, high], key: "NAME"), names: ["low", "high"])
    for step in Int64(0)..<7 {
      let found = Self.found(index, (latitude: step * y, longitude: step * x)).quick
      #expect(found.count == 1)
      // One billionth to either side it is clear.
      #expect(Self.found(index, (step * y, step * x + 1)).quick == [0])
      if step > 0 { #expect(Self.found(index, (step * y, step * x - 1)).quick == [1]) }
    }
  }

  @Test(
    arguments: [
      ("ezs42", 42.605, -5.603), ("u4pruydqqvj8", 57.64911, 10.40744), ("s000", 0, 0),
      ("7zzz", -0.000000001, -0.000000001), ("bpbp", 90, -180), ("0", -90, -180),
      ("zbp", 45, 179.999999999), ("80", 0, -180),
    ] as [(String, Double, Double)]
  )
  func `finds the cell of a grid`(cell: String, latitude: Double, longitude: Double) {
    func billionths(_ degrees: Double) -> Int64 { Int64((degrees * 1e9).rounded()) }
    let index = RegionIndex(
      .geohash(length: cell.utf8.count, within: nil),
      names: ["", cell, "other"]
    )
    let point = (latitude: billionths(latitude), longitude: billionths(longitude))
    #expect(Self.found(index, point).quick == [1])
  }
}
