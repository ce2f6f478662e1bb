// SpillRoomTests.swift: a temporary file never outgrows what the sizes of the signal files allow.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

/// Files whose records are as short as they can be beside their rows.
enum ShortRecords: CaseIterable {
  /// One column is the unit and its cell.
  case oneByte
  /// The shortest units that stand elsewhere.
  case longUnits
  /// Days are put in front of units, and make them too long to stand in their rows.
  case days
  /// The same in JSON Lines.
  case objects
  /// Many of them, in all parts.
  case manyUnits
  /// Units of many bytes.
  case longestUnits

  var columns: [SignalColumn: ColumnReference] {
    let names: [SignalColumn: String] =
      switch self {
      case .oneByte: [.unit: "u", .region: "u"]
      case .longUnits, .manyUnits, .longestUnits: [.unit: "u", .region: "v"]
      case .days: [.unit: "u", .time: "u", .region: "v"]
      case .objects: [.unit: "u", .region: "u"]
      }
    return names.mapValues { ColumnReference(name: $0) }
  }

  var value: String {
    switch self {
    case .oneByte: "a"
    case .longUnits, .manyUnits, .longestUnits, .days: "w"
    case .objects: "0123456789abcdef"
    }
  }

  func write(in folder: TemporaryDirectory) throws -> String {
    switch self {
    case .oneByte:
      return try folder.write("u\n" + String(repeating: "a\n", count: 60_000), to: "a.csv")
    case .longUnits:
      let record = "0123456789abcdef,w\n"
      return try folder.write("u,v\n" + String(repeating: record, count: 15_000), to: "a.csv")
    case .manyUnits:
      let records = (0..<unitCount).map { "\(1_000_000_000_000_000 + $0),w\n" }
      return try folder.write("u,v\n" + records.joined(), to: "a.csv")
    case .days:
      let record = "2026-11-24,w\n"
      return try folder.write("u,v\n" + String(repeating: record, count: 15_000), to: "a.csv")
    case .objects:
      let record = "{\"u\":\"\(value)\"}\n"
      return try folder.write(String(repeating: record, count: 15_000), to: "a.jsonl")
    case .longestUnits:
      let record = String(repeating: "x", count: 300_000) + ",w\n"
      return try folder.write("u,v\n" + String(repeating: record, count: 5), to: "a.csv")
    }
  }

  /// Few parts, so that few signals fill them.
  static let partCount = 64
  private static let piece = RowBuffer.pieceSize / 4

  /// Everything is written; in proportion to its parts a thread holds as few rows as it ever does.
  var division: MemoryPlan {
    MemoryPlan(
      usable: 0,
      // One unit is in one part, and takes a piece of that alone.
      rowsPerThread: self == .manyUnits ? Self.partCount * (Self.piece + 1024) : 100_000,
      tables: 0,
      workPerThread: 1 << 40,
      pieceSize: Self.piece,
      addingThreads: 1
    )
  }

  var unitCount: Int64 { self == .manyUnits ? 15_000 : 1 }

  func specification(_ path: String) throws -> ReportSpecification {
    try Samples.specification(
      files: [path],
      columns: columns,
      privacyUnit: self == .days ? .personDay : .person,
      groupBy: [.region],
      cells: [.region: [value]]
    )
  }
}

@Suite struct `Room for a temporary file` {
  @Test(arguments: ShortRecords.allCases)
  func `is enough whatever the signals are, and not many times that`(records: ShortRecords) throws {
    let folder = try TemporaryDirectory()
    let specification = try records.specification(records.write(in: folder))
    let plan = try AggregationPlan(specification)
    var options = AggregationOptions(threads: 1)
    options.division = records.division
    options.blockSize = 50_000
    options.partCount = ShortRecords.partCount
    options.temporaryFolder = folder.path
    var stream = try SignalStream(specification)
    try stream.makeFile(for: plan, options: options)
    let file = try #require(stream.file)
    let path = try #require(try `Temporary file`.unnamed(in: folder.path).first)
    var status = stat()
    #expect(stat(path, &status) == 0)
    let room = Int(status.st_size)
    let raw = try stream.aggregate(
      under: plan,
      key: Samples.key(1),
      options: options,
      progress: nil
    )
    #expect(raw.counts[1] == [records.unitCount])
    #expect(file.size > 0)
    #expect(file.size <= room, "\(file.size) of \(room)")
    #expect(4 * file.size > room, "\(file.size) of \(room)")
    // Taken, and not only promised.
    #expect(Int(status.st_blocks) * 512 >= room)
  }

  @Test func `is not taken where all rows stay in memory, nor where no size is known`() throws {
    let folder = try TemporaryDirectory()
    let specification = try ShortRecords.longUnits.specification(
      ShortRecords.longUnits.write(in: folder)
    )
    var room = SpillRoom(specification)
    let names = ["u", "v"]
    room.add(try SignalReader(path: specification.files[0], names: names, format: nil))
    // 285 kB make rows of 40 for 19 bytes: 600 kB.
    let rows = try #require(room.rows)
    #expect((600_000...600_200).contains(rows))
    let small = MemoryPlan(memory: 1, threads: 1, cells: 1)
    let large = MemoryPlan(memory: 1 << 30, threads: 1, cells: 1)
    #expect(try #require(room.bytes(under: small, threads: 1, partCount: 512)) > 600_000)
    #expect(room.bytes(under: large, threads: 1, partCount: 512) == 0)
    let pipe = Pipe()
    try pipe.fileHandleForWriting.close()
    let path = "/proc/self/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    room.add(try SignalReader(path: path, names: names, format: .jsonl))
    #expect(room.bytes(under: large, threads: 1, partCount: 512) == nil)
  }
}
