// ZstandardTests.swift: zstd files, whole, cut off, damaged and made to take memory.
// Reference: [RFC8878].
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite(.enabled(if: ZstandardLibrary.system != nil, "needs libzstd.so.1"))
struct `Zstandard files` {
  /// A frame by hand: no checksum, a window of so many bits, blocks as they are.
  static func frame(_ text: String, windowBits: Int = 10) -> [UInt8] {
    var bytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, UInt8((windowBits - 10) << 3)]
    let text = Array(text.utf8)
    precondition(text.count <= 1000, "one block")
    let header = UInt32(text.count) << 3 | 1
    bytes += (0..<3).map { UInt8(truncatingIfNeeded: header >> UInt32(8 * $0)) }
    return bytes + text
  }

  /// A frame that readers pass over.
  static func skippable(_ count: Int) -> [UInt8] {
    [0x53, 0x2A, 0x4D, 0x18, UInt8(count), 0, 0, 0] + Array(repeating: 7, count: count)
  }

  /// What the library makes of a text, with a checksum behind it.
  static func compressed(_ text: [UInt8], level: Int32) throws -> [UInt8] {
    typealias Compress =
      @convention(c) (
        UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int, Int32
      ) -> Int
    let handle = try #require(dlopen("libzstd.so.1", RTLD_NOW))
    let compress = unsafeBitCast(try #require(dlsym(handle, "ZSTD_compress")), to: Compress.self)
    var target = [UInt8](repeating: 0, count: text.count + 1000)
    let count = target.withUnsafeMutableBytes { target in
      text.withUnsafeBytes {
        compress(target.baseAddress, target.count, $0.baseAddress, $0.count, level)
      }
    }
    return Array(target.prefix(count))
  }

  static func kind(_ path: String) -> SignalFileError.Kind? { `Signal files`.kind(path) }

  @Test(arguments: ["signals.csv.zst", "signals.csv", "signals"])
  func `are decompressed by their first bytes, whatever their name`(name: String) throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(bytes: Self.frame("u,v\na,b\nc,d\n"), to: name)
    for size in [16, 17, 23, 4096] {
      #expect(
        try records(path, ["u", "v"], bufferSize: size) == [.texts("a", "b"), .texts("c", "d")]
      )
    }
    let json = try folder.write(bytes: Self.frame("{\"u\":\"a\"}"), to: "a.jsonl.zst")
    #expect(try records(json, ["u"]) == [.texts("a")])
    let plain = try folder.write("u\na\n", to: "plain.csv.zst")
    #expect(try records(plain, ["u"]) == [.texts("a")])
  }

  @Test func `may be several frames, some of them empty or to be skipped`() throws {
    let folder = try TemporaryDirectory()
    let frames =
      Self.skippable(9) + Self.frame("u,v\na,") + Self.frame("") + Self.skippable(0)
      + Self.frame("b\nc,d") + Self.skippable(3)
    let path = try folder.write(bytes: frames, to: "frames.csv.zst")
    #expect(try records(path, ["u", "v"]) == [.texts("a", "b"), .texts("c", "d")])
  }

  @Test func `that are cut off or damaged anywhere never pass for whole`() throws {
    let folder = try TemporaryDirectory()
    let whole = Self.frame("u,v\na,b\n") + Self.skippable(4) + Self.frame("c,d\n")
    let ends = [Self.frame("u,v\na,b\n").count, whole.count - Self.frame("c,d\n").count]
    for count in 4..<whole.count where !ends.contains(count) {
      let path = try folder.write(bytes: Array(whole.prefix(count)), to: "cut.zst")
      #expect(Self.kind(path) == .damaged, "\(count) bytes of \(whole.count)")
    }
    for tail in [[1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 0, 0], [1]] as [[UInt8]] {
      let path = try folder.write(bytes: whole + tail, to: "tail.zst")
      #expect(Self.kind(path) == .damaged)
    }
  }

  @Test(arguments: [1, 19])
  func `of many blocks are read as they were, and damage in them is found`(level: Int32) throws {
    let folder = try TemporaryDirectory()
    var random = SeededGenerator(seed: 8)
    var text = "u,v\n"
    for _ in 0..<60_000 { text += "u\(Int.random(in: 0..<5000, using: &random)),b\n" }
    let packed = try Self.compressed(Array(text.utf8), level: level)
    #expect(packed.count < text.utf8.count / 2)
    let path = try folder.write(bytes: packed, to: "many.csv.zst")
    let plain = try folder.write(text, to: "many.csv")
    #expect(try records(path, ["u", "v"]) == records(plain, ["u", "v"]))
    for _ in 0..<20 {
      let cut = try folder.write(
        bytes: Array(packed.prefix(Int.random(in: 20..<packed.count, using: &random))),
        to: "cut.csv.zst"
      )
      #expect(Self.kind(cut) == .damaged)
    }
  }

  @Test func `with a window beyond 128 MiB are refused before it is made`() throws {
    let folder = try TemporaryDirectory()
    let most = try folder.write(bytes: Self.frame("u\na\n", windowBits: 27), to: "a.csv.zst")
    #expect(try records(most, ["u"]) == [.texts("a")])
    for bits in [28, 31, 41] {
      let path = try folder.write(bytes: Self.frame("u\na\n", windowBits: bits), to: "b.csv.zst")
      #expect(Self.kind(path) == .windowTooLarge, "\(bits) bits")
    }
  }

  @Test func `are refused where there is no library`() {
    #expect(ZstandardLibrary(named: "libhubbub-none.so.1") == nil)
    // A library that is not zstd.
    #expect(ZstandardLibrary(named: "libc.so.6") == nil)
    let error = SignalFileError(path: "a.zst", kind: .missingZstandard)
    #expect(!error.isInvalidInput)
    #expect(
      error.description == """
        a.zst: is zstd, and this system has no libzstd.so.1; install it (Debian: libzstd1), or \
        decompress the file
        """
    )
  }
}
