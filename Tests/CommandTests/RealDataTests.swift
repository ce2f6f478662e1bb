// RealDataTests.swift: the main job on four years of a time-use survey, against its exact counts.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import TestSupport
import Testing

@Suite struct `Report on real signals` {
  /// The folder with the survey; `nil` where it does not stand beside the checkout.
  static let survey: URL? = Vectors.realData?.appendingPathComponent("atus")

  /// The exact number of signals and units of each cell, by `region,intent`.
  private static func exact() throws -> [String: (signals: Int, units: Int)] {
    let folder = try #require(survey)
    let url = folder.appendingPathComponent("atus_exact_by_state_and_major_category.csv")
    var counts: [String: (signals: Int, units: Int)] = [:]
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",")
      counts["\(fields[0]),\(fields[1])"] = (
        try #require(Int(fields[2])), try #require(Int(fields[3]))
      )
    }
    return counts
  }

  /// Runs the report and returns the noisy counts, and the half-widths for all cells at once.
  private static func released(
    bounds: String,
    epsilon: Int
  ) throws -> (cells: [String: (signals: Int, units: Int)], widths: (signals: Int, units: Int)) {
    let folder = try MemoryDirectory()
    let survey = try #require(survey).path
    let states = try #require(Vectors.realData).appendingPathComponent("geo/us_states.csv").path
    try folder.write(
      """
      name: time-use
      dataset: atus
      signals:
        files: ["\(survey)/atus_events_*.csv.gz"]
        columns: {unit: user_id, region: region, intent: {column: category, prefix: 2}}
      bounds: \(bounds)
      group_by: [region, intent]
      regions: {file: "\(states)", column: usps}
      intents: [01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, 13, 14, 15, 16, 18]
      budget: {epsilon: \(epsilon)}
      measures: [{count: signals}, {count: units}]
      confidence: 0.9999999

      """,
      to: "spec.yaml"
    )
    try folder.write("dataset: atus\nlifetime: {epsilon: 100}\n", to: "policy.yaml")
    let outcome = try folder.run(
      """
      hubbub ledger create hubbub.ledger --policy policy.yaml > /dev/null 2>&1
      hubbub plan spec.yaml --format json 2>/dev/null
      hubbub report spec.yaml --format csv 2>/dev/null
      """
    )
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    struct Plan: Decodable {
      struct Measure: Decodable { let simultaneousHalfWidth: Int }
      let measures: [Measure]
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let plan = try decoder.decode(Plan.self, from: Data(try #require(lines.first).utf8))
    var cells: [String: (signals: Int, units: Int)] = [:]
    for line in lines.dropFirst(2) {
      let fields = line.split(separator: ",")
      cells["\(fields[0]),\(fields[1])"] = (
        try #require(Int(fields[2])), try #require(Int(fields[4]))
      )
    }
    let widths = plan.measures.map(\.simultaneousHalfWidth)
    return (cells, (widths[0], widths[1]))
  }

  /// With bounds that leave nothing out, every count lies within the half-width for all cells.
  ///
  /// False alarms: 10^-7 for each measure, by the confidence of the half-width.
  @Test(.enabled(if: survey != nil, "needs the survey beside the checkout"))
  func `lies within its half-widths where the bounds leave nothing out`() throws {
    let exact = try Self.exact()
    let released = try Self.released(
      bounds: "{cells_per_unit: 17, signals_per_cell: 38, signals_per_unit: 38}",
      epsilon: 50
    )
    #expect(released.cells.count == 51 * 17)
    for (cell, counts) in released.cells {
      let truth = exact[cell] ?? (0, 0)
      #expect(abs(counts.signals - truth.signals) <= released.widths.signals, "\(cell)")
      #expect(abs(counts.units - truth.units) <= released.widths.units, "\(cell)")
    }
  }

  /// Bounds can only leave signals out, and each person leaves four cells in the sum of all units.
  ///
  /// False alarms: 10^-7 for each measure, by the confidence of the half-width.
  @Test(.enabled(if: survey != nil, "needs the survey beside the checkout"))
  func `counts no more than there is, at epsilon 1 and four cells a person`() throws {
    let exact = try Self.exact()
    let released = try Self.released(
      bounds: "{cells_per_unit: 4, signals_per_cell: 2}",
      epsilon: 1
    )
    for (cell, counts) in released.cells {
      let truth = exact[cell] ?? (0, 0)
      #expect(counts.signals <= truth.signals + released.widths.signals, "\(cell)")
      #expect(counts.units <= truth.units + released.widths.units, "\(cell)")
    }
    // Of 49,567 people nearly all have four major groups or more; 867 independent noises of scale
    // 8 add up to a standard deviation of 333, and 30 of those are far beyond any false alarm.
    let total = released.cells.values.reduce(0) { $0 + $1.units }
    #expect((180_000...4 * 49_567 + 10_000).contains(total))
  }
}
