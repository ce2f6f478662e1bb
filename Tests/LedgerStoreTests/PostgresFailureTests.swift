// PostgresFailureTests.swift: addresses and servers that cannot be used: one clear error each, and
// never a password.
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
import Foundation
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// How opening a place fails; `nil` where it does not.
private func refusal(of place: String) -> LedgerFailure? {
  do throws(LedgerError) {
    _ = try OpenedLedger(opening: place)
    return nil
  } catch .unavailable(let failure) {
    return failure
  } catch {
    Issue.record("\(error)")
    return nil
  }
}

@Suite struct `A server that cannot be used` {
  /// A server with its address changed.
  private static func server(_ change: (inout URLComponents) -> Void) throws -> String {
    var parts = try #require(URLComponents(string: LedgerUnderTest.server))
    change(&parts)
    return try #require(parts.string)
  }

  @Test(arguments: [
    "postgres://ann:s3cret@/x@y", "postgres://ann:s3cr/et@host/d",
    "postgres://ann:1/s3cret@host/d", "postgres://ann:s3@cret@host/d",
    "postgres://ann:s3cret@h:x/d",
    "postgres://ann:s3%ret@host/d", "postgres://h/d?password=s3cret&nonsense=1",
    "postgres://[::1/d",
    "postgresql://ann:s3#cret:5@host:port/d", "postgres://h/d?sslmode=s3cret%",
  ])
  func `has a malformed address, which is not repeated`(place: String) throws {
    let failure = try #require(refusal(of: place))
    #expect(failure.kind == .missing && failure.place == "postgres://")
    for secret in ["s3", "cret", "ret"] { #expect(!failure.description.contains(secret)) }
  }

  @Test func `is shown without its password and options`() {
    let place = "postgres://ann:s3cret@host:7/d?sslmode=verify-full&password=s3cret"
    #expect(OpenedLedger.shown(place) == "postgres://ann@host:7/d")
    #expect(
      OpenedLedger.shown("postgresql:///d?host=/run/pg&user=ann") == "postgres://ann@/run/pg/d"
    )
    #expect(OpenedLedger.shown("a:b@c") == "a:b@c")
  }

  @Test func `does not listen`() throws {
    let failure = try #require(refusal(of: "postgres://ann:s3cret@127.0.0.1:1/d"))
    #expect(failure.kind == .other && failure.place == "postgres://ann@127.0.0.1:1/d")
    #expect(failure.detail.contains("refused") && !failure.description.contains("s3cret"))
  }

  @Test func `accepts and never answers`() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, size)
        listen(listener, 1)
        getsockname(listener, pointer, &size)
      }
    }
    let place =
      "postgres://ann@127.0.0.1:\(UInt16(bigEndian: address.sin_port))/d?connect_timeout=2"
    let failure = try #require(refusal(of: place))
    #expect(failure.kind == .other && failure.detail.contains("timeout"))
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `refuses a password, an encryption, a database`(kind: LedgerUnderTest) throws {
    let wrong = try #require(refusal(of: Self.server { $0.password = "s3cret" }))
    #expect(wrong.kind == .other && wrong.detail.contains("password authentication failed"))
    #expect(!wrong.description.contains("s3cret"))
    let plain = try #require(
      refusal(of: Self.server { $0.queryItems = [URLQueryItem(name: "sslmode", value: "require")] })
    )
    #expect(plain.kind == .other && plain.detail.contains("SSL"))
    let unknown = try #require(refusal(of: Self.server { $0.path = "/no_such_database" }))
    #expect(unknown.kind == .other && unknown.detail.contains("does not exist"))
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `has no ledger, and opening does not make one`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(empty: kind)
    for _ in 0..<2 { #expect(refusal(of: folder.place)?.kind == .missing) }
  }

  @Test(
    arguments: LedgerUnderTest.servers,
    ["entries", "balances", "releases", "accounts", "ledger"]
  )
  func `lacks a table`(kind: LedgerUnderTest, table: String) throws {
    let folder = try LedgerPlace(kind)
    try folder.run("DROP TABLE \(table)")
    #expect(refusal(of: folder.place)?.kind == .damaged)
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `lacks a trigger, or has it switched off`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    try folder.run("ALTER TABLE entries DISABLE TRIGGER entries_stay")
    #expect(refusal(of: folder.place)?.kind == .damaged)
    #expect(try ledger.verify(head: nil).findings.contains { $0.contains("entries_stay") })
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `was written by a newer version`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    try folder.run(
      "ALTER TABLE ledger DISABLE TRIGGER USER; UPDATE ledger SET version = 99;"
        + "ALTER TABLE ledger ENABLE TRIGGER USER"
    )
    #expect(refusal(of: folder.place)?.kind == .newerSchema)
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `holds the ledger for another for too long`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try PostgresLedger(opening: folder.place, patience: PostgresPatience(lock: 200))
    let other = try PostgresConnection(folder.place)
    try other.script("BEGIN; LOCK TABLE hubbub.ledger")
    let error = #expect(throws: LedgerError.self) {
      try ledger.spend(spend("1/4"), dataset: "d", id: nil)
    }
    if case .unavailable(let failure) = error { #expect(failure.kind == .busy) }
    #expect(try ledger.left() == loss("1"))
    try other.script("ROLLBACK")
    _ = try ledger.spend(spend("1/4"), dataset: "d", id: nil)
    #expect(try ledger.left() == loss("3/4"))
  }

  @Test(arguments: LedgerUnderTest.servers)
  func `cannot keep a name with a zero character`(kind: LedgerUnderTest) throws {
    let folder = try LedgerPlace(kind)
    let ledger = try folder.open()
    let error = #expect(throws: LedgerError.self) {
      try ledger.spend(spend("1/4", day: "a\0b"), dataset: "d", id: nil)
    }
    #expect(error?.description.contains("U+0000") == true)
    _ = try ledger.spend(spend("1/4", day: "'; DROP TABLE entries; -- ? $1"), dataset: "d", id: nil)
    #expect(try ledger.left() == loss("3/4"))
    #expect(try ledger.verify(head: nil).findings == [])
  }
}
#endif
