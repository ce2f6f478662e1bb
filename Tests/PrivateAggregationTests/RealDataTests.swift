// RealDataTests.swift: four years of a time-use survey, counted exactly where no bound cuts.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

/// The table that stands beside the signals: region, two-digit category, events, users, minutes.
private struct ExactTable {
  var events: [String: Int64] = [:]
  var users: [String: Int64] = [:]
  var regions: [String] = []
  var categories: [String] = []

  init(_ folder: URL) throws {
    let url = folder.appendingPathComponent("atus_exact_by_state_and_major_category.csv")
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",").map(String.init)
      events[fields[0] + fields[1]] = Int64(fields[2])
      users[fields[0] + fields[1]] = Int64(fields[3])
      regions.append(fields[0])
      categories.append(fields[1])
    }
    regions = Set(regions).sorted()
    categories = Set(categories).sorted()
  }
}

@Suite(.enabled(if: Vectors.realData != nil, "the real data does not stand beside the checkout"))
struct `Time-use survey` {
  private func counts(_ bounds: ContributionBounds) throws -> ([[Int64]], ExactTable) {
    let folder = try #require(Vectors.realData).appendingPathComponent("atus")
    let table = try ExactTable(folder)
    let specification = try Samples.specification(
      files: [folder.path + "/atus_events_*.csv.gz"],
      columns: [
        .unit: ColumnReference(name: "user_id"), .region: ColumnReference(name: "region"),
        .intent: ColumnReference(name: "category", prefix: 2),
      ],
      bounds: bounds,
      cells: [.region: table.regions, .intent: table.categories]
    )
    return (try Samples.counts(specification), table)
  }

  @Test func `is counted exactly where no bound cuts`() throws {
    let (counts, table) = try counts(Samples.bounds(1000, 1000))
    #expect(counts[0].reduce(0, +) == 554_363)
    var cell = 0
    for region in table.regions {
      for category in table.categories {
        #expect(counts[0][cell] == table.events[region + category] ?? 0)
        #expect(counts[1][cell] == table.users[region + category] ?? 0)
        cell += 1
      }
    }
  }

  @Test func `loses to tight bounds and never gains`() throws {
    let (counts, table) = try counts(Samples.bounds(4, 1))
    var cell = 0
    for region in table.regions {
      for category in table.categories {
        #expect(counts[0][cell] <= table.users[region + category] ?? 0)
        #expect(counts[0][cell] == counts[1][cell])
        cell += 1
      }
    }
    #expect(counts[0].reduce(0, +) <= 4 * 49_567)
  }
}
