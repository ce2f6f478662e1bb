// LedgerStoreTests.swift: the steps of a ledger, on disk.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// A policy with a lifetime cap and nothing else.
func policy(_ dataset: String = "d", epsilon: Rational = 1) throws -> LedgerPolicy {
  LedgerPolicy(dataset: dataset, lifetime: try PrivacyLoss(epsilon: epsilon))
}

func request(
  _ id: String,
  dataset: String = "d",
  epsilon: Rational = Rational(1, 2),
  digest: String = "aa",
  analyst: String? = nil,
  day: String = "2026-01-01",
  privacyUnit: PrivacyUnit = .person,
  data: SignalPins = SignalPins(files: ["/s.csv"], unitColumn: "u", consentColumn: nil)
) throws -> ReservationRequest {
  ReservationRequest(
    id: try ReleaseID(id),
    dataset: dataset,
    spend: Spend(loss: try PrivacyLoss(epsilon: epsilon), analyst: analyst, day: day),
    digest: digest,
    privacyUnit: privacyUnit,
    data: data
  )
}

/// Reserves, or fails where the release was committed before.
func reserved(
  _ ledger: SQLiteLedger,
  _ request: ReservationRequest
) throws -> Reservation {
  switch try ledger.reserve(request) {
  case .reserved(let reservation): return reservation
  case .committed: throw AlreadyCommitted()
  }
}

struct AlreadyCommitted: Error {}

@Suite struct `SQLite ledger` {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.appending("ledger")
  }

  @Test func `pays for a release once and returns it byte for byte`() throws {
    try SQLiteLedger.create(at: path, policy: policy())
    let ledger = try SQLiteLedger(opening: path)
    let reservation = try reserved(ledger, request("r1"))
    let charge = try ledger.open(reservation).charged()
    let stored = try ledger.commit(charge) { left in Array("left \(left.lifetime)".utf8) }
    #expect(String(decoding: stored.body, as: UTF8.self) == "left epsilon 1/2")
    #expect(stored.receipt.position == 4)
    #expect(!stored.receipt.dataPinned)
    let again = try SQLiteLedger(opening: path)
    #expect(try again.storedRelease(ReleaseID("r1"), dataset: "d", digest: "aa") == stored)
    guard case .committed(let replay) = try again.reserve(request("r1")) else {
      Issue.record("a committed release is reserved again")
      return
    }
    #expect(replay == stored)
    let verification = try again.verify(head: stored.receipt.head)
    #expect(verification.findings == [])
    #expect(verification.entries == 4)
    #expect(verification.head == stored.receipt.head)
  }
}
