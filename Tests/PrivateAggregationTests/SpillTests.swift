// SpillTests.swift: what does not fit the memory goes through a file, changes nothing, leaves nothing.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

@testable import PrivateAggregation

/// Divisions of so little memory that few signals already go every way.
enum Division: CaseIterable {
  /// Everything stays in rows.
  case all
  /// All rows are moved into tables.
  case tables
  /// Rows are moved into tables until those are full, then written.
  case tablesThenFile
  /// All rows are written.
  case file
  /// All rows are written, and no part fits a table.
  case fileInShares
  /// Some rows are written and the table of a part is seldom too large.
  case fileInFewShares

  var plan: MemoryPlan {
    let (rows, tables, work) =
      switch self {
      case .all: (1 << 40, 0, 0)
      case .tables: (0, 1 << 40, 0)
      case .tablesThenFile: (10_000, 60_000, 1 << 40)
      case .file: (0, 0, 1 << 40)
      case .fileInShares: (0, 0, 2000)
      case .fileInFewShares: (30_000, 20_000, 9000)
      }
    return MemoryPlan(
      usable: 0,
      rowsPerThread: rows,
      tables: tables,
      workPerThread: work,
      pieceSize: self == .file || self == .tablesThenFile ? 512 : 128,
      addingThreads: self == .tables ? 1 : 2
    )
  }
}

@Suite struct `Signals beyond the memory` {
  @Test(arguments: Division.allCases, [[4, 2, 5], [100, 50, 120]])
  func `are counted as if they fitted`(division: Division, bounds: [Int]) throws {
    let folder = try TemporaryDirectory()
    let files = try `Parallel aggregation`.manySignals(folder, seed: UInt64(bounds[0]) + 20)
    let ways = TwoWays(
      specification: try Samples.specification(
        files: files,
        columns: `Parallel aggregation`.columns,
        bounds: Samples.bounds(bounds[0], bounds[1], bounds.count > 2 ? bounds[2] : nil),
        cells: [.region: (0..<12).map { "r\($0)" }, .intent: (0..<11).map { "i\($0)" }]
      ),
      key: Samples.key(7)
    )
    let expected = try ways.oneByOne()
    let empty = try TemporaryDirectory()
    for (threads, blockSize, parts) in [(1, 5000, 4), (3, 2000, 16)] {
      let counts = try ways.parallel(
        threads: threads,
        blockSize: blockSize,
        memory: division.plan,
        parts: parts,
        temporaryFolder: empty.path
      )
      #expect(counts == expected, "\(threads) threads, \(blockSize) bytes, \(parts) parts")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: empty.path).isEmpty)
  }

  @Test func `may be those of units with names of any length`() throws {
    let folder = try TemporaryDirectory()
    var text = "u,v,w\n"
    for length in [1, 7, 8, 15, 16, 17, 300, 70_000, 300_000, 1_000_000] {
      for signal in 0..<5 {
        let unit = String(repeating: "x", count: length - 1) + "\(signal % 2)"
        text += "\(unit),r\(signal % 3),i\n"
      }
    }
    let ways = TwoWays(
      specification: try Samples.specification(
        files: [try folder.write(text, to: "long.csv")],
        columns: `Parallel aggregation`.columns,
        bounds: Samples.bounds(2, 2),
        cells: [.region: ["r0", "r1", "r2"], .intent: ["i"]]
      ),
      key: Samples.key(9)
    )
    let expected = try ways.oneByOne()
    for division in [Division.tablesThenFile, .file, .fileInShares] {
      let counts = try ways.parallel(
        threads: 2,
        blockSize: 100_000,
        memory: division.plan,
        temporaryFolder: folder.path
      )
      #expect(counts == expected, "\(division)")
    }
  }

  @Test(arguments: Division.allCases)
  func `stop the run where their file cannot be made, whether or not they need it`(
    division: Division
  ) throws {
    let folder = try TemporaryDirectory()
    let files = try `Parallel aggregation`.manySignals(folder, seed: 1)
    let ways = TwoWays(
      specification: try Samples.specification(
        files: files,
        columns: `Parallel aggregation`.columns,
        cells: [.region: ["r0"], .intent: ["i0"]]
      ),
      key: Samples.key(9)
    )
    let nowhere = folder.appending("none")
    #expect(throws: SignalFileError(path: nowhere, kind: .temporary(code: ENOENT))) {
      _ = try ways.parallel(
        threads: 3,
        blockSize: 500,
        memory: division.plan,
        temporaryFolder: nowhere
      )
    }
    let message = SignalFileError(path: "/x", kind: .temporary(code: ENOSPC)).description
    #expect(
      message == """
        /x: a temporary file for signals that may not fit the memory fails (No space left on device); \
        make room, name another folder in TMPDIR, or allow more memory
        """
    )
  }
}

@Suite struct `Temporary file` {
  /// The open files of this process that are in a folder and have no name any more.
  static func unnamed(in folder: String) throws -> [String] {
    let descriptors = "/proc/self/fd"
    return try FileManager.default.contentsOfDirectory(atPath: descriptors).map {
      descriptors + "/" + $0
    }.filter { path in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
      return target.map { $0.hasPrefix(folder) && $0.hasSuffix("(deleted)") } ?? false
    }
  }

  static func filled(in folder: String) throws -> (SpillFile, [UInt8]) {
    let file = try SpillFile(in: folder, partCount: 2)
    let bytes = Array(String(repeating: "unit-0123456789,", count: 400).utf8)
    for part in [1, 0, 1] { try bytes.withUnsafeBytes { try file.append($0, to: part) } }
    return (file, bytes)
  }

  static func read(_ piece: SpillFile.Piece, of file: SpillFile) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: piece.count)
    try bytes.withUnsafeMutableBytes { try file.read(piece, into: $0) }
    return bytes
  }

  @Test func `gives back what was put in, part by part`() throws {
    let folder = try TemporaryDirectory()
    let (file, bytes) = try Self.filled(in: folder.path)
    #expect(file.pieces(of: 0).count == 1)
    #expect(file.pieces(of: 1).count == 2)
    for part in 0...1 {
      for piece in file.pieces(of: part) { #expect(try Self.read(piece, of: file) == bytes) }
    }
  }

  @Test func `has no name, is its owner's alone and is gone with the process's last hold`() throws {
    let folder = try TemporaryDirectory()
    func check() throws {
      let (file, _) = try Self.filled(in: folder.path)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      let opened = try Self.unnamed(in: folder.path)
      #expect(opened.count == 1)
      for path in opened {
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(status.st_nlink == 0)
      }
      withExtendedLifetime(file) {}
    }
    try check()
    #expect(try Self.unnamed(in: folder.path).isEmpty)
  }

  @Test func `holds nothing readable, and never the same bytes twice`() throws {
    let folder = try TemporaryDirectory()
    let (file, bytes) = try Self.filled(in: folder.path)
    let path = try #require(try Self.unnamed(in: folder.path).first)
    let stored = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(stored.count == 3 * (bytes.count + 16))
    for text in ["unit", "0123", "6789,unit"] {
      #expect(stored.range(of: Data(text.utf8)) == nil)
    }
    // Pieces of equal bytes have nothing in common: 16 equal bytes come up once in 2^100 runs.
    let first = stored.prefix(bytes.count)
    for start in stride(from: 0, to: bytes.count - 16, by: 16) {
      let part = first[start..<(start + 16)]
      #expect(stored.dropFirst(start + 16).range(of: part) == nil)
    }
    withExtendedLifetime(file) {}
  }

  @Test func `is not believed where a byte of it was changed, or pieces changed places`() throws {
    let folder = try TemporaryDirectory()
    let (file, bytes) = try Self.filled(in: folder.path)
    let path = try #require(try Self.unnamed(in: folder.path).first)
    let piece = file.pieces(of: 0)[0]
    let opened = open(path, O_RDWR)
    defer { close(opened) }
    for place in [0, bytes.count / 2, bytes.count, bytes.count + 15] {
      var byte: UInt8 = 0
      let offset = off_t(piece.offset + place)
      #expect(pread(opened, &byte, 1, offset) == 1)
      byte ^= 1
      #expect(pwrite(opened, &byte, 1, offset) == 1)
      #expect(throws: SignalFileError(path: folder.path, kind: .temporaryDamaged)) {
        _ = try Self.read(piece, of: file)
      }
      byte ^= 1
      #expect(pwrite(opened, &byte, 1, offset) == 1)
    }
    #expect(try Self.read(piece, of: file) == bytes)
    let other = file.pieces(of: 1)[0]
    let moved = SpillFile.Piece(offset: other.offset, count: other.count, number: piece.number)
    #expect(throws: SignalFileError.self) { _ = try Self.read(moved, of: file) }
    #expect(ftruncate(opened, off_t(piece.offset + 5)) == 0)
    #expect(throws: SignalFileError(path: folder.path, kind: .temporary(code: EIO))) {
      _ = try Self.read(piece, of: file)
    }
  }
}
