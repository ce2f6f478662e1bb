// JSONLinesReaderTests.swift: the reader of JSON Lines, member by member and against Foundation.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `JSON Lines reader` {
  static func read(_ text: String, bufferSize: Int? = nil) throws -> [ReadRecord] {
    let folder = try TemporaryDirectory()
    let path = try folder.write(text, to: "signals.jsonl")
    return try records(path, ["u", "v"], bufferSize: bufferSize)
  }

  @Test(arguments: [
    (#"{"u":"a","v":"b"}"#, "a", "b"),
    (#" { "v" : 1.50e+3 , "u" : true } "#, "true", "1.50e+3"),
    (#"{"u":-0,"v":false}"#, "-0", "false"),
    (#"{"u":null,"v":{"u":["x",{}]}}"#, nil, nil),
    (#"{"x":{"u":1},"u":"","y":[1,"2",null,true]}"#, "", nil),
    (#"{}"#, nil, nil),
    (#"{"u":"\"\\\/\b\f\n\r\t","v":"\u00e9"}"#, "\"\\/\u{8}\u{c}\n\r\t", "\u{e9}"),
    (#"{"u":"\ud83d\ude00","v":"\u0000"}"#, "\u{1F600}", "\u{0}"),
    (#"{"\u0075":"escaped name"}"#, "escaped name", nil),
    (#"{"w":1,"w":2,"u":"other members may repeat"}"#, "other members may repeat", nil),
  ])
  func `decodes the wanted members`(line: String, unit: String?, value: String?) throws {
    #expect(try Self.read(line) == [.texts(unit, value)])
    #expect(try Self.read(line + "\r\n") == [.texts(unit, value)])
  }

  @Test(arguments: [
    "[]", "1", "nonsense", #"{"u":"a""#, #"{"u":"a"} x"#, #"{"u":"a",}"#, #"{u:"a"}"#, #"{"u"}"#,
    #"{"u":01}"#, #"{"u":1.}"#, #"{"u":.5}"#, #"{"u":+1}"#, #"{"u":1e}"#, #"{"u":NaN}"#,
    #"{"u":"\x"}"#, #"{"u":"\u12"}"#, #"{"u":"\ud83d"}"#, #"{"u":"\ude00"}"#,
    #"{"u":"\ud83d\u0041"}"#, "{\"u\":\"a\tb\"}", #"{"u":"a","u":"b"}"#, #"{"u":null,"u":"b"}"#,
    #"{"u":tru}"#, #"{"u":[1,]}"#, #"{"u":{"a":1,}}"#, "{", "\"", "{\"u\":\"\\", "\u{0}",
  ])
  func `drops what is no object and reads on`(line: String) throws {
    #expect(try Self.read(line + "\n{\"u\":\"b\"}") == [.malformed, .texts("b", nil)])
  }

  @Test func `follows nesting to a limit and no further`() throws {
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    let some = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    #expect(
      try Self.read("{\"x\":\(deep)}\n{\"x\":\(some),\"u\":1}") == [.malformed, .texts("1", nil)]
    )
  }

  @Test func `goes on behind a line of ten megabytes`() throws {
    let long = String(repeating: "x", count: 10 << 20)
    #expect(
      try Self.read("{\"u\":\"\(long)\"}\n\n \n{\"u\":\"b\"}\n") == [.malformed, .texts("b", nil)]
    )
  }

  @Test func `gives one member to every column that names it`() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(#"{"a":"x","b":"y"}"#, to: "signals.jsonl")
    #expect(try records(path, ["b", "a", "b"]) == [.texts("y", "x", "y")])
  }

  @Test(arguments: 0..<4)
  func `agrees with Foundation wherever a block ends`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryDirectory()
    let scalars: [Unicode.Scalar] = [
      "a", "\"", "\\", "/", "\n", "\u{1}", "\u{e9}", "\u{1F600}", "{",
    ]
    func text() -> String {
      var text = ""
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        text.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
      }
      return text
    }
    for round in 0..<20 {
      var lines: [UInt8] = []
      var expected: [ReadRecord] = []
      for _ in 0..<4 {
        let object = ["u": text(), "v": text(), text() + "?": text()]
        let options: JSONSerialization.WritingOptions =
          Bool.random(using: &random) ? [.sortedKeys] : [.withoutEscapingSlashes]
        lines += try JSONSerialization.data(withJSONObject: object, options: options)
        lines.append(UInt8(ascii: "\n"))
        expected.append(.texts(object["u"], object["v"]))
      }
      let path = try folder.write(bytes: lines, to: "\(round).jsonl")
      let widest = lines.split(separator: UInt8(ascii: "\n")).map(\.count).max() ?? 0
      for size in (widest + 1)...(widest + 40) {
        #expect(
          try records(path, ["u", "v"], bufferSize: size) == expected,
          "seed \(seed), \(round)"
        )
      }
    }
  }
}
