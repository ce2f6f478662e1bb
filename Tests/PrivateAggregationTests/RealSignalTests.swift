// RealSignalTests.swift: four years of what people did, against the exact table beside them.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

/// Skipped where the data are not beside the checkout.
@Suite(.enabled(if: Vectors.realData != nil, "the time use survey is not beside the checkout"))
struct `Real signals` {
  /// The rows of a file without quotes.
  static func rows(_ name: String) throws -> [[Substring]] {
    let folder = try #require(Vectors.realData).appendingPathComponent("atus")
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
  }

  static func counts(_ bounds: ContributionBounds) throws -> (cells: [String], [[Int64]]) {
    let folder = try #require(Vectors.realData).appendingPathComponent("atus").path
    let table = try rows("atus_exact_by_state_and_major_category.csv")
    let states = Set(table.map { String($0[0]) }).sorted()
    let groups = Set(table.map { String($0[1]) }).sorted()
    let counts = try Samples.counts(
      Samples.specification(
        files: [folder + "/atus_events_*.csv.gz"],
        columns: [
          .unit: .init(name: "user_id"), .region: .init(name: "region"),
          .intent: .init(name: "category", prefix: 2),
        ],
        bounds: bounds,
        cells: [.region: states, .intent: groups]
      )
    )
    return (states.flatMap { state in groups.map { "\(state),\($0)" } }, counts)
  }

  static func exact() throws -> (signals: [String: Int64], units: [String: Int64]) {
    let rows = try rows("atus_exact_by_state_and_major_category.csv")
    func column(_ place: Int) -> [String: Int64] {
      Dictionary(uniqueKeysWithValues: rows.map { ("\($0[0]),\($0[1])", Int64($0[place]) ?? -1) })
    }
    return (column(2), column(3))
  }

  @Test func `are counted exactly where no bound cuts`() throws {
    let (cells, counts) = try Self.counts(Samples.bounds(17, 38))
    let (signals, units) = try Self.exact()
    for (place, cell) in cells.enumerated() {
      #expect(counts[0][place] == signals[cell, default: 0], "signals of \(cell)")
      #expect(counts[1][place] == units[cell, default: 0], "units of \(cell)")
    }
  }

  @Test func `are never more than there are where bounds cut`() throws {
    let (cells, counts) = try Self.counts(Samples.bounds(4, 2))
    let (signals, units) = try Self.exact()
    for (place, cell) in cells.enumerated() {
      #expect(counts[0][place] <= signals[cell, default: 0])
      #expect(counts[1][place] <= units[cell, default: 0])
    }
    #expect(counts[1].reduce(0, +) < units.values.reduce(0, +))
  }
}
