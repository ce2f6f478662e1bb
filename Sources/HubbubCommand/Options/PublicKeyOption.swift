// PublicKeyOption.swift: the owner's public key, by which releases must be signed.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// The owner's public key.
struct PublicKeyOption: ParsableArguments {
  @Option(
    help: """
      The owner's public key, a PEM file as `openssl pkey -in key.pem -pubout` writes it: a release \
      that this key has not signed does not hold.
      """
  )
  var publicKey: String?

  /// The key in hexadecimal, where one is given.
  func hexadecimal() throws(CommandFailure) -> String? {
    guard let publicKey else { return nil }
    let bytes = try InputFile.read(publicKey, limit: 1 << 14, what: "public key")
    guard let key = PublicKeyText.hexadecimal(pem: bytes) else {
      throw .invalid(
        "\(publicKey): this is not an Ed25519 public key in PEM; "
          + "write one with `openssl pkey -in key.pem -pubout`"
      )
    }
    return key
  }
}
