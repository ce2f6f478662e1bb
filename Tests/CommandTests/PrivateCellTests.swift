// PrivateCellTests.swift: thousands of cells of few units through the real command: how many show.
// Reference: `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import TestSupport
import Testing

@Suite struct `Reports on private cells` {
  private static let single = 6000
  private static let triple = 2000

  struct Printed: Decodable {
    struct Point: Decodable {
      struct Bounds: Decodable {
        let lower: String
      }

      let probability: Bounds
    }

    let keep: [Point]
  }

  /// The chances of cells of one and of three units, as `hubbub select` prints them.
  private static func chances(
    _ rule: String,
    delta: String,
    in folder: MemoryDirectory
  ) throws -> [Double] {
    let outcome = try folder.run(
      "hubbub select --epsilon 1 --delta \(delta) --cells 1 --rule \(rule) --at 1 --at 3 "
        + "--format json"
    )
    let printed = try JSONDecoder().decode(Printed.self, from: Data(outcome.output.utf8))
    return try printed.keep.map { try #require(Double($0.probability.lower)) }
  }

  /// The cells of one and of three units that a report shows.
  private static func shown(_ rule: String, in folder: MemoryDirectory) throws -> [Int] {
    var signals = "unit,region\n"
    for cell in 0..<single { signals += "s\(cell),single \(cell)\n" }
    for cell in 0..<triple {
      for unit in 0..<3 { signals += "t\(cell)-\(unit),triple \(cell)\n" }
    }
    try folder.write(signals, to: "signals.csv")
    try folder.write("dataset: d\nlifetime: {epsilon: 3, delta: 1/2}\n", to: "policy.yaml")
    try folder.write(
      """
      dataset: d
      signals: {files: [signals.csv], columns: {unit: unit, region: region}}
      bounds: {cells_per_unit: 1, signals_per_cell: 1}
      group_by: region
      regions: private
      budget: {epsilon: 2, delta: 0.05}
      selection: {rule: \(rule), share: 1/2}
      measures: [{count: units}]
      output: {formats: [json, csv]}

      """,
      to: "spec.yaml"
    )
    let outcome = try folder.run(
      """
      hubbub ledger create hubbub.ledger --policy policy.yaml > /dev/null &&
        hubbub report spec.yaml > /dev/null 2>&1 && hubbub verify out/release.json > /dev/null &&
        grep -c ^single out/counts.csv
      grep -c ^triple out/counts.csv
      """
    )
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").compactMap { Int($0) }
  }

  private static func alarms(_ shown: [Int], _ chances: [Double]) -> [Double] {
    [(0, single), (1, triple)].map { index, cells in
      BinomialCount.falseAlarm(shown[index], of: cells, probability: chances[index])
    }
  }

  /// The cell of a unit that is in no other shows with at most delta; here each of 6,000 is a trial.
  ///
  /// False alarm: at most 2e-6 for each rule, by Hoeffding's bound.
  @Test(arguments: ["threshold", "optimal", "geometric"])
  func `show as many cells of few units as hubbub select says`(rule: String) throws {
    let folder = try MemoryDirectory()
    let shown = try Self.shown(rule, in: folder)
    try #require(shown.count == 2)
    let chances = try Self.chances(rule, delta: "0.05", in: folder)
    #expect(chances[0] <= 0.05)
    let alarms = Self.alarms(shown, chances)
    #expect(alarms.allSatisfy { $0 > 1e-6 }, "\(shown) shown, \(chances) each")
    // The same numbers are far from what a delta three times as large would show.
    let broken = Self.alarms(shown, try Self.chances(rule, delta: "0.15", in: folder))
    #expect(broken.allSatisfy { $0 < 1e-6 })
  }
}
