// PrivateCellTests.swift: cells that nobody listed are found, bounded, selected and released.
// Reference: `docs/decisions/0006-private-cells.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import LedgerStore
import PrivacyAccounting
import Releases
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Private cells` {
  static let keys: Set<GroupKey> = [.region, .intent]

  static func request(
    _ rule: SelectionRule = .threshold,
    keys: Set<GroupKey> = keys,
    share: Rational = Rational(1, 2)
  ) -> SelectionRequest {
    SelectionRequest(keys: keys, rule: rule, share: share)
  }

  /// The exact counts of each found cell, signals and units, in their order.
  static func counts(
    _ files: [String],
    bounds: ContributionBounds,
    cells: [GroupKey: [String]] = [:],
    columns: [SignalColumn: ColumnReference] = Samples.columns,
    seed: UInt64 = 1
  ) throws -> [(values: [String], signals: Int64, units: Int64)] {
    let specification = try Samples.specification(
      files: files,
      columns: columns,
      bounds: bounds,
      cells: cells,
      selection: request(keys: keys.subtracting(cells.keys)),
      delta: Rational(1, 1000)
    )
    let plan = try AggregationPlan(specification)
    var stream = try SignalStream(specification)
    try stream.makeFile(for: plan, options: AggregationOptions())
    return try Self.cells(
      stream.aggregate(under: plan, key: Samples.key(seed), progress: nil)
    )
  }

  /// The exact counts of each cell that was found, in the order of their bytes.
  static func cells(
    _ raw: consuming RawAggregate
  ) throws -> [(values: [String], signals: Int64, units: Int64)] {
    let counts = raw.counts
    let all = raw.found
    let found = try #require(all)
    return found.sorted(0..<found.count).map {
      (found.values(of: $0), counts[0][$0], counts[1][$0])
    }
  }

  static func texts(_ cells: [(values: [String], signals: Int64, units: Int64)]) -> [String] {
    cells.map { "\($0.values.joined(separator: "|")) \($0.signals) \($0.units)" }
  }

  @Test func `are all combinations that occur, in the order of their bytes`() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(
      """
      unit,region,intent
      a,s,y
      b,n,x
      a,n,x
      a,n,x
      b,\u{e9},z
      b,z,\u{10000}
      b,z,\u{FF5E}

      """,
      to: "signals.csv"
    )
    let cells = try Self.counts([path], bounds: Samples.bounds(10, 10))
    // By bytes U+FF5E comes before U+10000, and z before e with an accent.
    #expect(
      Self.texts(cells)
        == ["n|x 3 2", "s|y 1 1", "z|\u{FF5E} 1 1", "z|\u{10000} 1 1", "\u{e9}|z 1 1"]
    )
  }

  @Test func `are told apart by all their bytes`() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(
      "unit,region,intent\na,ab,c\nb,a,bc\nc,e\u{301},c\nd,\u{e9},c\ne,ab ,c\n",
      to: "signals.csv"
    )
    let cells = try Self.counts([path], bounds: Samples.bounds(10, 10))
    #expect(cells.count == 5)
    #expect(cells.allSatisfy { $0.units == 1 })
  }

  /// Empty, too long, with a control character or no text: as a value outside a list.
  @Test func `have values of 1 to 256 bytes of text`() throws {
    let folder = try TemporaryDirectory()
    let long = String(repeating: "l", count: 256)
    var bytes = Array("unit,region,intent\na,,x\nb,\(long)l,x\nc,\(long),x\nd,n\tm,x\ne,".utf8)
    bytes += [0xFF, 0xFE] + Array(",x\nf,n\u{7F},x\ng,n,x\n,n,x\n".utf8)
    let path = try folder.write(bytes: bytes, to: "signals.csv")
    let cells = try Self.counts([path], bounds: Samples.bounds(10, 10))
    #expect(Self.texts(cells) == ["\(long)|x 1 1", "n|x 1 1"])
  }

  @Test func `keep to the lists of the other keys`() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(
      "unit,region,intent\na,n,x\na,n,w\nb,anywhere,y\n",
      to: "signals.csv"
    )
    let cells = try Self.counts(
      [path],
      bounds: Samples.bounds(1, 10),
      cells: [.intent: ["x", "y"]]
    )
    // What is not listed uses up no bound.
    #expect(Self.texts(cells) == ["anywhere|y 1 1", "n|x 1 1"])
  }

  /// As for listed cells: for every key, without one unit, the counts of all cells together.
  @Test(arguments: 0..<40)
  func `differ by at most the sensitivity between neighbours`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 3000)
    let rows = `Neighbouring data sets`.rows(&random)
    let bounds = try Samples.bounds(
      Int.random(in: 1...4, using: &random),
      Int.random(in: 1...3, using: &random),
      Bool.random(using: &random) ? Int.random(in: 1...6, using: &random) : nil
    )
    let unit = rows[Int.random(in: 0..<rows.count, using: &random)].unit
    let fewer = rows.filter { !$0.unit.utf8.elementsEqual(unit.utf8) }
    let folder = try TemporaryDirectory()
    func counts(
      _ rows: [(unit: String, rest: String)]
    ) throws -> [[String]: (signals: Int64, units: Int64)] {
      let path = try folder.write(`Neighbouring data sets`.text(rows), to: "rows.csv")
      let found = try Self.counts([path], bounds: bounds, seed: UInt64(seed))
      return Dictionary(uniqueKeysWithValues: found.map { ($0.values, ($0.signals, $0.units)) })
    }
    let (more, less) = (try counts(rows), try counts(fewer))
    var changes: [Int64] = [0, 0]
    var cells = 0
    for cell in Set(more.keys).union(less.keys) {
      let (left, right) = (more[cell] ?? (0, 0), less[cell] ?? (0, 0))
      #expect(left.signals >= right.signals && left.units - right.units <= 1)
      changes[0] += left.signals - right.signals
      changes[1] += left.units - right.units
      cells += left.units > right.units ? 1 : 0
    }
    #expect(BigInteger(changes[0]) <= bounds.sensitivity(of: .signals))
    #expect(BigInteger(changes[1]) <= bounds.sensitivity(of: .units))
    #expect(cells <= PlannedSelection.cellsPerUnit(bounds))
  }

  /// What a unit keeps follows from bytes, not from the numbers under which cells were first seen.
  @Test(arguments: 0..<20)
  func `are the same in any order of rows and split over files`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 4000)
    let rows = `Neighbouring data sets`.rows(&random)
    let folder = try TemporaryDirectory()
    let text = `Neighbouring data sets`.text
    let whole = try folder.write(text(rows), to: "whole.csv")
    let shuffled = rows.shuffled(using: &random)
    let cut = Int.random(in: 0...rows.count, using: &random)
    try folder.write(text(Array(shuffled[..<cut])), to: "part-2.csv")
    try folder.write(text(Array(shuffled[cut...])), to: "part-1.csv")
    let bounds = try Samples.bounds(2, 2, 3)
    let parts = folder.appending("part-*.csv")
    #expect(
      try Self.texts(Self.counts([whole], bounds: bounds))
        == Self.texts(Self.counts([parts], bounds: bounds))
    )
  }
}

@Suite struct `Selected cells` {
  private static func selection(
    _ rule: SelectionRule,
    epsilon: Rational = 1,
    delta: Rational = Rational(1, 20),
    cells: Int = 1
  ) throws -> CellSelection {
    let terms = try SelectionTerms(epsilon: epsilon, delta: delta, cells: cells)
    return try CellSelection(rule, under: terms)
  }

  /// A threshold that is one too low for the loss.
  private static func tooLow() throws -> CellSelection {
    try selection(.threshold, delta: Rational(1, 8))
  }

  /// False alarm: at most 1e-6 for each rule and number, by Hoeffding's bound; the words are the
  /// product's own.
  @Test(arguments: SelectionRule.allCases, [1, 2, 3, 4, 6])
  func `are kept with their probability`(rule: SelectionRule, units: Int64) throws {
    let selection = try Self.selection(rule)
    let draws = 20_000
    let kept = SelectedCells.draw([Int64](repeating: units, count: draws), by: selection)
    let exact = selection.keepProbability(of: BigInteger(units), digits: 20).lower.rational
    let p = try #require(Double(exact.decimal(digits: 17, .down)))
    guard p < 1 else {
      #expect(kept.allSatisfy { $0 })
      return
    }
    let alarm = BinomialCount.falseAlarm(kept.count { $0 }, of: draws, probability: p)
    #expect(alarm > 1e-6, "\(kept.count { $0 }) of \(draws)")
  }

  /// The cell of a single unit: with more than delta, a rule is broken.
  ///
  /// False alarm: below 1e-6.
  @Test(arguments: SelectionRule.allCases)
  func `show a single unit with at most delta`(rule: SelectionRule) throws {
    let draws = 20_000
    let ones = [Int64](repeating: 1, count: draws)
    let kept = SelectedCells.draw(ones, by: try Self.selection(rule)).count { $0 }
    func isTooOften(_ kept: Int) -> Bool {
      kept * 20 > draws
        && BinomialCount.falseAlarm(kept, of: draws, probability: 0.05) < 1e-6
    }
    #expect(!isTooOften(kept), "\(kept) of \(draws)")
    #expect(isTooOften(SelectedCells.draw(ones, by: try Self.tooLow()).count { $0 }))
  }

  @Test(arguments: SelectionRule.allCases)
  func `leave out cells without units`(rule: SelectionRule) throws {
    let selection = try Self.selection(rule, epsilon: Rational(1, 100), delta: Rational(9, 10))
    let kept = SelectedCells.draw([Int64](repeating: 0, count: 1000), by: selection)
    #expect(!kept.contains(true))
  }

  /// Scale 1/250: a draw is not zero with a chance below e^-249, and one of 2 units is kept.
  @Test(arguments: SelectionRule.allCases)
  func `are what a release holds, and nothing else`(rule: SelectionRule) async throws {
    let folder = try TemporaryDirectory()
    var rows = "unit,region,intent\n"
    for unit in 0..<300 {
      rows += "u\(unit),\(unit % 2 == 0 ? "s" : "n"),x\nu\(unit),rare-\(unit),y\n"
    }
    let path = try folder.write(rows, to: "signals.csv")
    let specification = try Samples.specification(
      files: [path],
      bounds: Samples.bounds(2, 1),
      cells: [:],
      selection: `Private cells`.request(rule),
      epsilon: 1000,
      delta: Rational(1, BigInteger(10).power(12))
    )
    let plan = try AggregationPlan(specification)
    #expect(plan.loss.epsilon == 1000)
    #expect(plan.loss.delta == specification.budget.delta)
    let ledger = try SQLiteLedger.made(in: folder, for: plan.loss)
    let outcome = try await Releaser(ledger: ledger, clock: { 0 }).release(
      under: plan,
      id: ReleaseID("first"),
      analyst: nil,
      day: "2026-11-01"
    )
    let body = outcome.release.body
    #expect(body.cells.map(\.values) == [["n", "x"], ["s", "x"]])
    #expect(body.cells.map(\.counts) == [[150, 150], [150, 150]])
    #expect(body.selection?.rule == rule)
    #expect(body.selection?.threshold == (rule == .optimal ? nil : 2))
    #expect(body.selection?.keys == ["region", "intent"])
    #expect(body.privacy.loss == plan.loss)
    let bytes = outcome.release.encoded()
    let verification = ReleaseVerification(of: bytes)
    #expect(verification.holds, "\(verification.findings)")
    #expect(!String(decoding: bytes, as: UTF8.self).contains("rare"))
    #expect(try ReleaseBody(decoding: body.encoded()) == body)
  }
}

extension SQLiteLedger {
  /// A ledger with a lifetime budget of exactly one loss.
  fileprivate static func made(
    in folder: TemporaryDirectory,
    for loss: PrivacyLoss
  ) throws -> SQLiteLedger {
    let place = folder.appending("ledger")
    try create(at: place, policy: LedgerPolicy(dataset: "signals", lifetime: loss))
    return try SQLiteLedger(opening: place)
  }
}
