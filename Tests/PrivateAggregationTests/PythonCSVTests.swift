// PythonCSVTests.swift: CSV is what Python's `csv` module says it is, on hostile files.
// Reference: [RFC4180].
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

/// Python, where there is one.
enum Python {
  /// Runs a program with arguments and returns what it prints; `nil` where it fails.
  static func run(_ program: String, _ arguments: [String] = []) -> Data? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? data : nil
  }

  static let isThere = run("import csv, json") != nil
}

@Suite(.enabled(if: Python.isThere, "needs python3"))
struct `CSV by Python` {
  /// Writes a file of hostile texts in a dialect, and prints its rows.
  private static let writer = #"""
    import csv, json, random, sys
    path, seed = sys.argv[1], int(sys.argv[2])
    r = random.Random(seed)
    parts = ["", "a", ",", '"', '""', "\n", "\r\n", "\r", " ", "\t", "é", "\U0001F600", "'", ";", "x" * 40, "=1+1", "\\"]
    rows = [["".join(r.choice(parts) for _ in range(r.randrange(4))) for _ in range(3)] for _ in range(200)]
    ending = r.choice(["\n", "\r\n"])
    with open(path, "w", newline="", encoding="utf-8") as file:
        # A bare carriage return at the end of a field could be one of the line: it is quoted.
        bare = any("\r" in text for row in rows for text in row)
        quoting = csv.QUOTE_ALL if bare or r.random() < 0.3 else csv.QUOTE_MINIMAL
        out = csv.writer(file, lineterminator=ending, quoting=quoting)
        out.writerow(["u", "v", "w"])
        for row in rows: out.writerow(row)
    print(json.dumps(rows))
    """#

  /// Prints the rows that Python reads from a file, bytes as characters, blank lines left out.
  private static let reader = #"""
    import csv, json, sys
    with open(sys.argv[1], newline="", encoding="latin-1") as file:
        rows = [row for row in csv.reader(file) if row]
    print(json.dumps(rows[1:]))
    """#

  private static func rows(_ program: String, _ arguments: [String]) throws -> [[String]] {
    let printed = try #require(Python.run(program, arguments))
    return try JSONDecoder().decode([[String]].self, from: printed)
  }

  @Test(arguments: 1...12)
  func `is read as Python wrote it`(seed: Int) throws {
    let folder = try TemporaryDirectory()
    let path = folder.appending("written.csv")
    let rows = try Self.rows(Self.writer, [path, "\(seed)"])
    #expect(rows.count == 200)
    let expected = rows.map { row in ReadRecord.values(row.map { Array($0.utf8) }) }
    #expect(try records(path, ["u", "v", "w"]) == expected)
    #expect(try records(path, ["u", "v", "w"], bufferSize: 700) == expected)
  }

  /// What spoils a record: text behind a closing quote.
  ///
  /// Python takes it, so the texts are made to be known again.
  private static let spoilers = ["\"ab\"SPOILT", "\"a\"\"b\"SPOILT\"c"]

  private static func hostile(_ random: inout SeededGenerator) -> [UInt8] {
    let plain = ["", "a", "b c", "a\"b", "a\"\"", " \"x\"", "\\", "'", "\u{e9}", "=1", "\t"]
    let quoted = ["", "a", ",", "\n", "\r\n", "\r", "\"\"", "b", "\",\"", "x\n,y"]
    var text = "u,v,w" + (Bool.random(using: &random) ? "\n" : "\r\n")
    for _ in 0..<Int.random(in: 1...80, using: &random) {
      let width =
        Int.random(in: 0..<10, using: &random) == 0 ? Int.random(in: 0...5, using: &random) : 3
      let fields = (0..<width).map { _ in
        switch Int.random(in: 0..<40, using: &random) {
        case 0: spoilers[Int.random(in: 0..<spoilers.count, using: &random)]
        case 1..<16:
          "\""
            + quoted[Int.random(in: 0..<quoted.count, using: &random)]
            .replacingOccurrences(of: "\",\"", with: "\"\",\"\"") + "\""
        default: plain[Int.random(in: 0..<plain.count, using: &random)]
        }
      }
      text += fields.joined(separator: ",") + (Bool.random(using: &random) ? "\n" : "\r\n")
    }
    if Int.random(in: 0..<3, using: &random) == 0 { text += "a,\"OPEN, \n\"\"b" }
    if Int.random(in: 0..<3, using: &random) == 0, text.hasSuffix("\n") { text.removeLast() }
    return Array(text.utf8)
  }

  @Test(arguments: 0..<15)
  func `has the records that Python reads, and those it should not take contribute nothing`(
    seed: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 70)
    let folder = try TemporaryDirectory()
    let bytes = Self.hostile(&random)
    let path = try folder.write(bytes: bytes, to: "hostile.csv")
    let rows = try Self.rows(Self.reader, [path])
    let expected = rows.map { row in
      let isSpoilt = row.contains { $0.contains("SPOILT") || $0.contains("OPEN") }
      guard row.count == 3, !isSpoilt else { return ReadRecord.malformed }
      return .values(row.map { $0.unicodeScalars.map { UInt8($0.value) } })
    }
    let shown = String(decoding: bytes, as: UTF8.self).debugDescription
    #expect(try records(path, ["u", "v", "w"]) == expected, "\(shown)")
    // And through blocks on several threads: all rows of a unit in a listed cell are counted.
    let ways = TwoWays(
      specification: try Samples.specification(
        files: [path],
        columns: `Parallel aggregation`.columns,
        bounds: Samples.bounds(100, 1000),
        cells: [.region: ["a", "b c", ","], .intent: ["a", "", "\n"]]
      ),
      key: Samples.key(1)
    )
    var counts = [Int64](repeating: 0, count: 9)
    for case .values(let values) in expected where !(values[0] ?? []).isEmpty {
      let texts = values.map {
        String(decoding: $0 ?? [], as: UTF8.self).unicodeScalars.map(\.value)
      }
      let regions = ["a", "b c", ","].map { $0.unicodeScalars.map(\.value) }
      let intents = ["a", "", "\n"].map { $0.unicodeScalars.map(\.value) }
      guard let region = regions.firstIndex(of: texts[1]),
        let intent = intents.firstIndex(of: texts[2])
      else { continue }
      counts[region * 3 + intent] += 1
    }
    for blockSize in [7, 100, 1 << 20] {
      #expect(try ways.parallel(threads: 2, blockSize: blockSize)[0] == counts, "\(shown)")
    }
  }
}
