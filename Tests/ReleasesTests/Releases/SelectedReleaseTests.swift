// SelectedReleaseTests.swift: releases of cells that nobody listed, genuine and forged, twice verified.
// Reference: `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Reporting
import TestSupport
import Testing

/// A release whose regions were found and whose intents are listed.
struct SelectedRelease: Sendable, CustomTestStringConvertible {
  var rule = SelectionRule.threshold
  var total: Int? = nil
  var epsilon = Rational(1, 4)
  var delta = Rational(1, 1_000_000_000)
  /// The keys without a list: the region, or the intent too.
  var keys = ["region"]
  var cells = [["01001", "home.loan"], ["06037", "auto.suv"], ["06037", "home.loan"]]

  /// What the rule looks at.
  var measure = Measure.units
  /// What was not selected, where that is counted.
  var other: Int64?

  var testDescription: String { "\(rule), \(epsilon), \(delta), \(cells.count) cells" }

  static let all: [SelectedRelease] = SelectionRule.allCases.flatMap { rule in
    [
      SelectedRelease(rule: rule), SelectedRelease(rule: rule, total: 2),
      SelectedRelease(rule: rule, epsilon: 3, delta: Rational(9, 10)),
      SelectedRelease(rule: rule, epsilon: Rational(1, 30), delta: Rational(1, 7), cells: []),
    ]
  }

  func body() throws -> ReleaseBody {
    let bounds = try ContributionBounds(
      cellsPerUnit: 3,
      signalsPerCell: 2,
      signalsPerUnit: total
    )
    let terms = try SelectionTerms(epsilon: epsilon, delta: delta, cells: min(3, total ?? 3))
    let selection = try CellSelection(rule, under: terms, of: measure, within: bounds)
    let sensitivity = bounds.sensitivity(of: .signals)
    let law = DiscreteLaplaceLaw(scale: Rational(sensitivity) / epsilon)
    let alpha = Rational(1, 20)
    let intents = ["auto.suv", "home.loan"]
    return ReleaseBody(
      id: try ReleaseID("selected-1"),
      name: "selected",
      dataset: "signals-2026",
      created: "2026-12-02T08:15:00Z",
      specSHA256: SampleRelease.digest(of: "spec"),
      privacy: ReleasePrivacy(
        unit: .person,
        loss: try PrivacyLoss(epsilon: epsilon * 2, delta: delta)
      ),
      bounds: bounds,
      query: ReleaseQuery(
        keys: [
          ReleasedKey(name: "region", selected: cells.map { $0[0] }),
          keys.count == 2
            ? ReleasedKey(name: "intent", selected: cells.map { $0[1] })
            : ReleasedKey(
              name: "intent",
              count: 2,
              listSHA256: SampleRelease.digest(of: intents.map { $0 + "\n" }.joined()),
              fileSHA256: nil
            ),
        ],
        filters: [:],
        window: nil,
        consent: false,
        nonnegative: false
      ),
      measures: [
        ReleasedMeasure(
          measure: .signals,
          scale: law.scale,
          sensitivity: sensitivity,
          epsilon: epsilon,
          halfWidth: law.halfWidth(alpha: alpha),
          simultaneousHalfWidth: law.halfWidth(
            alpha: alpha,
            draws: max(1, cells.count + (other == nil ? 0 : 1))
          ),
          confidence: .one - alpha
        )
      ],
      selection: ReleasedSelection(
        rule: rule,
        loss: try PrivacyLoss(epsilon: epsilon, delta: delta),
        threshold: selection.threshold,
        keys: keys,
        measure: measure,
        other: other.map { ["signals": $0] }
      ),
      cells: cells.enumerated().map { ReleasedCell(values: $1, counts: [Int64(300 + $0)]) },
      remaining: RemainingBudget(lifetime: try PrivacyLoss(epsilon: 9), daily: nil, analyst: nil)
    )
  }

  func release() throws -> Release {
    let body = try body()
    return Release(
      body: body,
      receipt: LedgerReceipt(
        position: 17,
        head: SampleRelease.digest(of: "entry 17"),
        previous: SampleRelease.digest(of: "entry 16"),
        bodySHA256: SampleRelease.digest(of: String(decoding: body.encoded(), as: UTF8.self)),
        dataPinned: true
      )
    )
  }

  /// The release with replacements, and the digest of its body made anew.
  func forged(_ edits: [(String, String)]) throws -> [UInt8] {
    var text = String(decoding: try release().encoded(), as: UTF8.self)
    for (old, new) in edits {
      let range = try #require(text.firstRange(of: old), "the sample holds no \(old)")
      text.replaceSubrange(range, with: new)
    }
    let body = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("\"certificate\":") }.joined(separator: "\n")
    text.replace(try release().receipt.bodySHA256, with: SampleRelease.digest(of: body))
    return Array(text.utf8)
  }
}

@Suite struct `A release of selected cells` {
  @Test(arguments: SelectedRelease.all)
  func `holds and reads back`(sample: SelectedRelease) throws {
    let release = try sample.release()
    let verification = ReleaseVerification(of: release.encoded())
    #expect(verification.holds, "\(verification.findings)")
    #expect(try Release(decoding: release.encoded()) == release)
  }

  @Test(
    .enabled(if: IndependentVerifier.isAvailable, "there is no python3"),
    arguments: SelectedRelease.all
  )
  func `holds for the second verifier, which derives its threshold too`(
    sample: SelectedRelease
  ) throws {
    let outcome = try IndependentVerifier.verify(try sample.release().encoded())
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("selected by the rule \(sample.rule.rawValue)."))
  }

  /// What is edited, and how a finding begins that must be among them.
  static let forgeries: [(edits: [(String, String)], finding: String)] = [
    (
      [("\"threshold\":256", "\"threshold\":255")],
      "selection.threshold: the release has 255; it should have 256,"
    ),
    ([(",\"threshold\":256", "")], "selection.threshold: the release has none;"),
    (
      [("\"rule\":\"threshold\"", "\"rule\":\"optimal\"")],
      "selection.threshold: the release has 256; it should have none"
    ),
    (
      [("\"selection\":{\"delta\":\"1/1000000000\"", "\"selection\":{\"delta\":\"1/10\"")],
      "privacy.delta: the release has 1/1000000000; it should have 1/10"
    ),
    (
      [("\"privacy\":{\"delta\":\"1/1000000000\"", "\"privacy\":{\"delta\":\"0\"")],
      "privacy.delta: the release has 0; it should have 1/1000000000"
    ),
    (
      [("\"epsilon\":\"1/2\"", "\"epsilon\":\"1/4\"")],
      "privacy.epsilon: the release has 1/4; it should have 1/2, the sum of what the measures and"
    ),
    ([("\"keys\":[\"region\"]", "\"keys\":[]")], "selection.keys"),
    ([("\"keys\":[\"region\"]", "\"keys\":[\"planet\"]")], "selection.keys"),
    ([("\"cells_per_unit\":3", "\"cells_per_unit\":2")], "selection.threshold"),
    (
      [
        (
          "\"intent\":\"home.loan\",\"region\":\"01001\"",
          "\"intent\":\"home.loan\",\"region\":\"x\""
        )
      ], "cells[1]: the release has a cell that is not behind the one before it"
    ),
    (
      [
        (
          "\"intent\":\"auto.suv\",\"region\":\"06037\"",
          "\"intent\":\"home.loan\",\"region\":\"01001\""
        )
      ], "cells[1]: the release has a cell that is not behind the one before it"
    ),
    (
      [
        ("\"intent\":\"auto.suv\",\"region\":\"06037\"", "\"intent\":\"a\",\"region\":\"06037\""),
        ("\"intent\":\"home.loan\",\"region\":\"06037\"", "\"intent\":\"b\",\"region\":\"06037\""),
      ],
      "cells, key intent: the release has 3 different values; it should have at most the 2 values"
    ),
    (
      [("\"region\":\"01001\"", "\"region\":\"01002\"")],
      "query.keys, list_sha256 of region"
    ),
    ([(",\n\"selection\":{", ",\n\"selected\":{")], "the file"),
  ]

  @Test(arguments: forgeries.indices)
  func `is rejected by both verifiers where it was forged`(index: Int) throws {
    let (edits, finding) = Self.forgeries[index]
    let bytes = try SelectedRelease().forged(edits)
    let found = ReleaseVerification(of: bytes).findings.map(\.description)
    #expect(found.contains { $0.hasPrefix(finding) }, "\(found)")
    guard IndependentVerifier.isAvailable else { return }
    let outcome = try IndependentVerifier.verify(bytes)
    #expect(outcome.status == 1, "\(outcome.text)")
    #expect(!outcome.text.contains("Traceback"))
  }

  @Test func `says on its page what was selected, and by which rule`() throws {
    let page = HTMLReport.page(of: try SelectedRelease().release())
    #expect(page.contains("Which cells are shown"))
    #expect(page.contains("with noise that is not shown, reached 256."))
    #expect(page.contains("selected among those found in the signals"))
    #expect(page.contains("any; 2 values shown"))
    #expect(page.contains("found in the signals; these are shown"))
    #expect(!page.contains("listed in advance"))
    #expect(page.ranges(of: "at most δ").count == 2)
    let listed = HTMLReport.page(of: try SampleRelease().release())
    #expect(!listed.contains("Which cells are shown") && !listed.contains("at most δ"))
  }

  /// No list is empty, though no cell was selected that would show it.
  @Test func `does not hold with an empty list`() throws {
    let edits = [("\"count\":2", "\"count\":0"), ("\"count\":2", "\"count\":0")]
    let bytes = try SelectedRelease(cells: []).forged(edits)
    let found = ReleaseVerification(of: bytes).findings.map(\.description)
    #expect(
      found.count == 1 && found[0].hasPrefix("query.keys, count of intent: the release has 0")
    )
    guard IndependentVerifier.isAvailable else { return }
    #expect(try IndependentVerifier.verify(bytes).status == 1)
  }

  /// A release without `selection` makes every combination of its lists known again.
  @Test func `does not hold without its selection`() throws {
    let text = String(decoding: try SelectedRelease().release().encoded(), as: UTF8.self)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\"selection\"") })
    let bytes = try SelectedRelease().forged([(line + "\n", "")])
    let found = ReleaseVerification(of: bytes).findings.map(\.what)
    #expect(found.contains("privacy.delta") && found.contains("cells"))
  }
}
