// JSONCursor.swift: a strict reader of JSON that never holds more than the value at hand.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A place in a JSON text, and the ways to read the value that begins there.
///
/// Integers are exact, names within an object are distinct, nothing recurses beyond the shape that
/// the caller asks for, and every failure says where it happened.
///
/// - Reference: [RFC8259].
struct JSONCursor {
  private let bytes: [UInt8]
  private var index = 0

  /// Stands before the first value of a text.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next byte that is not white space; `nil` at the end.
  private mutating func peek() -> UInt8? {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return bytes[index]
      }
    }
    return nil
  }

  private func failure(_ expected: String) -> ReleaseDecodingError {
    ReleaseDecodingError(.notJSON(expected: expected, offset: index))
  }

  /// Passes one byte of punctuation.
  private mutating func expect(_ byte: UInt8, _ what: String) throws(ReleaseDecodingError) {
    guard peek() == byte else { throw failure(what) }
    index += 1
  }

  /// Passes a separator and tells whether another element follows it.
  private mutating func continues(until close: UInt8) throws(ReleaseDecodingError) -> Bool {
    let next = peek()
    guard next == UInt8(ascii: ",") || next == close else {
      throw failure("a comma or a closing bracket")
    }
    index += 1
    return next == UInt8(ascii: ",")
  }

  /// Tells whether `byte` stands next, and passes it if so.
  private mutating func passes(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    index += 1
    return true
  }

  /// Passes white space and tells whether a value follows.
  var isAtValue: Bool {
    mutating get { peek() != nil }
  }

  /// Passes white space and tells whether an object follows.
  var isAtObject: Bool {
    mutating get { peek() == UInt8(ascii: "{") }
  }

  /// Passes exactly these bytes, or none.
  mutating func passes(literally text: [UInt8]) -> Bool {
    guard bytes.count - index >= text.count else { return false }
    for offset in text.indices where bytes[index + offset] != text[offset] { return false }
    index += text.count
    return true
  }

  /// Fails unless only white space is left.
  mutating func end() throws(ReleaseDecodingError) {
    guard peek() == nil else { throw failure("the end of the text") }
  }

  /// Reads an object, member by member; `member` reads the value.
  mutating func object(
    _ member: (String, inout JSONCursor) throws(ReleaseDecodingError) -> Void
  ) throws(ReleaseDecodingError) {
    guard peek() == UInt8(ascii: "{") else { throw unsuitable("an object") }
    index += 1
    if passes(UInt8(ascii: "}")) { return }
    var names = DistinctNames()
    repeat {
      guard peek() == UInt8(ascii: "\"") else { throw failure("the name of a member") }
      let name = try string()
      guard names.insert(name) else {
        throw ReleaseDecodingError(.duplicate).within(member: name)
      }
      try expect(UInt8(ascii: ":"), "a colon")
      do { try member(name, &self) } catch { throw error.within(member: name) }
    } while try continues(until: UInt8(ascii: "}"))
  }

  /// Reads an array, element by element; `element` reads the value.
  mutating func array(
    _ element: (inout JSONCursor) throws(ReleaseDecodingError) -> Void
  ) throws(ReleaseDecodingError) {
    guard peek() == UInt8(ascii: "[") else { throw unsuitable("an array") }
    index += 1
    if passes(UInt8(ascii: "]")) { return }
    var count = 0
    repeat {
      do { try element(&self) } catch { throw error.within(element: count) }
      count += 1
    } while try continues(until: UInt8(ascii: "]"))
  }

  /// Reads a truth value.
  mutating func boolean() throws(ReleaseDecodingError) -> Bool {
    let first = peek()
    guard first == UInt8(ascii: "t") || first == UInt8(ascii: "f") else {
      throw unsuitable("true or false")
    }
    let word: [UInt8] = first == UInt8(ascii: "t") ? Array("true".utf8) : Array("false".utf8)
    guard bytes[index...].starts(with: word) else { throw failure("true or false") }
    index += word.count
    return first == UInt8(ascii: "t")
  }

  /// Reads an integer of at most `Rational.longestText` digits.
  mutating func bigInteger() throws(ReleaseDecodingError) -> BigInteger {
    let text = try integerText()
    guard text.count <= Rational.longestText,
      let value = BigInteger(String(decoding: text, as: UTF8.self))
    else {
      throw unsuitable("an integer of at most \(Rational.longestText) digits")
    }
    return value
  }

  /// Reads an integer from -2^63 to 2^63 - 1.
  mutating func int64() throws(ReleaseDecodingError) -> Int64 {
    let text = try integerText()
    var value: Int64 = 0
    let negative = text.first == UInt8(ascii: "-")
    for byte in negative ? text.dropFirst() : text {
      let digit = Int64(byte - UInt8(ascii: "0"))
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, past) = product.addingReportingOverflow(negative ? -digit : digit)
      guard !over, !past else { throw unsuitable("an integer from -2^63 to 2^63 - 1") }
      value = sum
    }
    return value
  }

  /// Passes the digits of an integer: no leading zero, no fraction, no exponent.
  private mutating func integerText() throws(ReleaseDecodingError) -> ArraySlice<UInt8> {
    guard let first = peek(), first == UInt8(ascii: "-") || Self.isDigit(first) else {
      throw unsuitable("an integer")
    }
    let start = index
    if first == UInt8(ascii: "-") { index += 1 }
    let digits = index
    while index < bytes.count, Self.isDigit(bytes[index]) { index += 1 }
    guard index > digits, index == digits + 1 || bytes[digits] != UInt8(ascii: "0") else {
      throw failure("an integer without leading zeros")
    }
    if index < bytes.count,
      [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")]
        .contains(bytes[index])
    {
      throw unsuitable("an integer, with neither a point nor an exponent")
    }
    return bytes[start..<index]
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// An error for a value that is JSON, or might be, and not what its place asks for.
  private func unsuitable(_ expected: String) -> ReleaseDecodingError {
    index < bytes.count
      ? ReleaseDecodingError(.unsuitable(expected: expected)) : failure(expected)
  }

  /// Passes an array without reading it and returns a cursor that stands before it.
  ///
  /// Only brackets and quotes are looked at: what is wrong inside is found when it is read, and
  /// what is read without fault ends where this did.
  mutating func skippingArray() throws(ReleaseDecodingError) -> JSONCursor {
    guard peek() == UInt8(ascii: "[") else { throw unsuitable("an array") }
    let start = self
    var depth = 0
    var isInString = false
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""): isInString.toggle()
      case UInt8(ascii: "\\") where isInString: index += 1
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += isInString ? 0 : 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= isInString ? 0 : 1
      default: break
      }
      index += 1
      if depth == 0 { return start }
    }
    throw failure("a closing bracket")
  }

  /// Reads a string.
  mutating func string() throws(ReleaseDecodingError) -> String {
    guard peek() == UInt8(ascii: "\"") else { throw unsuitable("a string") }
    index += 1
    let start = index
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        guard let text = String(validating: bytes[start..<index], as: UTF8.self) else {
          throw failure("valid UTF-8")
        }
        index += 1
        return text
      case UInt8(ascii: "\\"):
        var scanner = JSONStringScanner(bytes, from: start, at: index)
        defer { index = scanner.index }
        return try scanner.finish()
      case 0..<0x20: throw failure("an escape in place of a control character")
      default: index += 1
      }
    }
    throw failure("a closing quote")
  }
}

/// The names seen in one object, compared byte by byte.
private struct DistinctNames {
  private var few: [String] = []
  private var many: Set<[UInt8]> = []

  /// Adds a name, or tells that it is there already.
  mutating func insert(_ name: String) -> Bool {
    // Most objects are small: a short list is faster than a set, which keeps large ones linear.
    if few.count < 16 {
      guard !few.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return false }
      few.append(name)
      return true
    }
    if many.isEmpty { many = Set(few.map { Array($0.utf8) }) }
    return many.insert(Array(name.utf8)).inserted
  }
}
