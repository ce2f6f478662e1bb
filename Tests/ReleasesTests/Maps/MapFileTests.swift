// MapFileTests.swift: files of shapes are read as they are meant, and mistakes in them are named.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Reporting

/// Small files of shapes.
enum MapSamples {
  /// Two squares side by side, of which the second has a hole.
  static let geoJSON = """
    {"type": "FeatureCollection", "features": [
    {"type": "Feature", "id": 1, "properties": {"code": "A", "name": "Alpha", "size": 1.5},
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}},
    {"type": "Feature", "id": "two", "properties": {"code": "B", "name": "Be\\u0074a\\ud83d\\ude00"},
    "geometry": {"type": "MultiPolygon", "coordinates": [[[[1, 0], [3, 0], [3, 2], [1, 0]],
    [[2, 0.5], [2.5, 0.5], [2.5, 0.75]]], []]}},
    {"type": "Feature", "properties": null, "geometry": null}
    ]}
    """

  /// Two squares that share the arc 0, quantised.
  static let topoJSON = """
    {"type": "Topology", "transform": {"scale": [0.5, 0.25], "translate": [10, 20]},
    "objects": {"land": {"type": "Polygon", "arcs": [[1, 2]]},
    "areas": {"type": "GeometryCollection", "geometries": [
    {"type": "Polygon", "arcs": [[0, 1]], "id": 7},
    {"type": "MultiPolygon", "arcs": [[[2, -1]]], "id": 12, "properties": {"name": "East"}},
    {"type": "Point", "coordinates": [0, 0], "id": 3}, {"type": null, "id": 4}]}},
    "arcs": [[[2, 0], [0, 4]], [[2, 4], [-2, 0], [0, -4], [2, 0]], [[2, 0], [2, 0], [0, 4], [-2, 0]]]}
    """

  static func file(
    _ text: String,
    object: String? = nil,
    key: String? = nil
  ) throws(MapFileError) -> MapFile {
    try MapFile(Array(text.utf8), object: object, key: key)
  }

  static func problem(_ text: String, object: String? = nil, key: String? = nil) -> String? {
    do {
      _ = try file(text, object: object, key: key)
      return nil
    } catch {
      return error.description
    }
  }
}

@Suite struct `A file of shapes` {
  @Test func `is read from GeoJSON`() throws {
    let file = try MapSamples.file(MapSamples.geoJSON)
    #expect(file.shapes.count == 2)
    #expect(file.shapes[0].names == ["id": "1", "code": "A", "name": "Alpha"])
    #expect(file.shapes[1].names == ["id": "two", "code": "B", "name": "Beta\u{1F600}"])
    #expect(
      file.shapes[0].rings == [
        [(0, 0), (1, 0), (1, 1), (0, 1)].map { GeoPoint(longitude: $0.0, latitude: $0.1) }
      ]
    )
    #expect(file.shapes[1].rings.map(\.count) == [3, 3])
  }

  @Test func `is read from TopoJSON, whose borders are shared and whose numbers are steps`() throws
  {
    let file = try MapSamples.file(MapSamples.topoJSON, object: "areas")
    #expect(file.shapes.map { $0.names["id"] } == ["7", "12"])
    func ring(_ points: [(Double, Double)]) -> [GeoPoint] {
      points.map { GeoPoint(longitude: $0.0, latitude: $0.1) }
    }
    #expect(file.shapes[0].rings == [ring([(11, 20), (11, 21), (10, 21), (10, 20)])])
    #expect(file.shapes[1].rings == [ring([(11, 20), (12, 20), (12, 21), (11, 21)])])
  }

  /// What is wrong, and the whole text of the error.
  static let mistakes: [(text: String, error: String)] = [
    ("", "line 1: ends in the middle; give a GeoJSON or TopoJSON file, whole and in UTF-8"),
    ("{\n\"a\": tru", "line 2: is not JSON; give a GeoJSON or TopoJSON file, whole and in UTF-8"),
    ("{} {", "line 1: goes on after its end; give a GeoJSON or TopoJSON file, whole and in UTF-8"),
    (
      "user_id,region\nalice,CA\n",
      "line 1: is not JSON; give a GeoJSON or TopoJSON file, whole and in UTF-8"
    ),
    (
      String(repeating: "[", count: 100),
      "line 1: is nested more than 64 deep; give a GeoJSON or TopoJSON file, whole and in UTF-8"
    ),
    ("[1, 2]", "is JSON, but neither GeoJSON nor TopoJSON; give one of these"),
    (#"{"type": "FeatureCollection"}"#, "has no list of `features`; give a whole GeoJSON file"),
    (
      #"{"type": "FeatureCollection", "features": []}"#,
      "has no polygon; give a file with the outlines of the regions"
    ),
    (
      #"{"type": "Polygon", "coordinates": [[[0, 0], [500000, 4000000], [1, 1]]]}"#,
      "shape 1 has a position that is no longitude and latitude; convert the file to WGS 84 degrees, "
        + "for example with `ogr2ogr -t_srs EPSG:4326`"
    ),
    (
      #"{"type": "Polygon", "coordinates": [[[0, 0], [1], [1, 1]]]}"#,
      "shape 1 has a position without two numbers; mend the file"
    ),
    (#"{"type": "Polygon"}"#, "shape 1 lacks its coordinates; mend or replace the file"),
    (
      #"{"type": "Feature", "geometry": {"type": "Blob"}}"#,
      "shape 1 is of no kind that GeoJSON knows; mend or replace the file"
    ),
    (
      #"{"type": "Polygon", "coordinates": [[[0, 1e999], [1, 1], [2, 2]]]}"#,
      "line 1: has a number that cannot be read; give a GeoJSON or TopoJSON file, whole and in UTF-8"
    ),
    (#"{"type": "Topology", "arcs": []}"#, "is TopoJSON without `objects`; give a whole file"),
    (
      MapSamples.topoJSON.replacingOccurrences(of: #"[[[2, -1]]]"#, with: "[[[2, -9]]]"),
      "has several objects; write `object:` with `areas` or `land`"
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `is told apart from what it should be, with the way out`(index: Int) {
    #expect(MapSamples.problem(Self.mistakes[index].text) == Self.mistakes[index].error)
  }

  @Test func `names objects and properties to choose from, if their names are plain`() {
    #expect(
      MapSamples.problem(MapSamples.topoJSON, object: "states")
        == "there is no object `states`; write `areas` or `land`"
    )
    #expect(
      MapSamples.problem(MapSamples.geoJSON, key: "fips")
        == "no shape has the property `fips`; write `code`, `id` or `name`"
    )
    let hostile = MapSamples.geoJSON.replacingOccurrences(of: "\"code\"", with: "\"\\u001b[2J\"")
    #expect(
      MapSamples.problem(hostile, key: "fips")
        == "no shape has the property `fips`; write `id` or `name`"
    )
    #expect(
      MapSamples.problem(MapSamples.geoJSON, object: "a")
        == "is not TopoJSON, which alone has objects; leave it out"
    )
    let broken = MapSamples.topoJSON.replacingOccurrences(of: "[[[2, -1]]]", with: "[[[2, -9]]]")
    #expect(
      MapSamples.problem(broken, object: "areas")
        == "shape 2 names an arc that is not there; replace the file"
    )
  }

  @Test(arguments: [MapSamples.geoJSON, MapSamples.topoJSON])
  func `that is cut off anywhere is an error, and never a crash`(text: String) {
    let bytes = Array(text.utf8)
    for count in 0..<bytes.count - 1 {
      #expect(throws: MapFileError.self) {
        try MapFile(Array(bytes[..<count]), object: nil, key: nil)
      }
    }
  }

  @Test(arguments: 0..<200)
  func `that is mangled anywhere is read or an error, and never a crash`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let isGeo = seed % 2 == 0
    var bytes = Array((isGeo ? MapSamples.geoJSON : MapSamples.topoJSON).utf8)
    for _ in 0..<4 {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: place)
      default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
      }
    }
    let file = try? MapFile(bytes, object: isGeo ? nil : "areas", key: nil)
    if let file { _ = RegionMap(RegionShapes(file, regions: ["A", "1", "07", "12"])) }
  }

  @Test func `that names one long arc again and again is refused before it fills the memory`() {
    let arc = (0..<1000).map { "[\($0 % 7),\($0 % 5)]" }.joined(separator: ",")
    let rings = (0..<6000).map { _ in "[0]" }.joined(separator: ",")
    let text = """
      {"type":"Topology","objects":{"a":{"type":"Polygon","arcs":[\(rings)]}},"arcs":[[\(arc)]]}
      """
    #expect(
      MapSamples.problem(text)
        == "has more than 5000000 points; simplify it, for example with mapshaper"
    )
  }
}

@Suite struct `Regions and shapes` {
  private func shapes(_ regions: [String], key: String? = nil) throws -> RegionShapes {
    RegionShapes(try MapSamples.file(MapSamples.geoJSON, key: key), regions: regions)
  }

  @Test func `are matched by the property that fits most regions`() throws {
    let shapes = try shapes(["B", "A", "C"])
    #expect(shapes.key == "code")
    #expect(shapes.rings.map(\.count) == [2, 1, 0])
    #expect(shapes.names == ["Beta\u{1F600}", "Alpha", nil])
    #expect(shapes.otherCount == 0)
  }

  @Test func `are matched by the property that is named, and by no other`() throws {
    let shapes = try shapes(["A", "B"], key: "name")
    #expect(shapes.matched == 0)
    #expect(shapes.otherCount == 2)
  }

  @Test(arguments: ["1", "01", "00001"])
  func `are matched whatever zeros stand before their digits`(code: String) throws {
    #expect(try shapes([code, "x"], key: "id").rings.map(\.count) == [1, 0])
  }

  @Test func `are matched exactly where that is possible`() throws {
    #expect(try shapes(["01", "1"], key: "id").rings.map(\.count) == [0, 1])
  }

  @Test func `know postal codes of states by their FIPS codes`() throws {
    let text = MapSamples.geoJSON.replacingOccurrences(of: "\"id\": \"two\"", with: "\"id\": 48")
    let shapes = RegionShapes(try MapSamples.file(text), regions: ["TX", "AL", "WY"])
    #expect(shapes.isTranslated)
    #expect(shapes.rings.map(\.count) == [2, 1, 0])
  }
}
