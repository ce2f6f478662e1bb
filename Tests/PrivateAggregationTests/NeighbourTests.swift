// NeighbourTests.swift: without one unit, all counts together change by at most the sensitivity.
// Reference: `docs/privacy-model.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Neighbouring data sets` {
  static let units = ["", " ", "a", "a ", " a", "A", "\u{e9}", "e\u{301}", "aa", "a\u{0}", "0"]

  /// Rows of few units, some with very many signals, with unlisted cells among them.
  static func rows(_ random: inout SeededGenerator) -> [(unit: String, rest: String)] {
    let regions = ["n", "s", "n ", "", "elsewhere"]
    let intents = ["x", "y", "z", "w"]
    let favourite = units[Int.random(in: 0..<units.count, using: &random)]
    return (0..<Int.random(in: 1...80, using: &random)).map { _ in
      let unit =
        Bool.random(using: &random)
        ? favourite : units[Int.random(in: 0..<units.count, using: &random)]
      let region = regions[Int.random(in: 0..<regions.count, using: &random)]
      let intent = intents[Int.random(in: 0..<intents.count, using: &random)]
      return (unit, "\(region),\(intent),2026-11-0\(Int.random(in: 1...9, using: &random))")
    }
  }

  static func text(_ rows: [(unit: String, rest: String)]) -> String {
    "unit,region,intent,t\n" + rows.map { "\"\($0.unit)\",\($0.rest)\n" }.joined()
  }

  /// The sum over all cells of how far two results are apart.
  static func distance(_ left: [Int64], _ right: [Int64]) -> BigInteger {
    zip(left, right).reduce(BigInteger(0)) { $0 + BigInteger(abs($1.0 - $1.1)) }
  }

  /// The changes that taking one unit away causes in both measures, under one key.
  static func changes(
    _ rows: [(unit: String, rest: String)],
    without unit: String,
    day: String? = nil,
    privacyUnit: PrivacyUnit = .person,
    bounds: ContributionBounds,
    seed: UInt64
  ) throws -> [BigInteger] {
    let folder = try TemporaryDirectory()
    // By bytes: Swift holds two Unicode forms of one text to be equal, and units are not.
    let fewer = rows.filter {
      !$0.unit.utf8.elementsEqual(unit.utf8) || (day != nil && !$0.rest.hasSuffix(day ?? ""))
    }
    func counts(_ rows: [(unit: String, rest: String)], _ name: String) throws -> [[Int64]] {
      let path = try folder.write(text(rows), to: name)
      let columns = Samples.columns.merging([.time: .init(name: "t")]) { $1 }
      return try Samples.counts(
        Samples.specification(
          files: [path],
          columns: columns,
          privacyUnit: privacyUnit,
          bounds: bounds
        ),
        seed: seed
      )
    }
    return zip(try counts(rows, "more.csv"), try counts(fewer, "fewer.csv")).map(distance)
  }

  @Test(arguments: 0..<60)
  func `differ by at most the sensitivity, for every key`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let rows = Self.rows(&random)
    for round in 0..<2 {
      let bounds = try Samples.bounds(
        Int.random(in: 1...5, using: &random),
        Int.random(in: 1...3, using: &random),
        Bool.random(using: &random) ? Int.random(in: 1...6, using: &random) : nil
      )
      let unit = rows[Int.random(in: 0..<rows.count, using: &random)].unit
      let changes = try Self.changes(
        rows,
        without: unit,
        bounds: bounds,
        seed: UInt64(seed * 100 + round)
      )
      #expect(changes[0] <= bounds.sensitivity(of: .signals), "seed \(seed), round \(round)")
      #expect(changes[1] <= bounds.sensitivity(of: .units), "seed \(seed), round \(round)")
    }
  }

  @Test(arguments: 0..<30)
  func `differ so for a person on one day, too`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 500)
    let rows = Self.rows(&random)
    let bounds = try Samples.bounds(
      Int.random(in: 1...3, using: &random),
      Int.random(in: 1...2, using: &random)
    )
    let row = rows[Int.random(in: 0..<rows.count, using: &random)]
    let changes = try Self.changes(
      rows,
      without: row.unit,
      day: String(row.rest.suffix(10)),
      privacyUnit: .personDay,
      bounds: bounds,
      seed: UInt64(seed)
    )
    #expect(changes[0] <= bounds.sensitivity(of: .signals))
    #expect(changes[1] <= bounds.sensitivity(of: .units))
  }

  /// The same comparison rejects a pipeline that does not bound.
  @Test func `would show a bound that is skipped`() throws {
    let bounds = try Samples.bounds(2, 1)
    let unbounded = try Samples.bounds(1000, 1000)
    var found = 0
    for seed in 0..<20 {
      var random = SeededGenerator(seed: UInt64(seed))
      let rows = Self.rows(&random)
      let changes = try Self.changes(
        rows,
        without: rows[0].unit,
        bounds: unbounded,
        seed: UInt64(seed)
      )
      if changes[0] > bounds.sensitivity(of: .signals) { found += 1 }
    }
    #expect(found > 5)
  }

  @Test(arguments: 0..<20)
  func `give the same counts in any order of rows and split over files`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 900)
    let folder = try TemporaryDirectory()
    let rows = Self.rows(&random)
    let whole = try folder.write(Self.text(rows), to: "whole.csv")
    let shuffled = rows.shuffled(using: &random)
    let cut = Int.random(in: 0...rows.count, using: &random)
    try folder.write(Self.text(Array(shuffled[..<cut])), to: "part-2.csv")
    try folder.write(Self.text(Array(shuffled[cut...])), to: "part-1.csv")
    let bounds = try Samples.bounds(2, 2, 3)
    let pattern = folder.appending("part-*.csv")
    #expect(
      try Samples.counts(Samples.specification(files: [whole], bounds: bounds), seed: 3)
        == Samples.counts(Samples.specification(files: [pattern], bounds: bounds), seed: 3)
    )
  }

  /// A cell that is not listed uses none of a unit's bound.
  @Test func `spend no bound on cells that are not released`() throws {
    let folder = try TemporaryDirectory()
    var rows = (0..<50).map { (unit: "a", rest: "elsewhere,i\($0),2026-11-01") }
    rows.append((unit: "a", rest: "n,x,2026-11-01"))
    let path = try folder.write(Self.text(rows), to: "rows.csv")
    let specification = try Samples.specification(files: [path], bounds: Samples.bounds(1, 1, 1))
    for seed in 0..<20 {
      #expect(try Samples.counts(specification, seed: UInt64(seed))[0].reduce(0, +) == 1)
    }
  }
}
