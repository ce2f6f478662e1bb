// FaultTests.swift: each statement, each commit and each write fails in turn; then it is checked.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import GRDB
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// What was acknowledged before a step failed.
struct Acknowledged {
  var bodies: [String: [UInt8]] = [:]
  var spends: Set<String> = []
}

/// Runs releases, spends and voids, noting what was acknowledged, until a step fails.
func runSteps(
  on ledger: some DurableLedger,
  rounds: Int = 3,
  noting acknowledged: inout Acknowledged
) throws {
  for index in 0..<rounds {
    let body = [UInt8](repeating: UInt8(index), count: 3000)
    let held = try ledger.held(request("r\(index)", spend: spend("1/100")))
    let opened = try ledger.open(held)
    acknowledged.bodies["r\(index)"] = try ledger.commit(opened.charged()) { _ in body }.body
    _ = try ledger.spend(spend("1/1000"), dataset: "d", id: ReleaseID("s\(index)"))
    acknowledged.spends.insert("s\(index)")
    _ = try ledger.held(request("v\(index)", spend: spend("1/100")))
    try ledger.void(ReleaseID("v\(index)"))
  }
}

/// Checks that what was acknowledged is there, and that the steps can be taken up and finished.
func checkAfterFault(at place: String, rounds: Int = 3, _ acknowledged: Acknowledged) throws {
  let ledger = try OpenedLedger(opening: place)
  #expect(try ledger.verify(head: nil).findings == [])
  for (id, body) in acknowledged.bodies {
    #expect(try ledger.storedRelease(ReleaseID(id), dataset: "d", digest: "aa")?.body == body)
  }
  let ids = try ledger.history(dataset: "d", after: 0, limit: 1000).filter { $0.kind == .spend }
  #expect(acknowledged.spends.isSubset(of: ids.compactMap(\.release?.description)))
  for index in 0..<rounds {
    switch try ledger.reserve(request("r\(index)", spend: spend("1/100"))) {
    case .committed: break
    case .reserved(let reservation):
      _ = try ledger.commit(ledger.open(reservation).charged()) { _ in [9] }
    }
    _ = try ledger.spend(spend("1/1000"), dataset: "d", id: ReleaseID("s\(index)"))
  }
  let held = try ledger.history(dataset: "d", after: 0, limit: 1000)
  let unfinished = Set(held.filter { $0.kind == .reserve }.compactMap(\.release))
    .filter { id in
      id.description.hasPrefix("v") && held.last { $0.release == id }?.kind == .reserve
    }
  for id in unfinished { try ledger.void(id) }
  // Each release and each spend is paid exactly once.
  #expect(try ledger.left().epsilon == .one - Rational(BigInteger(11 * rounds), 1000))
  #expect(try ledger.verify(head: nil).findings == [])
}

/// Refuses the n-th commit.
private final class CommitRefusal: TransactionObserver {
  private var left: Int

  init(after count: Int) {
    left = count
  }

  struct Refused: Error {}

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseDidCommit(_ database: Database) {}
  func databaseDidRollback(_ database: Database) {}

  func databaseWillCommit() throws {
    left -= 1
    if left == 0 { throw Refused() }
  }
}

@Suite struct `After a fault` {
  /// Counts statements across threads, though one connection runs them one by one.
  private final class Counter: @unchecked Sendable {
    var count = 0
  }

  @Test func `at any statement, nothing is lost and nothing is paid twice`() throws {
    var index = 1
    var failures = 0
    while true {
      let folder = try LedgerPlace()
      let ledger = try SQLiteLedger(opening: folder.place)
      let counter = Counter()
      let queue = ledger.queue
      let failing = index
      queue.inDatabase { database in
        database.trace { _ in
          counter.count += 1
          if counter.count == failing { queue.interrupt() }
        }
      }
      var acknowledged = Acknowledged()
      do {
        try runSteps(on: ledger, rounds: 1, noting: &acknowledged)
      } catch LedgerError.unavailable {
        failures += 1
      }
      queue.inDatabase { $0.trace(nil) }
      try checkAfterFault(at: folder.place, rounds: 1, acknowledged)
      if counter.count < failing { break }
      index += 1
    }
    #expect(index > 50)
    #expect(failures > 40)
  }

  @Test func `at any commit, nothing is lost and nothing is paid twice`() throws {
    for index in 1...6 {
      let folder = try LedgerPlace()
      let ledger = try SQLiteLedger(opening: folder.place)
      ledger.queue.add(transactionObserver: CommitRefusal(after: index), extent: .databaseLifetime)
      var acknowledged = Acknowledged()
      #expect(throws: LedgerError.self) {
        try runSteps(on: ledger, rounds: 1, noting: &acknowledged)
      }
      try checkAfterFault(at: folder.place, rounds: 1, acknowledged)
    }
  }

  @Test(arguments: 0..<12)
  func `for want of room, nothing is lost and nothing is paid twice`(pages: Int) throws {
    let folder = try LedgerPlace()
    let ledger = try SQLiteLedger(opening: folder.place)
    try ledger.queue.inDatabase { database in
      let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(count + pages)")
    }
    var acknowledged = Acknowledged()
    do {
      try runSteps(on: ledger, noting: &acknowledged)
    } catch LedgerError.unavailable(let failure) {
      #expect(failure.kind == .full)
    }
    try checkAfterFault(at: folder.place, acknowledged)
  }

  /// Runs the steps where no file may grow past a limit, as on a disk without room; the process
  /// ends by signal once a step fails, and notes what was acknowledged before.
  @Sendable static func runLimited(path: String, notes: String, limit: Int) throws {
    signal(SIGXFSZ, SIG_IGN)
    let descriptor = open(notes, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var bounds = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(limit))
    setrlimit(__rlimit_resource_t(1), &bounds)
    var acknowledged = Acknowledged()
    do {
      try runSteps(on: SQLiteLedger(opening: path), noting: &acknowledged)
    } catch is LedgerError {}
    let text = (Array(acknowledged.bodies.keys) + acknowledged.spends).joined(separator: "\n")
    _ = text.withCString { write(descriptor, $0, strlen($0)) }
  }

  @Test func `of a write to disk, wherever it is, nothing is lost`() async throws {
    for limit in stride(from: 1000, to: 200_000, by: 18_500) {
      let folder = try LedgerPlace()
      let path = folder.place
      let notes = folder.directory.appending("notes")
      await #expect(processExitsWith: .success) {
        [path = path as String, notes = notes as String, limit = limit as Int] in
        try Self.runLimited(path: path, notes: notes, limit: limit)
      }
      var acknowledged = Acknowledged()
      let noted = String(decoding: try folder.directory.bytes("notes"), as: UTF8.self)
      for id in noted.split(separator: "\n").map(String.init) {
        guard id.hasPrefix("r"), let index = UInt8(id.dropFirst()) else {
          acknowledged.spends.insert(id)
          continue
        }
        acknowledged.bodies[id] = [UInt8](repeating: index, count: 3000)
      }
      try checkAfterFault(at: path, acknowledged)
    }
  }
}
