// SignalFileTests.swift: signal files as a whole: gzip, patterns, formats, and what is wrong with them.
// Reference: [RFC1952].
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Signal files` {
  /// `gzip` of a text, by hand: one stored block and the checks behind it.
  static func gzip(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    precondition(bytes.count < 65_536, "one stored block")
    func littleEndian(_ value: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    let count = UInt32(bytes.count)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + littleEndian(count, 2)
      + littleEndian(~count, 2) + bytes + littleEndian(~crc, 4) + littleEndian(count, 4)
  }

  static func kind(_ path: String, _ names: [String] = ["u"]) -> SignalFileError.Kind? {
    do {
      let reader = try SignalReader(path: path, names: names, format: nil)
      while try reader.next() != .end {}
      return nil
    } catch {
      return error.kind
    }
  }

  @Test(arguments: ["signals.csv.gz", "signals.csv", "signals", "signals.txt"])
  func `are decompressed by their first bytes, whatever their name`(name: String) throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(bytes: Self.gzip("u,v\na,b\nc,d\n"), to: name)
    for size in [16, 17, 23, 4096] {
      #expect(
        try records(path, ["u", "v"], bufferSize: size) == [.texts("a", "b"), .texts("c", "d")]
      )
    }
  }

  @Test func `may be several members, with zeros behind the last`() throws {
    let folder = try TemporaryDirectory()
    let members = Self.gzip("u,v\na,") + Self.gzip("") + Self.gzip("b\nc,d") + [0, 0, 0]
    let path = try folder.write(bytes: members, to: "members.csv.gz")
    #expect(try records(path, ["u", "v"]) == [.texts("a", "b"), .texts("c", "d")])
  }

  @Test func `that are cut off or damaged anywhere never pass for whole`() throws {
    let folder = try TemporaryDirectory()
    let whole = Self.gzip("u,v\na,b\nc,d\n")
    for count in 2..<whole.count {
      let path = try folder.write(bytes: Array(whole.prefix(count)), to: "cut.gz")
      #expect(Self.kind(path) == .damaged, "\(count) bytes of \(whole.count)")
    }
    // The bytes that count: the method, the block, its text and the checks.
    for place in [2] + Array(10..<whole.count) {
      var damaged = whole
      damaged[place] ^= 0x04
      let path = try folder.write(bytes: damaged, to: "damaged.gz")
      #expect(Self.kind(path) != nil, "byte \(place)")
    }
    let tail = try folder.write(bytes: whole + [1, 2, 3], to: "tail.gz")
    #expect(Self.kind(tail) == .damaged)
  }

  @Test func `say what is wrong with them`() throws {
    let folder = try TemporaryDirectory()
    #expect(Self.kind(folder.appending("none.csv")) == .missing)
    #expect(Self.kind(folder.path) == .directory)
    #expect(Self.kind(try folder.write("", to: "empty.csv")) == .noHeader)
    #expect(Self.kind(try folder.write("u\n", to: "header.csv")) == nil)
    #expect(Self.kind(try folder.write("", to: "empty.jsonl")) == nil)
    #expect(Self.kind(try folder.write("PAR1xxxx", to: "p")) == .unsupported("Parquet"))
    // A file that can be opened, and whose first byte cannot be read.
    #expect(Self.kind("/proc/self/mem") == .unreadable)
    var random = SeededGenerator(seed: 1)
    let noise = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let binary = try folder.write(bytes: noise, to: "binary.csv")
    #expect(Self.kind(binary) != nil)
  }

  @Test func `are JSON Lines by name or by their first byte`() throws {
    let folder = try TemporaryDirectory()
    let text = "\n  {\"u\":\"a\"}\n"
    for name in ["a.jsonl", "a.ndjson", "a.json", "a", "a.log"] {
      #expect(try records(folder.write(text, to: name), ["u"]) == [.texts("a")])
    }
    let path = try folder.write("{\"u\":1}\n{\"u\":1}\n", to: "a.csv")
    #expect(Self.kind(path) == .missingColumn("u"))
    let zipped = try folder.write(bytes: Self.gzip("{\"u\":\"a\"}"), to: "b.jsonl.gz")
    #expect(try records(zipped, ["u"]) == [.texts("a")])
  }

  @Test(arguments: [0, 1, 100, 70_000])
  func `hold no signals where there is no name and nothing but space`(count: Int) throws {
    let folder = try TemporaryDirectory()
    let spaces = String(repeating: " \t\r\n", count: count)
    #expect(try records(folder.write(spaces, to: "a"), ["u"]) == [])
    #expect(Self.kind(try folder.write("", to: "a.csv")) == .noHeader)
    let object = try folder.write(spaces + "{\"u\":\"a\"}", to: "b")
    #expect(try records(object, ["u"]) == [.texts("a")])
  }

  @Test func `are of the format that is given, whatever their name and first byte`() throws {
    let folder = try TemporaryDirectory()
    for name in ["a", "a.csv", "a.jsonl"] {
      let csv = try folder.write("{\nb\n", to: name)
      #expect(try records(csv, ["{"], format: .csv) == [.texts("b")])
      let json = try folder.write("u\n{\"u\":\"a\"}\n", to: name)
      #expect(try records(json, ["u"], format: .jsonl) == [.malformed, .texts("a")])
    }
  }

  @Test func `are found by pattern, each once, in one order`() throws {
    let folder = try TemporaryDirectory()
    for name in ["b.csv", "a.csv", "c.txt", "odd[1].csv"] { try folder.write("u\n", to: name) }
    func expand(_ patterns: String...) throws -> [String] {
      try SignalFiles.expand(patterns.map { $0 == "-" ? $0 : folder.appending($0) }).map {
        String($0.split(separator: "/").last ?? "")
      }
    }
    #expect(try expand("b.csv", "*.csv") == ["a.csv", "b.csv", "odd[1].csv"])
    #expect(try expand("odd[1].csv") == ["odd[1].csv"])
    #expect(try expand("?.txt", "-") == ["-", "c.txt"])
    #expect(throws: SignalFileError.self) { try expand("none*.csv") }
    #expect(throws: SignalFileError.self) { try expand("none.csv") }
    // One letter in two normal forms: two names, two files.
    for name in ["\u{E9}.txt", "e\u{301}.txt"] { try folder.write("u\n", to: name) }
    #expect(try SignalFiles.expand([folder.appending("*.txt")]).count == 3)
  }
}
