// GeoJSONReader.swift: the polygons of a GeoJSON text.
// Reference: [RFC7946].
// SPDX-License-Identifier: Apache-2.0

/// Collects the shapes of a GeoJSON text.
struct GeoJSONReader {
  /// The shapes so far, those without a polygon too.
  private(set) var shapes: [MapShape] = []
  private var budget = PointBudget()

  /// Reads a collection of features, a feature or a geometry.
  mutating func read(_ value: JSONValue) throws(MapFileError) {
    switch value["type"]?.string {
    case "FeatureCollection":
      guard let features = value["features"]?.items else {
        throw MapFileError("has no list of `features`; give a whole GeoJSON file")
      }
      for feature in features { try self.feature(feature) }
    case "Feature":
      try feature(value)
    case "Polygon", "MultiPolygon", "GeometryCollection":
      shapes.append(MapShape(names: ShapeNames.read(value), rings: try rings(of: value)))
    default:
      throw MapFileError("is JSON, but neither GeoJSON nor TopoJSON; give one of these")
    }
  }

  private mutating func feature(_ feature: JSONValue) throws(MapFileError) {
    guard feature["type"]?.string == "Feature" else {
      throw .shape(shapes.count + 1, "is no feature of GeoJSON; mend or replace the file")
    }
    let rings: [[GeoPoint]]
    switch feature["geometry"] {
    case nil, .null: rings = []
    case let geometry?: rings = try self.rings(of: geometry)
    }
    shapes.append(MapShape(names: ShapeNames.read(feature), rings: rings))
  }

  /// The rings of all polygons in a geometry; points and lines have none.
  private mutating func rings(of geometry: JSONValue) throws(MapFileError) -> [[GeoPoint]] {
    switch geometry["type"]?.string {
    case "Polygon":
      return try polygon(geometry["coordinates"])
    case "MultiPolygon":
      var rings: [[GeoPoint]] = []
      for part in try items(geometry["coordinates"]) { rings += try polygon(part) }
      return rings
    case "GeometryCollection":
      var rings: [[GeoPoint]] = []
      for part in try items(geometry["geometries"]) { rings += try self.rings(of: part) }
      return rings
    case "Point", "MultiPoint", "LineString", "MultiLineString":
      return []
    default:
      throw .shape(shapes.count + 1, "is of no kind that GeoJSON knows; mend or replace the file")
    }
  }

  private func items(_ value: JSONValue?) throws(MapFileError) -> [JSONValue] {
    guard let items = value?.items else {
      throw .shape(shapes.count + 1, "lacks its coordinates; mend or replace the file")
    }
    return items
  }

  private mutating func polygon(_ value: JSONValue?) throws(MapFileError) -> [[GeoPoint]] {
    var rings: [[GeoPoint]] = []
    for ring in try items(value) {
      let positions = try items(ring)
      try budget.take(positions.count)
      var points: [GeoPoint] = []
      points.reserveCapacity(positions.count)
      for position in positions {
        guard case .numbers(let numbers) = position, numbers.count >= 2 else {
          throw .shape(shapes.count + 1, "has a position without two numbers; mend the file")
        }
        points.append(try PointBudget.point(numbers[0], numbers[1], of: shapes.count + 1))
      }
      if let ring = GeoRing.open(points) { rings.append(ring) }
    }
    return rings
  }
}
