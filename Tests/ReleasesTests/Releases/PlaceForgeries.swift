// PlaceForgeries.swift: releases with regions that were told from coordinates, genuine and forged.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension SampleRelease {
  /// Two radii round one place, one round another, and a place whose name ends in a radius.
  static let circles: SampleRelease = {
    let circles = [
      ("Oxford 10 mi", "51.752", "-1.2577", "16093.44"),
      ("Oxford 20 mi", "51.752", "-1.2577", "32186.88"),
      ("South Pole 0.5 km", "-90", "0", "500"),
      ("Mile 10 mi 12.5 mi", "0.000000001", "-180", "20116.8"),
    ]
    return SampleRelease(
      keys: [("region", circles.map(\.0)), ("intent", ["x", "y"])],
      places: .circles(
        circles.map { ReleasedCircle(name: $0.0, latitude: $0.1, longitude: $0.2, radius: $0.3) }
      )
    )
  }()

  /// Polygons of a file.
  static let polygons = SampleRelease(
    keys: [("intent", ["x"]), ("region", ["Wales", "Cymru"])],
    places: .polygons(key: "NAME")
  )

  /// Listed cells of a grid.
  static let grid = SampleRelease(
    keys: [("region", ["gcpvj", "gcpuv", "u10hb"])],
    places: .geohash(length: 5, within: nil)
  )

  private static func box(_ length: Int, _ within: [String], _ cells: [String]) -> SampleRelease {
    SampleRelease(keys: [("region", cells)], places: .geohash(length: length, within: within))
  }

  /// The cells of boxes, among them some over the antimeridian and at the poles.
  static let boxes = [
    box(2, ["49", "-11.25", "51", "1"], ["gb", "gc", "u0", "u1"]),
    box(1, ["-90", "170", "90", "-170"], ["0", "2", "8", "b", "p", "r", "x", "z"]),
    box(1, ["0", "-180", "44.999999999", "180"], ["8", "9", "d", "e", "s", "t", "w", "x"]),
    box(1, ["-1", "180", "0", "-179"], ["2", "8"]),
    box(1, ["90", "180", "90", "180"], ["b"]),
    box(1, ["10", "20", "20", "10"], ["8", "9", "d", "e", "s", "t", "w", "x"]),
    box(12, ["57.64911", "10.40744", "57.64911", "10.40744"], ["u4pruydqqvj8"]),
  ]
}

extension Forgery {
  private static func circle(_ old: String, _ new: String, _ finding: String) -> Forgery {
    Forgery("circle: \(old) becomes \(new)", of: .circles, [(old, new)], finding: finding)
  }

  private static let list = "places.circles: the release has 4 circles under other names"

  /// Forged regions.
  static let ofPlaces: [Forgery] = [
    circle("\"radius\":\"16093.44\"", "\"radius\":\"16093.45\"", "places.circles[0].radius"),
    circle("\"radius\":\"500\"", "\"radius\":\"0\"", "places.circles[2].radius"),
    circle("\"latitude\":\"-90\"", "\"latitude\":\"-90.1\"", "places.circles[2].latitude"),
    circle("\"longitude\":\"0\"", "\"longitude\":\"180\"", "places.circles[2].longitude"),
    circle("\"name\":\"Oxford 20 mi\"", "\"name\":\"Oxford 10 mi\"", list),
    circle("\"latitude\":\"51.752\"", "\"latitude\":\"51.752000000001\"", "places.circles[0].lat"),
    circle("\"rule\":\"circle\"", "\"rule\":\"square\"", "the file: the release has a fault"),
    circle(
      "\"latitude\":\"51.752\"",
      "\"latitude\":\"51.7520\"",
      "the file: the release has a fau"
    ),
    circle("\"longitude\":\"0\"", "\"longitude\":\"-0\"", "the file: the release has a fault"),
    Forgery(
      "circle: another name throughout, without a radius",
      of: .circles,
      [
        ("Oxford 10 mi", "Oxford 10 ft"), ("Oxford 10 mi", "Oxford 10 ft"),
        ("Oxford 10 mi", "Oxford 10 ft"),
      ],
      finding: "places.circles[0].name"
    ),
    Forgery(
      "polygons without a property",
      of: .polygons,
      [("\"key\":\"NAME\"", "\"key\":\"\"")],
      finding: "places.key"
    ),
    Forgery(
      "places without a key region",
      [
        ("\"privacy\":{", "\"places\":{\"key\":\"NAME\",\"rule\":\"polygon\"},\n\"privacy\":{"),
        ("\"name\":\"region\"", "\"name\":\"state\""),
      ]
        + Array(repeating: ("\"region\":", "\"state\":"), count: 7),
      finding: "places: the release has regions; it should have none"
    ),
    Forgery(
      "grid: another length",
      of: .grid,
      [("\"length\":5", "\"length\":6")],
      finding: "cells, key region: the release has the value 'gcpvj'"
    ),
    Forgery(
      "grid: a box that is none",
      of: .boxes[0],
      [("\"49\"", "\"52\"")],
      finding: "places.within: the release has 52, -11.25, 51, 1; it should have south, west"
    ),
    Forgery(
      "grid: a smaller box",
      of: .boxes[0],
      [("\"1\"]", "\"-1\"]")],
      finding: "places.within: the release has 49, -11.25, 51, -1; it should have a box"
    ),
    Forgery(
      "grid: a larger box",
      of: .boxes[0],
      [("\"49\"", "\"40\"")],
      finding: "places.within: the release has 40, -11.25, 51, 1; it should have a box"
    ),
  ]
}
