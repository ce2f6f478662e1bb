// ReleaseID.swift: the name under which one release is paid and kept.
// SPDX-License-Identifier: Apache-2.0

/// Why a text is no release id.
public enum ReleaseIDError: Error, Equatable, Sendable {
  /// The text is empty, too long or holds a character that is not allowed.
  case malformed
}

/// The name under which one release is paid and kept: the same id never pays twice.
public struct ReleaseID: Sendable, Hashable, CustomStringConvertible {
  /// The longest id, in characters.
  public static let longest = 128

  /// The id: letters, digits, `.`, `_` and `-`, and none of the last three first.
  public let description: String

  /// Makes an id from 1 to 128 letters, digits, dots, underscores and hyphens.
  ///
  /// - Throws: `ReleaseIDError.malformed` for any other text.
  public init(_ text: String) throws(ReleaseIDError) {
    let bytes = text.utf8
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        return true
      default:
        return false
      }
    }
    let punctuation = [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")]
    guard (1...Self.longest).contains(bytes.count),
      bytes.allSatisfy({ isAlphanumeric($0) || punctuation.contains($0) }),
      let first = bytes.first, isAlphanumeric(first)
    else { throw .malformed }
    description = text
  }
}
