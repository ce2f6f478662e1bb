// ReleaseEncodingTests.swift: one release has one text, and the text gives the release back.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import Releases
import TestSupport
import Testing

/// Releases of several shapes.
enum ReleaseTextSamples {
  static let all: [SampleRelease] =
    [
      SampleRelease(),
      SampleRelease(bounds: (1, 1, nil), keys: [], fileSHA256: nil, filters: [:], window: nil),
      SampleRelease(
        unit: .personWeek,
        keys: [
          ("week", ["2026-W45"]),
          ("source", ["e\u{301}", "\u{e9}", "\u{0}\"\\\n\u{2028}\u{1F600}"]),
        ],
        consent: false,
        nonnegative: true,
        measures: [.units],
        epsilon: Rational(1, 7),
        confidence: Rational(BigInteger(10).power(40) - 1, BigInteger(10).power(40)),
        count: { cell, _ in [Int64.max, 0, 9][cell] },
        analyst: .zero,
        pinned: false
      ),
      SampleRelease(measures: [.signals], count: { cell, _ in Int64.min + Int64(cell) }),
      .certifiedRun, .summedRun, .circles, .polygons, .grid, .boxes[0], .boxes[1],
    ] + SampleRelease.ofValues
}

@Suite struct `Release text` {
  static let samples = ReleaseTextSamples.all

  @Test(arguments: samples.indices)
  func `gives back the release that it was made from`(index: Int) throws {
    let release = try Self.samples[index].release()
    let decoded = try Release(decoding: release.encoded())
    #expect(decoded == release)
    #expect(decoded.encoded() == release.encoded())
    let body = try ReleaseBody(decoding: release.body.encoded())
    #expect(body == release.body)
    #expect(body.encoded() == release.body.encoded())
  }

  @Test(arguments: samples.indices)
  func `is the same from the bytes of the body`(index: Int) throws {
    let release = try Self.samples[index].release()
    #expect(release.encoded(from: release.body.encoded()) == release.encoded())
  }

  @Test(arguments: samples.indices)
  func `is JSON to another reader, with sorted keys`(index: Int) throws {
    let release = try Self.samples[index].release()
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(release.encoded())) as? [String: Any]
    )
    #expect(
      Set(object.keys).subtracting(["schedule", "places", "statistics"]) == [
        "bounds", "cells", "certificate", "created", "dataset", "id", "measures", "name",
        "privacy", "query", "remaining", "spec_sha256",
      ]
    )
    #expect((object["schedule"] != nil) == (release.body.schedule != nil))
    let cells = try #require(object["cells"] as? [[String: Any]])
    #expect(cells.count == release.body.cells.count)
    for (cell, expected) in zip(cells, release.body.cells) {
      for (key, value) in zip(release.body.query.keys, expected.values) {
        #expect((cell[key.name] as? String).map { Array($0.utf8) } == Array(value.utf8))
      }
      for (measure, count) in zip(release.body.measures, expected.counts) {
        #expect((cell[measure.measure.rawValue] as? NSNumber)?.int64Value == count)
      }
    }
  }

  @Test func `without the line of the certificate is the body`() throws {
    let release = try SampleRelease().release()
    let lines = String(decoding: release.encoded(), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let body = lines.filter { !$0.hasPrefix("\"certificate\":") }.joined(separator: "\n")
    #expect(lines.count { $0.hasPrefix("\"certificate\":") } == 1)
    #expect(Array(body.utf8) == release.body.encoded())
  }

  @Test func `holds one cell a line, and escapes only what JSON requires`() throws {
    let text = try Self.samples[2].text()
    #expect(text.contains("\n{\"source\":\"\u{e9}\",\"units\":0,\"week\":\"2026-W45\"},\n"))
    #expect(text.contains("{\"source\":\"\\u0000\\\"\\\\\\n\\u2028\u{1F600}\",\"units\":9,"))
    #expect(!text.contains("\u{2028}"))
  }

  @Test(arguments: 0..<60)
  func `gives back any string`(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let ranges: [ClosedRange<UInt32>] = [
      0...0x7F, 0x20...0x2F, 0x80...0x7FF, 0x2020...0x2030, 0xE000...0xFFFF, 0x1_0000...0x10_FFFF,
    ]
    var value = ""
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
      let range = ranges[Int.random(in: ranges.indices, using: &generator)]
      let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator))
      value.unicodeScalars.append(scalar ?? "?")
    }
    let sample = SampleRelease(
      name: value,
      keys: [("intent", [value])],
      filters: ["stage": [value]]
    )
    let release = try sample.release()
    let decoded = try Release(decoding: release.encoded())
    #expect(Array(decoded.body.name.utf8) == Array(value.utf8))
    #expect(Array(decoded.body.cells[0].values[0].utf8) == Array(value.utf8))
    #expect(decoded.encoded() == release.encoded())
  }
}
