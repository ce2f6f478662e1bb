// PolygonIndex.swift: the polygons that a point lies in, by exact crossings.
// Reference: [RFC7946] section 3.1.1; `docs/places.md`, section "Polygons".
// SPDX-License-Identifier: Apache-2.0

import Releases

/// The borders of one polygon, by latitude.
///
/// A ray goes from a point to the east. It crosses an edge whose south end is not north of the point and
/// whose north end is, and that it meets strictly east of the point. So a border in the west or south of
/// a polygon belongs to it, one in the east or north does not; and of polygons that share an edge exactly
/// one holds a point on it, whichever way round each is written.
struct PolygonEdges {
  /// An edge from its south end to its north end.
  private struct Edge {
    let south: RegionCorner
    let north: RegionCorner
    let west: Int64
    let east: Int64

    /// Whether the edge is strictly east of a point, at the point's latitude: exactly.
    func isEast(of longitude: Int64, _ latitude: Int64) -> Bool {
      let across = Int128(longitude - south.longitude) * Int128(north.latitude - south.latitude)
      let along = Int128(latitude - south.latitude) * Int128(north.longitude - south.longitude)
      return across < along
    }
  }

  private let edges: [Edge]
  private let south: Int64
  private let bits: Int64
  /// Where the edges of a slab of latitudes begin in `items`.
  private let starts: [Int]
  private let items: [Int32]
  /// The corners farthest out.
  let box: RegionBox

  init(_ polygon: RegionPolygon) {
    var edges: [Edge] = []
    var box = RegionBox(south: .max, north: .min, west: .max, east: .min)
    for ring in polygon.rings {
      for (corner, next) in zip(ring, ring.dropFirst() + ring.prefix(1)) {
        box.south = min(box.south, corner.latitude)
        box.north = max(box.north, corner.latitude)
        box.west = min(box.west, corner.longitude)
        box.east = max(box.east, corner.longitude)
        // An edge along a circle of latitude is never crossed.
        guard corner.latitude != next.latitude else { continue }
        let isUp = corner.latitude < next.latitude
        edges.append(
          Edge(
            south: isUp ? corner : next,
            north: isUp ? next : corner,
            west: min(corner.longitude, next.longitude),
            east: max(corner.longitude, next.longitude)
          )
        )
      }
    }
    self.box = box
    let south = box.south
    let height = edges.isEmpty ? 0 : box.north - box.south
    // About one slab for every edge, so that each holds few.
    var bits: Int64 = 0
    while height >> bits > max(1, Int64(edges.count)) { bits += 1 }
    var slabs = [[Int32]](repeating: [], count: Int(height >> bits) + 1)
    for (index, edge) in edges.enumerated() {
      // The north end is no part of an edge.
      let last = (edge.north.latitude - 1 - south) >> bits
      for slab in ((edge.south.latitude - south) >> bits)...last {
        slabs[Int(slab)].append(Int32(index))
      }
    }
    var starts = [0]
    for slab in slabs { starts.append(starts[starts.count - 1] + slab.count) }
    self.edges = edges
    self.south = south
    self.bits = bits
    self.starts = starts
    items = slabs.flatMap { $0 }
  }

  /// Whether a point is inside.
  func holds(_ longitude: Int64, _ latitude: Int64) -> Bool {
    let offset = latitude - south
    guard offset >= 0 else { return false }
    let slab = Int(offset >> bits)
    guard slab + 1 < starts.count else { return false }
    var isInside = false
    for item in starts[slab]..<starts[slab + 1] {
      let edge = edges[Int(items[item])]
      guard edge.south.latitude <= latitude, latitude < edge.north.latitude,
        longitude < edge.east
      else { continue }
      if longitude < edge.west || edge.isEast(of: longitude, latitude) { isInside.toggle() }
    }
    return isInside
  }

  /// The same by all edges, one after the other.
  func holdsByAll(_ longitude: Int64, _ latitude: Int64) -> Bool {
    edges.count { edge in
      edge.south.latitude <= latitude && latitude < edge.north.latitude
        && edge.isEast(of: longitude, latitude)
    } & 1 == 1
  }
}

/// Finds the polygons that a point lies in.
final class PolygonIndex: Sendable {
  /// A polygon, as seen from longitudes from -180 degrees to below 180.
  private struct Part {
    let region: Int
    /// What is added to a longitude before it is looked for.
    let shift: Int64
  }

  private let edges: [PolygonEdges]
  private let parts: [Part]
  private let grid: BucketGrid

  init(_ polygons: [RegionPolygon]) {
    let half = RegionBox.half
    var parts: [Part] = []
    var boxes: [RegionBox] = []
    edges = polygons.map(PolygonEdges.init)
    for (region, edges) in edges.enumerated() {
      // Corners may go on counting beyond the antimeridian.
      for turn in Int64(-2)...2 {
        let shift = 2 * half * turn
        let west = max(edges.box.west - shift, -half)
        let east = min(edges.box.east - shift, half - 1)
        guard west <= east else { continue }
        parts.append(Part(region: region, shift: shift))
        boxes.append(
          RegionBox(south: edges.box.south, north: edges.box.north, west: west, east: east)
        )
      }
    }
    self.parts = parts
    grid = BucketGrid(boxes)
  }

  /// No point lies in more polygons than this.
  var mostAtOnce: Int { grid.mostAtOnce }

  /// The latitude at which a point is looked for: no border is north of the North Pole, so what is there
  /// is looked for right south of it.
  private func seen(_ latitude: Int64) -> Int64 { min(latitude, Geohash.quarterTurn - 1) }

  /// Calls `body` with the index of each polygon that a point lies in.
  @inline(__always)
  func forEach(_ latitude: Int64, _ longitude: Int64, _ body: (Int) -> Void) {
    let latitude = seen(latitude)
    grid.forEachBox(latitude, longitude) { index in
      let part = parts[index]
      if edges[part.region].holds(longitude &+ part.shift, latitude) { body(part.region) }
    }
  }

  /// The same after looking at every edge of all polygons.
  func forEachOfAll(_ latitude: Int64, _ longitude: Int64, _ body: (Int) -> Void) {
    let latitude = seen(latitude)
    for (region, edges) in edges.enumerated() {
      let turns = (-2...2).count { (turn: Int64) in
        edges.holdsByAll(longitude + 2 * RegionBox.half * turn, latitude)
      }
      if turns > 0 { body(region) }
    }
  }
}
