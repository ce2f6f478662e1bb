// OtherCellTests.swift: releases that count what was not selected, and thresholds on signals.
// Reference: `docs/decisions/0013-found-cells-on-all-threads.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Reporting
import Testing

@Suite struct `A release of other cells` {
  private static let sample = SelectedRelease(other: -7)
  private static let onSignals = SelectedRelease(measure: .signals, other: 12)

  @Test(arguments: [
    sample, onSignals, SelectedRelease(total: 4, measure: .signals),
    SelectedRelease(total: 2, epsilon: 3, delta: Rational(9, 10), measure: .signals),
    SelectedRelease(rule: .optimal, other: 0), SelectedRelease(cells: [], other: 3),
  ])
  func `holds for both verifiers and reads back`(sample: SelectedRelease) throws {
    let release = try sample.release()
    let verification = ReleaseVerification(of: release.encoded())
    #expect(verification.holds, "\(verification.findings)")
    #expect(try Release(decoding: release.encoded()) == release)
    guard IndependentVerifier.isAvailable else { return }
    let outcome = try IndependentVerifier.verify(release.encoded())
    #expect(outcome.status == 0, "\(outcome.text)")
  }

  static let forgeries: [(sample: SelectedRelease, edit: (String, String), finding: String)] = [
    (sample, (",\"other\":{\"signals\":-7}", ""), "measures[0] (signals).simultaneous_half_width"),
    (sample, ("\"other\":{\"signals\":-7}", "\"other\":{\"units\":-7}"), "selection.other"),
    (sample, ("\"other\":{\"signals\":-7}", "\"other\":{}"), "selection.other"),
    (
      sample, ("\"other\":{\"signals\":-7}", "\"other\":{\"signals\":-7,\"units\":1}"),
      "selection.other"
    ),
    (onSignals, ("\"count\":\"signals\",", ""), "selection.threshold"),
    (onSignals, ("\"count\":\"signals\"", "\"count\":\"units\""), "the file"),
    (onSignals, ("\"rule\":\"threshold\"", "\"rule\":\"geometric\""), "selection"),
    (onSignals, ("\"signals_per_cell\":2", "\"signals_per_cell\":1"), "selection.threshold"),
    (sample, ("\"selection\":{", "\"selection\":{\"count\":\"signals\","), "selection.threshold"),
  ]

  @Test(arguments: forgeries.indices)
  func `is rejected by both verifiers where it was forged`(index: Int) throws {
    let (sample, edit, finding) = Self.forgeries[index]
    let bytes = try sample.forged([edit])
    let found = ReleaseVerification(of: bytes).findings.map(\.description)
    #expect(found.contains { $0.hasPrefix(finding) }, "\(found)")
    guard IndependentVerifier.isAvailable else { return }
    let outcome = try IndependentVerifier.verify(bytes)
    #expect(outcome.status == 1, "\(outcome.text)")
    #expect(!outcome.text.contains("Traceback"))
  }

  @Test func `shows it beside the cells, in a row without values`() throws {
    let release = try SelectedRelease(other: 41).release()
    let width = release.body.measures[0].halfWidth
    #expect(CountsCSV.text(of: release).hasSuffix("\n\"\",\"\",41,\(width)\n"))
    #expect(
      TerminalTable.text(of: release, width: 80)
        .contains("other cells, which are not shown: 41 signals \u{B1}\(width)\n")
    )
    let page = HTMLReport.page(of: release)
    #expect(page.contains("All other cells") && page.contains("41 signals \u{B1}\(width) together"))
    #expect(!HTMLReport.page(of: try SelectedRelease().release()).contains("All other cells"))
  }

  /// One number adds up cells, so that one unit can spend all of its sensitivity on it.
  @Test func `costs a schedule what the whole sensitivity at once does`() throws {
    let bounds = try ContributionBounds(cellsPerUnit: 4, signalsPerCell: 2)
    func price(_ bounds: ContributionBounds, addsUp: Bool) throws -> Rational {
      let loss = ScheduleLoss(
        of: [(.signals, Rational(1, 10))],
        addsUpCells: addsUp,
        within: bounds,
        times: 30
      )
      return try #require(loss.certified(delta: Rational(1, 1_000_000))).loss.epsilon
    }
    let spread = try price(bounds, addsUp: false)
    let added = try price(bounds, addsUp: true)
    #expect(added > spread)
    let whole = try ContributionBounds(cellsPerUnit: 1, signalsPerCell: 8)
    #expect(try price(whole, addsUp: false) == added)
  }
}
