// RegionIndex.swift: the regions that a signal's coordinates lie in.
// Reference: `docs/places.md`.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

/// Finds the regions that a point lies in, as their places in the list of regions.
///
/// - Privacy: Regions are public; which of them a signal lies in is secret, and each counts as a pair of
///   its own when the contributions of a unit are bounded.
final class RegionIndex: Sendable {
  private enum Kind {
    case circles(CircleIndex)
    case polygons(PolygonIndex)
    case grid(length: Int, KeyTable)
  }

  private let kind: Kind

  /// - Parameters:
  ///   - shapes: The regions.
  ///   - names: Their names, in the same order; those of a grid tell its cells.
  init(_ shapes: RegionShapes, names: [String]) {
    switch shapes {
    case .circles(let circles): kind = .circles(CircleIndex(circles))
    case .polygons(let polygons, _): kind = .polygons(PolygonIndex(polygons))
    case .geohash(let length, _): kind = .grid(length: length, KeyTable(names))
    }
  }

  /// No point lies in more regions than this: a bound that follows from what is public.
  var mostAtOnce: Int {
    switch kind {
    case .circles(let index): index.mostAtOnce
    case .polygons(let index): index.mostAtOnce
    case .grid: 1
    }
  }

  /// Calls `body` with the place of each region that a point lies in; it is given once.
  ///
  /// The latitude and longitude are billionths of a degree, as `Coordinate` reads them.
  func forEach(_ latitude: Int64, _ longitude: Int64, _ body: (Int) -> Void) {
    switch kind {
    case .circles(let index): index.forEach(latitude, longitude, body)
    case .polygons(let index): index.forEach(latitude, longitude, body)
    case .grid(let length, let table):
      let place = Self.place(latitude, longitude, length, table)
      if place >= 0 { body(place) }
    }
  }

  /// The same without an index: the plain counterpart that tests compare with.
  func forEachOfAll(_ latitude: Int64, _ longitude: Int64, _ body: (Int) -> Void) {
    switch kind {
    case .circles(let index): index.forEachOfAll(latitude, longitude, body)
    case .polygons(let index): index.forEachOfAll(latitude, longitude, body)
    case .grid: forEach(latitude, longitude, body)
    }
  }

  private static func place(
    _ latitude: Int64,
    _ longitude: Int64,
    _ length: Int,
    _ table: KeyTable
  ) -> Int {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Geohash.longest) { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      Geohash.write(
        column: Geohash.column(longitude, length: length),
        row: Geohash.row(latitude, length: length),
        length: length,
        into: base
      )
      return table.find(ByteSlice(base: UnsafePointer(base), count: length))
    }
  }
}

/// Where a record has its coordinates, and what its regions add to the number of its cell.
struct SignalRegions: Sendable {
  let index: RegionIndex
  /// The columns of the two coordinates.
  let latitude: Int
  let longitude: Int
  /// What one region further adds to the number of a cell.
  let weight: Int

  /// - Precondition: The columns hold both coordinates.
  init(_ index: RegionIndex, columns: [SignalColumn], weight: Int) {
    guard let latitude = columns.firstIndex(of: .latitude),
      let longitude = columns.firstIndex(of: .longitude)
    else { preconditionFailure("a specification with shapes names the columns of coordinates") }
    self.index = index
    self.latitude = latitude
    self.longitude = longitude
    self.weight = weight
  }
}
