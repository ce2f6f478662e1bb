// MappingReader.swift: the keys of one level of a YAML file; unknown ones are errors.
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation
import Yams

/// The keys of one level of a YAML file.
struct MappingReader {
  /// The mapping itself.
  let reader: NodeReader
  fileprivate let fields: [String: NodeReader]
  /// The keys in the order in which they are written.
  let keys: [String]

  /// The value of a key, or `nil` where it is absent.
  func optional(_ key: String) -> NodeReader? { fields[key] }

  /// The value of a key that has to be there; `example` is what could be written.
  func required(_ key: String, example: String) throws(SpecificationError) -> NodeReader {
    if let field = fields[key] { return field }
    let place = reader.key.isEmpty ? "" : " under `\(reader.key)`"
    throw reader.error("the key `\(key)` is missing; write `\(example)`\(place)")
  }

  /// An error about a key, at the key's value where it is written.
  func error(_ key: String, _ message: String) -> SpecificationError {
    fields[key]?.error(message) ?? reader.error(message)
  }
}

extension NodeReader {
  /// Reads the keys of this level.
  ///
  /// - Parameters:
  ///   - known: The keys that may stand here; `nil` for any.
  ///   - later: Keys that a later version reads.
  /// - Returns: The keys with their values.
  /// - Throws: `SpecificationError`, at the key that is unknown or written twice.
  func mapping(
    _ known: [String]?,
    later: Set<String> = []
  ) throws(SpecificationError) -> MappingReader {
    guard let mapping = node.mapping else {
      let example = known?.first ?? "name"
      throw error("is not a set of keys; write `\(example): ...` and so on, one a line")
    }
    var fields: [String: NodeReader] = [:]
    var keys: [String] = []
    for (name, value) in mapping {
      let place = NodeReader(node: name, file: file, key: key)
      guard let text = name.scalar?.string else { throw place.error("a key must be a single word") }
      if later.contains(text) {
        throw place.error(
          "this version does not offer `\(text)` yet; leave the key out or use a newer version"
        )
      }
      if let known, !known.contains(text) {
        throw place.error(Self.unknown(text, known))
      }
      guard fields[text] == nil else {
        throw place.error("the key `\(text)` is written twice; keep one")
      }
      fields[text] = NodeReader(node: value, file: file, key: path(text))
      keys.append(text)
    }
    return MappingReader(reader: self, fields: fields, keys: keys)
  }

  private static func unknown(_ key: String, _ known: [String]) -> String {
    let shown = String(key.prefix(40))
    if let nearest = Suggestion.nearest(to: key, among: known) {
      return "the key `\(shown)` is not known; did you mean `\(nearest)`?"
    }
    return "the key `\(shown)` is not known; write \(joined(known))"
  }
}
