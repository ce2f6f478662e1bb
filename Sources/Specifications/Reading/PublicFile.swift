// PublicFile.swift: reads a file that a person wrote, whole and bounded.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Glibc

/// Why a file could not be read, in words.
struct FileProblem: Error, Hashable {
  let text: String
}

/// A file that was read whole.
struct PublicFile {
  /// Its content.
  let bytes: [UInt8]
  /// Which file it is.
  let identity: FileIdentity

  /// Reads a file of at most `limit` bytes.
  init(at path: String, limit: Int) throws(FileProblem) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileProblem(text: Self.reason()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileProblem(text: Self.reason()) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileProblem(text: "it is a directory") }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileProblem(text: Self.reason()) }
      guard count > 0 else { break }
      guard content.count + count <= limit else {
        throw FileProblem(text: "it is longer than \(limit) bytes")
      }
      content.append(contentsOf: buffer[..<count])
    }
    bytes = content
    identity = FileIdentity(status)
  }

  private static func reason() -> String {
    String(cString: strerror(errno))
  }

  /// SHA-256 of the content, in hexadecimal.
  var sha256: String { Digest.hexadecimal(bytes) }
}

/// SHA-256 in hexadecimal.
enum Digest {
  /// The digest of some bytes.
  static func hexadecimal(_ bytes: [UInt8]) -> String {
    hexadecimal(SHA256.hash(data: bytes))
  }

  /// The digest of several parts, each preceded by its length in 8 bytes, so that no two
  /// different sequences of parts are hashed alike.
  static func hexadecimal(parts: [[UInt8]]) -> String {
    var hash = SHA256()
    for part in parts {
      let length = UInt64(part.count)
      hash.update(data: (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) })
      hash.update(data: part)
    }
    return hexadecimal(hash.finalize())
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
