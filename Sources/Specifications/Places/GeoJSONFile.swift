// GeoJSONFile.swift: regions from the polygons of a GeoJSON file.
// Reference: [RFC7946].
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation

/// A region of a GeoJSON file.
struct GeoJSONFeature {
  let name: String
  let polygon: RegionPolygon
  /// The line on which the feature begins, from 1.
  let line: Int
}

/// Reads the polygons of a GeoJSON file; no error shows anything that the file holds.
///
/// - Reference: [RFC7946].
struct GeoJSONFile {
  private static let turn: Int64 = 360_000_000_000

  private let file: CellFile
  private let document: JSONTree

  init(_ file: CellFile) throws(SpecificationError) {
    self.file = file
    do {
      document = try JSONTree(file.content.bytes)
    } catch {
      throw file.error(
        error.line,
        "is not JSON here (\(error.expected) was expected); save the file again as GeoJSON"
      )
    }
  }

  private func error(_ node: JSONTree.Node, _ message: String) -> SpecificationError {
    file.error(document.line(of: node), message)
  }

  /// The features, named by a property.
  ///
  /// - Throws: `SpecificationError`, with the line.
  func features(named key: String) throws(SpecificationError) -> [GeoJSONFeature] {
    let top = document.root
    if top["type"]?.text == "Topology" {
      throw error(
        top,
        "is TopoJSON; convert it to GeoJSON, with topo2geo or mapshaper for instance"
      )
    }
    guard top["type"]?.text == "FeatureCollection", let features = top["features"]?.items else {
      throw error(top, "is no FeatureCollection with features; save the regions as one")
    }
    try checkSystem(top)
    guard !features.isEmpty else {
      throw error(top, "has no features; save at least one region in it")
    }
    var result: [GeoJSONFeature] = []
    var lines: [String: Int] = [:]
    for feature in features {
      let line = document.line(of: feature)
      let name = try name(of: feature, key)
      if let first = lines[name] {
        throw error(
          feature,
          "has the same name as the feature on line \(first); join the two to a MultiPolygon, or "
            + "name them by another property"
        )
      }
      lines[name] = line
      result.append(GeoJSONFeature(name: name, polygon: try polygon(of: feature), line: line))
    }
    return result
  }

  /// Refuses coordinates that an old file says are not those of WGS 84.
  private func checkSystem(_ top: JSONTree.Node) throws(SpecificationError) {
    guard let system = top["crs"], !system.isNull else { return }
    let name = system["properties"]?["name"]?.text ?? ""
    guard name.hasSuffix("CRS84") || name.hasSuffix("4326") else {
      throw error(
        system,
        "has coordinates of another system than WGS 84; save them in degrees (EPSG:4326)"
      )
    }
  }

  private func name(of feature: JSONTree.Node, _ key: String) throws(SpecificationError) -> String {
    guard feature["type"]?.text == "Feature" else {
      throw error(feature, "has a member of `features` that is no Feature; delete it")
    }
    let value = feature["properties"]?[key] ?? (key == "id" ? feature["id"] : nil)
    guard let name = value?.text ?? value?.number, !name.isEmpty else {
      throw error(
        feature,
        "has a feature without a text or a number in its property `\(key)`; name a property that "
          + "every feature has"
      )
    }
    return name
  }

  private func polygon(of feature: JSONTree.Node) throws(SpecificationError) -> RegionPolygon {
    let geometry = feature["geometry"]
    let parts: [JSONTree.Node]
    switch (geometry?["type"]?.text, geometry?["coordinates"]) {
    case ("Polygon", let coordinates?): parts = [coordinates]
    case ("MultiPolygon", let coordinates?): parts = coordinates.items ?? []
    default:
      throw error(
        geometry ?? feature,
        "has a feature that is no Polygon and no MultiPolygon; delete it or draw its area"
      )
    }
    var rings: [[RegionCorner]] = []
    for part in parts {
      for ring in part.items ?? [] { rings.append(try corners(of: ring)) }
    }
    guard !rings.isEmpty else {
      throw error(feature, "has a polygon without a ring; delete the feature or draw its area")
    }
    let longitudes = rings.joined().map(\.longitude)
    if let west = longitudes.min(), let east = longitudes.max(), east - west > Self.turn {
      throw error(feature, "has a polygon that goes more than once round the globe; cut it")
    }
    return RegionPolygon(rings: rings)
  }

  /// The corners of a closed ring, without the last one, which is the first again.
  private func corners(of ring: JSONTree.Node) throws(SpecificationError) -> [RegionCorner] {
    guard let items = ring.items, items.count >= 4 else {
      throw error(
        ring,
        "has a ring of fewer than four positions; a triangle has four, as the first "
          + "is repeated at the end"
      )
    }
    var corners: [RegionCorner] = []
    corners.reserveCapacity(items.count)
    for item in items { corners.append(try corner(item)) }
    guard corners.first == corners.last else {
      throw error(ring, "has a ring that is not closed; repeat its first position at its end")
    }
    for (index, (here, next)) in zip(corners, corners.dropFirst()).enumerated() {
      let apart = (here.longitude - next.longitude).magnitude
      let isParallel = here.latitude == next.latitude && apart == Self.turn.magnitude
      guard apart <= Self.turn.magnitude / 2 || isParallel else {
        throw error(
          items[index],
          "has an edge that goes more than half round the globe; cut the polygon at longitude 180, "
            + "as RFC 7946 asks (ogr2ogr -wrapdateline does)"
        )
      }
    }
    corners.removeLast()
    return corners
  }

  private func corner(_ item: JSONTree.Node) throws(SpecificationError) -> RegionCorner {
    guard let numbers = item.items, numbers.count >= 2, let first = numbers[0].number,
      let second = numbers[1].number
    else { throw error(item, "has a position that is not [longitude, latitude]; mend it") }
    guard let longitude = Coordinate.read(first), let latitude = Coordinate.read(second),
      longitude.billionths.magnitude <= Self.turn.magnitude,
      Coordinate.latitude(latitude) != nil
    else {
      throw error(
        item,
        "has a position out of range; write [longitude, latitude] in degrees, in this order"
      )
    }
    return RegionCorner(longitude: longitude.billionths, latitude: latitude.billionths)
  }
}
