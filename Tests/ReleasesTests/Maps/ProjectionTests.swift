// ProjectionTests.swift: projections put known places where others put them, and keep areas.
// Reference: [Snyder87], numerical examples; [SPJ19].
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Reporting

@Suite struct `Projections` {
  /// Places of d3's `geoAlbersUsa` at scale 1070 about (480, 250), from its own tests.
  static let places: [(name: String, longitude: Double, latitude: Double, x: Double, y: Double)] = [
    ("San Francisco", -122.4194, 37.7749, 107.4, 214.1),
    ("New York", -74.0064, 40.7142, 794.6, 176.5),
    ("Tulsa", -95.9928, 36.1540, 488.8, 298.0),
    ("Anchorage", -149.9003, 61.2181, 171.2, 446.9),
    ("Honolulu", -157.8583, 21.3069, 298.5, 451.0),
  ]

  @Test(arguments: places.indices)
  func `put cities of the United States where they are expected`(index: Int) throws {
    let known = Self.places[index]
    let point = GeoPoint(longitude: known.longitude, latitude: known.latitude)
    let part = try #require(UnitedStates(point))
    let offset = GeoRing.offset(known.longitude, from: part.projection.meridian)
    let place = part.place(offset: offset, latitude: known.latitude)
    #expect(abs((place.x - 487.5) / 1300 * 1070 + 480 - known.x) < 0.15, "\(known.name)")
    #expect(abs((place.y - 305) / 1300 * 1070 + 250 - known.y) < 0.15, "\(known.name)")
  }

  @Test func `agree with Snyder's example of the azimuthal projection`() {
    // R = 3, centre 40 N 100 W; 20 S 100 E.
    let projection = MapProjection.azimuthal(longitude: -100, latitude: 40)
    let place = projection.place(GeoPoint(longitude: 100, latitude: -20))
    #expect(abs(3 * place.x - -4.2339303) < 1e-6)
    #expect(abs(-3 * place.y - 4.0257775) < 1e-6)
  }

  @Test func `agree with Snyder's example of the conic projection`() {
    // Parallels 29.5 and 45.5, origin 23 N 96 W, R = 1; 35 N 75 W.
    let projection = MapProjection.albers(
      longitude: -96,
      latitude: 23,
      parallels: [29.5, 45.5]
    )
    let place = projection.place(GeoPoint(longitude: -75, latitude: 35))
    #expect(abs(place.x - 0.2952720) < 1e-6)
    #expect(abs(-place.y - 0.2416774) < 1e-6)
  }

  @Test func `have the extent of Equal Earth`() {
    let projection = MapProjection.equalEarth(longitude: 0)
    #expect(abs(projection.place(offset: 180, latitude: 0).x - 2.7066299836) < 1e-6)
    #expect(abs(projection.place(offset: 0, latitude: 90).y - -1.3173627592) < 1e-6)
  }

  static let all: [MapProjection] = [
    .albers(longitude: -96, latitude: 38.7, parallels: [29.5, 45.5]),
    .azimuthal(longitude: 10, latitude: 50), .azimuthal(longitude: 0, latitude: 90),
    .equalEarth(longitude: 0), .equalEarth(longitude: 150),
  ]

  @Test(arguments: all, [-60.0, 0, 20, 45, 80])
  func `keep areas`(projection: MapProjection, latitude: Double) {
    for offset in [-100.0, -30, 1, 60] {
      let step = 0.01
      let corners = [(0.0, 0.0), (step, 0), (step, step), (0, step)].map {
        projection.place(offset: offset + $0.0, latitude: latitude + $0.1)
      }
      let area = (0..<4).reduce(0.0) { sum, index in
        let (a, b) = (corners[index], corners[(index + 1) % 4])
        return sum + (a.x * b.y - b.x * a.y) / 2
      }
      let expected =
        step * .pi / 180
        * (sin((latitude + step) * .pi / 180) - sin(latitude * .pi / 180))
      #expect(abs(abs(area) / expected - 1) < 1e-4, "\(projection) at \(offset), \(latitude)")
    }
  }

  private func box(_ west: Double, _ south: Double, _ east: Double, _ north: Double) -> [GeoPoint] {
    [(west, south), (east, south), (east, north), (west, north)].map {
      GeoPoint(longitude: $0.0, latitude: $0.1)
    }
  }

  @Test func `find an extent across the date line`() throws {
    let extent = try #require(GeoExtent([box(170, -20, 179, -10), box(-179, -20, -170, -10)]))
    #expect(extent.west == 170)
    #expect((20...22).contains(extent.width))
    guard case .azimuthal(let longitude, let latitude) = extent.projection else {
      Issue.record("\(extent.projection)")
      return
    }
    #expect(abs(abs(longitude) - 180) < 1.5)
    #expect(latitude == -15)
  }

  @Test func `show the world as a whole, and parts of it larger`() throws {
    let world = try #require(GeoExtent([box(-179, -60, 0, 80), box(0, -60, 179, 80)]))
    #expect(world.projection == .equalEarth(longitude: 0))
    let part = try #require(GeoExtent([box(-10, 40, 20, 60)]))
    guard case .azimuthal(let longitude, let latitude) = part.projection else {
      Issue.record("\(part.projection)")
      return
    }
    #expect(abs(longitude - 5) <= 1)
    #expect(latitude == 50)
  }

  @Test func `cut what crosses the far side into two pieces`() {
    let pieces = GeoRing.cut(box(170, 0, -170, 10), at: 0)
    #expect(pieces.count == 2)
    let ends = pieces.map { piece in
      [piece.map(\.longitude).min() ?? 0, piece.map(\.longitude).max() ?? 0]
    }
    #expect(ends.contains([170, 180]))
    #expect(ends.contains([-180, -170]))
    #expect(GeoRing.cut(box(170, 0, -170, 10), at: 180).count == 1)
  }

  @Test func `close a ring around a pole along the pole`() {
    let coast = stride(from: -180.0, to: 180, by: 10).map {
      GeoPoint(longitude: $0, latitude: -70)
    }
    let pieces = GeoRing.cut(coast, at: 0)
    #expect(pieces.allSatisfy { piece in piece.contains { $0.latitude == -90 } })
    let lowest = pieces.flatMap { $0 }.map(\.longitude).min()
    let highest = pieces.flatMap { $0 }.map(\.longitude).max()
    #expect(lowest == -180 && highest == 180)
  }
}
