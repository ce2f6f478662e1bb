// SampleKeys.swift: two Ed25519 keys that everybody knows.
// Reference: [RFC8032] section 7.1, tests 1 and 2.
// SPDX-License-Identifier: Apache-2.0

/// An Ed25519 key pair as `openssl` writes it.
public struct SampleKey: Sendable {
  /// The private key, a PEM file.
  public let privateKey: String
  /// The public key, a PEM file.
  public let publicKey: String
  /// The public key in hexadecimal.
  public let publicHexadecimal: String

  /// The key of the first published test.
  public static let first = SampleKey(
    privateKey: pem("PRIVATE", "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"),
    publicKey: pem("PUBLIC", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
    publicHexadecimal: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
  )

  /// The key of the second.
  public static let second = SampleKey(
    privateKey: pem("PRIVATE", "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7"),
    publicKey: pem("PUBLIC", "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="),
    publicHexadecimal: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
  )

  private static func pem(_ kind: String, _ content: String) -> String {
    "-----BEGIN \(kind) KEY-----\n\(content)\n-----END \(kind) KEY-----\n"
  }
}
