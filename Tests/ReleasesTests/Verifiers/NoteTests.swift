// NoteTests.swift: what both verifiers say of a release that holds and is not to be relied on.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Testing

@Suite struct `Notes on a release` {
  private static let list =
    "Not verified: the list of 'intent', its count 2 and its digests; cells were selected, so the "
    + "release need not hold all of it."

  /// The notes, which the second verifier must have at the end of its text.
  private func notes(on release: Release) throws -> [String] {
    let bytes = release.encoded()
    let verification = ReleaseVerification(of: bytes)
    #expect(verification.findings == [])
    if IndependentVerifier.isAvailable {
      let outcome = try IndependentVerifier.verify(bytes)
      #expect(outcome.status == 0)
      let lines = outcome.text.split(separator: "\n").map(String.init)
      let said = lines.filter { $0.hasPrefix("Warning: ") || $0.hasPrefix("Not verified: ") }
      #expect(said == verification.notes)
    }
    return verification.notes
  }

  @Test func `are none where everything is in the release and delta is small`() throws {
    #expect(try notes(on: SampleRelease().release()) == [])
    #expect(try notes(on: SampleRelease.certifiedRun.release()) == [])
  }

  @Test func `name a list that selected cells do not show whole`() throws {
    #expect(try notes(on: SelectedRelease(delta: Rational(1, 1000)).release()) == [Self.list])
  }

  @Test func `say what a person loses who was active on all days`() throws {
    let days = try notes(on: SampleRelease.ofPersonDays.release())
    #expect(
      days == [
        "Warning: the loss is that of one day of a person; for a person who was active in all 30 days "
          + "of the window it is epsilon 30."
      ]
    )
    #expect(try notes(on: SampleRelease.ofPersonWeeks.release()).count == 1)
    #expect(try notes(on: SampleRelease.ofPersons.release()) == [])
  }

  @Test func `say that consent rests on the registry`() throws {
    let rests = "were counted; that rests on the registry that the owner keeps."
    let notes = try notes(on: SampleRelease.underBoth.release())
    #expect(notes == ["Not verified: that only signals with consent to 'reports' " + rests])
  }

  @Test func `warn of a delta above a thousandth`() throws {
    let notes = try notes(on: SelectedRelease(delta: Rational(2, 1999)).release())
    #expect(notes.count == 2)
    #expect(notes[0].hasPrefix("Warning: delta 2/1999 of this release is above 1/1000;"))
  }

  @Test func `warn of a delta of all runs that protects nobody`() throws {
    let sample = SampleRelease(
      window: ["2026-11-02", "2026-11-03"],
      schedule: (.day, 30, 2, Rational(999, 1000))
    )
    let notes = try notes(on: sample.release())
    #expect(notes.count == 1)
    #expect(notes[0].hasPrefix("Warning: delta 999/1000 of all runs of its schedule is above"))
  }

  /// What a list is of which cells were selected cannot be told, so both say that they do not know.
  @Test func `name a key that was found and is passed off as listed`() throws {
    var sample = SelectedRelease()
    sample.keys = ["region", "intent"]
    sample.cells = [["01001", "home.loan"]]
    #expect(try notes(on: sample.release()) == [])
    let digest = SampleRelease.digest(of: "home.loan\n")
    let zeros = String(repeating: "0", count: 64)
    let place = { (count: Int, digest: String) in
      "\"count\":\(count),\"list_sha256\":\"\(digest)\",\"name\":\"intent\""
    }
    let bytes = try sample.forged([
      ("\"keys\":[\"region\",\"intent\"]", "\"keys\":[\"region\"]"),
      (place(1, digest), place(1000, zeros)),
      (
        "\"intent\":{\"count\":1,\"list_sha256\":\"\(digest)\"",
        "\"intent\":{\"count\":1000,\"list_sha256\":\"\(zeros)\""
      ),
    ])
    let verification = ReleaseVerification(of: bytes)
    #expect(verification.findings == [])
    #expect(verification.notes == [Self.list.replacing("count 2", with: "count 1000")])
  }

  @Test(arguments: [
    "", "a\u{7}b", "\u{7F}", "\u{9B}31m", "a\u{61C}", "\u{202E}a", "\u{2028}", "\u{2069}", "a\nb",
    String(repeating: "x", count: 257),
  ])
  func `are not enough where a selected value cannot be one of a signal`(value: String) throws {
    let bytes = try SelectedRelease(cells: [[value, "home.loan"]]).release().encoded()
    let found = ReleaseVerification(of: bytes).findings.map(\.description)
    #expect(found.count == 1 && found[0].hasPrefix("cells, key region: the release has the value"))
    guard IndependentVerifier.isAvailable else { return }
    let outcome = try IndependentVerifier.verify(bytes)
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("'region' has a value that no signal can add"))
  }

  @Test func `are not needed for a selected value of 256 bytes`() throws {
    let longest = SelectedRelease(cells: [[String(repeating: "x", count: 256), "home.loan"]])
    #expect(try notes(on: longest.release()) == [Self.list])
  }
}
