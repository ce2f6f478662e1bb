// DelimiterIndexTests.swift: commas and line feeds are found alike by every way to look for them.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Delimiters` {
  @Test(arguments: 0..<100)
  func `are found where a plain search finds them`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let count = seed < 70 ? seed * 2 : Int.random(in: 0...3000, using: &random)
    // Bytes that differ from the two in one bit, and those that carry when bytes are added.
    let bytes: [UInt8] = (0..<(count + DelimiterIndex.slack)).map { _ in
      [0x2C, 0x0A, 0x2D, 0x0B, 0xAC, 0x8A, 0, 0xFF, 0x7F, 0x61][
        Int.random(in: 0..<10, using: &random)
      ]
    }
    let expected = (0..<count).filter { bytes[$0] == 0x2C || bytes[$0] == 0x0A }.map(UInt32.init)
    var places = [UInt32](repeating: 0, count: count + DelimiterIndex.room)
    let found = DelimiterIndex.find(in: bytes, count: count, into: &places)
    #expect(Array(places[..<found]) == expected)
    let foundByWords = DelimiterIndex.findByWords(in: bytes, count: count, into: &places)
    #expect(Array(places[..<foundByWords]) == expected)
  }
}
