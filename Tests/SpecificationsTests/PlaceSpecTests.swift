// PlaceSpecTests.swift: circles, polygons and grids in a spec, and what each mistake in them is told.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivateAggregation
import TestSupport
import Testing

@testable import Specifications

@Suite struct `Regions from coordinates` {
  let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
  }

  private static let signals =
    "{files: [signals/*.csv], columns: {unit: user_id, latitude: lat, longitude: lon, intent: intent}}"

  private static func spec(_ regions: String, _ more: [String: String?] = [:]) -> String {
    Samples.spec(["signals": signals, "regions": regions].merging(more) { $1 })
  }

  @Test func `are circles round the places of a file`() throws {
    try folder.write(
      "name,longitude,latitude\nOxford,-1.2577,51.752\n\"Pole, N\",0,90\nDate 5 km,180,-0.5\n",
      to: "p.csv"
    )
    let spec = try Samples.read(
      Self.spec("{file: p.csv, radius: [10.0 mi, 800m]}"),
      in: folder.path
    )
    #expect(
      spec.cells[.region]?.values == [
        "Oxford 10 mi", "Oxford 800 m", "Pole, N 10 mi", "Pole, N 800 m", "Date 5 km 10 mi",
        "Date 5 km 800 m",
      ]
    )
    guard case .circles(let circles) = spec.shapes else {
      Issue.record("circles")
      return
    }
    #expect(circles.map(\.latitude).prefix(3) == [51_752_000_000, 51_752_000_000, 90_000_000_000])
    #expect(circles.map(\.longitude).suffix(1) == [-180_000_000_000])
    #expect(spec.cells[.region]?.fileSHA256?.count == 64)
    let again = try Samples.read(
      Self.spec("{file: p.csv, radius: 10 mi}"),
      in: folder.path
    )
    #expect(again.cells[.region]?.values == ["Oxford 10 mi", "Pole, N 10 mi", "Date 5 km 10 mi"])
  }

  /// What a run of a schedule is held to is the digest, and it changes with the file of places.
  @Test func `change the digest of the release with the bytes of their file`() throws {
    let text = Self.spec("{file: p.csv, radius: 10 mi}")
    try folder.write("name,latitude,longitude\na,1,2\n", to: "p.csv")
    let before = try Samples.read(text, in: folder.path)
    try folder.write("name,latitude,longitude\na,1,2.0\n", to: "p.csv")
    let after = try Samples.read(text, in: folder.path)
    #expect(before.sha256 == after.sha256)
    #expect(before.digest != after.digest)
  }

  private static let square = "[[0,0],[2,0],[2.5,2.123456789012],[0,2],[0,0]]"
  private static func feature(
    _ properties: String,
    _ geometry: String,
    _ more: String = ""
  ) -> String {
    "{\"type\":\"Feature\",\"properties\":\(properties),\"geometry\":\(geometry)\(more)}"
  }
  private static func polygon(_ rings: String) -> String {
    "{\"type\":\"Polygon\",\"coordinates\":[\(rings)]}"
  }
  private static func collection(_ features: String...) -> String {
    "{\"type\":\"FeatureCollection\",\"features\":[\n\(features.joined(separator: ",\n"))\n]}"
  }

  @Test func `are the polygons of a GeoJSON file`() throws {
    let multi =
      "{\"coordinates\":[[\(Self.square)],[[[170,0],[190,0],[190,5],[170,5],[170,0]]]],"
      + "\"type\":\"MultiPolygon\"}"
    try folder.write(
      Self.collection(
        Self.feature("{\"NAME\":\"Caf\\u00e9 \\ud83d\\ude00\"}", Self.polygon(Self.square)),
        Self.feature("{\"NAME\":7.50}", multi),
        Self.feature("null", Self.polygon(Self.square), ",\"id\":\"no\"")
      )
      .replacingOccurrences(of: "null", with: "{\"NAME\":\"x\"}"),
      to: "r.geojson"
    )
    let spec = try Samples.read(Self.spec("{geojson: r.geojson, key: NAME}"), in: folder.path)
    #expect(spec.cells[.region]?.values == ["Caf\u{e9} \u{1F600}", "7.50", "x"])
    guard case .polygons(let polygons, "NAME") = spec.shapes else {
      Issue.record("polygons")
      return
    }
    #expect(polygons[0].rings.map(\.count) == [4])
    #expect(polygons[0].rings[0][2].latitude == 2_123_456_789)
    #expect(polygons[1].rings.map(\.count) == [4, 4])
    #expect(polygons[1].rings[1][1].longitude == 190_000_000_000)
    try folder.write(
      Self.collection(Self.feature("null", Self.polygon(Self.square), ",\"id\":1001")),
      to: "i.json"
    )
    let byID = try Samples.read(Self.spec("{geojson: i.json, key: id}"), in: folder.path)
    #expect(byID.cells[.region]?.values == ["1001"])
  }

  @Test func `are the cells of a grid`() throws {
    let boxed = try Samples.read(Self.spec("{geohash: 2, within: [49, -11.25, 51, 1]}"))
    #expect(boxed.cells[.region]?.values == ["gb", "gc", "u0", "u1"])
    #expect(boxed.shapes == .geohash(length: 2, within: ["49", "-11.25", "51", "1"]))
    let listed = try Samples.read(Self.spec("{geohash: 3, cells: [u10, gcp]}"))
    #expect(listed.cells[.region]?.values == ["u10", "gcp"])
    try folder.write("u10\ngcp\n", to: "c.txt")
    let filed = try Samples.read(Self.spec("{geohash: 3, cells: c.txt}"), in: folder.path)
    #expect(filed.cells[.region]?.values == ["u10", "gcp"])
    #expect(filed.cells[.region]?.fileSHA256 != nil)
  }

  /// How `regions` stand in the spec, what else changes, and the error.
  static let mistakes: [(String, [String: String?], String)] = [
    (
      "{file: p.csv, radius: 10 leagues}", [:],
      "spec.yaml:6:32: regions.radius: `10 leagues` has a unit that is not known; write mi, km or m, "
        + "such as `10 mi`"
    ),
    (
      "{file: p.csv, radius: [10]}", [:],
      "spec.yaml:6:33: regions.radius[1]: `10` is not a radius; write a number and one of mi, km or "
        + "m, such as `10 mi`"
    ),
    (
      "{file: p.csv, radius: [-1 km]}", [:],
      "spec.yaml:6:33: regions.radius[1]: `-1 km` is not a radius; write a number and one of mi, km "
        + "or m, such as `10 mi`"
    ),
    (
      "{file: p.csv, radius: [0 km]}", [:],
      "spec.yaml:6:33: regions.radius[1]: `0 km` is out of range; write a radius from 1 m to 10000 km"
    ),
    (
      "{file: p.csv, radius: 6300 mi}", [:],
      "spec.yaml:6:32: regions.radius: `6300 mi` is out of range; write a radius from 1 m to 10000 km"
    ),
    (
      "{file: p.csv, radius: [10 mi, 16.09344 km]}", [:],
      "spec.yaml:6:40: regions.radius[2]: `16.09344 km` is a radius that is there already; keep one"
    ),
    (
      "{file: p.csv, radius: [1.0000000001 mi]}", [:],
      "spec.yaml:6:33: regions.radius[1]: `1.0000000001 mi` has more than nine digits behind the "
        + "point; write fewer"
    ),
    (
      "{radius: 10 mi}", [:],
      "spec.yaml:6:10: regions: the key `file` is missing; write `file: places.csv` under `regions`"
    ),
    (
      "{file: p.csv, radius: 10 mi, geohash: 5}", [:],
      "spec.yaml:6:10: regions: regions are told in one way; write one of radius, geojson, geohash "
        + "and hierarchy, and a report for each"
    ),
    (
      "{hierarchy: p.csv, radius: 10 mi}", [:],
      "spec.yaml:6:10: regions: regions are told in one way; write one of radius, geojson, geohash "
        + "and hierarchy, and a report for each"
    ),
    (
      "{file: p.csv, radius: 10 mi, colum: x}", [:],
      "spec.yaml:6:39: regions: the key `colum` is not known; did you mean `columns`?"
    ),
    (
      "{file: p.txt, radius: 10 mi}", [:],
      "spec.yaml:6:17: regions.file: `p.txt` is no .csv file; name one"
    ),
    (
      "{geojson: p.shp, key: NAME}", [:],
      "spec.yaml:6:20: regions.geojson: `p.shp` is no .geojson or .json file; name one"
    ),
    (
      "{geohash: 13, within: [0, 0, 1, 1]}", [:],
      "spec.yaml:6:20: regions.geohash: `13` is out of range; write a whole number from 1 to 12"
    ),
    (
      "{geohash: 5, within: [0, 0, 1]}", [:],
      "spec.yaml:6:31: regions.within: a box is [south, west, north, east] in degrees; write four "
        + "numbers"
    ),
    (
      "{geohash: 5, within: [0, 0, 91, 1]}", [:],
      "spec.yaml:6:38: regions.within[3]: `91` is not a number of degrees from -90 to 90 with at most "
        + "nine decimals"
    ),
    (
      "{geohash: 5, within: [2, 0, 1, 1]}", [:],
      "spec.yaml:6:31: regions.within: the south of the box lies north of its north; write the "
        + "smaller one first"
    ),
    (
      "{geohash: 8, within: [-90, -180, 90, 180]}", [:],
      "spec.yaml:6:31: regions.within: the box has more than the 4194304 cells that one release "
        + "holds; write a smaller box or a shorter geohash"
    ),
    (
      "{geohash: 3, cells: [u10, gca]}", [:],
      "spec.yaml:6:36: regions.cells: has a value that is no geohash of 3 characters; write digits "
        + "and small letters without a, i, l and o"
    ),
    (
      "{geohash: 3}", [:],
      "spec.yaml:6:10: regions: a grid has either `within: [south, west, north, east]` in degrees or "
        + "`cells`, a list or a file; write one of them"
    ),
    (
      "[a, b]", [:],
      "spec.yaml:3:10: signals: the columns of coordinates are declared, and `regions` lists values; "
        + "write regions by `radius`, `geojson` or `geohash`, or declare `region: COLUMN` in their place"
    ),
    (
      "{geohash: 3, cells: [u10]}",
      ["signals": "{files: [s.csv], columns: {unit: u, intent: i, latitude: lat}}"],
      "spec.yaml:6:10: regions: regions by radius, polygon or grid are told from coordinates; write "
        + "`latitude: COLUMN` and `longitude: COLUMN` under `signals.columns`"
    ),
    (
      "{geohash: 3, cells: [u10]}",
      [
        "signals":
          "{files: [s.csv], columns: {unit: u, intent: i, latitude: a, longitude: b, region: c}}"
      ],
      "spec.yaml:3:10: signals: a column of regions and columns of coordinates are declared, and "
        + "`regions` takes only the coordinates; delete `region` from `columns`"
    ),
    (
      "{geohash: 3, cells: [u10]}",
      ["intents": "private", "budget": "{epsilon: 1, delta: 1e-9}"],
      "spec.yaml:6:10: regions: regions that are told from coordinates go with listed values only, "
        + "and `intent` is private; list its values"
    ),
    (
      "{geohash: 3, cells: [u10]}",
      [
        "signals":
          "{files: [s.csv], columns: {unit: u, intent: i, latitude: {column: a, prefix: 2}}}"
      ],
      "spec.yaml:3:87: signals.columns.latitude.prefix: `latitude` is always read whole; leave "
        + "`prefix` out"
    ),
  ]

  @Test(arguments: mistakes)
  func `tell what is wrong in the spec`(
    regions: String,
    changes: [String: String?],
    expected: String
  ) throws {
    let problem = Samples.problem(Self.spec(regions, changes), in: folder.path)
    #expect(problem == folder.path + "/" + expected)
  }

  /// A file of places or polygons, and the error after the folder's path.
  static let files: [(String, String, String)] = [
    ("p.csv", "", "p.csv: is empty; write a header line and one place a line"),
    (
      "p.csv", "name,latitude,longitude\n",
      "p.csv: has a header and no places; write at least one line below it"
    ),
    (
      "p.csv", "name,lat,longitude\na,1,2\n",
      "spec.yaml:6:17: regions.file: `p.csv` has no column `latitude`; write `columns` with names "
        + "from its header line"
    ),
    (
      "p.csv", "name,latitude,longitude\na,1,2\nb,2,3\na,4,5\n",
      "p.csv:4: has the same name as line 2; keep one of the two lines"
    ),
    (
      "p.csv", "name,latitude,longitude\na,1,2\n ,2,3\n",
      "p.csv:3: has an empty name; write one or delete the line"
    ),
    (
      "p.csv", "name,latitude,longitude\na,90.000000001,2\n",
      "p.csv:2: has a latitude out of range; write degrees from -90 to 90"
    ),
    (
      "p.csv", "name,latitude,longitude\na,1,-180.5\n",
      "p.csv:2: has a longitude out of range; write degrees from -180 to 180"
    ),
    (
      "p.csv", "name,latitude,longitude\na,1,east\n",
      "p.csv:2: has no longitude in degrees; write a decimal number such as 51.752 in that column"
    ),
    (
      "p.csv", "name,latitude,longitude\na,1,2.0000000001\n",
      "p.csv:2: has a longitude with more than nine decimals; write fewer"
    ),
    (
      "p.csv", "name,latitude,longitude\na,1\n",
      "p.csv:2: has 2 fields where the header has 3; mend the line"
    ),
    (
      "p.csv", "name,latitude,longitude\n\"a\nb\",1,2\n",
      "p.csv:2: has a line break or a control character in a value; delete it"
    ),
    (
      "g.json", "{\"type\":\n\"FeatureCollection\",\n\"features\":[}",
      "g.json:3: is not JSON here (a value was expected); save the file again as GeoJSON"
    ),
    (
      "g.json", "{\"type\":\"Topology\"}",
      "g.json:1: is TopoJSON; convert it to GeoJSON, with topo2geo or mapshaper for instance"
    ),
    (
      "g.json", "{\"type\":\"Feature\"}",
      "g.json:1: is no FeatureCollection with features; save the regions as one"
    ),
    (
      "g.json", collection(), "g.json:1: has no features; save at least one region in it"
    ),
    (
      "g.json",
      collection(feature("{\"NAME\":\"a\"}", polygon(square)), feature("{}", polygon(square))),
      "g.json:3: has a feature without a text or a number in its property `NAME`; name a property "
        + "that every feature has"
    ),
    (
      "g.json",
      collection(
        feature("{\"NAME\":\"a\"}", polygon(square)),
        feature("{\"NAME\":\"a\"}", polygon(square))
      ),
      "g.json:3: has the same name as the feature on line 2; join the two to a MultiPolygon, or name "
        + "them by another property"
    ),
    (
      "g.json",
      collection(feature("{\"NAME\":\"a\"}", "{\"type\":\"Point\",\"coordinates\":[1,2]}")),
      "g.json:2: has a feature that is no Polygon and no MultiPolygon; delete it or draw its area"
    ),
    (
      "g.json", collection(feature("{\"NAME\":\"a\"}", polygon("[[0,0],[1,0],[0,0]]"))),
      "g.json:2: has a ring of fewer than four positions; a triangle has four, as the first is "
        + "repeated at the end"
    ),
    (
      "g.json", collection(feature("{\"NAME\":\"a\"}", polygon("[[0,0],[1,0],[1,1],[0,1]]"))),
      "g.json:2: has a ring that is not closed; repeat its first position at its end"
    ),
    (
      "g.json", collection(feature("{\"NAME\":\"a\"}", polygon("[[0,0],[1,0],[1,91],[0,0]]"))),
      "g.json:2: has a position out of range; write [longitude, latitude] in degrees, in this order"
    ),
    (
      "g.json", collection(feature("{\"NAME\":\"a\"}", polygon("[[0,0],[1],[1,1],[0,0]]"))),
      "g.json:2: has a position that is not [longitude, latitude]; mend it"
    ),
    (
      "g.json",
      collection(feature("{\"NAME\":\"a\"}", polygon("[[179,0],[-179,0.5],[179,1],[179,0]]"))),
      "g.json:2: has an edge that goes more than half round the globe; cut the polygon at longitude "
        + "180, as RFC 7946 asks (ogr2ogr -wrapdateline does)"
    ),
    (
      "g.json",
      "{\"type\":\"FeatureCollection\",\"features\":[],\"crs\":{\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::27700\"}}}",
      "g.json:1: has coordinates of another system than WGS 84; save them in degrees (EPSG:4326)"
    ),
  ]

  @Test(arguments: files)
  func `tell what is wrong in a file, and nothing that it holds`(
    name: String,
    content: String,
    expected: String
  ) throws {
    try folder.write(content, to: name)
    let regions =
      name == "p.csv" ? "{file: p.csv, radius: 10 mi}" : "{geojson: g.json, key: NAME}"
    #expect(
      Samples.problem(Self.spec(regions), in: folder.path) == folder.path + "/" + expected
    )
  }

  @Test func `refuse a signal file in place of places`() throws {
    try folder.write("name,latitude,longitude\nsecret,1,2\n", to: "p.csv")
    let problem = Samples.problem(
      Self.spec(
        "{file: p.csv, radius: 10 mi}",
        ["signals": "{files: p.csv, columns: {unit: name, intent: i, latitude: a, longitude: b}}"]
      ),
      in: folder.path
    )
    #expect(problem?.contains("is also a signal file") == true)
    #expect(problem?.contains("secret") == false)
  }
}
