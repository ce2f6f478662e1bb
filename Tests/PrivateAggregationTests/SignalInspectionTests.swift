// SignalInspectionTests.swift: the owner's look counts what is there and names the lines that are not.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Signal inspection` {
  static let columns: [SignalColumn: ColumnReference] = [
    .unit: ColumnReference(name: "u"), .region: ColumnReference(name: "r"),
    .intent: ColumnReference(name: "i", prefix: 2), .time: ColumnReference(name: "t"),
  ]

  @Test func `counts records, units, columns and what cannot be decoded`() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(
      """
      u,r,i,t
      a,north,0101,2026-11-01

      a,north,0102,yesterday
      "b
      c",south,0201,5
      ragged,1
      ,south,0201,5
      a,south,,5
      "stray"quote,south,0101,5
      d,south,0301,5

      """,
      to: "signals.csv"
    )
    let inspection = try SignalInspection(of: [path], columns: Self.columns)
    #expect(inspection.records == 6)
    #expect(inspection.malformed == 2)
    #expect(inspection.recordsOverLines == 1)
    #expect(inspection.longestRecord == 24)
    #expect(inspection.malformedPlaces.map(\.line) == [7, 10])
    #expect(inspection.recordsWithoutUnit == 1)
    #expect(inspection.units == 3)
    #expect(inspection.regions == 2)
    #expect(inspection.intents == 3)
    #expect(inspection.columns.map(\.usable) == [5, 6, 5, 5])
    #expect(inspection.columns.map(\.empty) == [1, 0, 1, 0])
    #expect(inspection.columns.map(\.undecodable) == [0, 0, 0, 1])
    #expect(inspection.signalsPerUnit?.largest == 3)
    #expect(inspection.signalsPerUnit?.median == 1)
    #expect(inspection.cellsPerUnit?.largest == 2)
  }

  @Test func `names the first malformed lines of JSON, behind an over-long one too`() throws {
    let folder = try TemporaryDirectory()
    let long = "{\"u\":\"" + String(repeating: "x", count: 2_000_000) + "\"}"
    var text = "{\"u\":1}\n\nnonsense\n\(long)\n{\"u\":\"2\"}\n"
    for _ in 0..<30 { text += "[]\n" }
    let path = try folder.write(text, to: "signals.jsonl")
    let inspection = try SignalInspection(of: [path], columns: [.unit: .init(name: "u")])
    #expect(inspection.records == 2)
    #expect(inspection.recordsOverLines == 0)
    #expect(inspection.longestRecord == 9)
    #expect(inspection.malformed == 32)
    #expect(inspection.malformedPlaces.map(\.line) == [3, 4] + Array(6...23))
    #expect(inspection.regions == nil)
    #expect(inspection.cellsPerUnit?.largest == 1)
  }

  @Test func `finds nothing in an empty file of JSON Lines`() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write("", to: "empty.jsonl")
    let inspection = try SignalInspection(of: [path], columns: [.unit: .init(name: "u")])
    #expect(inspection.records == 0)
    #expect(inspection.units == 0)
    #expect(inspection.signalsPerUnit == nil)
  }

  @Test func `takes percentiles by nearest rank`() {
    let distribution = SignalInspection.Distribution(Array((1...200).reversed()))
    #expect(distribution?.median == 100)
    #expect(distribution?.ninetieth == 180)
    #expect(distribution?.ninetyNinth == 198)
    #expect(distribution?.largest == 200)
  }
}
