// JSONStringScanner.swift: the slow way through a JSON string, for those with escapes.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

/// Reads a JSON string that holds at least one escape.
///
/// - Reference: [RFC8259] section 7.
struct JSONStringScanner {
  private let bytes: [UInt8]
  private var decoded: [UInt8]
  /// The place in the text: after the closing quote once the string is finished.
  private(set) var index: Int

  /// Takes over at the first backslash, `index`, of a string that begins at `start`.
  init(_ bytes: [UInt8], from start: Int, at index: Int) {
    self.bytes = bytes
    self.decoded = Array(bytes[start..<index])
    self.index = index
  }

  /// Reads to the closing quote.
  mutating func finish() throws(ReleaseDecodingError) -> String {
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: decoded, as: UTF8.self) else {
          throw failure("valid UTF-8")
        }
        index += 1
        return text
      case UInt8(ascii: "\\"):
        index += 1
        try escape()
      case 0..<0x20: throw failure("an escape in place of a control character")
      default:
        decoded.append(byte)
        index += 1
      }
    }
    throw failure("a closing quote")
  }

  private func failure(_ expected: String) -> ReleaseDecodingError {
    ReleaseDecodingError(.notJSON(expected: expected, offset: index))
  }

  private mutating func escape() throws(ReleaseDecodingError) {
    guard index < bytes.count else { throw failure("an escape") }
    switch bytes[index] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(bytes[index])
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "n"): decoded.append(0x0A)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "r"): decoded.append(0x0D)
    case UInt8(ascii: "u"):
      index += 1
      decoded.append(contentsOf: String(Character(try scalar())).utf8)
      return
    default: throw failure("an escape")
    }
    index += 1
  }

  /// Reads four hexadecimal digits, and the other half of a surrogate pair where they are one.
  private mutating func scalar() throws(ReleaseDecodingError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, bytes[index...].starts(with: Array("\\u".utf8)) else {
      throw failure("a surrogate pair")
    }
    index += 2
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("the second half of a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(ReleaseDecodingError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard index < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue
      else { throw failure("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
