// ReleaseFlowTests.swift: reserve before reading, pay before telling, and never pay twice.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import LedgerStore
import PrivacyAccounting
import Releases
import Synchronization
import TestSupport
import Testing

@testable import PrivateAggregation

/// Counts how often signals are about to be read.
final class Readings: Sendable {
  private let count = Mutex(0)

  var number: Int { count.withLock { $0 } }

  func add() { count.withLock { $0 += 1 } }
}

@Suite struct `Release flow` {
  static let text = "unit,region,intent\na,n,x\nb,n,x\nb,s,z\n"
  let folder: TemporaryDirectory
  let readings = Readings()
  let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = try folder.write(Self.text, to: "signals.csv")
  }

  func releaser<Ledger: BudgetLedger>(_ ledger: Ledger) -> Releaser<Ledger> {
    let readings = readings
    return Releaser(
      ledger: ledger,
      clock: { 1_793_491_200 },
      progress: nil,
      announce: { readings.add() }
    )
  }

  func sqlite(_ epsilon: Rational = 1) throws -> SQLiteLedger {
    let place = folder.appending("ledger")
    try SQLiteLedger.create(
      at: place,
      policy: LedgerPolicy(dataset: "signals", lifetime: try PrivacyLoss(epsilon: epsilon))
    )
    return try SQLiteLedger(opening: place)
  }

  func plan(
    _ files: [String]? = nil,
    epsilon: Rational = 1,
    columns: [SignalColumn: ColumnReference] = Samples.columns,
    digest: String = String(repeating: "d", count: 64)
  ) throws -> AggregationPlan {
    try AggregationPlan(
      Samples.specification(
        files: files ?? [path],
        columns: columns,
        epsilon: epsilon,
        digest: digest
      )
    )
  }

  static func release<Ledger: BudgetLedger>(
    _ releaser: Releaser<Ledger>,
    _ plan: AggregationPlan,
    _ id: String
  ) async throws -> ReleaseOutcome {
    try await releaser.release(
      under: plan,
      id: try ReleaseID(id),
      analyst: nil,
      day: "2026-11-01"
    )
  }

  /// The error of a release; `nil` where it came about.
  static func problem<Ledger: BudgetLedger>(
    _ releaser: Releaser<Ledger>,
    _ plan: AggregationPlan,
    _ id: String
  ) async throws -> ReleaseError? {
    do {
      _ = try await release(releaser, plan, id)
      return nil
    } catch let error as ReleaseError {
      return error
    }
  }

  @Test func `releases every cell in order, with what it cost`() async throws {
    // Scale 1/250: a draw is not zero with a chance below e^-249.
    let plan = try AggregationPlan(
      Samples.specification(files: [path], bounds: Samples.bounds(2, 1), epsilon: 1000)
    )
    #expect(plan.measures.map(\.scale) == [Rational(2, 500), Rational(2, 500)])
    let outcome = try await Self.release(releaser(try sqlite(1001)), plan, "first")
    let body = outcome.release.body
    #expect(!outcome.replayed)
    #expect(
      body.cells.map(\.values) == ["n", "s"].flatMap { r in ["x", "y", "z"].map { [r, $0] } }
    )
    #expect(
      body.cells.map(\.counts) == [[2, 2], [0, 0], [0, 0], [0, 0], [0, 0], [1, 1]]
    )
    #expect(body.remaining.lifetime.epsilon == 1)
    #expect(body.created == "2026-11-01T00:00:00Z")
    #expect(body.privacy.loss == plan.loss)
  }

  @Test func `draws other noise for another id`() async throws {
    let ledger = MemoryLedger(budget: 2)
    let first = try await Self.release(releaser(ledger), plan(), "first")
    let second = try await Self.release(releaser(ledger), plan(), "second")
    // Twelve draws of scale 20,000 and more: equal with a chance below 10^-50.
    #expect(first.release.body.cells != second.release.body.cells)
    #expect(await ledger.spent == 2)
  }

  @Test func `refuses past the budget before any signal is read`() async throws {
    let ledger = MemoryLedger(budget: Rational(1, 2))
    guard
      case .ledger(.refused(let refusal)) = try await Self.problem(
        releaser(ledger),
        plan(),
        "first"
      )
    else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.violated == [.lifetime])
    #expect(readings.number == 0)
    #expect(await ledger.spent == 0)
    // The same of the durable ledger, which checks before it so much as opens a file.
    let missing = try plan([folder.appending("none.csv")])
    guard
      case .ledger(.refused) = try await Self.problem(
        releaser(sqlite(Rational(1, 2))),
        missing,
        "first"
      )
    else {
      Issue.record("not refused")
      return
    }
  }

  @Test func `replays the same bytes when the signals are gone, at no cost`() async throws {
    let ledger = try sqlite()
    let first = try await Self.release(releaser(ledger), plan(), "first")
    try FileManager.default.removeItem(atPath: path)
    let again = try await Self.release(releaser(ledger), plan(), "first")
    #expect(again.replayed)
    #expect(again.release.encoded() == first.release.encoded())
    #expect(readings.number == 1)
    #expect(try ledger.remaining(dataset: "signals", analyst: nil, day: "x").lifetime == .zero)
    let other = try plan(digest: String(repeating: "e", count: 64))
    #expect(
      try await Self.problem(releaser(ledger), other, "first")
        == .ledger(.conflict(ReleaseID("first")))
    )
  }

  @Test func `finds missing files and columns before anything is reserved`() async throws {
    let ledger = MemoryLedger(budget: 1)
    let second = try folder.write("unit,region\na,n\n", to: "two.csv")
    let cases: [([String], SignalFileError)] = [
      ([path, folder.appending("x.csv")], .init(path: folder.appending("x.csv"), kind: .missing)),
      ([path, second], .init(path: second, kind: .missingColumn("intent"))),
      ([folder.path], .init(path: folder.path, kind: .directory)),
    ]
    for (files, error) in cases {
      #expect(try await Self.problem(releaser(ledger), plan(files), "first") == .file(error))
    }
    #expect(await ledger.spent == 0)
    #expect(readings.number == 0)
  }

  @Test func `keeps the loss when a file breaks off, and can be resumed under its id`() async throws
  {
    let ledger = try sqlite()
    let rows = (0..<3000).map { "u\($0),n,x\n" }.joined()
    let whole = `Signal files`.gzip("unit,region,intent\n" + rows)
    let path = try folder.write(bytes: Array(whole.dropLast(9)), to: "signals.csv.gz")
    let plan = try plan([path])
    let id = try ReleaseID("first")
    let damaged = SignalFileError(path: path, kind: .damaged)
    #expect(
      try await Self.problem(releaser(ledger), plan, "first") == .interrupted(damaged, id: id)
    )
    #expect(readings.number == 1)
    #expect(try ledger.remaining(dataset: "signals", analyst: nil, day: "x").lifetime == .zero)
    // Signals were about to be read, so the loss cannot be given back.
    #expect(throws: LedgerError.self) { try ledger.void(id) }
    #expect(throws: (any Error).self) {
      try ledger.spend(
        Spend(loss: try PrivacyLoss(epsilon: Rational(1, 1000)), day: "x"),
        dataset: "signals",
        id: nil
      )
    }
    _ = try folder.write(bytes: whole, to: "signals.csv.gz")
    let outcome = try await Self.release(releaser(ledger), plan, "first")
    #expect(!outcome.replayed)
    #expect(outcome.release.body.remaining.lifetime == .zero)
  }

  @Test func `tells nothing when another attempt took over`() async throws {
    let ledger = MemoryLedger(budget: 1)
    let id = try ReleaseID("first")
    await ledger.supersedeBeforeCommit(of: id)
    #expect(
      try await Self.problem(releaser(ledger), plan(), "first") == .ledger(.superseded(id))
    )
    #expect(await ledger.spent == 1)
  }

  @Test func `gives back a reservation that was never opened`() async throws {
    let ledger = try sqlite()
    let id = try ReleaseID("first")
    let request = ReservationRequest(
      id: id,
      dataset: "signals",
      spend: Spend(loss: try plan().loss, day: "x"),
      digest: "d",
      privacyUnit: .person,
      data: SignalPins(files: [path], unitColumn: "unit", consentColumn: nil)
    )
    _ = try ledger.reserve(request)
    try ledger.void(id)
    #expect(
      try ledger.remaining(dataset: "signals", analyst: nil, day: "x").lifetime.epsilon == 1
    )
  }

  @Test func `reads a pipe, its header before the reservation`() async throws {
    let pipe = folder.appending("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    let text = Self.text
    let writer = Thread {
      guard let handle = FileHandle(forWritingAtPath: pipe) else { return }
      try? handle.write(contentsOf: Data(text.utf8))
      try? handle.close()
    }
    writer.start()
    let ledger = MemoryLedger(budget: 1)
    let outcome = try await Self.release(releaser(ledger), plan([pipe]), "first")
    #expect(outcome.release.body.cells.count == 6)
  }

  @Test func `reports bytes and nothing else while it reads`() async throws {
    let seen = Mutex<[ReadingProgress]>([])
    let releaser = Releaser(
      ledger: MemoryLedger(budget: 1),
      progress: { step in seen.withLock { $0.append(step) } }
    )
    _ = try await Self.release(releaser, plan(), "first")
    let size = Self.text.utf8.count
    #expect(seen.withLock { $0 } == [ReadingProgress(bytesRead: size, bytesInAll: size)])
  }
}
