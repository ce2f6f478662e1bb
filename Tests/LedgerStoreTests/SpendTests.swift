// SpendTests.swift: spends outside the program, accounts, history, and the reference scenarios.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `Spends on a ledger` {
  static let scenarios = Result { try BudgetScenario.all() }

  static func caps(_ scenario: BudgetScenario) throws -> LedgerPolicy {
    let config = scenario.config
    return LedgerPolicy(
      dataset: scenario.name,
      lifetime: try loss(config.global.epsilon, config.global.delta),
      daily: try config.daily.map { try loss($0.epsilon, $0.delta) },
      analysts: try config.analyst?.mapValues { try loss($0.epsilon, $0.delta) },
      dimension: config.dimension.map {
        SliceDimension(name: $0.name, values: $0.values, touches: $0.touches)
      }
    )
  }

  /// Replays a scenario, opening the ledger anew for each step where asked.
  static func replay(_ scenario: BudgetScenario, at path: String, reopening: Bool) throws {
    var ledger = try OpenedLedger(opening: path)
    for (index, step) in scenario.steps.enumerated() {
      let place: Comment = "\(scenario.name), step \(index)"
      if reopening { ledger = try OpenedLedger(opening: path) }
      let day = step.day.map { "\($0)" } ?? "today"
      var outcome = ("accept", Set<String>())
      do {
        _ = try ledger.spend(
          spend(
            step.epsilon,
            step.delta,
            analyst: step.analyst,
            day: day,
            slices: step.scope
          ),
          dataset: scenario.name,
          id: nil
        )
      } catch LedgerError.refused(let refusal) {
        let names = refusal.violated.map { $0 == .lifetime ? "global" : $0.rawValue }
        outcome = ("refuse", Set(names))
      } catch LedgerError.invalid {
        outcome = ("invalid", [])
      } catch is PrivacyLossError {
        outcome = ("invalid", [])
      }
      #expect(outcome.0 == step.expect, place)
      #expect(outcome.1 == Set(step.violated ?? []), place)
      let left = try ledger.remaining(dataset: scenario.name, analyst: step.analyst, day: day)
      func pair(_ loss: PrivacyLoss) -> [String] {
        [loss.epsilon.description, loss.delta.description]
      }
      #expect(pair(left.lifetime) == step.remaining.global, place)
      #expect(left.daily.map(pair) == step.remaining.daily, place)
      #expect(left.analyst.map(pair) == step.remaining.analyst, place)
    }
  }

  @Test(arguments: LedgerUnderTest.all, [false, true])
  func `decide every reference scenario, all in one ledger`(
    kind: LedgerUnderTest,
    reopening: Bool
  ) throws {
    let folder = try LedgerPlace(empty: kind)
    let path = folder.place
    let scenarios = try Self.scenarios.get()
    #expect(scenarios.count >= 18)
    for scenario in scenarios {
      try OpenedLedger.create(at: path, policy: Self.caps(scenario))
    }
    for scenario in scenarios {
      try Self.replay(scenario, at: path, reopening: reopening)
    }
    let ledger = try OpenedLedger(opening: path)
    #expect(try ledger.verify(head: nil).findings == [])
    #expect(try ledger.datasets() == scenarios.map(\.name).sorted())
    for scenario in scenarios {
      #expect(try ledger.policy(of: scenario.name) == Self.caps(scenario))
    }
  }

  @Test(arguments: LedgerUnderTest.all)
  func `under an id cost once`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    let id = try ReleaseID("s1")
    for _ in 0..<3 {
      #expect(try ledger.spend(spend("1/4"), dataset: "d", id: id).lifetime == loss("3/4"))
    }
    for other in [try spend("1/8"), try spend("1/4", day: "z"), try spend("1/4", analyst: "a")] {
      #expect(throws: LedgerError.conflict(id)) {
        try ledger.spend(other, dataset: "d", id: id)
      }
    }
    #expect(throws: LedgerError.notVoidable(id, state: "spent")) { try ledger.void(id) }
    #expect(throws: LedgerError.conflict(id)) { _ = try ledger.held(request("s1")) }
    for _ in 0..<2 { _ = try ledger.spend(spend("1/4"), dataset: "d", id: nil) }
    #expect(try ledger.left() == loss("1/4"))
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `of up to a thousand digits are kept exactly`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind, policy(epsilon: "1e10000"))
    let ledger = try folder.open()
    for epsilon in ["1e-990", "1e990", "1/3", "123456789012345678901234567890/7"] {
      _ = try ledger.spend(spend(epsilon), dataset: "d", id: nil)
    }
    let expected = try ["1e-990", "1e990", "1/3", "123456789012345678901234567890/7"]
      .map { try Rational(parsing: $0) }.reduce(Rational(parsing: "1e10000"), -)
    #expect(try folder.open().left().epsilon == expected)
    for epsilon in ["1e-1010", "1e1010"] {
      let error = #expect(throws: LedgerError.self) {
        try ledger.spend(spend(epsilon), dataset: "d", id: nil)
      }
      guard case .invalid(.tooLong, _) = error else {
        Issue.record("\(epsilon): \(String(describing: error))")
        continue
      }
    }
    #expect(try folder.open().left().epsilon == expected)
    #expect(try ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `leave a history that is read in pages`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    try OpenedLedger.create(at: folder.place, policy: policy("e"))
    let ledger = try folder.open()
    for index in 0..<5 {
      _ = try ledger.spend(
        spend("1/100", day: "day \(index)"),
        dataset: index % 2 == 0 ? "d" : "e",
        id: nil
      )
    }
    var pages: [[LedgerEntry]] = []
    var last = 0
    repeat {
      pages.append(try ledger.history(dataset: nil, after: last, limit: 3))
      last = pages.last?.last?.position ?? 0
    } while pages.last?.isEmpty == false
    #expect(pages.map(\.count) == [3, 3, 1, 0])
    let all = pages.flatMap { $0 }
    #expect(all.map(\.position) == Array(1...7))
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.hash == $1.previous })
    #expect(all.map(\.kind) == [.create, .create] + Array(repeating: .spend, count: 5))
    let ofOne = try ledger.history(dataset: "e", after: 0, limit: 10)
    #expect(ofOne.map(\.day) == [nil, "day 1", "day 3"])
    #expect(try ledger.history(dataset: nil, after: 7, limit: 10) == [])
    #expect(throws: LedgerError.unknownDataset("x", known: ["d", "e"])) {
      try ledger.history(dataset: "x", after: 0, limit: 1)
    }
  }

  @Test(arguments: LedgerUnderTest.all)
  func `are ordered by position even when the clock runs backwards`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    for time in ["2030-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z"] {
      let ledger = try folder.open(clock: { time })
      _ = try ledger.spend(spend("1/4", day: String(time.prefix(10))), dataset: "d", id: nil)
    }
    let ledger = try folder.open()
    let times = try ledger.history(dataset: "d", after: 1, limit: 9).map(\.time)
    #expect(times == ["2030-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z"])
    #expect(try ledger.left() == loss("1/4"))
    #expect(try ledger.verify(head: nil).holds)
  }
}

@Suite struct `Accounts` {
  @Test(arguments: LedgerUnderTest.all)
  func `keep the policy that they were opened with`(kind: LedgerUnderTest) throws {
    let full = LedgerPolicy(
      dataset: "caf\u{E9} \"1\"",
      privacyUnit: .personWeek,
      pins: SignalPins(
        files: ["/a b/*.csv"],
        unitColumn: "u\n",
        consentColumn: nil,
        timeColumn: "t"
      ),
      lifetime: try loss("1/3", "1e-9"),
      daily: try loss("1/30"),
      analysts: ["*": try loss("1/9"), "ann": try loss("0")],
      dimension: SliceDimension(name: "n", values: ["b", "a", ""], touches: 2),
      population: 12
    )
    let folder = try LedgerPlace(kind, full)
    #expect(try folder.open().policy(of: full.dataset) == full)
    #expect(try folder.open().verify(head: nil).findings == [])
    _ = try folder.open().spend(
      spend("1/100", analyst: "bob", slices: ["", "a"]),
      dataset: full.dataset,
      id: nil
    )
    let left = try folder.open().remaining(dataset: full.dataset, analyst: "bob", day: "2026-01-01")
    #expect(left.lifetime.epsilon == Rational(1, 3) - Rational(1, 50))
    #expect(try folder.open().verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `are opened once each`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    #expect(throws: LedgerError.accountExists("d")) {
      try OpenedLedger.create(at: folder.place, policy: policy("d", epsilon: "9"))
    }
    try OpenedLedger.create(at: folder.place, policy: policy("e", epsilon: "9"))
    #expect(try folder.open().left("d") == loss("1"))
    #expect(try folder.open().left("e") == loss("9"))
    #expect(throws: LedgerError.unknownDataset("f", known: ["d", "e"])) {
      try folder.open().policy(of: "f")
    }
  }

  @Test(arguments: LedgerUnderTest.all)
  func `opened by several at once are all there, and each only once`(
    kind: LedgerUnderTest
  ) async throws {
    let folder = try LedgerPlace(empty: kind)
    let path = folder.place
    let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<12 {
        group.addTask {
          do {
            try OpenedLedger.create(at: path, policy: policy("d\(index % 6)"))
            return true
          } catch LedgerError.accountExists {
            return false
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 }.count == 6)
    let ledger = try OpenedLedger(opening: path)
    #expect(try ledger.datasets() == (0..<6).map { "d\($0)" })
    #expect(try ledger.verify(head: nil).entries == 6)
    if kind == .sqlite { #expect(try folder.directory.names() == ["ledger"]) }
  }
}
