// ReservationTests.swift: reserve, open, commit, void and resume, on disk.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `Reservations` {
  private func expectHolds(_ ledger: OpenedLedger, entries: Int) throws {
    let verification = try ledger.verify(head: nil)
    #expect(verification.findings == [])
    #expect(verification.entries == entries)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `pay for a release once and return it byte for byte`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    let charge = try ledger.open(ledger.held(request("r1"))).charged()
    let stored = try ledger.commit(charge) { left in Array("left \(left.lifetime)".utf8) }
    #expect(String(decoding: stored.body, as: UTF8.self) == "left epsilon 1/2")
    #expect(stored.receipt.position == 4)
    let again = try folder.open()
    #expect(try again.storedRelease(ReleaseID("r1"), dataset: "d", digest: "aa") == stored)
    guard case .committed(let replay) = try again.reserve(request("r1")) else {
      Issue.record("a committed release is reserved again")
      return
    }
    #expect(replay == stored)
    #expect(try ledger.left() == loss("1/2"))
    let verification = try again.verify(head: stored.receipt.head)
    #expect(verification.findings == [])
    #expect(verification.head == stored.receipt.head)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `count from the moment they are made, and refuse without a trace`(
    kind: LedgerUnderTest
  ) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    _ = try ledger.held(request("r1", spend: spend("0.7")))
    #expect(try ledger.left() == loss("0.3"))
    let error = #expect(throws: LedgerError.self) {
      _ = try ledger.held(request("r2", spend: spend("0.4")))
    }
    guard case .refused(let refusal) = error else {
      Issue.record("the second does not fit")
      return
    }
    #expect(refusal.violated == [.lifetime])
    #expect(try refusal.remaining.lifetime == loss("0.3"))
    #expect(try ledger.storedRelease(ReleaseID("r2"), dataset: "d", digest: "aa") == nil)
    try expectHolds(ledger, entries: 2)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `can be taken up again, at no cost, and the older attempt is out`(
    kind: LedgerUnderTest
  ) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    let first = try ledger.held(request("r1"))
    let second = try ledger.held(request("r1", spend: spend("1/2", day: "another day")))
    #expect(try ledger.left() == loss("1/2"))
    #expect(ledger.refusalToOpen(first) == .superseded(try ReleaseID("r1")))
    let opened = try ledger.open(second)
    // A run that died while it read is taken up too; the loss cannot be voided any more.
    let third = try ledger.held(request("r1"))
    let id = try ReleaseID("r1")
    #expect(throws: LedgerError.notVoidable(id, state: "open")) { try ledger.void(id) }
    #expect(ledger.refusalToCommit(opened.charged()) == .superseded(id))
    let stored = try ledger.commit(ledger.open(third).charged()) { _ in [3] }
    #expect(stored.body == [3])
    #expect(try ledger.left() == loss("1/2"))
    try expectHolds(ledger, entries: 7)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `let one of two attempts commit, and the other learns of it`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    let first = try ledger.open(ledger.held(request("r1"))).charged()
    let second = try ledger.open(ledger.held(request("r1"))).charged()
    #expect(try ledger.commit(second) { _ in [2] }.body == [2])
    #expect(ledger.refusalToCommit(first) == .superseded(try ReleaseID("r1")))
    #expect(try ledger.storedRelease(ReleaseID("r1"), dataset: "d", digest: "aa")?.body == [2])
    try expectHolds(ledger, entries: 6)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `can be voided until signals are read, which gives the loss back`(
    kind: LedgerUnderTest
  ) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    let reservation = try ledger.held(request("r1"))
    let id = try ReleaseID("r1")
    try ledger.void(id)
    #expect(try ledger.left() == loss("1"))
    #expect(ledger.refusalToOpen(reservation) == .superseded(id))
    #expect(throws: LedgerError.notVoidable(id, state: "voided")) { try ledger.void(id) }
    #expect(try ledger.storedRelease(id, dataset: "d", digest: "other") == nil)
    // Nothing was read under the id, so it may stand for something else now.
    _ = try ledger.release(request("r1", spend: spend("1"), digest: "bb"))
    #expect(throws: LedgerError.notVoidable(id, state: "committed")) { try ledger.void(id) }
    let unknown = try ReleaseID("r9")
    #expect(throws: LedgerError.notVoidable(unknown, state: "unknown")) { try ledger.void(unknown) }
    try expectHolds(ledger, entries: 6)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `refuse an id that stands for something else`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    try OpenedLedger.create(at: folder.place, policy: policy("e"))
    _ = try ledger.release(request("r1", spend: spend("1/4", analyst: "ann")))
    _ = try ledger.held(request("r2", spend: spend("1/4", analyst: "ann")))
    let conflicts = [
      try request("r1", spend: spend("1/4", analyst: "ann"), digest: "bb"),
      try request("r2", spend: spend("1/4", analyst: "ann"), digest: "bb"),
      try request("r2", spend: spend("1/8", analyst: "ann")),
      try request("r2", spend: spend("1/4", analyst: "bob")),
      try request("r2", dataset: "e", spend: spend("1/4", analyst: "ann")),
      try request("r1", dataset: "e", spend: spend("1/4", analyst: "ann")),
    ]
    for request in conflicts {
      #expect(throws: LedgerError.conflict(request.id)) { _ = try ledger.held(request) }
    }
    for (dataset, digest) in [("d", "bb"), ("e", "aa")] {
      #expect(throws: LedgerError.conflict(try ReleaseID("r1"))) {
        try ledger.storedRelease(ReleaseID("r1"), dataset: dataset, digest: digest)
      }
    }
    #expect(throws: LedgerError.conflict(try ReleaseID("r1"))) {
      try ledger.spend(spend("1/4", analyst: "ann"), dataset: "d", id: ReleaseID("r1"))
    }
    #expect(try ledger.left() == loss("1/2"))
    try expectHolds(ledger, entries: 6)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `call another account by its name`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    #expect(throws: LedgerError.unknownDataset("x", known: ["d"])) {
      _ = try ledger.held(request("r1", dataset: "x"))
    }
  }
}

@Suite struct `Pins` {
  static let pins = SignalPins(
    files: ["/a/*.csv", "/b.csv"],
    unitColumn: "person",
    consentColumn: "ok",
    timeColumn: "seen"
  )

  @Test(
    arguments: LedgerUnderTest.all,
    [
      (SignalPins(files: ["/a/*.csv"], unitColumn: "person", consentColumn: "ok"), .files),
      (SignalPins(files: nil, unitColumn: "person", consentColumn: "ok"), .files),
      (
        SignalPins(files: ["/b.csv", "/a/*.csv"], unitColumn: "row", consentColumn: "ok"),
        .unitColumn
      ),
      (
        SignalPins(files: ["/b.csv", "/a/*.csv"], unitColumn: "person", consentColumn: nil),
        .consentColumn
      ),
      (
        SignalPins(
          files: ["/b.csv", "/a/*.csv"],
          unitColumn: "person",
          consentColumn: "ok",
          timeColumn: "second"
        ),
        .timeColumn
      ),
    ] as [(data: SignalPins, part: PinnedPart)]
  )
  func `refuse a spec that differs, before anything is held`(
    kind: LedgerUnderTest,
    _ difference: (data: SignalPins, part: PinnedPart)
  ) throws {
    let folder = try LedgerPlace(kind, policy(pins: Self.pins))
    let ledger = try folder.open()
    #expect(throws: LedgerError.mismatch(difference.part)) {
      _ = try ledger.held(request("r1", data: difference.data))
    }
    #expect(throws: LedgerError.mismatch(.privacyUnit)) {
      _ = try ledger.held(request("r1", privacyUnit: .personDay, data: Self.pins))
    }
    #expect(try ledger.left() == loss("1"))
  }

  @Test(
    arguments: LedgerUnderTest.all,
    [
      (
        Self.pins,
        SignalPins(files: ["/b.csv", "/a/*.csv"], unitColumn: "person", consentColumn: "ok"), true
      ),
      (
        SignalPins(files: ["/s"], unitColumn: "u", consentColumn: nil),
        SignalPins(files: ["/s"], unitColumn: "u", consentColumn: nil), true
      ),
      (
        SignalPins(files: ["/s"], unitColumn: "u", consentColumn: nil),
        SignalPins(files: ["/s"], unitColumn: "u", consentColumn: "c"), false
      ),
      (
        SignalPins(files: nil, unitColumn: "u", consentColumn: nil),
        SignalPins(files: ["/s"], unitColumn: "u", consentColumn: nil), false
      ),
      (nil, SignalPins(files: ["/s"], unitColumn: "u", consentColumn: nil), false),
    ] as [(pins: SignalPins?, data: SignalPins, pinned: Bool)]
  )
  func `make the data count as pinned only when all of them are set`(
    kind: LedgerUnderTest,
    _ pinning: (pins: SignalPins?, data: SignalPins, pinned: Bool)
  ) throws {
    let folder = try LedgerPlace(kind, policy(pins: pinning.pins))
    let stored = try folder.open().release(request("r1", data: pinning.data))
    #expect(stored.receipt.dataPinned == pinning.pinned)
    let again = try folder.open().storedRelease(ReleaseID("r1"), dataset: "d", digest: "aa")
    #expect(again?.receipt == stored.receipt)
    #expect(try folder.open().verify(head: nil).holds)
  }
}
