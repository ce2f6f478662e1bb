// JSONBlockTests.swift: JSON Lines in blocks on many threads give what the slow reader gives.
// Reference: [RFC8259].
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `JSON Lines in blocks` {
  /// Texts between quotes, right and wrong.
  static let texts = [
    "", "a", "bc", "a\\\"b", "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\u0061", "\\u00e9", "\u{e9}",
    "\\ud83d\\ude00", "\u{1F600}", "\\ud83d", "\\ude00", "\\ud83d\\u0061", "\\u12", "\\x", "\\",
    "a\tb", "12345678", "1234567\\u0061", "somebody-with-a-long-name", "a b", "\u{7f}",
    "\\uD83D\\uDE00",
  ]
  static let scalars = [
    "0", "-0", "1.5e3", "12", "true", "false", "null", "01", "1.", "+1", "-", "tru", "nul", "[]",
    "[1,\"a\",{}]", "{\"u\":\"a\"}", "[1,]", "{\"a\":1,}", "[[[]]]", "{", "]", "", "1e5", "1E-2",
    "NaN",
  ]
  static let names = ["u", "v", "w", "\\u0075", "x", "uu", "", "u\\n", "vw"]

  static func pick(_ texts: [String], _ random: inout SeededGenerator) -> String {
    texts[Int.random(in: 0..<texts.count, using: &random)]
  }

  static func value(_ random: inout SeededGenerator) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: pick(scalars, &random)
    case 1: "\"" + pick(texts, &random) + "\""
    // Mostly what is right, or no line would count.
    default: ["\"a\"", "\"bc\"", "\"\\u0061\"", "12"][Int.random(in: 0..<4, using: &random)]
    }
  }

  /// A file of lines, some malformed, and some bytes damaged.
  static func file(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = Int.random(in: 0..<6, using: &random) == 0 ? [0xEF, 0xBB, 0xBF] : []
    for _ in 0..<Int.random(in: 0...50, using: &random) {
      func space() -> String {
        Int.random(in: 0..<6, using: &random) == 0 ? [" ", "\t", "\r", "  "][0] : ""
      }
      var members = ["u", "v", "w"].map { name in
        "\(space())\"\(name)\"\(space()):\(space())\(value(&random))\(space())"
      }
      while Int.random(in: 0..<3, using: &random) == 0 {
        members.append("\"\(pick(names, &random))\":\(value(&random))")
      }
      if Int.random(in: 0..<8, using: &random) == 0 { members.removeFirst() }
      members.shuffle(using: &random)
      let line = "\(space()){\(members.joined(separator: ","))}\(space())"
      let end = ["\n", "\r\n", "\n\n", " \n"][Int.random(in: 0..<4, using: &random)]
      bytes += Array((line + end).utf8)
    }
    if Bool.random(using: &random), !bytes.isEmpty {
      bytes.removeLast(Int.random(in: 1...min(3, bytes.count), using: &random))
    }
    guard Bool.random(using: &random), bytes.count > 3 else { return bytes }
    let damage: [UInt8] = [0, 0xFF, 0x22, 0x0A, 0x5C, 0x7B, 0x7D, 0x2C, 0x20, 0x61]
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let place = Int.random(in: 3..<bytes.count, using: &random)
      bytes[place] = damage[Int.random(in: 0..<damage.count, using: &random)]
    }
    return bytes
  }

  static func ways(_ path: String, _ random: inout SeededGenerator) throws -> TwoWays {
    var columns = `Parallel aggregation`.columns
    // Two columns may be one member, and names may need escapes.
    if Int.random(in: 0..<5, using: &random) == 0 { columns[.intent] = columns[.region] }
    if Int.random(in: 0..<5, using: &random) == 0 {
      columns[.region] = ColumnReference(name: "u\n")
    }
    let specification = try Samples.specification(
      files: [path],
      columns: columns,
      bounds: Samples.bounds(2, 2),
      cells: [
        .region: ["", "a", "bc", "12", "\u{e9}", "a\"b", "\\", "/"],
        .intent: [
          "a", "bc", "true", "\u{1F600}", "\u{8}\u{c}\n\r\t", "12", "1.5e3", "false", "1234567a",
        ],
      ]
    )
    return TwoWays(specification: specification, key: Samples.key(random.next()))
  }

  @Test(arguments: 0..<10)
  func `agree with the slow reader wherever a block ends`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 300)
    let folder = try TemporaryDirectory()
    var counted: Int64 = 0
    for round in 0..<15 {
      let bytes = Self.file(&random)
      let ways = try Self.ways(try folder.write(bytes: bytes, to: "\(round).jsonl"), &random)
      let expected = try ways.oneByOne()
      counted += expected[0].reduce(0, +)
      for blockSize in [1, 2, 5, 13, 64, 200, 1 << 20].shuffled(using: &random).prefix(3) {
        let threads = Int.random(in: 1...3, using: &random)
        let counts = try ways.parallel(threads: threads, blockSize: blockSize)
        #expect(
          counts == expected,
          "seed \(seed), round \(round), \(threads) threads, \(blockSize) bytes at once: \(String(decoding: bytes, as: UTF8.self).debugDescription)"
        )
      }
    }
    #expect(counted > 20)
  }

  @Test func `drop lines that are too long and go on behind them`() throws {
    let folder = try TemporaryDirectory()
    let most = RecordBuffer.longestRecord
    func line(_ size: Int, _ unit: String = "x") -> String {
      let ends = ("{\"v\":\"a\",\"w\":\"bc\",\"u\":\"", "\"}")
      let count = size - ends.0.utf8.count - ends.1.utf8.count
      return ends.0 + String(repeating: unit, count: count) + ends.1
    }
    // A quote that is left open ends with its line.
    var text = line(most) + "\n" + line(most + 1) + "\n{\"u\":\"" + line(3 * most, "y") + "\n"
    // One that CSV would go on with in the next line.
    text += "\"" + String(repeating: "y", count: 2 * most) + "\n" + line(42) + "\n"
    text += line(40) + "\n{\"u\":\"\n" + line(41) + "\n" + line(2 * most, "\\\"") + "\n"
    // The last line has no end and is as long as it may be; half of its unit are escapes.
    text +=
      "{\"v\":\"a\",\"w\":\"bc\",\"u\":\"z" + String(repeating: "\\\"", count: (most - 26) / 2)
      + "\"}"
    let path = try folder.write(text, to: "long.jsonl")
    let ways = TwoWays(
      specification: try Samples.specification(
        files: [path],
        columns: `Parallel aggregation`.columns,
        cells: [.region: ["a"], .intent: ["bc"]]
      ),
      key: Samples.key(1)
    )
    let expected = try ways.oneByOne()
    #expect(expected == [[5], [5]])
    for blockSize in [300_000, 8 << 20] {
      #expect(try ways.parallel(threads: 2, blockSize: blockSize) == expected)
    }
  }
}
