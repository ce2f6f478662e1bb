// ReleaseDecodingError.swift: why bytes are not a release, and where.
// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a release.
public struct ReleaseDecodingError: Error, Sendable, Hashable {
  /// What is wrong.
  public enum Problem: Sendable, Hashable {
    /// The text is not JSON; `offset` is the number of bytes before the fault.
    case notJSON(expected: String, offset: Int)
    /// A member is named twice in one object.
    case duplicate
    /// A member that a release must have is missing.
    case missing
    /// A member that no release has.
    case unknown
    /// A value of another type, or outside what its place allows.
    case unsuitable(expected: String)
    /// A fraction in another form than `p/q` in lowest terms; `canonical` is that form, where the
    /// text is a number at all.
    case notLowestTerms(canonical: String?)
  }

  /// Where, as in `measures[0].scale`; empty for the document as a whole.
  public let path: String
  /// What is wrong there.
  public let problem: Problem

  /// Makes an error.
  init(_ problem: Problem, path: String = "") {
    self.path = path
    self.problem = problem
  }

  /// The same error, seen from the object whose member `name` it lies in.
  func within(member name: String) -> ReleaseDecodingError {
    let name = VisibleText.escaping(name, limit: 40)
    let rest = path.isEmpty || path.hasPrefix("[") ? path : "." + path
    return ReleaseDecodingError(problem, path: name + rest)
  }

  /// The same error, seen from the array whose element `index` it lies in.
  func within(element index: Int) -> ReleaseDecodingError {
    let rest = path.isEmpty || path.hasPrefix("[") ? path : "." + path
    return ReleaseDecodingError(problem, path: "[\(index)]" + rest)
  }
}

extension ReleaseDecodingError: CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public var description: String {
    let place = path.isEmpty ? "the document" : path
    switch problem {
    case .notJSON(let expected, let offset):
      return "\(place) is not JSON: \(expected) was expected at byte \(offset); "
        + "get the whole file again from where it was published"
    case .duplicate:
      return "\(place) is given twice; a release gives every member once"
    case .missing:
      return "\(place) is missing; use the file as it was written, not a part of it"
    case .unknown:
      return "\(place) is not a part of any release of this format; remove it, "
        + "or use a version of hubbub that knows it"
    case .unsuitable(let expected):
      return "\(place) must be \(expected)"
    case .notLowestTerms(let canonical):
      let form = canonical.map { ", which is \(VisibleText.escaping($0, limit: 60))" } ?? ""
      return "\(place) must be a fraction p/q in lowest terms as a string" + form
    }
  }
}

/// Text from outside, made fit for one line of a message.
package enum VisibleText {
  /// Writes control, format and separator characters as `\u{...}` and cuts after `limit` characters.
  package static func escaping(_ text: String, limit: Int) -> String {
    var result = ""
    for (index, character) in text.unicodeScalars.enumerated() {
      guard index < limit else { return result + "..." }
      switch character.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        result += "\\u{" + String(character.value, radix: 16) + "}"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
