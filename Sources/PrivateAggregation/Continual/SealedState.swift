// SealedState.swift: the state of running counts, sealed under a key of its own in pieces.
// Reference: [SP800-38D]; [RFC5869]; `docs/continual.md`, section "The state".
// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials

/// The form of a sealed state.
///
/// A header stands in front in the clear: what it is, the version, which key sealed it, the name of the
/// state, the number of its period, SHA-256 of the spec and of tree, noise and bounds, and the attempt
/// at a release that wrote it. Then come pieces, each sealed by AES-256 in
/// Galois/counter mode under a key that is derived from that of the store and the name, which is random
/// and never used again. A piece's number is its nonce; the header, and whether the piece is the last,
/// are authenticated with it. So none can be altered, moved, left out or taken from another state.
struct SealedState {
  /// What stands in the header besides.
  struct Header: Equatable {
    /// The name of the state, 32 hexadecimal digits.
    let name: String
    /// The number of its period.
    let t: Int
    /// SHA-256 of the spec and its lists, in hexadecimal.
    let digest: String
    /// SHA-256 of tree, noise and bounds, in hexadecimal.
    let law: String
    /// The id of the release that names it once that is committed.
    let release: String
    /// The random token of the attempt at that release, which stands in the ledger that it is of.
    let attempt: String
  }

  private static let magic = Array("HUBBUB running counts\n".utf8)
  private static let version: UInt64 = 2
  private static let pieceSize = 1 << 22
  private static let tagSize = 16
  /// The most bytes in front of the pieces.
  static let longestHeader = 2048

  /// The most bytes that a sealed state has more than what is inside.
  static func overhead(for size: Int) -> Int {
    longestHeader + tagSize * (size / pieceSize + 1)
  }

  /// Tells keys apart without telling anything of them.
  static func mark(of key: SymmetricKey) -> [UInt8] {
    let mark = HMAC<SHA256>.authenticationCode(for: Array("which key".utf8), using: key)
    return Array(Array(mark).prefix(8))
  }

  /// Seals a state.
  static func seal(_ state: [UInt8], _ header: Header, under key: SymmetricKey) -> [UInt8] {
    let top = bytes(header, key)
    var sealed = top
    let own = derived(key, header.name)
    var number: UInt64 = 0
    var rest = state[...]
    repeat {
      let piece = rest.prefix(pieceSize)
      rest = rest.dropFirst(pieceSize)
      guard let nonce = try? AES.GCM.Nonce(data: nonce(number)),
        let box = try? AES.GCM.seal(
          Array(piece),
          using: own,
          nonce: nonce,
          authenticating: top + [rest.isEmpty ? 1 : 0]
        )
      else { preconditionFailure("the cipher takes a key of 256 bits") }
      sealed += box.ciphertext
      sealed += box.tag
      number += 1
    } while !rest.isEmpty
    return sealed
  }

  /// Opens a state that was sealed under the same key.
  ///
  /// - Returns: The header that it was sealed for, and what is inside.
  /// - Throws: What is wrong.
  static func open(
    _ sealed: [UInt8],
    under key: SymmetricKey
  ) throws(OpeningError) -> (header: Header, state: [UInt8]) {
    guard sealed.starts(with: magic), let found = number(sealed, magic.count) else {
      throw .damaged
    }
    guard found == version else { throw found > version ? .newer : .damaged }
    guard let header = header(of: sealed) else { throw .damaged }
    let top = bytes(header, key)
    let start = magic.count + 8
    guard sealed[start..<(start + 8)] == top[start..<(start + 8)] else { throw .otherKey }
    guard sealed.starts(with: top) else { throw .damaged }
    let own = derived(key, header.name)
    var state: [UInt8] = []
    var number: UInt64 = 0
    var rest = sealed[top.count...]
    while true {
      let piece = rest.prefix(pieceSize + tagSize)
      rest = rest.dropFirst(pieceSize + tagSize)
      guard piece.count >= tagSize, let nonce = try? AES.GCM.Nonce(data: nonce(number)),
        let box = try? AES.GCM.SealedBox(
          nonce: nonce,
          ciphertext: Array(piece.dropLast(tagSize)),
          tag: Array(piece.suffix(tagSize))
        ),
        let opened = try? AES.GCM.open(
          box,
          using: own,
          authenticating: top + [rest.isEmpty ? 1 : 0]
        )
      else { throw .damaged }
      state += opened
      number += 1
      if rest.isEmpty { return (header, state) }
    }
  }

  /// Why a state does not open.
  enum OpeningError: Error {
    case damaged, newer, otherKey
  }

  /// The header in front of a sealed state, as it stands there; `nil` where there is none of this
  /// version.
  static func header(of sealed: [UInt8]) -> Header? {
    let start = magic.count
    guard sealed.starts(with: magic), number(sealed, start) == version else { return nil }
    var reader = StateReader(Array(sealed.dropFirst(start + 16).prefix(longestHeader)))
    func text() -> String? { (try? reader.bytes()).map { String(decoding: $0, as: UTF8.self) } }
    guard let number = try? reader.integer(), let t = Int(exactly: number), let name = text(),
      let digest = text(), let law = text(), let release = text(), let attempt = text()
    else { return nil }
    return Header(
      name: name,
      t: t,
      digest: digest,
      law: law,
      release: release,
      attempt: attempt
    )
  }

  private static func bytes(_ header: Header, _ key: SymmetricKey) -> [UInt8] {
    var writer = StateWriter()
    writer.integer(version)
    var top = magic + writer.data + mark(of: key)
    writer = StateWriter()
    writer.integer(UInt64(header.t))
    for text in [header.name, header.digest, header.law, header.release, header.attempt] {
      writer.bytes(text.utf8)
    }
    top += writer.data
    return top
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> UInt64? {
    guard place + 8 <= bytes.count else { return nil }
    return (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  private static func nonce(_ number: UInt64) -> [UInt8] {
    [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
  }

  private static func derived(_ key: SymmetricKey, _ name: String) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key,
      salt: Array(name.utf8),
      info: Array("hubbub running counts, one state".utf8),
      outputByteCount: 32
    )
  }
}
