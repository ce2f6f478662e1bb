// KeyTableTests.swift: listed values are found, and no others, however many and however alike.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Listed values` {
  /// Values of one to 20 characters of few letters, many the beginning of others.
  static func values(_ count: Int, seed: UInt64) -> [String] {
    var random = SeededGenerator(seed: seed)
    var values: Set<String> = []
    while values.count < count {
      let length = Int.random(in: 0...20, using: &random)
      values.insert(
        String((0..<length).map { _ in ["a", "b", "\u{e9}"].randomElement(using: &random) ?? "c" })
      )
    }
    return values.shuffled(using: &random)
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 63, 64, 65, 1000, 4096, 5000])
  func `are found at their places, and no others`(count: Int) {
    let all = Self.values(2 * count + 2, seed: UInt64(count))
    let listed = Array(all.prefix(count))
    let table = KeyTable(listed)
    for (place, value) in listed.enumerated() {
      #expect(withSlice(value) { table.find($0) } == place)
    }
    for value in all.dropFirst(count) { #expect(withSlice(value) { table.find($0) } == -1) }
  }

  @Test func `that are written twice count where they stand first`() {
    let table = KeyTable(["b", "a", "b", "a", String(repeating: "x", count: 40), "b"])
    #expect(withSlice("b") { table.find($0) } == 0)
    #expect(withSlice("a") { table.find($0) } == 1)
    #expect(withSlice(String(repeating: "x", count: 40)) { table.find($0) } == 4)
    #expect(withSlice("") { table.find($0) } == -1)
  }

  @Test func `are told from longer ones that end in zeros`() {
    let table = KeyTable(["a", "a\u{0}"])
    #expect(withSlice([0x61]) { table.find($0) } == 0)
    #expect(withSlice([0x61, 0]) { table.find($0) } == 1)
    #expect(withSlice([0x61, 0, 0]) { table.find($0) } == -1)
  }

  /// Codes that differ in one byte were in each other's way under every hash that was tried.
  @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 4, 6, 9, 20])
  func `are found where they differ in one byte alone`(count: Int) {
    let codes = (1...count).map { "\($0 < 10 ? "0" : "")\($0)001" }
    let table = KeyTable(codes)
    for (place, code) in codes.enumerated() {
      #expect(withSlice(code) { table.find($0) } == place)
    }
  }

  @Test func `are found in tables that had to grow`() {
    for seed in 0..<40 {
      let keys = (0..<200).map {
        PackedBytes(low: UInt64(seed * 1000 + $0) &* 0x1_0001, high: 8 << 56)
      }
      let table = PlacedKeys(keys.enumerated().map { ($1, Int32($0)) }, rounds: 1)
      defer { table.free() }
      #expect(keys.map(table.find) == Array(keys.indices))
      #expect(
        table.find(PackedBytes(low: 7, high: 8 << 56)) == keys.firstIndex { $0.low == 7 } ?? -1
      )
    }
  }
}
