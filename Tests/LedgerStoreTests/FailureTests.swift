// FailureTests.swift: files that are no ledger or cannot be used: one clear error each, nothing lost.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `A file that cannot be used` {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.appending("ledger")
  }

  /// The kind of failure that opening meets.
  private func kindOfOpening() -> LedgerFailure.Kind? {
    do throws(LedgerError) {
      _ = try SQLiteLedger(opening: path)
      return nil
    } catch .unavailable(let failure) {
      #expect(failure.place == path && !failure.detail.isEmpty)
      return failure.kind
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test func `is missing, and opening does not create it`() throws {
    #expect(kindOfOpening() == .missing)
    #expect(try directory.names() == [])
  }

  @Test(arguments: [
    "", "hello", "SQLite format 3 but not quite", String(repeating: "x", count: 9000),
  ])
  func `is of another format, and neither opening nor creating touches it`(text: String) throws {
    try directory.write(text, to: "ledger")
    #expect(kindOfOpening() == .notALedger)
    #expect(throws: LedgerError.self) { try SQLiteLedger.create(at: path, policy: policy()) }
    #expect(try String(decoding: directory.bytes("ledger"), as: UTF8.self) == text)
    #expect(try directory.names() == ["ledger"])
  }

  @Test func `is a folder`() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(kindOfOpening() == .notALedger)
    #expect(throws: LedgerError.self) { try SQLiteLedger.create(at: path, policy: policy()) }
  }

  @Test func `is a database of another program`() throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "CREATE TABLE entries (a)") }
    try queue.close()
    let before = try directory.bytes("ledger")
    #expect(kindOfOpening() == .notALedger)
    #expect(throws: LedgerError.self) { try SQLiteLedger.create(at: path, policy: policy()) }
    #expect(try directory.bytes("ledger") == before)
  }

  @Test func `was written by a newer version`() throws {
    try SQLiteLedger.create(at: path, policy: policy())
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
    try queue.close()
    #expect(kindOfOpening() == .newerSchema)
    #expect(throws: LedgerError.self) { try SQLiteLedger.create(at: path, policy: policy("e")) }
  }

  @Test(arguments: ["entries", "balances", "releases", "accounts"])
  func `lacks a table`(name: String) throws {
    try SQLiteLedger.create(at: path, policy: policy())
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "DROP TABLE \(name)") }
    try queue.close()
    #expect(kindOfOpening() == .damaged)
  }

  @Test(arguments: [16, 50, 99, 100, 512, 4095, 4096, 10000])
  func `is cut off`(length: Int) throws {
    try SQLiteLedger.create(at: path, policy: policy())
    let bytes = try directory.bytes("ledger")
    #expect(bytes.count > 10000)
    try directory.write(Array(bytes[..<length]), to: "ledger")
    #expect(kindOfOpening() == .damaged)
  }

  /// The bytes of a ledger with many releases, and its head.
  private static let sound = Result {
    let folder = try LedgerPlace()
    let ledger = try SQLiteLedger(opening: folder.place)
    for index in 0..<40 {
      _ = try ledger.release(request("r\(index)", spend: spend("1/100")), body: "body \(index)")
    }
    let head = try ledger.verify(head: nil).head
    try ledger.queue.close()
    return (bytes: try folder.directory.bytes("ledger"), head: head)
  }

  /// Overwrites a stretch at many places: each time the ledger is found damaged, or all of it is
  /// as it was, because nothing was written there.
  @Test(arguments: Array(stride(from: 100, to: 60000, by: 613)))
  func `has garbage in it`(offset: Int) throws {
    let (sound, head) = try Self.sound.get()
    var bytes = sound
    let range = min(offset, bytes.count)..<min(offset + 200, bytes.count)
    for index in range { bytes[index] = UInt8(truncatingIfNeeded: index &* 31 &+ 7) }
    try directory.write(bytes, to: "ledger")
    do {
      let ledger = try SQLiteLedger(opening: path)
      let verification = try ledger.verify(head: nil)
      guard verification.holds else { return }
      #expect(verification.entries == 121 && verification.head == head)
      #expect(try ledger.left() == loss("3/5"))
      for index in 0..<40 {
        let id = try ReleaseID("r\(index)")
        let stored = try ledger.storedRelease(id, dataset: "d", digest: "aa")
        #expect(stored?.body == Array("body \(index)".utf8))
      }
    } catch LedgerError.unavailable(let failure) {
      #expect(failure.kind == .damaged, "\(failure)")
    }
  }

  @Test func `is marked read-only: it is read, and every step is refused`() throws {
    try SQLiteLedger.create(at: path, policy: policy())
    let stored = try SQLiteLedger(opening: path).release(request("r1"))
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    let ledger = try SQLiteLedger(opening: path)
    #expect(try ledger.left() == loss("1/2"))
    #expect(try ledger.storedRelease(ReleaseID("r1"), dataset: "d", digest: "aa") == stored)
    #expect(try ledger.verify(head: stored.receipt.head).holds)
    let error = #expect(throws: LedgerError.self) {
      try ledger.spend(spend("1/4"), dataset: "d", id: nil)
    }
    guard case .unavailable(let failure) = error else {
      Issue.record("a step needs to write")
      return
    }
    #expect(failure.kind == .readOnly)
    #expect(throws: LedgerError.self) { try SQLiteLedger.create(at: path, policy: policy("e")) }
  }

  @Test func `is held by another process for too long`() throws {
    try SQLiteLedger.create(at: path, policy: policy())
    let other = try DatabaseQueue(path: path)
    try other.inDatabase { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      let ledger = try SQLiteLedger(opening: path, patience: 200)
      let error = #expect(throws: LedgerError.self) {
        try ledger.spend(spend("1/4"), dataset: "d", id: nil)
      }
      if case .unavailable(let failure) = error { #expect(failure.kind == .busy) }
      #expect(try ledger.left() == loss("1"))
      try database.execute(sql: "ROLLBACK")
      _ = try ledger.spend(spend("1/4"), dataset: "d", id: nil)
      #expect(try ledger.left() == loss("3/4"))
    }
  }

  @Test func `cannot be created where its folder is missing`() throws {
    let nowhere = directory.appending("no/such/folder/ledger")
    #expect(throws: LedgerError.self) { try SQLiteLedger.create(at: nowhere, policy: policy()) }
    #expect(try directory.names() == [])
  }

  @Test(arguments: ["file:ledger?mode=memory", ":memory:", "a b#%?.ledger"])
  func `has a name without special meaning`(name: String) throws {
    let path = directory.appending(name)
    try SQLiteLedger.create(at: path, policy: policy())
    #expect(try directory.names() == [name])
    #expect(try SQLiteLedger(opening: path).left() == loss("1"))
  }
}
