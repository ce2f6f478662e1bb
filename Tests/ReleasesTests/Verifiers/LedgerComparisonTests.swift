// LedgerComparisonTests.swift: both verifiers hold a release against the ledger that paid for it.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases
import TestSupport
import Testing

@Suite(.enabled(if: IndependentVerifier.isAvailable, "there is no python3"))
struct `A release and its ledger` {
  let paid: PaidRelease

  init() throws {
    paid = try PaidRelease()
  }

  @Test func `are accepted by both verifiers`() throws {
    let bytes = paid.release.encoded()
    #expect(try paid.holdsHere(bytes))
    let outcome = try IndependentVerifier.verify(bytes, ["--ledger", paid.ledger])
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("The ledger is linked without a gap"))
  }

  @Test(arguments: [
    ("\"signals\":173", "\"signals\":174"), ("weekly-intent", "weakly-intent"),
    ("2026-11-weekly-1", "2026-11-weekly-2"), ("\"position\":10", "\"position\":9"),
    ("\"data\":\"pinned\"", "\"data\":\"unpinned\""),
    ("\"epsilon\":\"49/6\"", "\"epsilon\":\"10\""),
  ])
  func `are told apart where the release was edited and digested anew`(
    old: String,
    new: String
  ) throws {
    var text = String(decoding: paid.release.encoded(), as: UTF8.self)
    let range = try #require(text.firstRange(of: old), "the release holds no \(old)")
    text.replaceSubrange(range, with: new)
    let body = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("\"certificate\":") }.joined(separator: "\n")
    text.replace(paid.release.receipt.bodySHA256, with: SampleRelease.digest(of: body))
    let bytes = Array(text.utf8)
    // Alone it holds: only the ledger tells.
    #expect(try IndependentVerifier.verify(bytes).status == 0)
    #expect(ReleaseVerification(of: bytes).holds)
    #expect(try !paid.holdsHere(bytes))
    let outcome = try IndependentVerifier.verify(bytes, ["--ledger", paid.ledger])
    #expect(outcome.status == 1, "\(outcome.text)")
  }

  @Test(arguments: [
    "UPDATE entries SET epsilon = '1/4' WHERE position = 4",
    "UPDATE entries SET time = '2026-01-01T00:00:00Z' WHERE position = 5",
    "DELETE FROM entries WHERE position = 4",
    "DELETE FROM entries WHERE position >= 9",
    "UPDATE entries SET hash = 'x' || substr(hash, 2) WHERE position = 10",
    "UPDATE entries SET previous = 'x' || substr(previous, 2) WHERE position = 6",
    "UPDATE releases SET body = replace(CAST(body AS TEXT), '173', '174') WHERE body IS NOT NULL",
  ])
  func `are told apart where the ledger was edited`(sql: String) throws {
    let bytes = paid.release.encoded()
    try paid.tamper(sql)
    #expect((try? paid.holdsHere(bytes)) != true)
    let outcome = try IndependentVerifier.verify(bytes, ["--ledger", paid.ledger])
    #expect(outcome.status == 1, "\(outcome.text)")
  }

  @Test func `need a ledger that can be read`() throws {
    let bytes = paid.release.encoded()
    let text = try paid.folder.write("no ledger", to: "text")
    for place in [text, paid.folder.path, paid.folder.appending("nothing")] {
      #expect(try IndependentVerifier.verify(bytes, ["--ledger", place]).status == 2)
    }
  }
}
