// ReleasedPlaces.swift: how a release told regions from coordinates, all of it public.
// Reference: `docs/places.md`.
// SPDX-License-Identifier: Apache-2.0

/// One circle round a public point, whose name is a value of the key `region`.
public struct ReleasedCircle: Sendable, Hashable {
  /// The value of the key: the name of the place, a space and the radius, as in `Oxford 10 mi`.
  public let name: String
  /// The latitude of the point in degrees, an exact decimal.
  public let latitude: String
  /// The longitude of the point in degrees, an exact decimal.
  public let longitude: String
  /// The radius in metres along the surface, an exact decimal.
  public let radius: String

  /// Makes the record.
  public init(name: String, latitude: String, longitude: String, radius: String) {
    self.name = name
    self.latitude = latitude
    self.longitude = longitude
    self.radius = radius
  }
}

/// How a release told regions from coordinates.
///
/// A signal may lie in several regions; every bound of the release holds for the pairs of a signal and a
/// cell.
public enum ReleasedPlaces: Sendable, Hashable {
  /// Circles round points, in the order of the values of `region`.
  case circles([ReleasedCircle])
  /// Polygons of a file, named by a property of theirs.
  case polygons(key: String)
  /// Cells of a grid: those that meet the box from south, west to north, east in exact decimal degrees,
  /// or listed ones where it is `nil`.
  case geohash(length: Int, within: [String]?)
}

extension JSONWriter {
  /// Appends how regions were told from coordinates, on one line.
  mutating func places(_ places: ReleasedPlaces) {
    switch places {
    case .circles(let circles):
      raw("{\"circles\":[")
      for (index, circle) in circles.enumerated() {
        raw(index > 0 ? ",{\"latitude\":" : "{\"latitude\":")
        string(circle.latitude)
        raw(",\"longitude\":")
        string(circle.longitude)
        raw(",\"name\":")
        string(circle.name)
        raw(",\"radius\":")
        string(circle.radius)
        raw("}")
      }
      raw("],\"rule\":\"circle\"}")
    case .polygons(let key):
      raw("{\"key\":")
      string(key)
      raw(",\"rule\":\"polygon\"}")
    case .geohash(let length, let within):
      raw("{\"length\":")
      integer(Int64(length))
      raw(",\"rule\":\"geohash\"")
      if let within {
        raw(",\"within\":")
        strings(within)
      }
      raw("}")
    }
  }
}

extension JSONCursor {
  /// Reads how regions were told from coordinates.
  mutating func places() throws(ReleaseDecodingError) -> ReleasedPlaces {
    var circles: [ReleasedCircle]?
    var rule: String?
    var key: String?
    var length: Int?
    var within: [String]?
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "rule": rule = try cursor.string()
      case "key": key = try cursor.string()
      case "length": length = try cursor.positive(limit: Geohash.longest)
      case "within":
        var box: [String] = []
        try cursor.array { cursor throws(ReleaseDecodingError) in
          box.append(try cursor.exactDecimal())
        }
        guard box.count == 4 else {
          throw ReleaseDecodingError(.unsuitable(expected: "south, west, north and east"))
        }
        within = box
      case "circles":
        var read: [ReleasedCircle] = []
        try cursor.array { cursor throws(ReleaseDecodingError) in
          read.append(try cursor.circle())
        }
        circles = read
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    let kind = try Self.required(rule, "rule")
    // Each rule has its own members, and no others.
    switch (kind, circles, key, length, within) {
    case ("circle", let circles?, nil, nil, nil): return .circles(circles)
    case ("polygon", nil, let key?, nil, nil): return .polygons(key: key)
    case ("geohash", nil, nil, let length?, _): return .geohash(length: length, within: within)
    default:
      throw ReleaseDecodingError(
        .unsuitable(expected: "a rule of circle, polygon or geohash with the members of that rule")
      )
    }
  }

  private mutating func circle() throws(ReleaseDecodingError) -> ReleasedCircle {
    var texts: [String: String] = [:]
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "name": texts[member] = try cursor.string()
      case "latitude", "longitude", "radius": texts[member] = try cursor.exactDecimal()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedCircle(
      name: try Self.required(texts["name"], "name"),
      latitude: try Self.required(texts["latitude"], "latitude"),
      longitude: try Self.required(texts["longitude"], "longitude"),
      radius: try Self.required(texts["radius"], "radius")
    )
  }

  /// Reads a decimal number in its shortest form, from its string.
  private mutating func exactDecimal() throws(ReleaseDecodingError) -> String {
    let text = try string()
    guard ExactDecimal.isShortest(text) else {
      throw ReleaseDecodingError(
        .unsuitable(
          expected: "a decimal number as a string, such as \"-1.25\", in its shortest form"
        )
      )
    }
    return text
  }
}
