// JSONWriter.swift: canonical JSON text, appended byte by byte.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Canonical JSON under construction.
///
/// One value has one text: no spaces, UTF-8 as it is, escapes only where JSON requires one (and for
/// U+2028 and U+2029, which old JavaScript takes for line ends), in lower case.
///
/// - Reference: [RFC8259] section 7.
struct JSONWriter {
  /// The text so far.
  var bytes: [UInt8] = []

  /// Appends text as it stands.
  mutating func raw(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Appends a string with its quotes.
  ///
  /// - Complexity: O(n) in bytes; a string without escapes is copied whole.
  mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { buffer in
      if buffer.allSatisfy({ !Self.mayNeedEscape($0) }) {
        bytes.append(contentsOf: buffer)
      } else {
        for index in buffer.indices { escaped(at: index, of: buffer) }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends the name of a member and its colon.
  mutating func name(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
  }

  /// Appends an integer.
  mutating func integer(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// Appends an integer of any size.
  mutating func integer(_ value: BigInteger) {
    bytes.append(contentsOf: value.description.utf8)
  }

  /// Appends a fraction in lowest terms, as a string.
  mutating func rational(_ value: Rational) {
    string(value.description)
  }

  /// Appends a truth value.
  mutating func boolean(_ value: Bool) {
    if value { raw("true") } else { raw("false") }
  }

  /// Appends an array of strings.
  mutating func strings(_ values: [String]) {
    raw("[")
    for (index, value) in values.enumerated() {
      if index > 0 { raw(",") }
      string(value)
    }
    raw("]")
  }

  /// A control character, a quote, a backslash, or a byte that may begin U+2028 or U+2029.
  @inline(__always)
  static func mayNeedEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0xE2
  }

  private mutating func escaped(at index: Int, of buffer: UnsafeBufferPointer<UInt8>) {
    let byte = buffer[index]
    switch byte {
    case UInt8(ascii: "\""): raw("\\\"")
    case UInt8(ascii: "\\"): raw("\\\\")
    case 0x08: raw("\\b")
    case 0x09: raw("\\t")
    case 0x0A: raw("\\n")
    case 0x0C: raw("\\f")
    case 0x0D: raw("\\r")
    case 0..<0x20:
      let digits = Array("0123456789abcdef".utf8)
      raw("\\u00")
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    case 0xA8 where Self.follows(0xE2, 0x80, index, buffer):
      bytes.removeLast(2)
      raw("\\u2028")
    case 0xA9 where Self.follows(0xE2, 0x80, index, buffer):
      bytes.removeLast(2)
      raw("\\u2029")
    default: bytes.append(byte)
    }
  }

  /// Tells whether the byte at `index` comes after the two bytes given.
  private static func follows(
    _ first: UInt8,
    _ second: UInt8,
    _ index: Int,
    _ buffer: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    index >= 2 && buffer[index - 2] == first && buffer[index - 1] == second
  }
}
