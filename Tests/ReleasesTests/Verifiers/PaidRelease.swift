// PaidRelease.swift: a sample release that a ledger with a history has paid for.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
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

  /// What is read, all of it pinned.
  private static let data = SignalPins(
    files: ["/s.csv"],
    unitColumn: "u",
    consentColumn: nil,
    timeColumn: "t"
  )

  /// Pays for the sample release, which a key signs where one is given.
  init(signedBy key: SampleKey? = nil) throws {
    let folder = try TemporaryDirectory()
    self.folder = folder
    let sample = try SampleRelease(unit: .personDay).body()
    let keyFile = try key.map { try folder.write($0.privateKey, to: "key.pem") }
    let policy = try LedgerPolicy(
      dataset: "signals-2026",
      privacyUnit: .personDay,
      pins: Self.data,
      lifetime: PrivacyLoss(epsilon: 10, delta: Rational(1, 1000)),
      daily: PrivacyLoss(epsilon: 3, delta: Rational(1, 1000)),
      analysts: [
        "ada": PrivacyLoss(epsilon: 4, delta: Rational(1, 1000)),
        "*": PrivacyLoss(epsilon: 1, delta: Rational(1, 1000)),
      ],
      dimension: SliceDimension(name: "cohort", values: ["a", "b", "c"], touches: 2),
      signingKey: keyFile.map { SigningKey(file: $0) }
    )
    let path = folder.appending("hubbub.ledger")
    ledger = path
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
        data: Self.data
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
  func holdsHere(_ bytes: [UInt8], publicKey: String? = nil) throws -> Bool {
    let store = try SQLiteLedger(opening: ledger)
    guard try store.verify(head: nil).holds else { return false }
    let verification = ReleaseVerification(of: bytes, publicKey: publicKey)
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
