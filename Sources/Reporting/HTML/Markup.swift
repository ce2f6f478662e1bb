// Markup.swift: HTML under construction, in which every text from outside is escaped.
// Reference: [HTML].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A piece of HTML.
///
/// Literals are markup as they stand. Strings that are interpolated are text and become escaped,
/// so a value that looks like markup is shown as it is spelled.
struct Markup: ExpressibleByStringInterpolation, Sendable {
  /// The HTML.
  private(set) var html: String

  /// Takes a literal as markup.
  init(stringLiteral value: String) {
    html = value
  }

  /// Takes an interpolated literal: its own text is markup, what it interpolates is text.
  init(stringInterpolation: Interpolation) {
    html = stringInterpolation.html
  }

  /// Builds the HTML piece by piece.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      html.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: String) {
      html += literal
    }

    /// Adds text, escaped.
    mutating func appendInterpolation(_ text: String) {
      Markup.escape(text, into: &html)
    }

    /// Adds markup as it stands.
    mutating func appendInterpolation(_ markup: Markup) {
      html += markup.html
    }

    /// Adds a number.
    mutating func appendInterpolation(_ number: Int) {
      html += String(number)
    }

    /// Adds the text of a value, isolated from the direction of the text around it.
    mutating func appendInterpolation(value: String) {
      html += "<bdi>"
      Markup.escape(value, into: &html)
      html += "</bdi>"
    }
  }

  /// Appends markup.
  static func += (left: inout Markup, right: Markup) {
    left.html += right.html
  }

  /// Escapes what HTML gives a meaning to, and replaces what it does not allow at all.
  ///
  /// A control character becomes its picture (U+2400 and on) or U+FFFD; so do the characters that
  /// turn the direction of text, with which a value could look like another.
  ///
  /// - Reference: [HTML], section 13.1.2 and 13.2.3.5.
  fileprivate static func escape(_ text: String, into html: inout String) {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: html += "&amp;"
      case 0x3C: html += "&lt;"
      case 0x3E: html += "&gt;"
      case 0x22: html += "&quot;"
      case 0x27: html += "&#39;"
      case 0..<0x20: html.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 0x7F: html += "\u{2421}"
      case 0x80...0x9F, 0xFDD0...0xFDEF, 0x202A...0x202E, 0x2066...0x2069: html += "\u{FFFD}"
      case let value where value & 0xFFFE == 0xFFFE: html += "\u{FFFD}"
      default: html.unicodeScalars.append(scalar)
      }
    }
  }
}

extension Sequence where Element == Markup {
  /// The pieces one after the other.
  func joined(_ separator: Markup = "") -> Markup {
    var result: Markup = ""
    for (index, piece) in enumerated() {
      if index > 0 { result += separator }
      result += piece
    }
    return result
  }
}
