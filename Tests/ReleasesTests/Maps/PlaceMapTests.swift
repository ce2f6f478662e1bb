// PlaceMapTests.swift: circles and cells of a grid are drawn where they are and as large as they are.
// Reference: [Nie08].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@testable import Reporting

@Suite struct `Map of places` {
  static let circles = [
    ReleasedCircle(
      name: "Oxford 10 mi",
      latitude: "51.752",
      longitude: "-1.2577",
      radius: "16093.44"
    ),
    ReleasedCircle(
      name: "Oxford 20 mi",
      latitude: "51.752",
      longitude: "-1.2577",
      radius: "32186.88"
    ),
    ReleasedCircle(
      name: "Bath 10 mi",
      latitude: "51.3811",
      longitude: "-2.359",
      radius: "16093.44"
    ),
    ReleasedCircle(
      name: "London 20 mi",
      latitude: "51.5074",
      longitude: "-0.1278",
      radius: "32186.88"
    ),
  ]

  /// The width and height of the box around a path.
  private func box(_ path: String) -> (x: Double, y: Double, width: Double, height: Double) {
    var (x, y) = (0.0, 0.0)
    var (xs, ys): ([Double], [Double]) = ([], [])
    let numbers = path.matches(of: #/-?[0-9]+/#).compactMap { Double($0.output) }
    for (index, pair) in stride(from: 0, to: numbers.count - 1, by: 2).enumerated() {
      (x, y) = index == 0 ? (numbers[0], numbers[1]) : (x + numbers[pair], y + numbers[pair + 1])
      xs.append(x)
      ys.append(y)
    }
    let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
    return (left, top, (xs.max() ?? 0) - left, (ys.max() ?? 0) - top)
  }

  @Test func `draws circles true to scale, the larger ones beneath`() throws {
    let names = ["Bath 10 mi", "Oxford 20 mi", "Oxford 10 mi", "London 20 mi"]
    let map = try #require(RegionMap(.circles(Self.circles), regions: names, over: nil))
    let boxes = map.paths.map(box)
    for (index, box) in boxes.enumerated() {
      #expect(abs(box.width / box.height - 1) < 0.02, "\(names[index]) is round")
    }
    #expect(abs(boxes[1].width / boxes[2].width - 2) < 0.05)
    #expect(abs(boxes[3].width / boxes[0].width - 2) < 0.05)
    // London is 82.1 km from Oxford on the sphere; ten miles are 16.1 km.
    let dx = boxes[3].x + boxes[3].width / 2 - boxes[1].x - boxes[1].width / 2
    let dy = boxes[3].y + boxes[3].height / 2 - boxes[1].y - boxes[1].height / 2
    let distance = (dx * dx + dy * dy).squareRoot() / (boxes[2].width / 2) * 16.09344
    #expect(abs(distance - 82.1) < 1.5, "\(distance) km")
    #expect(map.order == [1, 3, 0, 2])
    #expect(map.remarks.contains { $0.hasPrefix("The bar at the lower left is 20 km (12 miles)") })
    // The bar is as long as it says.
    let length = try #require(
      map.ruler.firstMatch(of: #/h([0-9]+)/#).flatMap { Double($0.output.1) }
    )
    #expect(abs(length / (boxes[2].width / 2) * 16.09344 - 20) < 1)
  }

  @Test func `draws a circle around a pole or across the date line`() throws {
    let circles = [
      ReleasedCircle(name: "Pole 100 km", latitude: "90", longitude: "0", radius: "100000"),
      ReleasedCircle(name: "Fiji 100 km", latitude: "-17", longitude: "179.9", radius: "100000"),
    ]
    for circle in circles {
      let map = try #require(RegionMap(.circles([circle]), regions: [circle.name], over: nil))
      let box = box(map.paths[0])
      #expect(abs(box.width / box.height - 1) < 0.02, "\(circle.name)")
      #expect(box.width > 500)
    }
    let both = try #require(
      RegionMap(.circles(circles), regions: circles.map(\.name), over: nil)
    )
    #expect(both.missing.isEmpty)
  }

  @Test func `draws the cells of a grid where the grid has them`() throws {
    // The corners of `ezs42`, from the original description of the grid.
    let ring = try #require(RegionMap.ring(ofGeohash: "ezs42"))
    #expect(ring.count == 4)
    #expect(abs((ring.map(\.latitude).min() ?? 0) - 42.583) < 0.001)
    #expect(abs((ring.map(\.latitude).max() ?? 0) - 42.627) < 0.001)
    #expect(abs((ring.map(\.longitude).min() ?? 0) - -5.625) < 0.001)
    #expect(abs((ring.map(\.longitude).max() ?? 0) - -5.581) < 0.001)
    for text in ["", "a", "ezs4i", "EZS42", "0000000000000"] {
      #expect(RegionMap.ring(ofGeohash: text) == nil, "\(text)")
    }
    let regions = ["gcpv", "gcpu", "gcpt"]
    let map = try #require(
      RegionMap(.geohash(length: 4, within: nil), regions: regions, over: nil)
    )
    #expect(map.missing.isEmpty)
    #expect(!map.overlaps)
    let world = ["0", "b", "z", "p", "s"]
    let whole = try #require(
      RegionMap(.geohash(length: 1, within: nil), regions: world, over: nil)
    )
    #expect(whole.missing.isEmpty)
  }

  @Test func `is on the page of a release that tells regions from coordinates`() throws {
    let sample = SampleRelease(
      keys: [("region", Self.circles.map(\.name)), ("intent", ["car", "home"])],
      places: .circles(Self.circles)
    )
    let page = HTMLReport.page(of: try sample.release())
    #expect(page.contains("<figure class=\"map over\""))
    #expect(page.components(separatedBy: "<path class=\"").count > 4)
    #expect(page.contains("Circles are true to scale, and may overlap"))
    // A file of shapes lies beneath the circles.
    let file = try MapSamples.file(
      """
      {"type":"Polygon","coordinates":[[[-6,50],[2,50],[2,56],[-6,56]]]}
      """
    )
    let over = HTMLReport.page(of: try sample.release(), map: file)
    #expect(over.contains("<path class=\"ground\""))
    #expect(!over.contains("None of the regions has a shape"))
    // Polygons are those of the file that the spec names.
    let polygons = SampleRelease(
      keys: [("region", ["A", "B"]), ("intent", ["car"])],
      places: .polygons(key: "code")
    )
    #expect(!HTMLReport.page(of: try polygons.release()).contains("id=\"map\""))
    let shapes = try MapSamples.file(MapSamples.geoJSON)
    let drawn = HTMLReport.page(of: try polygons.release(), map: shapes)
    #expect(drawn.contains("<title>A (Alpha)</title>"))
  }
}
