// CSVReaderTests.swift: the reader of CSV against a slow, obvious one, at every block boundary.
// Reference: [RFC4180].
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PrivateAggregation

/// Reads CSV one byte at a time, from the whole text, to compare with.
struct ObviousCSV {
  let bytes: [UInt8]
  let longest: Int

  private struct Attempt {
    var fields: [[UInt8]] = []
    var isBroken = false
    var hasQuote = false
    var next = 0
  }

  /// All records, malformed ones in their places; blank lines are passed over.
  func records() -> [[[UInt8]]?] {
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var records: [[[UInt8]]?] = []
    while position < bytes.count {
      let attempt = attempt(from: position)
      if attempt.isBroken || attempt.next - position > longest {
        records.append(nil)
      } else if attempt.fields != [[]] || attempt.hasQuote {
        records.append(attempt.fields)
      }
      position = attempt.next
    }
    return records
  }

  private func attempt(from start: Int) -> Attempt {
    func byte(_ place: Int) -> Character? {
      place < bytes.count ? Character(Unicode.Scalar(bytes[place])) : nil
    }
    var attempt = Attempt()
    var place = start
    while true {
      var field: [UInt8] = []
      if byte(place) == "\"" {
        attempt.hasQuote = true
        place += 1
        while true {
          if byte(place) == nil {
            attempt.isBroken = true
            break
          }
          if byte(place) == "\"", byte(place + 1) != "\"" {
            place += 1
            break
          }
          if byte(place) == "\"" { place += 1 }
          field.append(bytes[place])
          place += 1
        }
        var rest = ""
        while let next = byte(place), next != ",", next != "\n" {
          rest.append(next)
          place += 1
        }
        if rest != "", rest != "\r" || byte(place) == "," { attempt.isBroken = true }
      } else {
        while let next = byte(place), next != ",", next != "\n" {
          field.append(bytes[place])
          place += 1
        }
        if byte(place) != ",", field.last == UInt8(ascii: "\r") { field.removeLast() }
      }
      attempt.fields.append(field)
      if byte(place) == "," {
        place += 1
        continue
      }
      attempt.next = min(place + 1, bytes.count)
      return attempt
    }
  }
}

@Suite struct `CSV reader` {
  /// Makes a file of rows, mostly well formed, and then damages some bytes of some files.
  static func file(_ random: inout SeededGenerator) -> [UInt8] {
    let texts = ["", "a", "bc", "d,e", "f\"g", "h\ni", "j\r\nk", "\u{e9}", "\r", "\"\"", "lmnop"]
    var bytes: [UInt8] = Bool.random(using: &random) ? [0xEF, 0xBB, 0xBF] : []
    let lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
    bytes += Array(("u,v,w" + lineEnd).utf8)
    let header = bytes.count
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let width = Int.random(in: 0..<8, using: &random) == 0 ? 2 : 3
      let fields = (0..<width).map { _ in
        let text = texts[Int.random(in: 0..<texts.count, using: &random)]
        let mustQuote = text.contains { ",\"\n\r\r\n".contains($0) }
        guard mustQuote || Int.random(in: 0..<4, using: &random) == 0 else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
      }
      bytes += Array((fields.joined(separator: ",") + lineEnd).utf8)
      if Int.random(in: 0..<6, using: &random) == 0 { bytes += Array(lineEnd.utf8) }
    }
    if Bool.random(using: &random), bytes.count > header {
      bytes.removeLast(Int.random(in: 1...2, using: &random))
    }
    guard Bool.random(using: &random), bytes.count > header else { return bytes }
    let damage: [UInt8] = [0, 0xFF, 0x22, 0x22, 0x2C, 0x0A, 0x0D, 0x61]
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: header..<bytes.count, using: &random)
      bytes[place] = damage[Int.random(in: 0..<damage.count, using: &random)]
    }
    return bytes
  }

  @Test(arguments: 0..<8)
  func `agrees with a slow reader wherever a block ends`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryDirectory()
    for round in 0..<30 {
      let bytes = Self.file(&random)
      let path = try folder.write(bytes: bytes, to: "\(round).csv")
      for size in Array(10...40) + [64, 256] {
        let obvious = ObviousCSV(bytes: bytes, longest: size - 1).records().dropFirst()
        let expected = obvious.map { fields -> ReadRecord in
          guard let fields, fields.count == 3 else { return .malformed }
          return .values([fields[2], fields[0]])
        }
        let read = try records(path, ["w", "u"], bufferSize: size)
        #expect(
          read == expected,
          "seed \(seed), round \(round), \(size) bytes at once: \(String(decoding: bytes, as: UTF8.self).debugDescription)"
        )
      }
    }
  }

  @Test func `reads quotes, embedded line ends, CRLF and a byte-order mark`() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(
      "\u{FEFF}\"u\",\"v \"\"w\"\"\"\r\n\"a,\"\"b\"\"\",\"c\r\nd\"\r\n\r\ne,\r\n\"\",\"\"\r\nf,g",
      to: "quotes.csv"
    )
    #expect(
      try records(path, ["u", "v \"w\""]) == [
        .texts("a,\"b\"", "c\r\nd"), .texts("e", ""), .texts("", ""), .texts("f", "g"),
      ]
    )
  }

  @Test func `goes on behind records that are too long`() throws {
    let folder = try TemporaryDirectory()
    let path = folder.appending("long.csv")
    var bytes = Array("u,v\na,1\n".utf8)
    bytes += Array(repeating: UInt8(ascii: "x"), count: 10 << 20)
    bytes += Array(",2\nb,3\nc,\"".utf8)
    for _ in 0..<300_000 { bytes += Array("y,y\nz".utf8) }
    bytes += Array("\"\nd,4\n".utf8)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    // The lines within the long quoted text would pass for records, and are none.
    let read = try records(path, ["u", "v"])
    #expect(
      read == [.texts("a", "1"), .malformed, .texts("b", "3"), .malformed, .texts("d", "4")]
    )
  }

  @Test func `takes a record of a mebibyte and none longer`() throws {
    let folder = try TemporaryDirectory()
    let most = RecordBuffer.longestRecord - 1
    for (count, isTaken) in [(most, true), (most + 1, false)] {
      for lead in 0...3 {
        var bytes = Array("u\n".utf8)
        for _ in 0..<lead {
          bytes += Array(repeating: UInt8(ascii: "y"), count: 1_000_000) + Array("\n".utf8)
        }
        bytes += Array(repeating: UInt8(ascii: "x"), count: count) + Array("\nb\n".utf8)
        let path = try folder.write(bytes: bytes, to: "edge.csv")
        let read = try records(path, ["u"])
        try #require(read.count == lead + 2)
        #expect((read[lead] != .malformed) == isTaken)
        #expect(read.last == .texts("b"))
      }
    }
  }

  @Test func `gives one escaped field to every column that names it`() throws {
    let folder = try TemporaryDirectory()
    let text = String(repeating: "\"\"", count: 500_000)
    let path = try folder.write("u\n\"\(text)\"\n", to: "wide.csv")
    let names = Array(repeating: "u", count: 8)
    let read = try records(path, names)
    let value = Array(repeating: UInt8(ascii: "\""), count: 500_000)
    #expect(read == [.values(Array(repeating: value, count: 8))])
  }

  @Test func `finds a missing, a doubled and no header`() throws {
    let folder = try TemporaryDirectory()
    func kind(_ text: String) throws -> SignalFileError.Kind? {
      let path = try folder.write(text, to: "header.csv")
      do {
        _ = try SignalReader(path: path, names: ["u"], format: nil)
        return nil
      } catch {
        return error.kind
      }
    }
    #expect(try kind("") == .noHeader)
    #expect(try kind("\n\n") == .noHeader)
    #expect(try kind("\"open") == .noHeader)
    #expect(try kind("U,v\n") == .missingColumn("u"))
    #expect(try kind("u,v,u\n") == .duplicateColumn("u"))
    #expect(try kind("u") == nil)
  }
}
