// JSONScanner.swift: the grammar of JSON over bytes, strict, without building a tree.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

/// Scans one JSON text.
///
/// - Reference: [RFC8259] sections 2 to 7.
struct JSONScanner {
  /// What a value was.
  enum Kind {
    /// A string, a number or a boolean: its text was appended.
    case scalar
    /// `null`: nothing was appended.
    case null
    /// An array or an object: nothing was appended.
    case nested
  }

  /// The deepest nesting that is followed.
  static let deepest = 64

  private let base: UnsafePointer<UInt8>
  private let count: Int
  private var position = 0

  init(base: UnsafePointer<UInt8>, count: Int) {
    self.base = base
    self.count = count
  }

  var isAtEnd: Bool { position == count }

  var isAtEndAfterSpace: Bool {
    mutating get {
      skipSpace()
      return isAtEnd
    }
  }

  mutating func skipSpace() {
    while position < count {
      switch base[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        position += 1
      default: return
      }
    }
  }

  /// Passes over `byte`, if it is next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard position < count, base[position] == byte else { return false }
    position += 1
    return true
  }

  /// Passes over a value and appends the text of a scalar; `nil` where there is none.
  mutating func value(into text: inout [UInt8], depth: Int) -> Kind? {
    guard position < count, depth < Self.deepest else { return nil }
    switch base[position] {
    case UInt8(ascii: "\""): return string(into: &text) ? .scalar : nil
    case UInt8(ascii: "{"): return object(depth: depth) ? .nested : nil
    case UInt8(ascii: "["): return array(depth: depth) ? .nested : nil
    case UInt8(ascii: "t"): return word("true", into: &text) ? .scalar : nil
    case UInt8(ascii: "f"): return word("false", into: &text) ? .scalar : nil
    case UInt8(ascii: "n"):
      var ignored: [UInt8] = []
      return word("null", into: &ignored) ? .null : nil
    default: return number(into: &text) ? .scalar : nil
    }
  }

  private mutating func word(_ word: StaticString, into text: inout [UInt8]) -> Bool {
    let length = word.utf8CodeUnitCount
    guard count - position >= length else { return false }
    for index in 0..<length where base[position + index] != word.utf8Start[index] { return false }
    text.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: length))
    position += length
    return true
  }

  private mutating func object(depth: Int) -> Bool {
    position += 1
    skipSpace()
    if take(UInt8(ascii: "}")) { return true }
    var ignored: [UInt8] = []
    while true {
      skipSpace()
      ignored.removeAll(keepingCapacity: true)
      guard string(into: &ignored) else { return false }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { return false }
      skipSpace()
      guard value(into: &ignored, depth: depth + 1) != nil else { return false }
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      return take(UInt8(ascii: "}"))
    }
  }

  private mutating func array(depth: Int) -> Bool {
    position += 1
    skipSpace()
    if take(UInt8(ascii: "]")) { return true }
    var ignored: [UInt8] = []
    while true {
      skipSpace()
      ignored.removeAll(keepingCapacity: true)
      guard value(into: &ignored, depth: depth + 1) != nil else { return false }
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      return take(UInt8(ascii: "]"))
    }
  }

  private mutating func digits() -> Bool {
    let begin = position
    while position < count, base[position] >= UInt8(ascii: "0"), base[position] <= UInt8(ascii: "9")
    {
      position += 1
    }
    return position > begin
  }

  private mutating func number(into text: inout [UInt8]) -> Bool {
    let begin = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) {
      guard digits() else { return false }
    }
    if take(UInt8(ascii: ".")) {
      guard digits() else { return false }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      guard digits() else { return false }
    }
    text.append(contentsOf: UnsafeBufferPointer(start: base + begin, count: position - begin))
    return true
  }

  /// Passes over a string and appends its decoded bytes.
  mutating func string(into text: inout [UInt8]) -> Bool {
    guard take(UInt8(ascii: "\"")) else { return false }
    while position < count {
      let byte = base[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"):
        guard escape(into: &text) else { return false }
      case 0..<0x20: return false
      default: text.append(byte)
      }
    }
    return false
  }

  private mutating func escape(into text: inout [UInt8]) -> Bool {
    guard position < count else { return false }
    let byte = base[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      guard let first = unit() else { return false }
      var code = UInt32(first)
      if (0xD800...0xDBFF).contains(first) {
        // A high surrogate needs its low one behind it.
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = unit(),
          (0xDC00...0xDFFF).contains(second)
        else { return false }
        code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { return false }
      text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default: return false
    }
    return true
  }

  /// Four hexadecimal digits.
  private mutating func unit() -> UInt16? {
    guard count - position >= 4 else { return nil }
    var value: UInt16 = 0
    for _ in 0..<4 {
      let byte = base[position]
      position += 1
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}
