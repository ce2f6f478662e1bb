// JSONValue.swift: a JSON text as a tree, for files of shapes, with the line of every mistake.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

/// A value of a JSON text.
enum JSONValue {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  /// A list of numbers and nothing else, such as a position.
  case numbers([Double])
  /// The members in the order of the text; of those with one name the last one counts.
  case object([String: JSONValue])

  /// The member of an object.
  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  /// The text, if it is one.
  var string: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// The number, if it is one.
  var double: Double? {
    guard case .number(let number) = self else { return nil }
    return number
  }

  /// The items of a list, whatever they are.
  var items: [JSONValue]? {
    switch self {
    case .list(let items): items
    case .numbers(let numbers): numbers.map(JSONValue.number)
    default: nil
    }
  }

  /// The members of an object.
  var members: [String: JSONValue]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

/// What is wrong in a JSON text, and on which line.
struct JSONMistake: Error {
  let line: Int
  let message: String
}

/// Reads one JSON text from its bytes.
struct JSONText {
  /// Deeper nesting than any file of shapes has.
  private static let deepest = 64

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The value of the whole text.
  static func value(of bytes: [UInt8]) throws(JSONMistake) -> JSONValue {
    var text = JSONText(bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { text.position = 3 }
    let value = try text.value(depth: 0)
    text.skipSpace()
    guard text.position == bytes.count else { throw text.mistake("goes on after its end") }
    return value
  }

  private func mistake(_ message: String) -> JSONMistake {
    let line = bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
    return JSONMistake(line: line, message: message)
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private func peek() throws(JSONMistake) -> UInt8 {
    guard position < bytes.count else { throw mistake("ends in the middle") }
    return bytes[position]
  }

  private mutating func value(depth: Int) throws(JSONMistake) -> JSONValue {
    guard depth < Self.deepest else { throw mistake("is nested more than 64 deep") }
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(
    _ word: String,
    _ value: JSONValue
  ) throws(JSONMistake) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw mistake("is not JSON") }
    position += word.utf8.count
    return value
  }

  /// Whether another item follows; eats the comma, or the closing byte.
  private mutating func goesOn(until end: UInt8) throws(JSONMistake) -> Bool {
    skipSpace()
    let byte = try peek()
    position += 1
    if byte == end { return false }
    guard byte == UInt8(ascii: ",") else {
      position -= 1
      throw mistake("is not JSON")
    }
    return true
  }

  /// Whether what was opened is closed at once.
  private mutating func isEmpty(until end: UInt8) throws(JSONMistake) -> Bool {
    position += 1
    skipSpace()
    guard try peek() == end else { return false }
    position += 1
    return true
  }

  private mutating func object(depth: Int) throws(JSONMistake) -> JSONValue {
    let end = UInt8(ascii: "}")
    var members: [String: JSONValue] = [:]
    guard try !isEmpty(until: end) else { return .object([:]) }
    repeat {
      skipSpace()
      guard try peek() == UInt8(ascii: "\"") else { throw mistake("is not JSON") }
      let name = try string()
      skipSpace()
      guard try peek() == UInt8(ascii: ":") else { throw mistake("is not JSON") }
      position += 1
      members[name] = try value(depth: depth + 1)
    } while try goesOn(until: end)
    return .object(members)
  }

  private mutating func list(depth: Int) throws(JSONMistake) -> JSONValue {
    let end = UInt8(ascii: "]")
    guard try !isEmpty(until: end) else { return .list([]) }
    var numbers: [Double] = []
    var items: [JSONValue] = []
    repeat {
      let item = try value(depth: depth + 1)
      if items.isEmpty, case .number(let number) = item {
        numbers.append(number)
      } else {
        // The first item that is no number turns the numbers before it into items.
        if items.isEmpty { items = numbers.map(JSONValue.number) }
        items.append(item)
      }
    } while try goesOn(until: end)
    return items.isEmpty ? .numbers(numbers) : .list(items)
  }
}

extension JSONText {
  /// Reads a number; short decimals exactly as `strtod` would, by one division of exact numbers.
  private mutating func number() throws(JSONMistake) -> Double {
    let start = position
    var digits: Int64 = 0
    var count = 0
    var places: Int?
    var isPlain = true
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
    scan: while position < bytes.count {
      switch bytes[position] {
      case let byte where byte >= 0x30 && byte <= 0x39:
        count += 1
        if count <= 15 { digits = digits * 10 + Int64(byte - 0x30) }
        places = places.map { $0 + 1 }
      case UInt8(ascii: ".") where places == nil && count > 0: places = 0
      case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
        isPlain = false
      default: break scan
      }
      position += 1
    }
    guard count > 0, places != 0 else {
      position = start
      throw mistake("is not JSON")
    }
    if isPlain, count <= 15 {
      let scale = (0..<(places ?? 0)).reduce(1.0) { product, _ in product * 10 }
      let magnitude = Double(digits) / scale
      return bytes[start] == UInt8(ascii: "-") ? -magnitude : magnitude
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let number = Double(text), number.isFinite else {
      position = start
      throw mistake("has a number that cannot be read")
    }
    return number
  }

  private mutating func string() throws(JSONMistake) -> String {
    position += 1
    var content: [UInt8] = []
    while true {
      let byte = try peek()
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw mistake("holds text that is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): content += String(try escaped()).utf8
      case 0..<0x20: throw mistake("has a line break or a control character in a text")
      default: content.append(byte)
      }
    }
  }

  private mutating func escaped() throws(JSONMistake) -> Unicode.Scalar {
    let byte = try peek()
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "u"): break
    default: throw mistake("is not JSON")
    }
    let first = try unit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A pair of surrogates; one by itself stands for nothing.
    guard bytes[position...].starts(with: "\\u".utf8) else { return "\u{FFFD}" }
    let start = position
    position += 2
    let second = try unit()
    guard first < 0xDC00, (0xDC00..<0xE000).contains(second) else {
      position = start
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
  }

  private mutating func unit() throws(JSONMistake) -> UInt32 {
    guard position + 4 <= bytes.count,
      let text = String(validating: bytes[position..<position + 4], as: UTF8.self),
      text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(text, radix: 16)
    else { throw mistake("is not JSON") }
    position += 4
    return unit
  }
}
