// ScheduleTests.swift: schedules that are paid once, and their runs in order.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// The labels of some days in January.
func days(_ count: Int, from first: Int = 1) -> [String] {
  (first..<(first + count)).map { "2026-01-\($0 < 10 ? "0" : "")\($0)" }
}

/// The run of a schedule of three days that costs 1/10 each, or as told.
func run(
  _ index: Int,
  id: String? = nil,
  of name: String = "s",
  days labels: [String] = days(3),
  epsilon: String = "1/10",
  delta: String? = nil,
  price: SchedulePrice? = nil,
  analyst: String? = nil,
  digest: String = "aa",
  dataset: String = "d",
  data: SignalPins = SignalPins(files: ["/s.csv"], unitColumn: "u", consentColumn: nil)
) throws -> ReservationRequest {
  let spent = try spend(epsilon, delta, analyst: analyst, day: "any")
  return ReservationRequest(
    id: try ReleaseID(id ?? "\(name).\(labels[index])"),
    dataset: dataset,
    spend: spent,
    digest: digest,
    privacyUnit: .person,
    data: data,
    schedule: ScheduledRun(
      name: try ReleaseID(name),
      every: .day,
      days: labels,
      index: index,
      price: price ?? SchedulePrice(rule: .sum, loss: spent.loss.repeated(labels.count))
    )
  )
}

extension DurableLedger {
  /// Why a request for a run is refused; the check says the same, and nothing changes.
  func refusal(_ request: ReservationRequest) throws -> LedgerError? {
    let head = try verify(head: nil).head
    let checked = #expect(throws: LedgerError.self) { try self.check(request) }
    let error = #expect(throws: LedgerError.self) { _ = try self.held(request) }
    #expect(checked == error)
    let verification = try verify(head: head)
    #expect(verification.findings == [] && verification.head == head)
    return error
  }
}

@Suite struct `Schedules` {
  @Test(arguments: LedgerUnderTest.all)
  func `are paid once, and their runs cost nothing more`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    let name = try ReleaseID("s")
    #expect(try ledger.schedule(name, dataset: "d") == nil)
    try ledger.check(run(0))
    let price = SchedulePrice(rule: .certified, loss: try loss("1/4", "0"))
    var released: [ReleaseID] = []
    for index in 0..<3 {
      // What a later run proposes does not matter.
      let proposal = index == 0 ? price : nil
      let stored = try folder.open().release(run(index, price: proposal), body: "run \(index)")
      #expect(try ledger.left() == loss("3/4"))
      released.append(try run(index).id)
      let again = try ledger.storedRelease(released[index], dataset: "d", digest: "aa")
      #expect(again == stored)
      guard case .committed(stored) = try ledger.reserve(run(index)) else {
        Issue.record("a run that was released is released again")
        return
      }
    }
    #expect(
      try ledger.schedule(name, dataset: "d")
        == ScheduleStanding(
          digest: "aa",
          analyst: nil,
          every: .day,
          days: days(3),
          price: price,
          released: released,
          pending: nil
        )
    )
    #expect(try ledger.schedules(dataset: "d").map(\.name) == [name])
    let entries = try ledger.history(dataset: "d", limit: 100)
    #expect(
      entries.map(\.kind.rawValue).joined(separator: " ") == """
        create schedule reserve open commit reserve open commit reserve open commit
        """
    )
    #expect(entries[1].declared?.days == days(3) && entries[1].loss == price.loss)
    #expect(entries[5].run?.index == 1 && entries[5].loss == nil && entries[5].day == "2026-01-02")
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `take their runs in order, each once`(kind: LedgerUnderTest) throws {
    let ledger = try LedgerPlace(kind).opened()
    #expect(try ledger.refusal(run(1)) == .schedule(.skipped(next: "2026-01-01")))
    _ = try ledger.release(run(0, id: "first"))
    #expect(try ledger.refusal(run(2)) == .schedule(.skipped(next: "2026-01-02")))
    #expect(
      try ledger.refusal(run(0))
        == .schedule(.repeated(day: "2026-01-01", id: ReleaseID("first")))
    )
    _ = try ledger.held(run(1, id: "second"))
    #expect(
      try ledger.refusal(run(1)) == .schedule(.begun(day: "2026-01-02", id: ReleaseID("second")))
    )
    #expect(try ledger.refusal(run(2)) == .schedule(.skipped(next: "2026-01-02")))
    #expect(try ledger.left() == loss("7/10"))
  }

  @Test(arguments: LedgerUnderTest.all)
  func `stay as they were declared`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    try OpenedLedger.create(at: folder.place, policy: policy("e"))
    _ = try ledger.release(run(0, analyst: "ann"))
    _ = try ledger.release(request("r", spend: spend("1/10")))
    let name = try ReleaseID("s")
    let changed = LedgerError.schedule(.changed(name))
    for other in [
      try run(1, analyst: "ann", digest: "bb"), try run(1, days: days(4), analyst: "ann"),
      try run(1, days: days(3, from: 2), analyst: "ann"),
      try run(1, epsilon: "1/100", analyst: "ann"),
      try run(0, days: days(2), analyst: "ann"),
    ] {
      #expect(try ledger.refusal(other) == changed)
    }
    #expect(try ledger.refusal(run(1, analyst: "bob")) == .conflict(name))
    #expect(try ledger.refusal(run(1)) == .conflict(name))
    #expect(try ledger.refusal(run(1, analyst: "ann", dataset: "e")) == .conflict(name))
    #expect(throws: LedgerError.conflict(name)) { try ledger.schedule(name, dataset: "e") }
    let taken = try ReleaseID("r")
    #expect(try ledger.refusal(run(1, id: "r", analyst: "ann")) == .conflict(taken))
    #expect(try ledger.refusal(run(1, id: "s", analyst: "ann")) == .conflict(name))
    #expect(try ledger.refusal(run(0, of: "r")) == .conflict(taken))
    // The name and the ids of runs stand for nothing else.
    #expect(try ledger.refusal(request("s", spend: spend("3/10"))) == .conflict(name))
    let first = try run(0, analyst: "ann").id
    #expect(
      try ledger.refusal(request("\(first)", spend: spend("1/10", analyst: "ann")))
        == .conflict(first)
    )
    for id in [name, first] {
      #expect(throws: LedgerError.conflict(id)) {
        try ledger.spend(spend("1/10", analyst: "ann"), dataset: "d", id: id)
      }
    }
    #expect(throws: LedgerError.conflict(name)) {
      try ledger.storedRelease(name, dataset: "d", digest: "aa")
    }
  }

  @Test(arguments: LedgerUnderTest.all)
  func `are refused past the lifetime or the analyst, and fit exactly`(
    kind: LedgerUnderTest
  ) throws {
    let ledger = try LedgerPlace(
      kind,
      LedgerPolicy(
        dataset: "d",
        lifetime: loss("1"),
        analysts: ["ann": loss("3/5"), "*": loss("2")]
      )
    ).opened()
    func refused(_ request: ReservationRequest) throws -> Set<BudgetLimit>? {
      guard case .schedule(.overBudget(let refusal, nil)) = try ledger.refusal(request) else {
        return nil
      }
      return refusal.violated
    }
    #expect(try refused(run(0, epsilon: "1/3", analyst: "ann")) == [.analyst])
    #expect(try refused(run(0, epsilon: "2", analyst: "ann")) == [.analyst, .lifetime])
    #expect(try refused(run(0, epsilon: "0.34", analyst: "bob")) == [.lifetime])
    _ = try ledger.held(run(0, epsilon: "1/5", analyst: "ann"))
    #expect(try refused(run(0, of: "t", epsilon: "1/1000000000", analyst: "ann")) == [.analyst])
    _ = try ledger.held(run(0, of: "t", epsilon: "2/15", analyst: "bob"))
    #expect(try ledger.left() == loss("0"))
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `charge every day its own run, and name the day that is full`(kind: LedgerUnderTest) throws {
    let ledger = try LedgerPlace(
      kind,
      LedgerPolicy(dataset: "d", lifetime: loss("1"), daily: loss("1/5"))
    ).opened()
    _ = try ledger.spend(spend("3/20", day: "2026-01-02"), dataset: "d", id: nil)
    guard case .schedule(.overBudget(let refusal, "2026-01-02")) = try ledger.refusal(run(0)) else {
      Issue.record("the second day is full")
      return
    }
    #expect(refusal.violated == [.daily])
    #expect(try refusal.remaining.daily == loss("1/20"))
    _ = try ledger.held(
      run(0, days: days(3, from: 3), price: SchedulePrice(rule: .certified, loss: loss("1/4")))
    )
    for day in days(3, from: 3) {
      let left = try ledger.remaining(dataset: "d", analyst: nil, day: day)
      #expect(try left.daily == loss("1/10"))
      #expect(try left.lifetime == loss("3/5"))
    }
    // Reaching the cap of a day exactly is accepted.
    _ = try ledger.held(run(0, of: "t", days: days(2, from: 4)))
    #expect(try ledger.remaining(dataset: "d", analyst: nil, day: "2026-01-05").daily == .zero)
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `refuse a sum that is none`(kind: LedgerUnderTest) throws {
    let ledger = try LedgerPlace(kind).opened()
    let price = SchedulePrice(rule: .sum, loss: try loss("1/10"))
    guard case .invalid(.schedulePrice(.sum), _) = try ledger.refusal(run(0, price: price)) else {
      Issue.record("three runs cost three times as much")
      return
    }
  }

  @Test(arguments: LedgerUnderTest.all)
  func `take up a run that died, under its id, at no cost`(kind: LedgerUnderTest) throws {
    let ledger = try LedgerPlace(kind).opened()
    let first = try ledger.open(ledger.held(run(0))).charged()
    #expect(try ledger.schedule(ReleaseID("s"), dataset: "d")?.pending == run(0).id)
    let second = try ledger.open(ledger.held(run(0))).charged()
    #expect(ledger.refusalToCommit(first) == .superseded(try run(0).id))
    _ = try ledger.commit(second) { left in Array("\(left.lifetime)".utf8) }
    #expect(try ledger.left() == loss("7/10"))
    let standing = try ledger.schedule(ReleaseID("s"), dataset: "d")
    #expect(try standing?.released == [run(0).id] && standing?.pending == nil)
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `can be voided by their name until a run was opened`(kind: LedgerUnderTest) throws {
    let ledger = try LedgerPlace(
      kind,
      LedgerPolicy(dataset: "d", lifetime: loss("1"), daily: loss("1/5"))
    ).opened()
    let name = try ReleaseID("s")
    // A run alone gives back nothing, and may be held again under another id.
    let reservation = try ledger.held(run(0))
    #expect(try ledger.void(run(0).id) == nil)
    #expect(ledger.refusalToOpen(reservation) == .superseded(try run(0).id))
    #expect(try ledger.left() == loss("7/10"))
    _ = try ledger.held(run(0, id: "again"))
    #expect(try ledger.void(name) == loss("3/10"))
    #expect(try ledger.left() == loss("1"))
    let left = try ledger.remaining(dataset: "d", analyst: nil, day: "2026-01-03")
    #expect(try left.daily == loss("1/5"))
    #expect(try ledger.schedule(name, dataset: "d") == nil)
    #expect(try ledger.schedules(dataset: "d").isEmpty)
    // Nothing was read, so the name and the ids may stand for something else now.
    _ = try ledger.held(run(0, days: days(2), epsilon: "1/5", digest: "bb"))
    _ = try ledger.held(request("again", spend: spend("1/10", day: "else")))
    _ = try ledger.open(ledger.held(run(0, days: days(2), epsilon: "1/5", digest: "bb")))
    let error = #expect(throws: LedgerError.self) { try ledger.void(name) }
    #expect(error?.description.contains("of which a run was opened") == true)
    #expect(try ledger.left() == loss("1/2"))
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `give one run of two at once to one of them`(kind: LedgerUnderTest) async throws {
    let folder = try LedgerPlace(kind)
    let ledgers = try (0..<4).map { _ in try folder.open() }
    let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
      for (index, ledger) in ledgers.enumerated() {
        group.addTask {
          do {
            _ = try ledger.release(run(0, id: "r\(index)"))
            return "released"
          } catch LedgerError.schedule(.begun) {
            return "begun"
          } catch LedgerError.schedule(.repeated) {
            return "repeated"
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == "released" }.count == 1, "\(outcomes)")
    let ledger = try folder.open()
    #expect(try ledger.left() == loss("7/10"))
    #expect(try ledger.schedule(ReleaseID("s"), dataset: "d")?.released.count == 1)
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `hold ten thousand runs`(kind: LedgerUnderTest) throws {
    let ledger = try LedgerPlace(
      kind,
      LedgerPolicy(dataset: "d", lifetime: loss("1"), daily: loss("1"))
    ).opened()
    let labels = (0..<10_000).map { "day \($0)" }
    let clock = ContinuousClock()
    let taken = try clock.measure {
      _ = try ledger.release(run(0, id: "r0", days: labels, epsilon: "1/10000"))
      _ = try ledger.release(run(1, id: "r1", days: labels, epsilon: "1/10000"))
    }
    #expect(try ledger.left() == .zero)
    #expect(taken < .seconds(60))
  }
}

extension LedgerPlace {
  /// Opens the ledger; it stays as long as the ledger is used.
  func opened() throws -> PlacedLedger { PlacedLedger(place: self, ledger: try open()) }
}

/// A ledger that keeps its place alive.
struct PlacedLedger: DurableLedger {
  let place: LedgerPlace
  let ledger: OpenedLedger
  var storage: LedgerStorage { ledger.storage }
}
