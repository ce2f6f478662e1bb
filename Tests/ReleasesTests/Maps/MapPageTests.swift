// MapPageTests.swift: the map of a page says what the release says, and hides nothing that it lacks.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import ExactArithmetic
import Foundation
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@testable import Reporting

@Suite struct `Map of a report` {
  static let states = ["CA", "NY", "TX", "AL", "WY"]

  /// Counts of five states for two intents, with a half-width of 8.
  static func sample(
    _ regions: [String] = states,
    counts: [Int64] = [900, 400, 9, 8, -5]
  ) -> SampleRelease {
    SampleRelease(
      keys: [("region", regions), ("intent", ["car", "home"])],
      measures: [.units],
      epsilon: Rational(3, 2),
      count: { cell, _ in cell % 2 == 0 ? counts[cell / 2 % counts.count] : Int64(cell) * 1000 }
    )
  }

  private func letters(_ body: ReleaseBody) throws -> String {
    let views = try #require(FigureViews(of: body, along: "region", most: 1000))
    let regions = try #require(RegionMap(statesOf: views.axis))
    let figure = try #require(MapFigure(of: body, regions: regions, views: views))
    return String(figure.letters(layer: 0, view: 0))
  }

  @Test func `hatches a region where its half-width exceeds its count, and only there`() throws {
    let body = try Self.sample().body()
    let halfWidth = try #require(Int64(body.measures[0].halfWidth.description))
    #expect(halfWidth == 8, "the counts of the sample stand on both sides of it")
    let letters = try letters(body)
    #expect(letters.map(\.isUppercase) == [false, false, false, false, true])
    #expect(letters.last == "N")
    #expect(FigureValue.isUncertain(7, halfWidth: 8))
    #expect(!FigureValue.isUncertain(8, halfWidth: 8))
    #expect(FigureValue.isUncertain(.max, halfWidth: BigInteger(Int64.max) + 1))
    #expect(FigureValue.isUncertain(.min, halfWidth: 1))
    #expect(!FigureValue.isUncertain(-9, halfWidth: 8, signed: true))
    #expect(FigureValue.isUncertain(-7, halfWidth: 8, signed: true))
  }

  @Test func `draws states as tiles where no file is given, and other regions not at all`() throws {
    let page = HTMLReport.page(of: try Self.sample().release())
    #expect(page.contains("<h2 id=\"map\">The map</h2>"))
    #expect(page.contains("<title>CA (California)</title>"))
    #expect(page.components(separatedBy: "data-r=").count == 11)
    let fips = HTMLReport.page(of: try Self.sample(["06", "36", "48", "01", "56"]).release())
    #expect(fips.contains("<title>06 (California)</title>"))
    for others in [["DE", "FR", "IT", "ES", "PL"], ["CA", "FR"], ["001", "002", "003"]] {
      let page = HTMLReport.page(of: try Self.sample(others).release())
      #expect(!page.contains("id=\"map\""), "\(others)")
      #expect(!page.contains("#map"))
    }
  }

  @Test func `gives every state a tile of its own`() {
    #expect(USState.all.count == 52)
    #expect(Set(USState.all.map { "\($0.tile)" }).count == 52)
    #expect(Set(USState.all.map(\.fips)).count == 52)
    #expect(USState.all.allSatisfy { (0...10).contains($0.tile.column) })
    #expect(USState.all.allSatisfy { (0...7).contains($0.tile.row) })
  }

  @Test func `names regions without a shape, and counts shapes without a region`() throws {
    let file = try MapSamples.file(MapSamples.geoJSON)
    let page = HTMLReport.page(of: try Self.sample(["A", "X<b>"]).release(), map: file)
    #expect(page.contains("<title>A (Alpha)</title>"))
    #expect(
      page.contains(
        "Not on the map, because no shape for them is known: <bdi>X&lt;b&gt;</bdi>."
      )
    )
    #expect(page.contains("1 shape of the file is no region of this release"))
    let none = HTMLReport.page(of: try Self.sample(["P", "Q"]).release(), map: file)
    #expect(none.contains("None of the regions has a shape in the map's file"))
    #expect(!none.contains("<figure"))
  }

  @Test(arguments: `Report page`.hostile.indices)
  func `shows hostile names as text`(index: Int) throws {
    let value = `Report page`.hostile[index]
    let text = FigureText.string(value)
    let shapes = """
      {"type": "FeatureCollection", "features": [
      {"type": "Feature", "properties": {"code": \(text), "name": \(text)}, "geometry":
      {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9]]]}},
      {"type": "Feature", "properties": {"code": "a", "name": "a b"}, "geometry":
      {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9]]]}}]}
      """
    func tags(_ region: String) throws -> [Substring] {
      let page = HTMLReport.page(
        of: try SampleRelease(keys: [("region", [region]), ("intent", [region, "b"])]).release(),
        map: try MapSamples.file(shapes)
      )
      #expect(page.contains("<figure class=\"map\""))
      return page.split(separator: "<").map { $0.prefix { $0.isLetter || $0 == "/" } }
    }
    #expect(try tags(value) == tags("a"))
  }

  @Test func `loads nothing and runs only the script that it names`() throws {
    let page = HTMLReport.page(of: try Self.sample().release())
    // A pattern of the page itself is the one thing that an address may name.
    let addresses = page.replacingOccurrences(of: "url(#hatch-", with: "")
    for part in ["http:", "https:", "src=", "@import", "url(", "<link", "<iframe", "fetch("] {
      #expect(!addresses.contains(part), "\(part)")
    }
    let start = try #require(page.firstRange(of: "<script>"))
    let end = try #require(page.firstRange(of: "</script>"))
    let script = page[start.upperBound..<end.lowerBound]
    let digest = Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString()
    #expect(page.contains("script-src 'sha256-\(digest)'"), "the digest is \(digest)")
    #expect(page.components(separatedBy: "<script").count == 2)
  }

  @Test func `holds the numbers of every view, as the release has them`() throws {
    let body = try Self.sample().body()
    let views = try #require(FigureViews(of: body, along: "region", most: 1000))
    let regions = try #require(RegionMap(statesOf: views.axis))
    let figure = try #require(MapFigure(of: body, regions: regions, views: views))
    let data = try #require(
      JSONSerialization.jsonObject(with: Data(figure.data.utf8)) as? [String: Any]
    )
    let drawn = try #require(data["views"] as? [[String: Any]])
    #expect(drawn.map { $0["k"] as? String } == ["0", "1"])
    #expect(drawn.map { $0["t"] as? String } == ["intent car", "intent home"])
    let first = try #require((drawn[0]["l"] as? [[String: Any]])?.first)
    #expect(first["v"] as? String == "900|400|9|8|\u{2212}5")
    let second = try #require((drawn[1]["l"] as? [[String: Any]])?.first)
    #expect(second["v"] as? String == "1,000|3,000|5,000|7,000|9,000")
  }

  @Test func `leaves views out that are too many, and says how many`() throws {
    let body = try Self.sample().body()
    let views = try #require(FigureViews(of: body, along: "region", most: 7))
    #expect(views.omitted == 1)
    #expect(views.views.map(\.choice) == [[1]], "the view with the larger counts stays")
  }

  @Test func `is no larger than it may be, however fine its shapes`() throws {
    // 300 regions of 400 points each, which would be a megabyte and more.
    let features = (0..<300).map { index in
      let points = (0..<400).map { step in
        let angle = Double(step) / 200 * .pi
        let (x, y) = (Double(index % 20) * 5, Double(index / 20) * 4 - 30)
        let radius = step % 2 == 0 ? 1.9 : 1.7
        return "[\(x + radius * cos(angle)),\(y + radius * sin(angle))]"
      }
      return """
        {"type":"Feature","id":\(index),"geometry":{"type":"Polygon","coordinates":\
        [[\(points.joined(separator: ","))]]}}
        """
    }
    let text = """
      {"type":"FeatureCollection","features":[\(features.joined(separator: ","))]}
      """
    let shapes = RegionShapes(try MapSamples.file(text), regions: (0..<300).map(String.init))
    let map = try #require(RegionMap(shapes))
    let bytes = map.paths.reduce(0) { $0 + $1.utf8.count }
    #expect(bytes <= RegionMap.mostBytes)
    #expect(map.paths.allSatisfy { !$0.isEmpty })
    #expect(map.grain < 2)
  }
}

@Suite struct `Steps of colour` {
  @Test func `are never narrower than the noise`() {
    for halfWidth in [0.0, 3, 10, 40, 1000] {
      let scale = ColorScale((0...100).map(Double.init), halfWidth: halfWidth)
      for (low, high) in zip([0] + scale.breaks, scale.breaks) {
        #expect(high - low >= halfWidth && high > low)
      }
    }
    #expect(ColorScale((0...100).map(Double.init), halfWidth: 3).breaks == [15, 30, 50, 60, 80])
    #expect(ColorScale((0...100).map(Double.init), halfWidth: 1000).breaks.isEmpty)
  }

  @Test func `begin at round numbers, which the legend names`() {
    let scale = ColorScale([10, 250, 1234, 5678, 90_000, 123_456], halfWidth: 1)
    #expect(scale.breaks == [250, 1000, 5000, 80_000, 100_000])
    #expect(
      scale.legend.map(\.text) == [
        "0 to under 250", "250 to under 1,000", "1,000 to under 5,000", "5,000 to under 80,000",
        "80,000 to under 100,000", "100,000 or more",
      ]
    )
    #expect(scale.legend.map(\.letter) == ["a", "b", "c", "d", "e", "f"])
    #expect(ColorScale([0.013, 0.5], halfWidth: 0).legend[0].text == "0 to under 0.01")
  }

  @Test(arguments: [[], [-3], [0, 0], [.infinity, 1]] as [[Double]])
  func `take any numbers`(numbers: [Double]) {
    let scale = ColorScale(numbers, halfWidth: 1)
    #expect(!scale.legend.isEmpty)
    #expect(scale.letter(of: nil) == "x")
  }
}
