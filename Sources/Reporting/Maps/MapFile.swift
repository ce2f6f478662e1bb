// MapFile.swift: the shapes of regions, from a public GeoJSON or TopoJSON file.
// Reference: [RFC7946]; [TopoJSON13].
// SPDX-License-Identifier: Apache-2.0

/// A place on the globe, in degrees of WGS 84.
struct GeoPoint: Hashable {
  var longitude: Double
  var latitude: Double
}

/// One shape of a file: what names it, and its rings.
struct MapShape {
  /// What names it: `id`, and each property that is a text or a whole number.
  var names: [String: String]
  /// Its rings, outer ones and holes alike; each closes itself.
  var rings: [[GeoPoint]]

  /// The name under which the `id` of a shape is kept beside its properties.
  static let id = "id"
}

/// The shapes of a public file, on which the regions of a release can be drawn.
///
/// GeoJSON (a collection of features, a feature or a geometry) and TopoJSON, with longitudes and
/// latitudes of WGS 84 in degrees.
///
/// - Privacy: The file is public; nothing in it depends on a signal.
/// - Reference: [RFC7946]; [TopoJSON13].
public struct MapFile: Sendable {
  /// The longest file, in bytes.
  public static let longest = 1 << 26
  /// The most points of all shapes together, after arcs were put in place.
  static let mostPoints = 5_000_000

  /// The shapes that have rings.
  let shapes: [MapShape]
  /// The property that names the region of a shape; `nil` where the best one is to be found.
  let key: String?

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: The content of the file.
  ///   - object: The object of a TopoJSON file; may be left out where there is only one.
  ///   - key: The property that holds the region's code, or `id`; found if left out.
  /// - Throws: `MapFileError`, with what is wrong and what to do.
  /// - Complexity: O(n) in the number of bytes and of points.
  public init(
    _ bytes: [UInt8],
    object: String? = nil,
    key: String? = nil
  ) throws(MapFileError) {
    let text: JSONValue
    do {
      text = try JSONText.value(of: bytes)
    } catch {
      throw MapFileError(
        line: error.line,
        "\(error.message); give a GeoJSON or TopoJSON file, whole and in UTF-8"
      )
    }
    let shapes: [MapShape]
    if text["type"]?.string == "Topology" {
      var reader = try TopoJSONReader(text)
      shapes = try reader.shapes(of: object)
    } else {
      guard object == nil else {
        throw MapFileError(key: "object", "is not TopoJSON, which alone has objects; leave it out")
      }
      var reader = GeoJSONReader()
      try reader.read(text)
      shapes = reader.shapes
    }
    if let key, !shapes.contains(where: { $0.names[key] != nil }) {
      let others = Set(shapes.prefix(1000).flatMap(\.names.keys))
      throw MapFileError(
        key: "key",
        others.isEmpty
          ? "no shape has an `id` or a property; use a file whose shapes are named"
          : "no shape has the property `\(key.prefix(40))`; write \(MapFileError.names(others))"
      )
    }
    self.shapes = shapes.filter { !$0.rings.isEmpty }
    self.key = key
    guard !self.shapes.isEmpty else {
      throw MapFileError("has no polygon; give a file with the outlines of the regions")
    }
  }
}

extension MapFile {
  /// How many of some regions have a shape in the file.
  public func shapeCount(of regions: [String]) -> Int {
    RegionShapes(self, regions: regions).matched
  }
}

/// Reads what names a shape.
enum ShapeNames {
  /// The `id` and the short properties of a feature or of a geometry.
  static func read(_ feature: JSONValue) -> [String: String] {
    var names: [String: String] = [:]
    for (name, value) in feature["properties"]?.members ?? [:] {
      names[name] = text(value)
    }
    // A property called `id` stands in where the shape itself has none.
    if let id = feature["id"].flatMap(text) { names[MapShape.id] = id }
    return names
  }

  /// A text or a whole number, of at most 256 bytes.
  private static func text(_ value: JSONValue) -> String? {
    if let text = value.string { return text.utf8.count <= 256 && !text.isEmpty ? text : nil }
    guard let number = value.double else { return nil }
    return Int64(exactly: number).map(String.init)
  }
}

/// Checks positions, and counts them.
struct PointBudget {
  private var left = MapFile.mostPoints

  /// Takes so many points.
  mutating func take(_ count: Int) throws(MapFileError) {
    left -= count
    guard left >= 0 else {
      throw MapFileError(
        "has more than \(MapFile.mostPoints) points; simplify it, for example with mapshaper"
      )
    }
  }

  /// A point, if its numbers are degrees.
  static func point(_ x: Double, _ y: Double, of shape: Int) throws(MapFileError) -> GeoPoint {
    guard abs(x) <= 360, abs(y) <= 90.000_001 else {
      throw .shape(
        shape,
        "has a position that is no longitude and latitude; convert the file to WGS 84 degrees, for "
          + "example with `ogr2ogr -t_srs EPSG:4326`"
      )
    }
    return GeoPoint(longitude: x, latitude: min(max(y, -90), 90))
  }
}
