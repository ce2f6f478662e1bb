// MapSectionTests.swift: a spec names the shapes of its regions, and what cannot be drawn is refused.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Specifications

@Suite struct `Map of a spec` {
  private func options(_ output: String) throws -> MapOptions? {
    let text = Samples.spec(["output": output])
    return try SpecificationReader.read(Array(text.utf8), path: "/data/spec.yaml").1.map
  }

  @Test func `names a file, and in it an object and a property`() throws {
    let short = try #require(try options("{map: ../geo/us.geojson}"))
    #expect(short.path == "/geo/us.geojson")
    #expect(short.object == nil && short.key == nil)
    let long = try #require(
      try options("{map: {file: /geo/us.json, object: states, key: NAME}}")
    )
    #expect(long.path == "/geo/us.json")
    #expect(long.object == "states" && long.key == "NAME")
    #expect(try options("{formats: html}") == nil)
  }

  @Test(
    arguments: [
      (
        ["output": "{map: {object: states}}"],
        "/data/spec.yaml:10:15: output.map: the key `file` is missing; write "
          + "`file: counties.geojson` under `output.map`"
      ),
      (
        ["output": "{map: {file: a, property: b}}"],
        "/data/spec.yaml:10:25: output.map: the key `property` is not known; write file, object or key"
      ),
      (
        ["output": "{formats: [csv], map: a.geojson}"],
        "/data/spec.yaml:10:31: output.map: is drawn in report.html, which `formats` leaves out; add "
          + "html to it"
      ),
      (
        ["output": "{map: a.geojson}", "group_by": "[intent]", "regions": nil],
        "/data/spec.yaml:9:15: output.map: `a.geojson` draws regions, and `group_by` does not name "
          + "`region`; add it, or delete `map`"
      ),
    ] as [([String: String?], String)]
  )
  func `is refused where it cannot be drawn`(changes: [String: String?], error: String) {
    #expect(Samples.problem(Samples.spec(changes)) == error)
  }

  @Test func `is no signal file, under whatever name`() throws {
    let folder = try TemporaryDirectory()
    let signals = try folder.write("user_id\nalice\n", to: "signals.csv")
    let map = try #require(try options("{map: \(signals)}"))
    #expect(throws: SpecificationError.self) {
      try map.load(limit: 100, signals: [signals])
    }
    let bytes = try map.load(limit: 100, signals: []).bytes
    #expect(bytes.count == 14)
    let error = #expect(throws: SpecificationError.self) {
      try map.load(limit: 5, signals: [])
    }
    #expect(error?.description.contains("cannot be read (it is longer than 5 bytes)") == true)
  }
}
