// SpeedTests.swift: a long history costs a spend nothing; `HUBBUB_LONG_TESTS=1` adds a million entries.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `A long history` {
  /// Fills a ledger with entries that look like spends; their hashes do not hold.
  private static func fill(_ folder: LedgerPlace, to count: Int) throws {
    let (numbers, hash) =
      switch folder.kind {
      case .sqlite:
        (
          "(WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < \(count)) "
            + "SELECT i FROM n)", "hex(randomblob(32))"
        )
      case .postgres: ("generate_series(2, \(count)) AS n(i)", "md5(i::text) || md5(i::text)")
      }
    try folder.edit(
      """
      INSERT INTO entries (position, previous, time, kind, dataset, release_id, day, epsilon,
        delta, hash)
      SELECT i, \(hash), '2026-01-01T00:00:00Z', 'spend', 'd', 's' || i, 'd' || i,
        '1/1000000', '0', \(hash) FROM \(numbers);
      INSERT INTO releases (id, dataset, state, day, epsilon, delta, position)
      SELECT release_id, 'd', 'spent', day, epsilon, delta, position FROM entries
      WHERE kind = 'spend';
      INSERT INTO balances SELECT 'd', 'daily', day, '', '1/1000000', '0' FROM entries
      WHERE kind = 'spend'
      """
    )
  }

  /// The fastest of nine calls, each on a ledger opened anew, as the command does; on a busy machine
  /// the others tell of the machine.
  private static func fastest(_ call: () throws -> Void) rethrows -> Duration {
    let clock = ContinuousClock()
    return try (0..<9).map { _ in try clock.measure(call) }.min() ?? .zero
  }

  private static func check(_ kind: LedgerUnderTest, count: Int) throws {
    let folder = try LedgerPlace(
      kind,
      LedgerPolicy(dataset: "d", lifetime: try loss("10"), daily: try loss("1/2"))
    )
    try fill(folder, to: count)
    let spending = try fastest {
      _ = try folder.open().spend(spend("1/100", day: "today"), dataset: "d", id: nil)
    }
    let showing = try fastest {
      let ledger = try folder.open()
      _ = try ledger.remaining(dataset: "d", analyst: nil, day: "today")
      _ = try ledger.fitting(dataset: "d", analyst: nil, day: "today")
      _ = try ledger.unfinished(dataset: "d")
      _ = try ledger.schedules(dataset: "d")
      _ = try ledger.history(dataset: "d", after: count / 2, limit: 50)
    }
    print(
      "\(kind), \(count) entries: spend \(spending), what show asks and a page of history \(showing)"
    )
    // On a server most of it is the new connection, which other tests make at the same time.
    let limit = Duration.milliseconds(kind == .sqlite ? 50 : 500)
    #expect(spending < limit)
    #expect(showing < limit)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `of ten thousand entries leaves a spend under 50 ms`(kind: LedgerUnderTest) throws {
    try Self.check(kind, count: 10_000)
  }

  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["HUBBUB_LONG_TESTS"] != nil),
    arguments: LedgerUnderTest.all
  )
  func `of a million entries leaves it there too`(kind: LedgerUnderTest) throws {
    try Self.check(kind, count: 1_000_000)
  }

  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["HUBBUB_LONG_TESTS"] != nil),
    arguments: LedgerUnderTest.all
  )
  func `is derived anew in time that grows with its length`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(
      kind,
      LedgerPolicy(dataset: "d", lifetime: try loss("10"), daily: try loss("1/2"))
    )
    let clock = ContinuousClock()
    let ledger = try folder.open()
    let spending = try clock.measure {
      for index in 0..<10_000 {
        _ = try ledger.spend(spend("1/10000", day: "day \(index / 1000)"), dataset: "d", id: nil)
      }
    }
    let started = clock.now
    let verification = try ledger.verify(head: nil)
    let verifying = clock.now - started
    #expect(verification.findings == [])
    print("\(kind), 10000 spends \(spending), verifying them \(verifying)")
  }
}
