// FigureText.swift: small JSON texts that a page hands to its own script.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

/// Writes JSON for the script of the page.
///
/// What comes out is text: it still has to be escaped where it is put into the page.
enum FigureText {
  /// A JSON string.
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A JSON list of JSON texts.
  static func list(_ items: [String]) -> String {
    "[" + items.joined(separator: ",") + "]"
  }

  /// A JSON object of JSON texts, in the order given.
  static func object(_ members: KeyValuePairs<String, String>) -> String {
    "{" + members.map { "\(string($0)):\($1)" }.joined(separator: ",") + "}"
  }
}
