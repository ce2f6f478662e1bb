// ReleaseSigner.swift: the owner's private key, read from its file when a release is committed.
// Reference: [RFC8032]; `docs/formats.md`, section "Signatures".
// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Glibc
import PrivacyAccounting

/// An Ed25519 private key.
struct ReleaseSigner {
  private let key: Curve25519.Signing.PrivateKey

  /// What stands before the 32 bytes of the key in PKCS #8, as `openssl genpkey` writes it.
  private static let prefix: [UInt8] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]
  /// More bytes than any such file has.
  private static let longestFile = 1 << 14

  /// The public key in hexadecimal.
  var publicKey: String { hexadecimal(Array(key.publicKey.rawRepresentation)) }

  /// Reads a key in PEM, without a password.
  init(file path: String) throws(LedgerError) {
    func failure(_ detail: String) -> LedgerError {
      .unavailable(LedgerFailure(kind: .signingKey, place: path, detail: detail))
    }
    let text: String
    do { text = String(decoding: try Self.bytes(of: path), as: UTF8.self) } catch {
      throw failure(error.reason)
    }
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.trimmingPrefix(while: \.isWhitespace)
    }
    guard let start = lines.firstIndex(of: "-----BEGIN PRIVATE KEY-----"),
      let end = lines[start...].firstIndex(of: "-----END PRIVATE KEY-----"),
      let data = Data(base64Encoded: lines[(start + 1)..<end].joined())
    else {
      throw failure(
        "it is not a private key in PEM without a password; make one with "
          + "`openssl genpkey -algorithm ed25519 -out key.pem`"
      )
    }
    let bytes = Array(data)
    guard bytes.count == Self.prefix.count + 32, bytes.starts(with: Self.prefix),
      let key = try? Curve25519.Signing.PrivateKey(
        rawRepresentation: bytes[Self.prefix.count...]
      )
    else { throw failure("it is not an Ed25519 key") }
    self.key = key
  }

  /// Signs what a receipt says of a release.
  func signature(
    of receipt: LedgerReceipt,
    dataset: String,
    release: ReleaseID
  ) throws -> ReleaseSignature {
    let text = receipt.signedText(dataset: dataset, release: release)
    let value = try key.signature(for: Array(text.utf8))
    return ReleaseSignature(publicKey: publicKey, value: hexadecimal(Array(value)))
  }

  private struct Unreadable: Error {
    let reason: String

    static var last: Unreadable { Unreadable(reason: String(cString: strerror(errno))) }
  }

  private static func bytes(of path: String) throws(Unreadable) -> [UInt8] {
    // Without waiting: a pipe in the place of the key must not hold up the ledger.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Unreadable(reason: "it is not a regular file")
    }
    var bytes = [UInt8](repeating: 0, count: longestFile + 1)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw .last }
    guard count <= longestFile else { throw Unreadable(reason: "it is too long for a key") }
    return Array(bytes[..<count])
  }
}

extension SigningKey {
  /// The private key, which must still be the one of the account.
  func signer() throws(LedgerError) -> ReleaseSigner {
    let signer = try ReleaseSigner(file: file)
    guard publicKey == nil || publicKey == signer.publicKey else {
      throw .unavailable(
        LedgerFailure(
          kind: .signingKey,
          place: file,
          detail: "it is another key than the one under which the account was opened"
        )
      )
    }
    return signer
  }
}

extension LedgerPolicy {
  /// The same policy with the public key of its private one.
  func withPublicKey() throws(LedgerError) -> LedgerPolicy {
    guard let key = signingKey else { return self }
    return LedgerPolicy(
      dataset: dataset,
      privacyUnit: privacyUnit,
      pins: pins,
      lifetime: lifetime,
      daily: daily,
      analysts: analysts,
      dimension: dimension,
      population: population,
      signingKey: SigningKey(file: key.file, publicKey: try key.signer().publicKey),
      accounting: accounting
    )
  }
}

extension ReleaseSignature {
  /// Whether it is a signature of what a receipt says of a release, by the key that it names.
  func holds(for receipt: LedgerReceipt, dataset: String, release: ReleaseID) -> Bool {
    guard let key = bytes(ofHexadecimal: publicKey), let value = bytes(ofHexadecimal: value),
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
    else { return false }
    let text = receipt.signedText(dataset: dataset, release: release)
    return key.isValidSignature(value, for: Array(text.utf8))
  }
}

/// The bytes of a text in hexadecimal.
private func bytes(ofHexadecimal text: String) -> [UInt8]? {
  let digits = Array(text.utf8)
  guard digits.count % 2 == 0 else { return nil }
  var bytes: [UInt8] = []
  for index in stride(from: 0, to: digits.count, by: 2) {
    guard let byte = UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16)
    else { return nil }
    bytes.append(byte)
  }
  return bytes
}
