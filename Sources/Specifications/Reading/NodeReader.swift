// NodeReader.swift: one value of a YAML file, read as text, and errors that say where it stands.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Yams

/// One value of a YAML file.
///
/// Scalars are read as their source text: `0.1` is one tenth, `01001` keeps its zero and `NO` is
/// Norway, quoted or not.
struct NodeReader {
  let node: Node
  /// The file, as the user named it.
  let file: String
  /// The path of the key, such as `budget.epsilon`; empty for the whole file.
  let key: String

  /// Makes an error about this value.
  func error(_ message: String) -> SpecificationError {
    SpecificationError(
      file: file,
      line: node.mark?.line,
      column: node.mark?.column,
      key: key,
      message: message
    )
  }

  /// The path of something below this value.
  func path(_ name: String) -> String { key.isEmpty ? name : key + "." + name }

  /// The line that the value begins on, from 1.
  var line: Int { node.mark?.line ?? 1 }

  /// The column that the value begins in, in characters, from 1.
  var column: Int { node.mark?.column ?? 1 }

  /// Whether the value is a single text.
  var isText: Bool { node.scalar != nil }

  /// Whether the value is a list.
  var isList: Bool { node.sequence != nil }

  /// The text of a scalar; never empty.
  func text() throws(SpecificationError) -> String {
    guard let scalar = node.scalar else {
      throw error("holds \(node.sequence == nil ? "keys" : "a list"); write a single value")
    }
    guard !scalar.string.isEmpty else { throw error("is empty; write a value or leave it out") }
    guard !scalar.string.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else { throw error("holds a line break or a control character; write it on one line") }
    return scalar.string
  }

  /// A whole number of at least one.
  func count(upTo limit: Int = Int.max) throws(SpecificationError) -> Int {
    let text = try text()
    guard let value = BigInteger(text) else {
      throw error("`\(text)` is not a whole number; write one from 1 to \(limit)")
    }
    guard value.signum > 0, let number = Int(exactly: value), number <= limit else {
      throw error("`\(text)` is out of range; write a whole number from 1 to \(limit)")
    }
    return number
  }

  /// An exact number.
  func rational() throws(SpecificationError) -> Rational {
    let text = try text()
    do {
      return try Rational(parsing: text)
    } catch {
      throw self.error("`\(text.prefix(40))` \(error.description)")
    }
  }

  /// Yes or no.
  func flag() throws(SpecificationError) -> Bool {
    switch try text() {
    case "true": return true
    case "false": return false
    case let other: throw error("`\(other)` is neither true nor false; write one of the two")
    }
  }

  /// One of a closed set of words.
  func choice<T: RawRepresentable & CaseIterable>(
    _ type: T.Type
  ) throws(SpecificationError) -> T where T.RawValue == String {
    let text = try text()
    if let value = T(rawValue: text) { return value }
    throw error("`\(text)` is not known; write \(Self.joined(T.allCases.map(\.rawValue)))")
  }

  /// The items of a list, each with its position in its path, from 1.
  func items() throws(SpecificationError) -> [NodeReader] {
    guard let sequence = node.sequence else {
      throw error("is not a list; write [first, second] or one `- item` a line")
    }
    guard !sequence.isEmpty else { throw error("is an empty list; write at least one item") }
    return sequence.enumerated().map { index, item in
      NodeReader(node: item, file: file, key: "\(key)[\(index + 1)]")
    }
  }

  /// The texts of a list, or of a single value.
  func texts() throws(SpecificationError) -> [String] {
    if isText { return [try text()] }
    var values: [String] = []
    for item in try items() { values.append(try item.text()) }
    return values
  }

  /// `a, b or c`.
  static func joined(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
