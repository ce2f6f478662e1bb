// SignedReleaseTests.swift: both verifiers hold a release against the key that has signed it.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases
import TestSupport
import Testing

@Suite(.enabled(if: IndependentVerifier.isAvailable, "there is no python3"))
struct `A signed release` {
  let paid: PaidRelease
  let text: String
  let firstKey: String
  let secondKey: String

  init() throws {
    paid = try PaidRelease(signedBy: .first)
    text = String(decoding: paid.release.encoded(), as: UTF8.self)
    firstKey = try paid.folder.write(SampleKey.first.publicKey, to: "first.pem")
    secondKey = try paid.folder.write(SampleKey.second.publicKey, to: "second.pem")
  }

  /// Expects one verdict of both verifiers.
  private func expect(_ holds: Bool, _ text: String, key: SampleKey?) throws {
    let bytes = Array(text.utf8)
    let verification = ReleaseVerification(of: bytes, publicKey: key?.publicHexadecimal)
    #expect(verification.holds == holds, "\(verification.findings)")
    var options: [String] = []
    if let key {
      let isFirst = key.publicHexadecimal == SampleKey.first.publicHexadecimal
      options = ["--public-key", isFirst ? firstKey : secondKey]
    }
    let outcome = try IndependentVerifier.verify(bytes, options)
    #expect(outcome.status == (holds ? 0 : 1), "\(outcome.text)")
  }

  /// The text with replacements, and the digest of its body made anew.
  private func edited(_ edits: [(String, String)]) throws -> String {
    var text = text
    for (old, new) in edits {
      let range = try #require(text.firstRange(of: old), "the release holds no \(old)")
      text.replaceSubrange(range, with: new)
    }
    let body = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("\"certificate\":") }.joined(separator: "\n")
    text.replace(paid.release.receipt.bodySHA256, with: SampleRelease.digest(of: body))
    return text
  }

  @Test func `holds by itself, under its key and beside its ledger`() throws {
    try expect(true, text, key: nil)
    try expect(true, text, key: .first)
    #expect(try Release(decoding: Array(text.utf8)) == paid.release)
    let key = SampleKey.first.publicHexadecimal
    #expect(try paid.holdsHere(Array(text.utf8), publicKey: key))
    let options = ["--ledger", paid.ledger, "--public-key", firstKey]
    let outcome = try IndependentVerifier.verify(Array(text.utf8), options)
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("It is signed by the key \(key)."))
  }

  @Test func `does not hold under another key, nor without a signature that was asked for`() throws
  {
    try expect(false, text, key: .second)
    let unsigned = try PaidRelease()
    try expect(true, String(decoding: unsigned.release.encoded(), as: UTF8.self), key: nil)
    try expect(false, String(decoding: unsigned.release.encoded(), as: UTF8.self), key: .first)
  }

  @Test func `shows every edit, though its digest was made anew`() throws {
    let signature = try #require(paid.release.receipt.signature)
    let receipt = paid.release.receipt
    for edits in [
      [("\"signals\":173", "\"signals\":174")], [("\"data\":\"pinned\"", "\"data\":\"unpinned\"")],
      [("\"position\":10", "\"position\":9")], [("2026-11-weekly-1", "2026-11-weekly-2")],
      [
        ("\"dataset\":\"signals-2026\"", "\"dataset\":\"x\""),
        ("\"dataset\":\"signals-2026\"", "\"dataset\":\"x\""),
      ],
      [(receipt.head, "@"), (receipt.previous, receipt.head), ("@", receipt.previous)],
      [(signature.publicKey, SampleKey.second.publicHexadecimal)],
      [(signature.value, String(repeating: "0", count: 128))],
      [(signature.value, String(signature.value.reversed()))],
      [(signature.value, String(signature.value.dropLast(2)))],
      [(signature.value, signature.value.uppercased())], [("ed25519", "ed448")],
      [("\"algorithm\":\"ed25519\",", "")], [("{\"algorithm\"", "{\"a\":1,\"algorithm\"")],
    ] {
      try expect(false, try edited(edits), key: nil)
    }
  }

  @Test func `that lost its signature is told by the ledger and by the key alone`() throws {
    let start = try #require(text.firstRange(of: ",\"signature\":{")).lowerBound
    let end = try #require(text.firstRange(of: ",\"version\":1}")).lowerBound
    let stripped = String(text[..<start] + text[end...])
    try expect(true, stripped, key: nil)
    try expect(false, stripped, key: .first)
    #expect(try !paid.holdsHere(Array(stripped.utf8)))
    let outcome = try IndependentVerifier.verify(Array(stripped.utf8), ["--ledger", paid.ledger])
    #expect(outcome.status == 1, "\(outcome.text)")
  }

  @Test func `asks for a public key that can be read`() throws {
    let privateKey = try paid.folder.write(SampleKey.first.privateKey, to: "private.pem")
    for path in [privateKey, paid.folder.appending("nothing"), paid.folder.path] {
      let outcome = try IndependentVerifier.verify(Array(text.utf8), ["--public-key", path])
      #expect(outcome.status == 2, "\(outcome.text)")
    }
    #expect(PublicKeyText.hexadecimal(pem: Array(SampleKey.first.privateKey.utf8)) == nil)
    #expect(
      PublicKeyText.hexadecimal(pem: Array(SampleKey.second.publicKey.utf8))
        == SampleKey.second.publicHexadecimal
    )
  }
}
