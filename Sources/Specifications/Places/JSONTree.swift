// JSONTree.swift: a JSON file as a tree that knows where its parts stand; numbers keep their text.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

/// Where a text stops being JSON.
struct JSONProblem: Error {
  /// What was expected there.
  let expected: String
  /// The line, from 1.
  let line: Int
}

/// A JSON file as a tree.
///
/// - Reference: [RFC8259].
struct JSONTree {
  /// A value and where it begins.
  struct Node {
    enum Value {
      case object([(name: String, value: Node)])
      case array([Node])
      case text(String)
      case number(String)
      case word(String)
    }

    let value: Value
    /// The number of bytes before it.
    let offset: Int

    /// The member of an object; `nil` for anything else, and where it is given twice the last one.
    subscript(name: String) -> Node? {
      guard case .object(let members) = value else { return nil }
      return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The elements of an array.
    var items: [Node]? { if case .array(let items) = value { items } else { nil } }
    /// The characters of a string.
    var text: String? { if case .text(let text) = value { text } else { nil } }
    /// A number as it is written.
    var number: String? { if case .number(let number) = value { number } else { nil } }
    /// Whether it is `null`.
    var isNull: Bool { if case .word("null") = value { true } else { false } }
  }

  /// How deep arrays and objects may lie in one another.
  static let deepest = 64

  let root: Node
  private let bytes: [UInt8]
  /// Where lines begin.
  private let lines: [Int]

  /// Reads a text.
  init(_ bytes: [UInt8]) throws(JSONProblem) {
    var parser = JSONTreeParser(bytes)
    self.bytes = bytes
    lines = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    do {
      root = try parser.document()
    } catch {
      throw JSONProblem(expected: error.expected, line: Self.line(of: parser.position, lines))
    }
  }

  /// The line that a value begins on, from 1.
  func line(of node: Node) -> Int { Self.line(of: node.offset, lines) }

  private static func line(of offset: Int, _ lines: [Int]) -> Int {
    var low = 0
    var high = lines.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }
}

/// What was expected where a text stops being JSON.
struct UnexpectedJSON: Error {
  let expected: String
}

/// Reads a value after the other.
struct JSONTreeParser {
  private let bytes: [UInt8]
  /// The number of bytes that were read.
  private(set) var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The one value of a text, to its end.
  mutating func document() throws(UnexpectedJSON) -> JSONTree.Node {
    let node = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw UnexpectedJSON(expected: "the end") }
    return node
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private var isDigit: Bool { next.map { (0x30...0x39).contains($0) } ?? false }

  private mutating func skipSpace() {
    while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(UnexpectedJSON) -> JSONTree.Node {
    skipSpace()
    let offset = position
    guard depth < JSONTree.deepest else { throw UnexpectedJSON(expected: "a shallower value") }
    let value: JSONTree.Node.Value
    switch next {
    case UInt8(ascii: "{"): value = .object(try members(depth))
    case UInt8(ascii: "["): value = .array(try elements(depth))
    case UInt8(ascii: "\""): value = .text(try string())
    case UInt8(ascii: "-"): value = .number(try number())
    default: value = isDigit ? .number(try number()) : .word(try word())
    }
    return JSONTree.Node(value: value, offset: offset)
  }

  private mutating func elements(_ depth: Int) throws(UnexpectedJSON) -> [JSONTree.Node] {
    position += 1
    var items: [JSONTree.Node] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return items }
    repeat {
      items.append(try value(depth: depth + 1))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw UnexpectedJSON(expected: "a comma or ]") }
    return items
  }

  private mutating func members(
    _ depth: Int
  ) throws(UnexpectedJSON) -> [(name: String, value: JSONTree.Node)] {
    position += 1
    var members: [(name: String, value: JSONTree.Node)] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw UnexpectedJSON(expected: "a name in quotes") }
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw UnexpectedJSON(expected: "a colon") }
      members.append((name, try value(depth: depth + 1)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw UnexpectedJSON(expected: "a comma or }") }
    return members
  }

  private mutating func word() throws(UnexpectedJSON) -> String {
    for word in ["null", "true", "false"] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return word
    }
    throw UnexpectedJSON(expected: "a value")
  }

  private mutating func digits() throws(UnexpectedJSON) {
    guard isDigit else { throw UnexpectedJSON(expected: "a digit") }
    while isDigit { position += 1 }
  }

  private mutating func number() throws(UnexpectedJSON) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    try digits()
    if take(UInt8(ascii: ".")) { try digits() }
    if let next, next | 0x20 == UInt8(ascii: "e") {
      position += 1
      if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func string() throws(UnexpectedJSON) -> String {
    position += 1
    var text: [UInt8] = []
    while let next, next != UInt8(ascii: "\"") {
      guard next >= 0x20 else { throw UnexpectedJSON(expected: "a closing quote") }
      position += 1
      if next == UInt8(ascii: "\\") { text += try escape() } else { text.append(next) }
    }
    guard take(UInt8(ascii: "\"")) else { throw UnexpectedJSON(expected: "a closing quote") }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw UnexpectedJSON(expected: "UTF-8 text")
    }
    return string
  }

  private mutating func escape() throws(UnexpectedJSON) -> [UInt8] {
    guard let next else { throw UnexpectedJSON(expected: "an escape") }
    position += 1
    switch next {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [next]
    case UInt8(ascii: "u"): break
    default: throw UnexpectedJSON(expected: "an escape")
    }
    var units = [try unit()]
    // A character beyond the first 65,536 is written as two.
    if 0xD800...0xDBFF ~= units[0], take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
      units.append(try unit())
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw UnexpectedJSON(expected: "a whole character")
    }
    return Array(text.utf8)
  }

  private mutating func unit() throws(UnexpectedJSON) -> UInt16 {
    guard position + 4 <= bytes.count,
      let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw UnexpectedJSON(expected: "four hexadecimal digits") }
    position += 4
    return unit
  }
}
