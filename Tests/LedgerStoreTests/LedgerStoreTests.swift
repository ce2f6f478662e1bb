// LedgerStoreTests.swift: what the tests of a ledger share.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// A loss from what a caller spells.
func loss(_ epsilon: String, _ delta: String? = nil) throws -> PrivacyLoss {
  try PrivacyLoss(epsilon: Rational(parsing: epsilon), delta: Rational(parsing: delta ?? "0"))
}

/// A policy with a lifetime cap and nothing else.
func policy(
  _ dataset: String = "d",
  epsilon: String = "1",
  pins: SignalPins? = nil
) throws -> LedgerPolicy {
  LedgerPolicy(dataset: dataset, pins: pins, lifetime: try loss(epsilon))
}

func spend(
  _ epsilon: String,
  _ delta: String? = nil,
  analyst: String? = nil,
  day: String = "2026-01-01",
  slices: [String]? = nil
) throws -> Spend {
  Spend(loss: try loss(epsilon, delta), analyst: analyst, day: day, slices: slices)
}

func request(
  _ id: String,
  dataset: String = "d",
  spend spent: Spend? = nil,
  digest: String = "aa",
  privacyUnit: PrivacyUnit = .person,
  data: SignalPins = SignalPins(files: ["/s.csv"], unitColumn: "u", consentColumn: nil)
) throws -> ReservationRequest {
  ReservationRequest(
    id: try ReleaseID(id),
    dataset: dataset,
    spend: try spent ?? spend("1/2"),
    digest: digest,
    privacyUnit: privacyUnit,
    data: data
  )
}

struct AlreadyCommitted: Error {}

extension DurableLedger {
  /// Reserves, or fails where the release was committed before.
  func held(_ request: ReservationRequest) throws -> Reservation {
    switch try reserve(request) {
    case .reserved(let reservation): return reservation
    case .committed: throw AlreadyCommitted()
    }
  }

  /// Runs a release from its reservation to its commit.
  func release(_ request: ReservationRequest, body: String = "body") throws -> StoredRelease {
    let charge = try open(held(request)).charged()
    return try commit(charge) { _ in Array(body.utf8) }
  }

  /// Why a reservation cannot be opened; `nil` where it can.
  func refusalToOpen(_ reservation: consuming Reservation) -> LedgerError? {
    do throws(LedgerError) {
      _ = try open(reservation)
      return nil
    } catch {
      return error
    }
  }

  /// Why a charge cannot be committed; `nil` where it can.
  func refusalToCommit(_ charge: consuming Charge) -> LedgerError? {
    do throws(LedgerError) {
      _ = try commit(charge) { _ in [1] }
      return nil
    } catch {
      return error
    }
  }

  /// What is left of the lifetime cap.
  func left(_ dataset: String = "d") throws -> PrivacyLoss {
    try remaining(dataset: dataset, analyst: nil, day: "2026-01-01").lifetime
  }
}
