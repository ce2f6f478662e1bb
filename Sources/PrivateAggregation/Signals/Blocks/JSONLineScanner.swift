// JSONLineScanner.swift: the grammar of JSON over the bytes of a line, without a copy of any of them.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

/// The text of a string as it stands between its quotes, or that of a number or boolean.
struct JSONText {
  let bytes: ByteSlice
  /// Whether there are escapes in it, all of them right.
  let isEscaped: Bool

  /// Writes the decoded text, which is no longer than `bytes`, and returns its length in bytes.
  func decode(into target: UnsafeMutablePointer<UInt8>) -> Int {
    var read = 0
    var written = 0
    while read < bytes.count {
      guard bytes[read] == UInt8(ascii: "\\") else {
        target[written] = bytes[read]
        read += 1
        written += 1
        continue
      }
      switch bytes[read + 1] {
      case UInt8(ascii: "b"): target[written] = 0x08
      case UInt8(ascii: "f"): target[written] = 0x0C
      case UInt8(ascii: "n"): target[written] = 0x0A
      case UInt8(ascii: "r"): target[written] = 0x0D
      case UInt8(ascii: "t"): target[written] = 0x09
      case UInt8(ascii: "u"):
        let (scalar, length) = scalar(at: read)
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          target[written] = byte
          written += 1
        }
        read += length
        continue
      // A quote, a slash or a backslash.
      case let byte: target[written] = byte
      }
      read += 2
      written += 1
    }
    return written
  }

  /// The character of an escape by its number, or of two that are a pair, and their bytes.
  private func scalar(at place: Int) -> (scalar: Unicode.Scalar, length: Int) {
    let first = unit(at: place + 2)
    guard (0xD800...0xDBFF).contains(first) else {
      return (Unicode.Scalar(first) ?? "\u{FFFD}", 6)
    }
    let code = 0x10000 + (first - 0xD800) << 10 + (unit(at: place + 8) - 0xDC00)
    return (Unicode.Scalar(code) ?? "\u{FFFD}", 12)
  }

  private func unit(at place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 4 | UInt32(JSONLineScanner.digit(bytes[place + $1]) ?? 0) }
  }
}

/// Scans one JSON text by the rules of `JSONScanner`, and lends what it finds.
///
/// - Reference: [RFC8259] sections 2 to 7.
struct JSONLineScanner {
  /// A value: the text of a string, a number or a boolean, or `nil` for anything else.
  struct Value {
    let text: JSONText?
  }

  private let base: UnsafePointer<UInt8>
  private let count: Int
  private var position = 0

  /// - Precondition: There are `ByteSearch.padding` readable bytes behind `count`.
  init(_ base: UnsafePointer<UInt8>, count: Int) {
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

  @inline(__always)
  mutating func skipSpace() {
    while position < count {
      let byte = base[position]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else { return }
      position &+= 1
    }
  }

  /// Passes over `byte`, if it is next.
  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard position < count, base[position] == byte else { return false }
    position &+= 1
    return true
  }

  /// Passes over a value; `nil` where there is none.
  @inline(__always)
  mutating func value() -> Value? {
    guard position < count else { return nil }
    if base[position] == UInt8(ascii: "\"") { return string().map { Value(text: $0) } }
    return other(depth: 0)
  }

  /// Passes over a value that is no string, or over one in another.
  private mutating func other(depth: Int) -> Value? {
    guard position < count, depth < JSONScanner.deepest else { return nil }
    let begin = position
    let isScalar: Bool
    switch base[position] {
    case UInt8(ascii: "\""): return string().map { Value(text: $0) }
    case UInt8(ascii: "{"): return object(depth: depth) ? Value(text: nil) : nil
    case UInt8(ascii: "["): return array(depth: depth) ? Value(text: nil) : nil
    case UInt8(ascii: "t"): isScalar = word("true")
    case UInt8(ascii: "f"): isScalar = word("false")
    case UInt8(ascii: "n"): return word("null") ? Value(text: nil) : nil
    default: isScalar = number()
    }
    guard isScalar else { return nil }
    let bytes = ByteSlice(base: base + begin, count: position - begin)
    return Value(text: JSONText(bytes: bytes, isEscaped: false))
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard count - position >= length else { return false }
    for index in 0..<length where base[position + index] != word.utf8Start[index] { return false }
    position += length
    return true
  }

  private mutating func object(depth: Int) -> Bool {
    position += 1
    skipSpace()
    if take(UInt8(ascii: "}")) { return true }
    while true {
      skipSpace()
      guard string() != nil else { return false }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { return false }
      skipSpace()
      guard other(depth: depth + 1) != nil else { return false }
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      return take(UInt8(ascii: "}"))
    }
  }

  private mutating func array(depth: Int) -> Bool {
    position += 1
    skipSpace()
    if take(UInt8(ascii: "]")) { return true }
    while true {
      skipSpace()
      guard other(depth: depth + 1) != nil else { return false }
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      return take(UInt8(ascii: "]"))
    }
  }

  private mutating func digits() -> Bool {
    let begin = position
    while position < count, base[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
    return position > begin
  }

  private mutating func number() -> Bool {
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
    return true
  }

  /// Passes over a string and lends what stands between its quotes; `nil` where there is none.
  @inline(__always)
  mutating func string() -> JSONText? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let begin = position
    var isEscaped = false
    while true {
      position = ByteSearch.textEnd(base, from: position)
      guard position < count else { return nil }
      switch base[position] {
      case UInt8(ascii: "\""):
        let bytes = ByteSlice(base: base + begin, count: position &- begin)
        position &+= 1
        return JSONText(bytes: bytes, isEscaped: isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        guard escape() else { return nil }
      default:
        return nil
      }
    }
  }

  /// Passes over an escape, if it is right.
  @inline(never)
  private mutating func escape() -> Bool {
    guard count - position >= 2 else { return false }
    let byte = base[position + 1]
    position += 2
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return true
    case UInt8(ascii: "u"):
      guard let first = unit() else { return false }
      guard (0xD800...0xDFFF).contains(first) else { return true }
      // A high surrogate needs its low one behind it, and a low one a high one before.
      guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = unit()
      else { return false }
      return (0xDC00...0xDFFF).contains(second)
    default: return false
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() -> UInt16? {
    guard count - position >= 4 else { return nil }
    var value: UInt16 = 0
    for index in 0..<4 {
      guard let digit = Self.digit(base[position + index]) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    position += 4
    return value
  }

  /// The value of a hexadecimal digit.
  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
