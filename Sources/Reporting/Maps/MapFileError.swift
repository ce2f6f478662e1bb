// MapFileError.swift: what is wrong in a file of shapes, where, and the way out.
// SPDX-License-Identifier: Apache-2.0

/// What is wrong in a file of shapes.
///
/// Its text names the line or the shape where there is one, and what to do. Of what the file holds
/// it names nothing but objects and properties with plain names.
public struct MapFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1; `nil` where the whole file is meant.
  public let line: Int?
  /// What is wrong and what to do, in one sentence or two.
  public let message: String
  /// The key of the spec that could be written otherwise, if there is one: `object` or `key`.
  public let key: String?

  init(line: Int? = nil, key: String? = nil, _ message: String) {
    self.line = line
    self.key = key
    self.message = message
  }

  /// The message, with the line in front.
  public var description: String { (line.map { "line \($0): " } ?? "") + message }

  /// An error about one shape, by its number from 1.
  static func shape(_ number: Int, _ message: String) -> MapFileError {
    MapFileError("shape \(number) \(message)")
  }

  /// Names to choose from, those that are plain and short.
  static func names(_ names: some Sequence<String>) -> String {
    let plain = names.filter { name in
      !name.isEmpty && name.utf8.count <= 40
        && name.utf8.allSatisfy { byte in
          Character(Unicode.Scalar(byte)).isLetter || (0x30...0x39).contains(byte)
            || [0x20, 0x2D, 0x2E, 0x3A, 0x5F].contains(byte)
        }
    }
    let sorted = plain.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(12)
    let quoted = sorted.map { "`\($0)`" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "another name" }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }
}
