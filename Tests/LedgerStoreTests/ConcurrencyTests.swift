// ConcurrencyTests.swift: many at once on one ledger, in one process and in several that are killed.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `Several at once` {
  @Test(arguments: LedgerUnderTest.all)
  func `never overspend, and lose nothing that was accepted`(kind: LedgerUnderTest) async throws {
    let folder = try LedgerPlace(kind)
    let ledgers = try (0..<3).map { _ in try folder.open() }
    let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<90 {
        let ledger = ledgers[index % 3]
        group.addTask {
          do {
            _ = try ledger.spend(spend("1/50"), dataset: "d", id: ReleaseID("s\(index)"))
            return true
          } catch LedgerError.refused {
            return false
          }
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(accepted == 50)
    #expect(try folder.open().left() == loss("0"))
    let verification = try folder.open().verify(head: nil)
    #expect(verification.findings == [])
    #expect(verification.entries == 51)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `let exactly one run of a release commit`(kind: LedgerUnderTest) async throws {
    let folder = try LedgerPlace(kind)
    let ledgers = try (0..<4).map { _ in try folder.open() }
    let bodies = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      for (index, ledger) in ledgers.enumerated() {
        group.addTask {
          do {
            switch try ledger.reserve(request("r1")) {
            case .committed(let stored): return stored.body
            case .reserved(let reservation):
              let opened = try ledger.open(reservation)
              return try ledger.commit(opened.charged()) { _ in [UInt8(index)] }.body
            }
          } catch LedgerError.superseded {
            return nil
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let ledger = try folder.open()
    let stored = try ledger.storedRelease(ReleaseID("r1"), dataset: "d", digest: "aa")
    if let body = stored?.body { #expect(bodies.allSatisfy { $0 == nil || $0 == body }) }
    #expect(stored != nil || bodies.allSatisfy { $0 == nil })
    #expect(try ledger.left() == loss("1/2"))
    #expect(try ledger.verify(head: nil).findings == [])
  }

  /// Spends until it is killed, and notes each spend that was accepted once the call has returned.
  @Sendable static func spendUntilKilled(path: String, notes: String, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let delay = UInt32.random(in: 1_000...400_000, using: &random)
    Thread.detachNewThread {
      usleep(delay)
      kill(getpid(), SIGKILL)
    }
    let descriptor = open(notes, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    for index in 0... {
      let ledger = try OpenedLedger(opening: path)
      let id = "p\(seed)-\(index)"
      _ = try ledger.spend(spend("1/100000"), dataset: "d", id: ReleaseID(id))
      _ = (id + "\n").withCString { write(descriptor, $0, strlen($0)) }
    }
  }

  @Test(arguments: LedgerUnderTest.all)
  func `killed at any moment leave a sound ledger with every accepted spend`(
    kind: LedgerUnderTest
  ) async throws {
    let folder = try LedgerPlace(kind)
    let path = folder.place
    for round in 0..<3 as Range<UInt64> {
      await withTaskGroup(of: Void.self) { group in
        for process in 0..<4 as Range<UInt64> {
          let seed = round * 4 + process
          let notes = folder.directory.appending("notes-\(seed)")
          group.addTask {
            await #expect(processExitsWith: .signal(SIGKILL)) {
              [path = path as String, notes = notes as String, seed = seed as UInt64] in
              try Self.spendUntilKilled(path: path, notes: notes, seed: seed)
            }
          }
        }
      }
      let ledger = try folder.open()
      #expect(try ledger.verify(head: nil).findings == [])
      let spent = try ledger.history(dataset: "d", after: 1, limit: 1_000_000)
      let ids = spent.compactMap(\.release?.description)
      #expect(Set(ids).count == ids.count)
      var noted = Set<String>()
      for seed in 0..<(round + 1) * 4 {
        let bytes = (try? folder.directory.bytes("notes-\(seed)")) ?? []
        noted.formUnion(
          String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        )
      }
      #expect(noted.isSubset(of: ids))
      // Each process can have one spend on disk that it was killed before noting.
      #expect(ids.count <= noted.count + Int(round + 1) * 4)
      #expect(try ledger.left().epsilon == Rational(1) - Rational(BigInteger(ids.count), 100_000))
    }
  }
}
