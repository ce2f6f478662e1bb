// ReleaseVerification.swift: everything that a release claims, derived again without the data.
// Reference: `docs/privacy-model.md`, section "The guarantee".
// SPDX-License-Identifier: Apache-2.0

import Crypto
import ExactArithmetic
import PrivacyAccounting

/// What is left of a release's claims when each is derived again from the release alone.
///
/// It re-derives the form of the file, the sensitivities, scales, losses and half-widths, the set
/// and order of the cells, and the digests. What this is not: proof that the noise was drawn, that
/// the ledger holds the entry (`matches` compares with a stored release), or that the data was
/// what it is said to be.
///
/// - Privacy: Reads a release and nothing else.
public struct ReleaseVerification: Sendable {
  /// What does not follow, in the order of the document; empty where everything does.
  public let findings: [Finding]
  /// The release, where the bytes are one in form.
  public let release: Release?
  /// The body as bytes, where the bytes are a release in form.
  private let body: [UInt8]

  /// Whether everything that the release claims follows.
  public var holds: Bool { findings.isEmpty }

  /// Derives every claim of `release.json` again.
  ///
  /// A signature is verified with the key that it names. Whose key that is cannot be told from the
  /// release: give the owner's public key, in hexadecimal, and the release must be signed by it.
  ///
  /// - Complexity: O(n log n) in the number of cells, and O(log k) exponentials for a half-width k.
  public init(of bytes: [UInt8], publicKey: String? = nil) {
    let document: ReleaseDocument
    do {
      document = try ReleaseDocument(decoding: bytes)
    } catch {
      self.init(unreadable: error.description)
      return
    }
    guard let certificate = document.certificate else {
      self.init(unreadable: "certificate is missing; this is the body of a release alone")
      return
    }
    let body = document.body.encoded()
    var findings = Self.measures(of: document.body)
    findings += Self.window(of: document.body)
    findings += Self.person(of: document.body)
    findings += Self.schedule(of: document.body)
    findings += Self.continual(of: document.body)
    findings += Self.selection(of: document.body)
    findings += Self.places(of: document.body)
    findings += Self.hierarchy(of: document.body)
    findings += Self.cells(of: document.body)
    findings += Self.statistics(of: document.body)
    findings += Self.statements(of: certificate, about: document.body)
    findings += Self.signature(of: certificate, about: document.body, wanted: publicKey)
    let digest = Self.sha256(body)
    if certificate.bodySHA256 != digest {
      findings.append(
        Finding(
          what: "certificate.body_sha256",
          claimed: certificate.bodySHA256,
          derived: "\(digest), the SHA-256 of the rest of the document: the body was edited"
        )
      )
    }
    if let difference = Self.firstDifference(bytes, document.body.encoded(with: certificate)) {
      findings.append(
        Finding(
          what: "the file",
          claimed: "the same content in another form from byte \(difference) on",
          derived: "the canonical form: sorted keys, one cell a line, no other white space"
        )
      )
    }
    self.init(
      findings: findings,
      release: Release(body: document.body, receipt: certificate.receipt),
      body: body
    )
  }

  private init(findings: [Finding], release: Release?, body: [UInt8]) {
    self.findings = findings
    self.release = release
    self.body = body
  }

  private init(unreadable description: String) {
    let findings = [
      Finding(
        what: "the file",
        claimed: "a fault in its form (\(description))",
        derived: "the form of a release"
      )
    ]
    self.init(findings: findings, release: nil, body: [])
  }

  /// What the ledger keeps otherwise under the same id.
  ///
  /// - Returns: A finding for the body and for each part of the receipt that differs; one finding
  ///   where the bytes were no release.
  public func matches(_ stored: StoredRelease) -> [Finding] {
    guard let release else {
      return [
        Finding(what: "the ledger", claimed: "nothing readable", derived: "the stored release")
      ]
    }
    var findings: [Finding] = []
    func compare(_ what: String, _ claimed: String, _ derived: String) {
      guard claimed != derived else { return }
      findings.append(
        Finding(what: what, claimed: claimed, derived: "\(derived), as the ledger does")
      )
    }
    if let difference = Self.firstDifference(body, stored.body) {
      findings.append(
        Finding(
          what: "the body",
          claimed: "something else from byte \(difference) on",
          derived: "the body that the ledger keeps"
        )
      )
    }
    let mine = release.receipt
    let kept = stored.receipt
    compare("certificate.body_sha256", mine.bodySHA256, kept.bodySHA256)
    compare("certificate.ledger.position", "\(mine.position)", "\(kept.position)")
    compare("certificate.ledger.entry_sha256", mine.head, kept.head)
    compare("certificate.ledger.previous_sha256", mine.previous, kept.previous)
    compare(
      "certificate.data",
      mine.dataPinned ? "pinned" : "unpinned",
      kept.dataPinned ? "pinned" : "unpinned"
    )
    compare(
      "certificate.signature",
      mine.signature.map { "\($0.value) by \($0.publicKey)" } ?? "no signature",
      kept.signature.map { "\($0.value) by \($0.publicKey)" } ?? "no signature"
    )
    return findings
  }

  /// SHA-256 in lower-case hexadecimal.
  package static func sha256(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = SHA256.hash(data: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// The number of bytes before two texts part; `nil` where they are the same.
  private static func firstDifference(_ left: [UInt8], _ right: [UInt8]) -> Int? {
    guard left != right else { return nil }
    return zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      ?? min(left.count, right.count)
  }
}
