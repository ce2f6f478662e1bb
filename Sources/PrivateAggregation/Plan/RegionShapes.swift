// RegionShapes.swift: the regions of a spec as shapes on the Earth, in the order of their names.
// Reference: `docs/places.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Releases

/// A circle round a public point.
public struct RegionCircle: Sendable, Hashable {
  /// The latitude of the point, in billionths of a degree.
  public let latitude: Int64
  /// The longitude of the point, in billionths of a degree, from -180 degrees to below 180.
  public let longitude: Int64
  /// The radius as the spec writes it.
  package let radius: PlaceRadius

  /// Makes a circle.
  ///
  /// - Precondition: The point is in range.
  package init(latitude: Int64, longitude: Int64, radius: PlaceRadius) {
    let half = 2 * Geohash.quarterTurn
    precondition(latitude.magnitude <= Geohash.quarterTurn.magnitude, "a latitude")
    precondition(longitude >= -half && longitude < half, "a longitude")
    self.latitude = latitude
    self.longitude = longitude
    self.radius = radius
  }

  /// The radius in nanometres, rounded down.
  var nanometres: Int128 {
    let exact = radius.metres * Rational(1_000_000_000)
    guard let whole = Int(exactly: exact.roundedDown) else {
      preconditionFailure("a radius of at most a quarter of the way round the Earth")
    }
    return Int128(whole)
  }
}

/// A corner of a polygon, in billionths of a degree.
public struct RegionCorner: Sendable, Hashable {
  /// The longitude; corners beyond the antimeridian go on counting, up to a turn more.
  public let longitude: Int64
  /// The latitude.
  public let latitude: Int64

  /// Makes a corner.
  public init(longitude: Int64, latitude: Int64) {
    self.longitude = longitude
    self.latitude = latitude
  }
}

/// A region with straight borders in longitude and latitude: one polygon or several, with holes.
public struct RegionPolygon: Sendable, Hashable {
  /// The closed rings, each without its first corner at the end; a point is inside where a ray from it
  /// crosses them an odd number of times.
  public let rings: [[RegionCorner]]

  /// Makes a polygon.
  public init(rings: [[RegionCorner]]) {
    self.rings = rings
  }
}

/// The regions of a spec as shapes, in the order of the values of the key `region`.
public enum RegionShapes: Sendable, Hashable {
  /// Circles round public points.
  case circles([RegionCircle])
  /// Polygons, named by a property.
  case polygons([RegionPolygon], key: String)
  /// Cells of the geohash grid, of so many characters; those of a box where `within` says its south,
  /// west, north and east as exact decimals in degrees.
  case geohash(length: Int, within: [String]?)
}

extension ReleasedPlaces {
  /// What a release says about shapes with these names.
  init(_ shapes: RegionShapes, names: [String]) {
    switch shapes {
    case .circles(let circles):
      self = .circles(
        zip(names, circles).map { name, circle in
          ReleasedCircle(
            name: name,
            latitude: ExactDecimal.text(circle.latitude),
            longitude: ExactDecimal.text(circle.longitude),
            radius: circle.radius.metresText
          )
        }
      )
    case .polygons(_, let key): self = .polygons(key: key)
    case .geohash(let length, let within): self = .geohash(length: length, within: within)
    }
  }
}
