// ReleaseSignature.swift: what the owner of a data set signs of a release.
// Reference: [RFC8032]; `docs/formats.md`, section "Signatures".
// SPDX-License-Identifier: Apache-2.0

/// An Ed25519 signature of a release.
///
/// - Reference: [RFC8032] section 5.1.
public struct ReleaseSignature: Sendable, Hashable {
  /// The public key: 32 bytes in lower-case hexadecimal.
  public let publicKey: String
  /// The signature: 64 bytes in lower-case hexadecimal.
  public let value: String

  /// Makes the record.
  public init(publicKey: String, value: String) {
    self.publicKey = publicKey
    self.value = value
  }
}

extension LedgerReceipt {
  /// The text that is signed: a line that says what it is, then one for each field.
  ///
  /// A field is `name:length:value`, the length in bytes of UTF-8, as in the entries of a ledger: no
  /// value can pass for another field, and no entry for a signed text.
  package func signedText(dataset: String, release: ReleaseID) -> String {
    let fields = [
      ("dataset", dataset), ("release_id", release.description), ("position", String(position)),
      ("previous_sha256", previous), ("entry_sha256", head), ("body_sha256", bodySHA256),
      ("data", dataPinned ? "pinned" : "unpinned"),
    ]
    return fields.reduce(into: "hubbub-release-signature 1\n") { text, field in
      text += "\(field.0):\(field.1.utf8.count):\(field.1)\n"
    }
  }

  /// The same receipt with a signature.
  package func signed(_ signature: ReleaseSignature) -> LedgerReceipt {
    LedgerReceipt(
      position: position,
      head: head,
      previous: previous,
      bodySHA256: bodySHA256,
      dataPinned: dataPinned,
      signature: signature
    )
  }
}
