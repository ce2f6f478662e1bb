// ReleaseVerification+Signature.swift: whether the owner's key has signed what the release says.
// Reference: [RFC8032]; `docs/formats.md`, section "Signatures".
// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import PrivacyAccounting

extension ReleaseVerification {
  /// Verifies a signature where there is one, and asks for one where a key is given.
  static func signature(
    of certificate: Certificate,
    about body: ReleaseBody,
    wanted publicKey: String?
  ) -> [Finding] {
    guard let signature = certificate.signature else {
      guard let publicKey else { return [] }
      return [
        Finding(
          what: "certificate.signature",
          claimed: "none",
          derived: "a signature by the key \(publicKey)"
        )
      ]
    }
    var findings: [Finding] = []
    if let publicKey, publicKey.lowercased() != signature.publicKey {
      findings.append(
        Finding(
          what: "certificate.signature.public_key",
          claimed: signature.publicKey,
          derived: "\(publicKey), the key that was given"
        )
      )
    }
    let text = certificate.receipt.signedText(dataset: body.dataset, release: body.id)
    if !signature.isValid(for: Array(text.utf8)) {
      findings.append(
        Finding(
          what: "certificate.signature.value",
          claimed: signature.value,
          derived: "a signature of this release by the key that it names"
        )
      )
    }
    return findings
  }
}

extension ReleaseSignature {
  /// Whether it is a signature of a text by the key that it names.
  fileprivate func isValid(for text: [UInt8]) -> Bool {
    guard let key = PublicKeyText.bytes(ofHexadecimal: publicKey),
      let value = PublicKeyText.bytes(ofHexadecimal: value),
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
    else { return false }
    return key.isValidSignature(value, for: text)
  }
}

/// An Ed25519 public key as people keep it.
public enum PublicKeyText {
  /// What stands before the 32 bytes of the key in its PEM file.
  private static let prefix: [UInt8] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  /// The key of a PEM file, as `openssl pkey -in key.pem -pubout` writes it, in hexadecimal.
  ///
  /// - Returns: 64 lower-case digits, or `nil` where the file holds no such key.
  public static func hexadecimal(pem: [UInt8]) -> String? {
    let lines = String(decoding: pem, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let start = lines.firstIndex(of: "-----BEGIN PUBLIC KEY-----"),
      let end = lines[start...].firstIndex(of: "-----END PUBLIC KEY-----"),
      let data = Data(base64Encoded: lines[(start + 1)..<end].joined()),
      data.count == prefix.count + 32, data.starts(with: prefix)
    else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    let text = data.dropFirst(prefix.count).flatMap {
      [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text in hexadecimal; `nil` where it is none.
  static func bytes(ofHexadecimal text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      let pair = String(decoding: digits[index..<(index + 2)], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
