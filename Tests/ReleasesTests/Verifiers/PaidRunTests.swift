// PaidRunTests.swift: both verifiers hold a run of a schedule against the ledger that was paid.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import Releases
import TestSupport
import Testing

/// A ledger in which the second of three daily runs is released, between other spends.
struct PaidRun {
  let folder: TemporaryDirectory
  let ledger: String
  let release: Release

  static let digest = SampleRelease.digest(of: "spec and lists")

  private static func policy(delta: Rational, _ accounting: Accounting) throws -> LedgerPolicy {
    let cap = try PrivacyLoss(epsilon: accounting == .sum ? 10 : 20, delta: delta)
    return LedgerPolicy(
      dataset: "signals-2026",
      lifetime: cap,
      daily: try PrivacyLoss(epsilon: accounting == .sum ? 3 : 9, delta: delta),
      analysts: ["*": cap],
      accounting: accounting
    )
  }

  init(certified: Bool, accounting: Accounting = .sum) throws {
    folder = try TemporaryDirectory()
    ledger = folder.appending("hubbub.ledger")
    let delta = Rational(1, 1_000_000)
    try SQLiteLedger.create(at: ledger, policy: Self.policy(delta: 4 * delta, accounting))
    let store = try SQLiteLedger(opening: ledger)
    func spend(_ epsilon: Rational, _ day: String) throws {
      let spend = Spend(loss: try PrivacyLoss(epsilon: epsilon), analyst: "ada", day: day)
      _ = try store.spend(spend, dataset: "signals-2026", id: nil)
    }
    try spend(Rational(1, 3), "2026-11-02")
    let body = try SampleRelease(
      window: ["2026-11-02", "2026-11-03"],
      schedule: (.day, 3, 2, certified ? delta : .zero)
    ).body()
    let place = try #require(body.schedule)
    func request(_ id: ReleaseID, _ index: Int) -> ReservationRequest {
      ReservationRequest(
        id: id,
        dataset: "signals-2026",
        spend: Spend(loss: body.privacy.loss, analyst: "ada", day: "2026-11-0\(index + 1)"),
        digest: Self.digest,
        privacyUnit: .person,
        data: SignalPins(files: ["/s.csv"], unitColumn: "u", consentColumn: nil),
        schedule: ScheduledRun(
          name: place.name,
          every: .day,
          days: ["2026-11-01", "2026-11-02", "2026-11-03"],
          index: index,
          price: place.price
        )
      )
    }
    /// Given back and declared again, so that both leave their traces.
    guard case .reserved = try store.reserve(request(ReleaseID("first"), 0)) else {
      throw CancellationError()
    }
    try store.void(place.name)
    func commit(_ id: ReleaseID, _ index: Int) throws -> StoredRelease {
      guard case .reserved(let reservation) = try store.reserve(request(id, index)) else {
        throw CancellationError()
      }
      let charge = try store.open(reservation).charged()
      return try store.commit(charge) { remaining in
        ReleaseBody(
          id: id,
          name: body.name,
          dataset: body.dataset,
          created: body.created,
          specSHA256: body.specSHA256,
          privacy: body.privacy,
          bounds: body.bounds,
          query: body.query,
          measures: body.measures,
          cells: body.cells,
          remaining: remaining,
          schedule: place
        ).encoded()
      }
    }
    _ = try commit(ReleaseID("first"), 0)
    try spend(Rational(1, 7), "2026-11-03")
    let stored = try commit(body.id, 1)
    try spend(Rational(1, 9), "2026-11-02")
    release = Release(body: try ReleaseBody(decoding: stored.body), receipt: stored.receipt)
  }

  /// Whether each verifier finds the release, edited and digested anew, to be what was paid.
  func verdicts(_ edits: [(String, String)] = []) throws -> (here: Bool, there: Bool) {
    var text = String(decoding: release.encoded(), as: UTF8.self)
    for (old, new) in edits {
      let range = try #require(text.firstRange(of: old), "the release holds no \(old)")
      text.replaceSubrange(range, with: new)
    }
    let body = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("\"certificate\":") }.joined(separator: "\n")
    text.replace(release.receipt.bodySHA256, with: SampleRelease.digest(of: body))
    let bytes = Array(text.utf8)
    let verification = ReleaseVerification(of: bytes)
    #expect(verification.holds, "only the ledger tells: \(verification.findings)")
    let store = try SQLiteLedger(opening: ledger)
    let stored = try store.storedRelease(
      release.body.id,
      dataset: "signals-2026",
      digest: Self.digest
    )
    let outcome = try IndependentVerifier.verify(bytes, ["--ledger", ledger])
    return (
      here: try store.verify(head: nil).holds
        && verification.matches(try #require(stored)).isEmpty,
      there: outcome.status == 0
    )
  }
}

@Suite(.enabled(if: IndependentVerifier.isAvailable, "there is no python3"))
struct `A run and the ledger that paid for it` {
  @Test(arguments: [false, true])
  func `are accepted by both verifiers`(certified: Bool) throws {
    let paid = try PaidRun(certified: certified)
    let body = paid.release.body
    #expect(body.schedule?.price.rule == (certified ? .certified : .sum))
    // On the day of the run: what was spent before, and the run's own loss, once.
    #expect(body.remaining.daily?.epsilon == 3 - 1 - Rational(1, 3))
    let price = try #require(body.schedule?.price.loss)
    #expect(body.remaining.lifetime.epsilon == 10 - price.epsilon - Rational(10, 21))
    #expect(try paid.verdicts() == (true, true))
  }

  @Test func `are accepted where the account adds up zCDP, and not with a grain more left`() throws
  {
    let paid = try PaidRun(certified: false, accounting: .zcdp)
    #expect(try paid.verdicts() == (true, true))
    let left = try #require(paid.release.body.remaining.daily?.epsilon)
    for other in [left + Rational(1, BigInteger(10).power(12)), left * Rational(999, 1000)] {
      let edit = ("\"epsilon\":\"\(left)\"", "\"epsilon\":\"\(other)\"")
      #expect(try paid.verdicts([edit]) == (false, false))
    }
  }

  @Test(arguments: [
    [
      ("\"run\":2", "\"run\":3"), ("\"day\":\"2026-11-02\"", "\"day\":\"2026-11-03\""),
      ("\"to\":\"2026-11-03\"", "\"to\":\"2026-11-04\""),
      ("\"from\":\"2026-11-02\"", "\"from\":\"2026-11-03\""),
    ],
    [
      ("\"name\":\"weekly-intent\"", "\"name\":\"another\""),
      ("\"name\":\"signals-2026.weekly-intent\"", "\"name\":\"signals-2026.another\""),
    ],
    [
      ("\"epsilon\":\"3\"", "\"epsilon\":\"4\""), ("\"times\":3", "\"times\":4"),
      ("\"2026-11-03\"],\"delta\"", "\"2026-11-04\"],\"delta\""),
    ],
    [
      (
        "\"daily\":{\"delta\":\"1/250000\",\"epsilon\":\"5/3\"",
        "\"daily\":{\"delta\":\"1/250000\",\"epsilon\":\"8/3\""
      )
    ],
  ])
  func `are told apart where the release claims another place`(edits: [(String, String)]) throws {
    let paid = try PaidRun(certified: false)
    #expect(try paid.verdicts(edits) == (false, false))
  }
}
