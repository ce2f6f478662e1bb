// SpecificationReaderTests.swift: what a spec means, and what each mistake is told.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import PrivateAggregation
import TestSupport
import Testing

@testable import Specifications

@Suite struct `Report spec` {
  @Test func `is read as its source text`() throws {
    let spec = try Samples.read(
      Samples.spec([
        "where": "{region: [01001, NO]}", "window": "{from: 2026-11-01, to: 2026-12-01}",
        "budget": "{epsilon: 0.1, delta: 1e-9}", "confidence": "\"0.99\"",
      ])
    )
    #expect(spec.cells[.region]?.values == ["01001", "NO"])
    #expect(spec.filters == [.region: ["01001", "NO"]])
    #expect(spec.budget.epsilon == Rational(1, 10))
    #expect(spec.budget.delta == Rational(1, 1_000_000_000))
    #expect(spec.confidence == Rational(99, 100))
    #expect(spec.files == ["/data/signals/*.csv"])
    #expect(spec.window?.from == 1_793_491_200)
    #expect(spec.window?.to == 1_796_083_200)
    #expect(spec.measures.map(\.share) == [Rational(1, 2), Rational(1, 2)])
    #expect(spec.privacyUnit == .person)
  }

  @Test func `means the same with and without quotes`() throws {
    let plain = try Samples.read(Samples.spec(["regions": "[01001, true, 1e3, ~]"]))
    let quoted = try Samples.read(
      Samples.spec(["regions": "['01001', \"true\", '1e3', '~']"])
    )
    #expect(plain.cells[.region]?.values == ["01001", "true", "1e3", "~"])
    #expect(plain.cells == quoted.cells)
    #expect(plain.sha256 != quoted.sha256)
  }

  @Test func `splits the budget equally where no share is written`() throws {
    let spec = try Samples.read(Samples.spec(["measures": "[{count: units}, {count: signals}]"]))
    #expect(spec.measures.map(\.share) == [Rational(1, 2), Rational(1, 2)])
    let part = try Samples.read(Samples.spec(["measures": "[{count: units, share: 1/3}]"]))
    #expect(part.measures.map(\.share) == [Rational(1, 3)])
  }

  @Test func `keeps a prefix of a column`() throws {
    let columns = "{unit: u, region: r, intent: {column: category, prefix: 2}}"
    let spec = try Samples.read(
      Samples.spec([
        "signals": "{files: x.csv, columns: \(columns)}", "intents": "[01, 18]",
      ])
    )
    #expect(spec.columns[.intent] == ColumnReference(name: "category", prefix: 2))
  }

  @Test(arguments: [("", nil), ("format: jsonl, ", .jsonl)] as [(String, SignalFormat?)])
  func `takes a format of all files, and none where none is written`(
    text: String,
    format: SignalFormat?
  ) throws {
    let signals = "{files: x.csv, \(text)columns: {unit: u, region: r, intent: i}}"
    #expect(try Samples.read(Samples.spec(["signals": signals])).format == format)
  }

  @Test func `derives the values of a time key from the window`() throws {
    let window = "{from: 2026-12-30, to: 2027-01-05T00:00:01Z}"
    let changes = ["window": window, "regions": nil, "intents": nil]
    func values(_ key: GroupKey) throws -> [String]? {
      let spec = try Samples.read(
        Samples.spec(changes.merging(["group_by": key.rawValue]) { $1 })
      )
      return spec.cells[key]?.values
    }
    #expect(
      try values(.day) == [
        "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04",
        "2027-01-05",
      ]
    )
    #expect(try values(.week) == ["2026-W53", "2027-W01"])
    #expect(try values(.month) == ["2026-12", "2027-01"])
  }

  /// A change to the sample, and the whole text of the error.
  static let mistakes: [([String: String?], String)] = [
    (
      ["grup_by": "[region]"],
      "/data/spec.yaml:10:1: the key `grup_by` is not known; did you mean `group_by`?"
    ),
    (
      ["signals": "{files: x, format: xml, columns: {unit: u}}"],
      "/data/spec.yaml:3:29: signals.format: `xml` is not known; write csv or jsonl"
    ),
    (
      ["dataset": nil],
      "/data/spec.yaml:1:1: the key `dataset` is missing; write `dataset: signals-2026`"
    ),
    (
      ["selection": "{rule: threshold}"],
      "/data/spec.yaml:10:12: selection: selects cells, and all of them are listed; delete it, or "
        + "write `private` in place of a list"
    ),
    (
      ["budget": "{epsilon: 0}"],
      "/data/spec.yaml:8:19: budget.epsilon: epsilon must be above zero; write a number such as 1, "
        + "0.5 or 1/3 (a smaller one means more privacy and more noise)"
    ),
    (
      ["budget": "{epsilon: -1}"],
      "/data/spec.yaml:8:19: budget.epsilon: epsilon must be above zero; write a number such as 1, "
        + "0.5 or 1/3 (a smaller one means more privacy and more noise)"
    ),
    (
      ["budget": "{epsilon: nan}"],
      "/data/spec.yaml:8:19: budget.epsilon: `nan` is not an exact number; write an integer, a "
        + "decimal such as 0.1 or 1e-9, or a fraction such as 1/3"
    ),
    (
      ["budget": "{epsilon: 1/0}"],
      "/data/spec.yaml:8:19: budget.epsilon: `1/0` divides by zero; write a fraction with another "
        + "denominator"
    ),
    (
      ["budget": "{epsilon: 1e30}"],
      "/data/spec.yaml:8:19: budget.epsilon: asks for so little noise on `signals` that it "
        + "protects nobody (a scale below 1/1000); write at most 16000"
    ),
    (
      ["budget": "{epsilon: 1e-30}"],
      "/data/spec.yaml:8:19: budget.epsilon: asks for more noise on `signals` than can be drawn "
        + "(a scale above 2^40); write at least 1/68719476736"
    ),
    (
      ["budget": "{epsilon: 1, delta: 1}"],
      "/data/spec.yaml:8:29: budget.delta: delta must be at least 0 and below 1; write 0 or 1e-9"
    ),
    (
      ["bounds": "{cells_per_unit: 0, signals_per_cell: 2}"],
      "/data/spec.yaml:4:26: bounds.cells_per_unit: `0` is out of range; write a whole number from "
        + "1 to 2147483647"
    ),
    (
      ["bounds": "{cells_per_unit: 4}"],
      "/data/spec.yaml:4:9: bounds: the key `signals_per_cell` is missing; write "
        + "`signals_per_cell: 2` under `bounds`"
    ),
    (
      ["regions": "[CA, NY, CA]"],
      "/data/spec.yaml:6:19: regions: the value `CA` is written twice; keep one"
    ),
    (
      ["regions": nil],
      "/data/spec.yaml:5:11: group_by: `region` has no list of values; the key `regions` is "
        + "missing: write `regions: {file: counties.csv, column: fips}`"
    ),
    (
      ["group_by": "[region]"],
      "/data/spec.yaml:7:10: intents: lists values of `intent`, which `group_by` does not name; "
        + "add it there or delete the list"
    ),
    (
      ["regions": "{radius: 10}"],
      "/data/spec.yaml:6:10: regions: regions by radius, polygon or grid are told from coordinates; "
        + "write `latitude: COLUMN` and `longitude: COLUMN` under `signals.columns`"
    ),
    (
      ["measures": "[{sum: value}]"],
      "/data/spec.yaml:9:12: measures[1]: the key `range` is missing; write `range: [0, 500]` under "
        + "`measures[1]`"
    ),
    (
      ["measures": "[{count: units, share: 2/3}, {count: signals, share: 1/2}]"],
      "/data/spec.yaml:9:11: measures: the shares add up to 7/6, which is more than 1; make them "
        + "smaller"
    ),
    (
      ["confidence": "95"],
      "/data/spec.yaml:10:13: confidence: the confidence lies between 0 and 1; write a number such "
        + "as 0.95"
    ),
    (
      ["window": "{from: 2026-02-30, to: 2026-03-01}"],
      "/data/spec.yaml:10:16: window.from: `2026-02-30` is not a date; write 2026-11-30 or "
        + "2026-11-30T18:00:00Z"
    ),
    (
      ["where": "{stage: ready}"],
      "/data/spec.yaml:10:16: where.stage: filters a column that is not declared; write `stage: "
        + "COLUMN` under `signals.columns`"
    ),
    (
      ["where": "{unit: alice}"],
      "/data/spec.yaml:10:9: where: the key `unit` is not known; write region, intent, source, "
        + "stage or value"
    ),
    (
      ["regions": "states.txt"],
      "/data/spec.yaml:6:10: regions: `states.txt` cannot be read (No such file or directory); name "
        + "a file relative to the spec's folder"
    ),
    (
      ["name": "[a"],
      "/data/spec.yaml:2:8: is not YAML here (did not find expected ',' or ']'); check the "
        + "indentation, quotes and brackets"
    ),
    (
      ["name": "&a x", "where": "{region: *a}"],
      "/data/spec.yaml:10:17: aliases (`*a`) are not read; write the value out"
    ),
  ]

  @Test(arguments: mistakes)
  func `tells what is wrong, where and what to write`(
    changes: [String: String?],
    expected: String
  ) {
    #expect(Samples.problem(Samples.spec(changes)) == expected)
  }

  @Test func `refuses a key that is written twice`() {
    #expect(
      Samples.problem("name: a\nname: b\n")
        == "/data/spec.yaml:1:1: the key `name` is written twice; keep one"
    )
  }

  @Test func `refuses a second document, an empty file and text that is not UTF-8`() {
    #expect(
      Samples.problem(Samples.spec() + "---\nname: b\n")
        == "/data/spec.yaml:10:1: begins a second document; write one document in a file"
    )
    #expect(
      Samples.problem("") == "/data/spec.yaml: is empty; write a spec with its keys"
    )
    let bytes: [UInt8] = Array("name: a\nname: ".utf8) + [0xFF, 0x0A]
    #expect(throws: SpecificationError.self) {
      try SpecificationReader.read(bytes, path: "spec.yaml")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `is not held up by aliases that stand for ever more`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for i in 1..<40 {
      let item = "*a\(i - 1)"
      text += "a\(i): &a\(i) [\(Array(repeating: item, count: 9).joined(separator: ", "))]\n"
    }
    #expect(
      Samples.problem(text)
        == "/data/spec.yaml:2:10: aliases (`*a0`) are not read; write the value out"
    )
  }

  @Test(.timeLimit(.minutes(1)))
  func `is not brought down by deep nesting`() throws {
    let problem = Samples.problem("name: " + String(repeating: "[", count: 100_000))
    #expect(problem?.contains("Maximum nesting level") == true)
  }
}
