// SignatureTests.swift: releases signed by the owner's key, and keys that cannot be used.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LedgerStore
import PrivacyAccounting
import TestSupport
import Testing

/// A ledger whose account names a key.
private struct SignedLedger {
  let place: LedgerPlace
  let keys = try? TemporaryDirectory()
  let keyFile: String
  let ledger: OpenedLedger

  init(_ kind: LedgerUnderTest) throws {
    place = try LedgerPlace(empty: kind)
    keyFile = try #require(keys).appending("key.pem")
    try SampleKey.first.privateKey.write(toFile: keyFile, atomically: true, encoding: .utf8)
    try OpenedLedger.create(at: place.place, policy: Self.policy(keyFile))
    ledger = try place.open()
  }

  static func policy(_ file: String, dataset: String = "d") throws -> LedgerPolicy {
    LedgerPolicy(
      dataset: dataset,
      lifetime: try loss("1"),
      signingKey: SigningKey(file: file)
    )
  }

  /// Puts something else in the place of the key.
  func replaceKey(_ text: String?) throws {
    try FileManager.default.removeItem(atPath: keyFile)
    if let text { try text.write(toFile: keyFile, atomically: true, encoding: .utf8) }
  }
}

/// The failure of a key.
private func keyFailure(_ step: () throws -> Void) -> LedgerFailure? {
  do { try step() } catch LedgerError.unavailable(let failure) where failure.kind == .signingKey {
    return failure
  } catch {
    Issue.record("\(error)")
  }
  return nil
}

@Suite struct `Signed ledgers` {
  @Test(arguments: LedgerUnderTest.all)
  func `sign each release once, and give back the same signature`(kind: LedgerUnderTest) throws {
    let signed = try SignedLedger(kind)
    #expect(
      try signed.ledger.policy(of: "d").signingKey
        == SigningKey(file: signed.keyFile, publicKey: SampleKey.first.publicHexadecimal)
    )
    let stored = try signed.ledger.release(request("r1"))
    let signature = try #require(stored.receipt.signature)
    #expect(signature.publicKey == SampleKey.first.publicHexadecimal)
    #expect(signature.value.utf8.count == 128)
    // A replay needs no key.
    try signed.replaceKey(nil)
    #expect(
      try signed.place.open().storedRelease(ReleaseID("r1"), dataset: "d", digest: "aa") == stored
    )
    guard case .committed(let replay) = try signed.ledger.reserve(request("r1")) else {
      Issue.record("a committed release is reserved again")
      return
    }
    #expect(replay == stored)
    let key = SampleKey.first.publicHexadecimal
    #expect(try signed.ledger.verify(head: nil, publicKey: key).findings == [])
    #expect(try signed.ledger.verify(head: stored.receipt.head).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `refuse a key that cannot be used before anything is held`(kind: LedgerUnderTest) throws {
    let signed = try SignedLedger(kind)
    let head = try signed.ledger.verify(head: nil).head
    let unusable: [(String?, String)] = [
      (nil, "No such file"), ("", "is not a private key"),
      (SampleKey.first.publicKey, "is not a private key"),
      (SampleKey.second.privateKey, "another key than the one"),
      (SampleKey.first.privateKey.replacingOccurrences(of: "MC4C", with: "MC8C"), "not an Ed25519"),
      (String(repeating: "x", count: 20_000), "too long"),
    ]
    for (text, reason) in unusable {
      try signed.replaceKey(text)
      for step in [
        { _ = try signed.ledger.held(request("r1")) }, { try signed.ledger.check(request("r1")) },
      ] {
        let failure = try #require(keyFailure(step), "a key is used: \(reason)")
        #expect(failure.place == signed.keyFile)
        #expect(failure.detail.contains(reason), "\(failure.detail)")
      }
      if text == nil { try "".write(toFile: signed.keyFile, atomically: true, encoding: .utf8) }
    }
    #expect(try signed.ledger.verify(head: nil).head == head)
    #expect(try signed.ledger.left() == loss("1"))
  }

  @Test(arguments: LedgerUnderTest.all)
  func `open no account without its key`(kind: LedgerUnderTest) throws {
    let place = try LedgerPlace(kind)
    let failure = keyFailure {
      try OpenedLedger.create(at: place.place, policy: SignedLedger.policy("/no/key", dataset: "e"))
    }
    #expect(failure?.place == "/no/key")
    #expect(try place.open().datasets() == ["d"])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `let a run whose key vanished be taken up again`(kind: LedgerUnderTest) throws {
    let signed = try SignedLedger(kind)
    let charge = try signed.ledger.open(signed.ledger.held(request("r1"))).charged()
    try signed.replaceKey(nil)
    let refusal = signed.ledger.refusalToCommit(charge)
    guard case .unavailable(let failure) = refusal, failure.kind == .signingKey else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    try SampleKey.first.privateKey.write(toFile: signed.keyFile, atomically: true, encoding: .utf8)
    #expect(try signed.ledger.release(request("r1")).receipt.signature != nil)
    #expect(try signed.ledger.left() == loss("1/2"))
    #expect(try signed.ledger.verify(head: nil).findings == [])
  }

  @Test(arguments: LedgerUnderTest.all)
  func `show a signature that was edited, removed or moved`(kind: LedgerUnderTest) throws {
    for (sql, finding) in [
      ("UPDATE signatures SET value = replace(value, '1', '2')", "is not by the key"),
      ("DELETE FROM signatures", "the signature of the release 'r1' is missing"),
      ("UPDATE signatures SET value = 'x'", "is not by the key"),
      (
        "UPDATE signatures SET value = (SELECT max(value) FROM signatures)", "is not by the key"
      ),
      ("UPDATE releases SET data_pinned = '1' WHERE id = 'r2'", "'r2' is not as its entries say"),
    ] {
      let signed = try SignedLedger(kind)
      _ = try signed.ledger.release(request("r1", spend: spend("1/4")))
      _ = try signed.ledger.release(request("r2", spend: spend("1/4")))
      try signed.place.edit(sql)
      let findings = try signed.place.open().verify(head: nil).findings
      #expect(findings.contains { $0.contains(finding) }, "\(sql): \(findings)")
    }
  }

  @Test(arguments: LedgerUnderTest.all)
  func `must be signed by the key that is given`(kind: LedgerUnderTest) throws {
    let signed = try SignedLedger(kind)
    let other = SampleKey.second.publicHexadecimal
    let finding = "the account 'd' is not signed by the key that was given"
    #expect(try signed.ledger.verify(head: nil, publicKey: other).findings == [finding])
    let place = try LedgerPlace(kind)
    let plain = try place.open()
    let unsigned = try plain.verify(head: nil, publicKey: other)
    #expect(unsigned.findings.count == 1 && unsigned.unsigned == ["d"])
    #expect(unsigned.findings.first?.hasPrefix("no account has a key") == true)
    #expect(try plain.release(request("r1")).receipt.signature == nil)
  }

  @Test(arguments: LedgerUnderTest.all)
  func `with other accounts show which are signed and which are not`(
    kind: LedgerUnderTest
  ) throws {
    let signed = try SignedLedger(kind)
    let key = SampleKey.first.publicHexadecimal
    try OpenedLedger.create(at: signed.place.place, policy: policy("e"))
    _ = try signed.ledger.release(request("r1", spend: spend("1/4")))
    let verification = try signed.ledger.verify(head: nil, publicKey: key)
    #expect(verification.findings == [] && verification.unsigned == ["e"])
    let other = try signed.ledger.verify(head: nil, publicKey: SampleKey.second.publicHexadecimal)
    #expect(other.findings == ["the account 'd' is not signed by the key that was given"])
  }
}
