// GeoRing.swift: rings on the globe, cut where a map is cut.
// SPDX-License-Identifier: Apache-2.0

/// Rings of places: closed by themselves, the first point not repeated.
enum GeoRing {
  /// A ring without its repeated end; `nil` where fewer than three points are left.
  static func open(_ points: [GeoPoint]) -> [GeoPoint]? {
    var ring = points
    while ring.count > 1, ring.last == ring.first { ring.removeLast() }
    return ring.count >= 3 ? ring : nil
  }

  /// A longitude as its distance from a meridian, from -180 to 180 degrees.
  static func offset(_ longitude: Double, from meridian: Double) -> Double {
    var offset = (longitude - meridian).truncatingRemainder(dividingBy: 360)
    if offset > 180 { offset -= 360 }
    if offset < -180 { offset += 360 }
    return offset
  }

  /// The ring with longitudes relative to a meridian, in pieces that do not cross its far side.
  ///
  /// A ring around a pole is closed along the pole.
  static func cut(_ ring: [GeoPoint], at meridian: Double) -> [[GeoPoint]] {
    guard let first = ring.first else { return [] }
    // Longitudes that go on from one point to the next, whatever they leave behind.
    var points: [GeoPoint] = []
    points.reserveCapacity(ring.count + 3)
    // A point on the far side itself belongs to the side from which the ring comes there.
    var place = offset(first.longitude, from: meridian)
    if abs(place) == 180,
      let inner = ring.first(where: {
        abs(offset($0.longitude, from: meridian)) < 180
      })
    {
      let side = offset(inner.longitude, from: meridian)
      place = side < 0 ? -180 : 180
    }
    var before = first.longitude
    for point in ring {
      let step = point.longitude - before
      // A border along the far side, written as -180 and 180, is no step around the globe.
      place += abs(step) == 360 ? 0 : offset(step, from: 0)
      before = point.longitude
      points.append(GeoPoint(longitude: place, latitude: point.latitude))
    }
    let closing = offset(first.longitude - before, from: 0)
    let turn =
      place + (abs(first.longitude - before) == 360 ? 0 : closing)
      - points[0].longitude
    if abs(turn) > 180 {
      let sum = points.reduce(0) { $0 + $1.latitude }
      let pole: Double = sum < 0 ? -90 : 90
      let start = points[0]
      points.append(GeoPoint(longitude: start.longitude + turn, latitude: start.latitude))
      points.append(GeoPoint(longitude: start.longitude + turn, latitude: pole))
      points.append(GeoPoint(longitude: start.longitude, latitude: pole))
    }
    let low = points.map(\.longitude).min() ?? 0
    let high = points.map(\.longitude).max() ?? 0
    if low >= -180, high <= 180 { return [points] }
    var pieces: [[GeoPoint]] = []
    for shift in [-720.0, -360, 0, 360, 720] where low + shift < 180 && high + shift > -180 {
      let moved = points.map { GeoPoint(longitude: $0.longitude + shift, latitude: $0.latitude) }
      let piece = clip(clip(moved, to: -180, isLow: true), to: 180, isLow: false)
      if piece.count >= 3 { pieces.append(piece) }
    }
    return pieces
  }

  /// The part of a ring on one side of a meridian, by Sutherland and Hodgman.
  private static func clip(_ ring: [GeoPoint], to edge: Double, isLow: Bool) -> [GeoPoint] {
    func isInside(_ point: GeoPoint) -> Bool {
      isLow ? point.longitude >= edge : point.longitude <= edge
    }
    guard var before = ring.last else { return [] }
    var result: [GeoPoint] = []
    for point in ring {
      if isInside(point) != isInside(before) {
        let part = (edge - before.longitude) / (point.longitude - before.longitude)
        result.append(
          GeoPoint(
            longitude: edge,
            latitude: before.latitude + part * (point.latitude - before.latitude)
          )
        )
      }
      if isInside(point) { result.append(point) }
      before = point
    }
    return result
  }
}
