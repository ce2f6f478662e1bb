// PrivateCellSpecTests.swift: `private` in place of a list, and what `selection` may say.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation
import Testing

@Suite struct `Spec of private cells` {
  private static let budget = "{epsilon: 1, delta: 1e-9}"

  @Test func `selects by a threshold, and shares equally, where nothing else is said`() throws {
    let spec = try Samples.read(
      Samples.spec(["regions": "private", "budget": Self.budget, "measures": "[{count: units}]"])
    )
    #expect(
      spec.selection
        == SelectionRequest(keys: [.region], rule: .threshold, share: Rational(1, 2))
    )
    #expect(spec.measures.map(\.share) == [Rational(1, 2)])
    #expect(spec.cells[.region] == nil)
    #expect(spec.cells[.intent]?.values == ["auto.suv", "home.loan"])
    let plan = try AggregationPlan(spec)
    #expect(plan.loss == (try PrivacyLoss(epsilon: 1, delta: Rational(1, 1_000_000_000))))
    // Four cells of a unit at epsilon 1/2: scale 8.
    #expect(plan.selection?.selection.threshold != nil)
    #expect(plan.selection?.terms.epsilonPerCell == Rational(1, 8))
  }

  @Test(arguments: SelectionRule.allCases)
  func `reads every rule and its share`(rule: SelectionRule) throws {
    let spec = try Samples.read(
      Samples.spec([
        "regions": "private", "intents": "private", "budget": Self.budget,
        "selection": "{rule: \(rule.rawValue), share: 1/4}",
      ])
    )
    #expect(
      spec.selection
        == SelectionRequest(keys: [.region, .intent], rule: rule, share: Rational(1, 4))
    )
    // One measure has 1/2, the other what is left.
    #expect(spec.measures.map(\.share) == [Rational(1, 2), Rational(1, 4)])
    #expect(try AggregationPlan(spec).loss.epsilon == 1)
  }

  @Test func `can look at signals, and count what is not selected`() throws {
    let spec = try Samples.read(
      Samples.spec([
        "regions": "private", "budget": Self.budget,
        "bounds": "{cells_per_unit: 4, signals_per_cell: 3, signals_per_unit: 10}",
        "selection": "{rule: threshold, share: 1/4, count: signals, other: true}",
      ])
    )
    let selection = try #require(spec.selection)
    #expect(selection.measure == .signals && selection.countsOther)
    let plan = try AggregationPlan(spec)
    // The smaller of 4 times 3 and 10, at epsilon 1/4.
    guard case .threshold(let rule) = plan.selection?.selection else {
      Issue.record("no threshold")
      return
    }
    #expect(rule.law.scale == 40 && rule.largestChange == 3 && rule.cells == 4)
    // What is not selected costs no further epsilon.
    #expect(plan.loss.epsilon == 1)
  }

  @Test func `lets any key be private`() throws {
    let spec = try Samples.read(
      Samples.spec([
        "group_by": "[region, source, day]", "intents": nil as String?, "budget": Self.budget,
        "cells": "{source: private, day: private}",
        "signals": "{files: [s.csv], columns: {unit: u, region: r, source: s, time: t}}",
      ])
    )
    #expect(spec.selection?.keys == [.source, .day])
  }

  static let mistakes: [(changes: [String: String?], message: String)] = [
    (
      [
        "regions": "private", "budget": budget,
        "selection": "{rule: optimal, count: signals}",
      ],
      "selection.count: the rule optimal looks at units alone; write `count: units`, or `rule: "
        + "threshold`"
    ),
    (
      ["regions": "private", "budget": budget, "selection": "{other: maybe}"],
      "selection.other: `maybe` is neither true nor false; write one of the two"
    ),
    (
      ["regions": "private"], "budget: cells that are found in the signals (`private`) need a delta"
    ),
    (
      ["regions": "private", "budget": budget, "selection": "{rule: best}"],
      "selection.rule: `best` is not known; write threshold, optimal or geometric"
    ),
    (
      ["regions": "private", "budget": budget, "selection": "{share: 0}"],
      "selection: a share of selection lies above 0 and below 1"
    ),
    (
      ["regions": "private", "budget": budget, "selection": "{share: 1}"],
      "selection: a share of selection lies above 0 and below 1"
    ),
    (
      ["regions": "private", "budget": budget, "selection": "{share: 1/2}"],
      "the shares that are written leave nothing for the others"
    ),
    (
      ["regions": "private", "budget": budget, "selection": "{rule: optimal, part: 1}"],
      "selection: the key `part` is not known"
    ),
    (
      ["budget": budget, "selection": "{rule: optimal}"],
      "selection: selects cells, and all of them are listed"
    ),
    (
      ["regions": "private", "budget": "{epsilon: 1e-12, delta: 1e-9}"],
      "budget.epsilon: asks for more noise"
    ),
    (
      ["regions": "private", "budget": budget, "selection": "{share: 1e-13}"],
      "selection: its share of epsilon, 1/10000000000000, would need noise"
    ),
    (["regions": "[private, private]", "budget": budget], "`private` is written twice"),
  ]

  @Test(arguments: mistakes.indices)
  func `says what is wrong and what to write`(index: Int) {
    let (changes, message) = Self.mistakes[index]
    let problem = Samples.problem(Samples.spec(changes))
    #expect(problem?.contains(message) == true, "\(problem ?? "none")")
  }
}
