// MapProjection.swift: equal-area projections of the sphere, and which one suits an extent.
// Reference: [Snyder87], pages 98 to 103 and 182 to 190; [SPJ19].
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A place on the plane; y grows downward, the unit is a radius of the globe or a pixel.
struct PlanePoint: Hashable {
  var x: Double
  var y: Double
}

/// An equal-area projection of the sphere, in units of its radius.
///
/// Areas compare rightly, so that no region looks more important than it is for where it lies.
enum MapProjection: Hashable {
  /// Albers' conic, with the meridian and the latitude of its centre and two standard parallels.
  case albers(longitude: Double, latitude: Double, parallels: [Double])
  /// Lambert's azimuthal, with its centre.
  case azimuthal(longitude: Double, latitude: Double)
  /// Equal Earth, with its middle meridian.
  case equalEarth(longitude: Double)

  /// The meridian in the middle, in degrees.
  var meridian: Double {
    switch self {
    case .albers(let longitude, _, _), .azimuthal(let longitude, _), .equalEarth(let longitude):
      longitude
    }
  }

  /// Its name, for readers.
  var name: String {
    switch self {
    case .albers: "Albers equal-area conic projection"
    case .azimuthal: "Lambert azimuthal equal-area projection"
    case .equalEarth: "Equal Earth projection"
    }
  }

  /// Puts a place on the plane.
  ///
  /// - Parameters:
  ///   - offset: The longitude relative to the meridian in the middle, in degrees.
  ///   - latitude: In degrees.
  /// - Returns: The place, in radii of the globe.
  func place(offset: Double, latitude: Double) -> PlanePoint {
    let (lambda, phi) = (offset * .pi / 180, latitude * .pi / 180)
    switch self {
    case .albers(_, let center, let parallels):
      return Self.albers(lambda, phi, center: center * .pi / 180, parallels: parallels)
    case .azimuthal(_, let center):
      return Self.azimuthal(lambda, phi, center: center * .pi / 180)
    case .equalEarth:
      return Self.equalEarth(lambda, phi)
    }
  }

  /// Puts a place on the plane.
  func place(_ point: GeoPoint) -> PlanePoint {
    place(offset: GeoRing.offset(point.longitude, from: meridian), latitude: point.latitude)
  }

  private static func albers(
    _ lambda: Double,
    _ phi: Double,
    center: Double,
    parallels: [Double]
  ) -> PlanePoint {
    let first = sin((parallels.first ?? 29.5) * .pi / 180)
    let second = sin((parallels.last ?? 45.5) * .pi / 180)
    let n = (first + second) / 2
    let c = 1 + first * (2 * n - first)
    func radius(_ phi: Double) -> Double { max(0, c - 2 * n * sin(phi)).squareRoot() / n }
    let r = radius(phi)
    return PlanePoint(x: r * sin(n * lambda), y: r * cos(n * lambda) - radius(center))
  }

  private static func azimuthal(_ lambda: Double, _ phi: Double, center: Double) -> PlanePoint {
    let cosine = sin(center) * sin(phi) + cos(center) * cos(phi) * cos(lambda)
    // The far side of the globe is a circle; its own point has no place and takes one on the rim.
    let k = (2 / max(1 + cosine, 1e-9)).squareRoot()
    let x = k * cos(phi) * sin(lambda)
    let y = k * (cos(center) * sin(phi) - sin(center) * cos(phi) * cos(lambda))
    return PlanePoint(x: x, y: -y)
  }

  private static func equalEarth(_ lambda: Double, _ phi: Double) -> PlanePoint {
    let a = (1.340264, -0.081106, 0.000893, 0.003796)
    let root = 0.75.squareRoot()
    let theta = asin(root * sin(phi))
    let t2 = theta * theta
    let t6 = t2 * t2 * t2
    let slope = a.0 + 3 * a.1 * t2 + t6 * (7 * a.2 + 9 * a.3 * t2)
    let y = theta * (a.0 + a.1 * t2 + t6 * (a.2 + a.3 * t2))
    return PlanePoint(x: lambda * cos(theta) / (root * slope), y: -y)
  }
}

/// The extent of places on the globe.
struct GeoExtent: Hashable {
  /// The western end; the extent goes east from here.
  let west: Double
  /// How far it goes east, in degrees.
  let width: Double
  let south: Double
  let north: Double

  /// The least extent of all points of some rings; `nil` where there are none.
  ///
  /// The widest gap between neighbouring longitudes is left out, so that an extent may lie across
  /// the date line.
  init?(_ rings: some Sequence<[GeoPoint]>) {
    // Whole degrees are enough to find the gap.
    var isTaken = [Bool](repeating: false, count: 360)
    var (south, north) = (90.0, -90.0)
    for ring in rings {
      var before = ring.last?.longitude ?? 0
      for point in ring {
        south = min(south, point.latitude)
        north = max(north, point.latitude)
        let step = GeoRing.offset(point.longitude - before, from: 0)
        let start = GeoRing.offset(before, from: 0) + 180
        for degree in Int(min(start, start + step))...Int(max(start, start + step)) {
          isTaken[(degree + 720) % 360] = true
        }
        before = point.longitude
      }
    }
    guard south <= north, isTaken.contains(true) else { return nil }
    var (longest, end) = (0, 0)
    var run = 0
    for degree in 0..<720 {
      run = isTaken[degree % 360] ? 0 : run + 1
      if run > longest, run <= 360 { (longest, end) = (run, degree + 1) }
    }
    west = Double(end % 360) - 180
    width = Double(360 - longest)
    self.south = south
    self.north = north
  }

  /// The projection that suits the extent.
  var projection: MapProjection {
    let middle = GeoRing.offset(west + width / 2, from: 0)
    let height = north - south
    // Around a pole every longitude is near.
    if width > 150, south > 35 || north < -35 {
      return .azimuthal(longitude: width > 300 ? 0 : middle, latitude: south > 35 ? 90 : -90)
    }
    if width > 150 || height > 110 {
      // The world as a whole is cut at the date line, as its files are.
      return .equalEarth(longitude: width > 300 ? 0 : middle)
    }
    return .azimuthal(longitude: middle, latitude: (south + north) / 2)
  }
}
