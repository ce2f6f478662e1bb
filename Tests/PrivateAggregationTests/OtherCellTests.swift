// OtherCellTests.swift: what was not selected, together with the selected counts, between neighbours.
// Reference: `docs/decisions/0013-found-cells-on-all-threads.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Other cells` {
  @Test func `are what the selected ones leave`() {
    #expect(OtherCells.joined([5, 1, 7, 2], selected: [2, 0]) == [7, 5, 3])
    #expect(OtherCells.joined([5, 1], selected: [0, 1]) == [5, 1, 0])
    #expect(OtherCells.joined([], selected: []) == [0])
  }

  /// For whatever set of cells is selected, the counts of the selected cells and of all others together
  /// change with a unit by at most the sensitivity of the measure: one noise pays for both.
  @Test(arguments: 0..<30)
  func `change with the selected ones by at most the sensitivity`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 9000)
    let rows = `Neighbouring data sets`.rows(&random)
    let bounds = try Samples.bounds(
      Int.random(in: 1...4, using: &random),
      Int.random(in: 1...3, using: &random),
      Bool.random(using: &random) ? Int.random(in: 1...6, using: &random) : nil
    )
    let unit = rows[Int.random(in: 0..<rows.count, using: &random)].unit
    let fewer = rows.filter { !$0.unit.utf8.elementsEqual(unit.utf8) }
    let folder = try TemporaryDirectory()
    func found(_ rows: [(unit: String, rest: String)]) throws -> [[String]: [Int64]] {
      let path = try folder.write(`Neighbouring data sets`.text(rows), to: "rows.csv")
      let found = try `Private cells`.counts([path], bounds: bounds, seed: UInt64(seed))
      return Dictionary(uniqueKeysWithValues: found.map { ($0.values, [$0.signals, $0.units]) })
    }
    let (more, less) = (try found(rows), try found(fewer))
    let cells = more.keys.sorted { "\($0)" < "\($1)" }
    for _ in 0..<20 {
      let selected = cells.indices.filter { _ in Bool.random(using: &random) }
      for (index, measure) in Measure.counts.enumerated() {
        let left = OtherCells.joined(cells.map { more[$0]?[index] ?? 0 }, selected: selected)
        let right = OtherCells.joined(cells.map { less[$0]?[index] ?? 0 }, selected: selected)
        let change = zip(left, right).reduce(BigInteger(0)) { $0 + BigInteger(abs($1.0 - $1.1)) }
        #expect(change <= bounds.sensitivity(of: measure))
      }
    }
  }

  /// Epsilon 1000 and bounds of one: no draw is other than zero with a chance above e^-249.
  @Test(arguments: [Measure.units, .signals])
  func `are in a release, exact but for the noise`(measure: Measure) async throws {
    let folder = try TemporaryDirectory()
    var text = "unit,region,intent\n"
    for unit in 0..<300 {
      text += "u\(unit),\(unit % 2 == 0 ? "s" : "n"),x\nu\(unit),rare-\(unit),y\n"
      // Too many for the bound of two signals in a cell.
      if unit < 100 { text += String(repeating: "u\(unit),rare-\(unit),y\n", count: 3) }
    }
    let specification = try Samples.specification(
      files: [try folder.write(text, to: "signals.csv")],
      bounds: Samples.bounds(2, 2),
      cells: [:],
      selection: SelectionRequest(
        keys: [.region, .intent],
        rule: .threshold,
        share: Rational(1, 2),
        measure: measure,
        countsOther: true
      ),
      epsilon: 4000,
      delta: Rational(1, BigInteger(10).power(12))
    )
    let plan = try AggregationPlan(specification)
    // A cell of one unit has at most two signals, so three are kept.
    #expect(plan.selection?.selection.threshold == (measure == .units ? 2 : 3))
    let outcome = try await Releaser(ledger: MemoryLedger(budget: 4000), clock: { 0 }).release(
      under: plan,
      id: ReleaseID("first"),
      analyst: nil,
      day: "2026-11-01"
    )
    let body = outcome.release.body
    #expect(body.cells.map(\.values) == [["n", "x"], ["s", "x"]])
    #expect(body.cells.map(\.counts) == [[150, 150], [150, 150]])
    #expect(body.selection?.other == ["signals": 400, "units": 300])
  }
}
