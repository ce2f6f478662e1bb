// PlaceMap.swift: circles round public points and cells of a grid, true to scale.
// Reference: [Snyder87], page 31; [Nie08].
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Releases

extension RegionMap {
  /// The mean radius of the Earth in metres.
  private static let radius = 6_371_008.8

  /// The regions that a release tells from coordinates; `nil` for polygons, which a file has to draw.
  ///
  /// - Parameters:
  ///   - places: How the release told regions from coordinates.
  ///   - regions: The regions.
  ///   - shapes: Shapes that are drawn beneath.
  init?(_ places: ReleasedPlaces, regions: [String], over shapes: RegionShapes?) {
    self.init(regions: regions.count)
    var rings = [[[GeoPoint]]](repeating: [], count: regions.count)
    switch places {
    case .polygons: return nil
    case .circles(let circles):
      let numbers = Dictionary(regions.enumerated().map { ($1, $0) }) { first, _ in first }
      var sizes = [Double](repeating: 0, count: regions.count)
      for circle in circles {
        guard let index = numbers[circle.name], let ring = Self.ring(of: circle) else { continue }
        rings[index] = [ring]
        sizes[index] = Double(circle.radius) ?? 0
      }
      // Small circles lie on large ones, or nobody could point at them.
      order = regions.indices.sorted { sizes[$0] > sizes[$1] }
      overlaps = true
      remarks.append("Circles are true to scale, and may overlap: a signal counts in each.")
    case .geohash:
      for (index, region) in regions.enumerated() {
        rings[index] = Self.ring(ofGeohash: region).map { [$0] } ?? []
      }
      remarks.append("Each region is a cell of the geohash grid.")
    }
    guard let extent = GeoExtent(rings.joined()) else { return nil }
    let projection = extent.projection
    let sheet = Sheet(projection, showing: rings.flatMap { $0 })
    remarks.append("\(projection.name).")
    let beneath = (shapes.map { $0.rings.flatMap { $0 } + $0.others } ?? [])
    draw(rings, beneath: beneath, on: sheet)
    addLines(over: extent, on: sheet)
  }

  /// The circle of the sphere round a point, as a ring of 72 corners.
  private static func ring(of circle: ReleasedCircle) -> [GeoPoint]? {
    guard let latitude = Double(circle.latitude), let longitude = Double(circle.longitude),
      let metres = Double(circle.radius), abs(latitude) <= 90, abs(longitude) <= 360, metres > 0
    else { return nil }
    let (phi, lambda) = (latitude * .pi / 180, longitude * .pi / 180)
    let angle = min(metres / radius, .pi * 0.99)
    // In space, where poles are places like others: the centre, and the ways north and east from it.
    return (0..<72).map { step in
      let bearing = Double(step) / 36 * .pi
      let (north, east) = (sin(angle) * cos(bearing), sin(angle) * sin(bearing))
      let level = cos(angle) * cos(phi) - north * sin(phi)
      let (x, y) = (
        level * cos(lambda) - east * sin(lambda), level * sin(lambda) + east * cos(lambda)
      )
      let z = cos(angle) * sin(phi) + north * cos(phi)
      return GeoPoint(
        longitude: atan2(y, x) * 180 / .pi,
        latitude: asin(min(max(z, -1), 1)) * 180 / .pi
      )
    }
  }

  /// The borders of a cell; `nil` for a text that is none.
  static func ring(ofGeohash text: String) -> [GeoPoint]? {
    let letters = Array("0123456789bcdefghjkmnpqrstuvwxyz")
    var (west, east, south, north) = (-180.0, 180.0, -90.0, 90.0)
    var isLongitude = true
    guard (1...12).contains(text.count) else { return nil }
    for letter in text {
      guard let value = letters.firstIndex(of: letter) else { return nil }
      for bit in stride(from: 4, through: 0, by: -1) {
        let isUpper = value >> bit & 1 == 1
        if isLongitude {
          if isUpper { west = (west + east) / 2 } else { east = (west + east) / 2 }
        } else {
          if isUpper { south = (south + north) / 2 } else { north = (south + north) / 2 }
        }
        isLongitude.toggle()
      }
    }
    // Sides of more than a degree are bent by the projection.
    let steps = max(1, min(45, Int((east - west).rounded(.up))))
    func side(_ from: (Double, Double), _ to: (Double, Double)) -> [GeoPoint] {
      (0..<steps).map { step in
        let part = Double(step) / Double(steps)
        return GeoPoint(
          longitude: from.0 + part * (to.0 - from.0),
          latitude: from.1 + part * (to.1 - from.1)
        )
      }
    }
    return side((west, south), (east, south)) + side((east, south), (east, north))
      + side((east, north), (west, north)) + side((west, north), (west, south))
  }

  /// Meridians, parallels and a bar of a round length.
  private mutating func addLines(over extent: GeoExtent, on sheet: Sheet) {
    guard case .plain(_, let scale, _, _, let size) = sheet else { return }
    let span = max(extent.width, extent.north - extent.south, 0.01)
    let steps = [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005]
    let step = steps.first { span / $0 >= 4 } ?? 0.005
    let (south, north) = (
      max(-90, extent.south - span / 4), min(90, extent.north + span / 4)
    )
    let (west, east) = (extent.west - span / 4, extent.west + extent.width + span / 4)
    var path = GridPath(scale: grain)
    func add(_ points: [GeoPoint]) {
      for piece in sheet.placed(line: points) { path.add(line: piece) }
    }
    func marks(_ low: Double, _ high: Double) -> [Double] {
      let (first, last) = (Int((low / step).rounded(.up)), Int((high / step).rounded(.down)))
      return first <= last ? (first...min(last, first + 80)).map { Double($0) * step } : []
    }
    func along(_ low: Double, _ high: Double) -> [Double] {
      (0...48).map { low + Double($0) / 48 * (high - low) }
    }
    for longitude in marks(west, min(east, west + 359.9)) {
      add(along(south, north).map { GeoPoint(longitude: longitude, latitude: $0) })
    }
    for latitude in marks(south, north) {
      add(along(west, east).map { GeoPoint(longitude: $0, latitude: latitude) })
    }
    lines = path.data
    remarks.append("Meridians and parallels every \(Self.short(step))\u{B0}.")
    guard extent.width < 40, extent.north - extent.south < 40 else { return }
    // A bar of about a fifth of the width.
    let metres = Self.radius / scale * size.x / 5
    let power = Foundation.pow(10, Foundation.log10(metres).rounded(.down))
    let length = ([5, 2, 1].first { $0 * power <= metres } ?? 1) * power
    let pixels = length / Self.radius * scale
    let (x, y) = (Int(12 * grain), height - Int(12 * grain))
    let tick = Int(6 * grain)
    ruler = "M\(x) \(y - tick)v\(tick)h\(Int((pixels * grain).rounded()))v-\(tick)"
    let miles = length / 1609.344
    remarks.append(
      "The bar at the lower left is "
        + (length >= 1000 ? "\(Self.short(length / 1000)) km" : "\(Self.short(length)) m")
        + String(format: miles < 10 ? " (%.1f miles) long." : " (%.0f miles) long.", miles)
    )
  }

  private static func short(_ value: Double) -> String { String(format: "%g", value) }
}
