// JSONText.swift: results as JSON, with keys in the order in which they are documented.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// A JSON value; numbers are exact integers, and exact fractions are strings.
indirect enum JSONText {
  case text(String)
  case integer(BigInteger)
  case flag(Bool)
  case list([JSONText])
  case object([(String, JSONText)])
  case null

  /// An exact number as a string in lowest terms.
  static func exact(_ value: Rational) -> JSONText { .text(value.description) }

  /// A loss as `["p/q", "p/q"]`.
  static func pair(_ loss: PrivacyLoss) -> JSONText {
    .list([.exact(loss.epsilon), .exact(loss.delta)])
  }

  /// A whole number.
  static func count(_ value: Int) -> JSONText { .integer(BigInteger(value)) }

  /// The value on one line, with a line feed after it.
  var line: String { rendered + "\n" }

  private var rendered: String {
    switch self {
    case .text(let text): return Self.quoted(text)
    case .integer(let value): return value.description
    case .flag(let value): return value ? "true" : "false"
    case .null: return "null"
    case .list(let items):
      return "[" + items.map(\.rendered).joined(separator: ", ") + "]"
    case .object(let fields):
      return "{"
        + fields.map { "\(Self.quoted($0.0)): \($0.1.rendered)" }.joined(separator: ", ") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
