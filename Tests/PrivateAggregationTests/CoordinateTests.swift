// CoordinateTests.swift: every text is a coordinate or none, and which one is exact.
// SPDX-License-Identifier: Apache-2.0

import Releases
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Coordinates` {
  private static func slice<Result>(_ text: String, _ body: (ByteSlice) -> Result) -> Result {
    // One byte more, so that an empty text has an address too.
    (Array(text.utf8) + [0]).withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { preconditionFailure("an array with a byte") }
      return body(ByteSlice(base: base, count: bytes.count - 1))
    }
  }

  @Test(arguments: [
    ("51.752", 51_752_000_000), ("-1.2577", -1_257_700_000), ("0", 0), ("-0", 0), ("-0.0", 0),
    ("+7.5", 7_500_000_000), ("  7.5\t", 7_500_000_000), ("1e1", 10_000_000_000),
    ("1E+01", 10_000_000_000), ("-12345e-3", -12_345_000_000), (".5", 500_000_000),
    ("5.", 5_000_000_000), ("1e-05", 10_000), ("000000000000000000000012", 12_000_000_000),
    ("0.000000001", 1), ("0.0000000019", 1), ("-0.0000000019", -1), ("1e-999", 0),
    ("0e999", 0), ("0.00000000000000000000000000001e29", 1_000_000_000), ("90", 90_000_000_000),
    ("-90.000000000000", -90_000_000_000), ("9000e-2", 90_000_000_000),
    ("89.9999999999", 89_999_999_999),
  ])
  func `are read exactly`(text: String, billionths: Int64) {
    #expect(Self.slice(text, Coordinate.latitude) == billionths)
    #expect(Self.slice(text, Coordinate.longitude) == billionths)
  }

  @Test(arguments: [
    "", " ", "-", "+", ".", "-.", "e1", "1e", "1e+", "1e1000", "NaN", "nan", "inf", "-Infinity",
    "1,5", "1 5", "1_0", "0x10", "--1", "+-1", "1.2.3", "51.752N", "51°45'", "\u{2212}1", "１",
    "1e1.5", "1 e1", "\n1", "1\u{a0}", "null", "1/2", "1e5", "10000", "1e300",
    "90000000000000000000000",
  ])
  func `are none for anything else`(text: String) {
    #expect(Self.slice(text, Coordinate.latitude) == nil)
    #expect(Self.slice(text, Coordinate.longitude) == nil)
  }

  @Test(arguments: ["90.000000001", "90.0000000000000001", "-90.0000000001", "91", "-1e2"])
  func `have no latitude beyond the poles`(text: String) {
    #expect(Self.slice(text, Coordinate.latitude) == nil)
    #expect(Self.slice(text, Coordinate.longitude) != nil)
  }

  @Test func `have one longitude where east meets west, and none beyond`() {
    let half = -180 * ExactDecimal.one
    for text in ["180", "-180", "1.8e2", "+180.0"] {
      #expect(Self.slice(text, Coordinate.longitude) == half, "\(text)")
    }
    for text in ["180.0000000001", "-180.0000000001", "181", "359.5", "-200"] {
      #expect(Self.slice(text, Coordinate.longitude) == nil, "\(text)")
    }
    #expect(Self.slice("179.9999999999", Coordinate.longitude) == -half - 1)
  }

  @Test(arguments: 0..<200)
  func `give back what was written`(seed: UInt64) {
    var words = SeededGenerator(seed: seed)
    let value = Int64.random(in: -90_000_000_000...90_000_000_000, using: &words)
    let text = ExactDecimal.text(value)
    #expect(Self.slice(text, Coordinate.latitude) == value, "\(text)")
    #expect(ExactDecimal.billionths(text) == value, "\(text)")
    #expect(ExactDecimal.isShortest(text))
    #expect(!ExactDecimal.isShortest(text + (text.contains(".") ? "0" : ".0")))
  }
}
