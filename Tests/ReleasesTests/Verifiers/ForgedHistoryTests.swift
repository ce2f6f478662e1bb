// ForgedHistoryTests.swift: ledgers whose links hold and whose runs and ids do not follow.
// SPDX-License-Identifier: Apache-2.0

import LedgerStore
import Releases
import TestSupport
import Testing

/// Entries that somebody adds to the ledger of `PaidRun`, whose entries are: the schedule in 3, its
/// first run in 4, both given back in 5 and 6; the schedule again in 7, its first run in 8 to 10, its
/// second in 12 to 14.
struct ForgedHistory: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let entries: [ForgedEntries.Entry]
  /// What this package's own verification of the ledger says of it.
  let finding: String

  static let all = [
    ForgedHistory(
      testDescription: "a run committed once more under another id",
      entries: (12...14).map { .init($0, ["release_id": "again"]) },
      finding: "entry 16 holds a run that is not the next one of a schedule"
    ),
    ForgedHistory(
      testDescription: "a run past the next one",
      entries: [.init(12, ["release_id": "late"], replaced: ["\"run\":2", "\"run\":4"])],
      finding: "entry 16 holds a run that is not the next one of a schedule"
    ),
    ForgedHistory(
      testDescription: "the next run, on another day",
      entries: [.init(12, ["release_id": "third"], replaced: ["\"run\":2", "\"run\":3"])],
      finding: "entry 16 holds a run that is not the next one of a schedule"
    ),
    ForgedHistory(
      testDescription: "the next run, at a loss that was not declared",
      entries: [
        .init(
          12,
          ["release_id": "third", "day": "2026-11-03"],
          replaced: ["\"run\":2", "\"run\":3", "\"epsilon\":\"1\"", "\"epsilon\":\"2\""]
        )
      ],
      finding: "entry 16 holds a run that is not the next one of a schedule"
    ),
    ForgedHistory(
      testDescription: "the next run, of another spec",
      entries: [
        .init(
          12,
          ["release_id": "third", "day": "2026-11-03", "digest": "another"],
          replaced: ["\"run\":2", "\"run\":3"]
        )
      ],
      finding: "entry 16 holds a run that is not the next one of a schedule"
    ),
    ForgedHistory(
      testDescription: "a run of a schedule that nobody declared",
      entries: [
        .init(12, ["release_id": "first-1"], replaced: ["weekly-intent", "other", ":2", ":1"])
      ],
      finding: "entry 16 holds a run that is not the next one of a schedule"
    ),
    ForgedHistory(
      testDescription: "the price given back after two runs",
      entries: [.init(6)],
      finding: "entry 16 gives back a schedule that is in use"
    ),
    ForgedHistory(
      testDescription: "the schedule declared a second time",
      entries: [.init(7)],
      finding: "entry 16 declares no schedule, or one that exists"
    ),
    ForgedHistory(
      testDescription: "the same commit once more",
      entries: [.init(14)],
      finding: "entry 16 does not follow from the release '2026-11-weekly-1'"
    ),
    ForgedHistory(
      testDescription: "a commit that nothing goes before",
      entries: [.init(14, ["release_id": "alone"])],
      finding: "entry 16 does not follow from the entries before it"
    ),
  ]

  /// Adds entries to a ledger.
  static func add(_ entries: [ForgedEntries.Entry], to ledger: String) throws {
    let outcome = try IndependentVerifier.python(
      try ForgedEntries.arguments(adding: entries, to: ledger)
    )
    try #require(outcome.status == 0, "\(outcome.text)")
  }
}

@Suite(.enabled(if: IndependentVerifier.isAvailable, "there is no python3"))
struct `A ledger that was added to by hand` {
  @Test(arguments: ForgedHistory.all)
  func `does not hold, and no release holds against it`(forged: ForgedHistory) throws {
    let paid = try PaidRun(certified: false)
    try ForgedHistory.add(forged.entries, to: paid.ledger)
    let found = try SQLiteLedger(opening: paid.ledger).verify(head: nil).findings
    #expect(found.contains { $0.hasPrefix(forged.finding) }, "\(found)")
    let bytes = paid.release.encoded()
    let outcome = try IndependentVerifier.verify(bytes, ["--ledger", paid.ledger])
    #expect(outcome.status == 1)
    #expect(outcome.text.hasPrefix("  ledger: entry 16 ("), "\(outcome.text)")
    #expect(outcome.text.contains("does not follow from those before it."), "\(outcome.text)")
  }

  /// What is found in the others is what they say, and not that they were added.
  @Test func `holds against the second verifier where what was added follows`() throws {
    let paid = try PaidRun(certified: false)
    let third = (12...14).map { position in
      ForgedEntries.Entry(
        position,
        position == 12
          ? ["release_id": "third", "day": "2026-11-03"] : ["release_id": "third"],
        replaced: position == 12 ? ["\"run\":2", "\"run\":3"] : []
      )
    }
    try ForgedHistory.add(third, to: paid.ledger)
    let bytes = paid.release.encoded()
    let outcome = try IndependentVerifier.verify(bytes, ["--ledger", paid.ledger])
    #expect(outcome.status == 0, "\(outcome.text)")
  }
}
