// LedgerComparisonTests.swift: both verifiers hold a release against the ledger that paid for it.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import LedgerStore
import PrivacyAccounting
import Releases
import TestSupport
import Testing

/// A ledger with a history, in which one sample release was paid.
struct PaidRelease {
  let folder: TemporaryDirectory
  let ledger: String
  let release: Release
  let policy: LedgerPolicy

  init(policy: LedgerPolicy? = nil) throws {
    folder = try TemporaryDirectory()
    let sample = try SampleRelease(unit: .personDay).body()
    let policy =
      try policy
      ?? LedgerPolicy(
        dataset: "signals-2026",
        privacyUnit: .personDay,
        pins: SignalPins(files: ["/s.csv"], unitColumn: "u", consentColumn: nil),
        lifetime: PrivacyLoss(epsilon: 10, delta: Rational(1, 1000)),
        daily: PrivacyLoss(epsilon: 3, delta: Rational(1, 1000)),
        analysts: [
          "ada": PrivacyLoss(epsilon: 4, delta: Rational(1, 1000)),
          "*": PrivacyLoss(epsilon: 1, delta: Rational(1, 1000)),
        ],
        dimension: SliceDimension(name: "cohort", values: ["a", "b", "c"], touches: 2)
      )
    self.policy = policy
    let path = folder.appending("hubbub.ledger")
    try SQLiteLedger.create(at: path, policy: policy)
    try SQLiteLedger.create(
      at: path,
      policy: LedgerPolicy(dataset: "other", lifetime: PrivacyLoss(epsilon: 1))
    )
    let store = try SQLiteLedger(opening: path)
    func spend(
      _ epsilon: Rational,
      _ analyst: String,
      _ day: String,
      _ slices: [String]? = nil
    )
      throws
    {
      let loss = try PrivacyLoss(epsilon: epsilon, delta: Rational(1, 1_000_000))
      let spend = Spend(loss: loss, analyst: analyst, day: day, slices: slices)
      if policy.daily == nil { return }
      _ = try store.spend(spend, dataset: "signals-2026", id: nil)
    }
    _ = try store.spend(
      Spend(loss: PrivacyLoss(epsilon: 1), analyst: nil, day: "d"),
      dataset: "other",
      id: nil
    )
    for (epsilon, slices) in [(Rational(1, 2), ["a"]), (Rational(1, 3), ["b", "c"])] {
      try spend(epsilon, "ada", "2026-12-01", slices)
    }
    func request(_ id: ReleaseID) throws -> ReservationRequest {
      ReservationRequest(
        id: id,
        dataset: "signals-2026",
        spend: Spend(loss: sample.privacy.loss, analyst: "ada", day: "2026-12-02"),
        digest: SampleRelease.digest(of: "spec and lists"),
        privacyUnit: .personDay,
        data: SignalPins(files: ["/s.csv"], unitColumn: "u", consentColumn: nil)
      )
    }
    guard case .reserved = try store.reserve(request(ReleaseID("given-back"))) else {
      throw CancellationError()
    }
    try store.void(ReleaseID("given-back"))
    guard case .reserved(let reservation) = try store.reserve(request(sample.id)) else {
      throw CancellationError()
    }
    let charge = try store.open(reservation).charged()
    let stored = try store.commit(charge) { remaining in
      Self.with(remaining, in: sample).encoded()
    }
    try spend(Rational(1, 7), "bob", "2026-12-02")
    release = Release(body: try ReleaseBody(decoding: stored.body), receipt: stored.receipt)
    ledger = path
  }

  static func with(_ remaining: RemainingBudget, in body: ReleaseBody) -> ReleaseBody {
    ReleaseBody(
      id: body.id,
      name: body.name,
      dataset: body.dataset,
      created: body.created,
      specSHA256: body.specSHA256,
      privacy: body.privacy,
      bounds: body.bounds,
      query: body.query,
      measures: body.measures,
      cells: body.cells,
      remaining: remaining
    )
  }

  /// Whether this package's verifier holds a release and the ledger to be as they were.
  func holdsHere(_ bytes: [UInt8]) throws -> Bool {
    let store = try SQLiteLedger(opening: ledger)
    guard try store.verify(head: nil).holds else { return false }
    let verification = ReleaseVerification(of: bytes)
    let stored = try store.storedRelease(
      release.body.id,
      dataset: "signals-2026",
      digest: SampleRelease.digest(of: "spec and lists")
    )
    guard let stored else { return false }
    return verification.holds && verification.matches(stored).isEmpty
  }

  /// Runs statements on the ledger's file, past everything that guards it.
  func tamper(_ sql: String) throws {
    let code = """
      import sqlite3, sys
      c = sqlite3.connect(sys.argv[1], isolation_level=None)
      for name in ('entries_stay', 'entries_remain', 'entries_follow_on'):
          c.execute('DROP TRIGGER ' + name)
      c.executescript(sys.argv[2])
      """
    let outcome = try IndependentVerifier.python(["-c", code, ledger, sql])
    #expect(outcome.status == 0, "\(outcome.text)")
  }
}

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
    "UPDATE entries SET hash = replace(hash, 'a', 'b') WHERE position = 10",
    "UPDATE entries SET previous = replace(previous, '1', '2') WHERE position = 6",
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
