// SelectionLawTests.swift: the reference values of selection, through `hubbub select`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import TestSupport
import Testing

@Suite struct `Reference selection` {
  struct Kept: Decodable {
    let n: Int
    let bounds: [String]

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      n = try row.decode(Int.self)
      bounds = [try row.decode(String.self), try row.decode(String.self)]
    }
  }

  struct Record: Decodable {
    let epsilon: String
    let delta: String
    let cells: Int
    let signals: Int?
    let split: String?
    let exact: Int?
    let edge: Int?
    let keep: [Kept]

    enum CodingKeys: String, CodingKey {
      case epsilon, delta, keep
      case cells = "L0"
      case signals = "Linf"
      case split = "delta_split"
      case exact = "tau_exact"
      case edge = "tau"
    }
  }

  struct File: Decodable {
    let threshold: [Record]
    let optimal: [Record]
    let geometric: [Record]

    enum CodingKeys: String, CodingKey {
      case threshold = "laplace_threshold"
      case optimal = "optimal_selection"
      case geometric = "truncated_geometric"
    }
  }

  struct Bounds: Decodable {
    let lower: String
    let upper: String
  }

  struct Printed: Decodable {
    struct Point: Decodable {
      let n: Int
      let probability: Bounds
    }

    let rule: String
    let threshold: Int?
    let keep: [Point]
  }

  struct Case: CustomTestStringConvertible {
    let rule: String
    let record: Record
    var testDescription: String { "\(rule) (\(record.epsilon), \(record.delta)) \(record.cells)" }
  }

  static let cases: [Case] = {
    guard let file = try? Vectors.decode(File.self, from: "partition_selection.json") else {
      return []
    }
    return file.threshold.map { Case(rule: "threshold", record: $0) }
      + file.optimal.map { Case(rule: "optimal", record: $0) }
      + file.geometric.map { Case(rule: "geometric", record: $0) }
  }()

  @Test func `is there`() {
    #expect(Self.cases.count == 42)
  }

  /// The command divides delta as independent draws have it; the union bound's records are others.
  @Test(arguments: cases.filter { $0.record.split != "union" }, [7, 38])
  func `lies within the printed bounds, and they are tight`(test: Case, digits: Int) throws {
    let record = test.record
    var script =
      "hubbub select --epsilon \(record.epsilon) --delta \(record.delta) --cells \(record.cells)"
      + " --signals \(record.signals ?? 1) --rule \(test.rule) --digits \(digits) --format json"
    for kept in record.keep { script += " --at \(kept.n)" }
    let outcome = try MemoryDirectory().run(script)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let printed = try JSONDecoder().decode(Printed.self, from: Data(outcome.output.utf8))
    #expect(printed.rule == test.rule)
    #expect(printed.threshold == record.exact ?? record.edge)
    #expect(printed.keep.map(\.n) == record.keep.map(\.n))
    for (mine, reference) in zip(printed.keep, record.keep) {
      let lower = try Rational(parsing: mine.probability.lower)
      let upper = try Rational(parsing: mine.probability.upper)
      #expect(try lower <= Rational(parsing: reference.bounds[1]), "n = \(mine.n)")
      #expect(try upper >= Rational(parsing: reference.bounds[0]), "n = \(mine.n)")
      #expect((upper - lower) * Rational(BigInteger(10).power(digits)) <= lower)
    }
  }
}
