// ValueReaderTests.swift: values as people write them, on decimal grids.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Values on a grid` {
  static func reader(
    _ grid: String,
    _ low: String = "-1000",
    _ high: String = "1000",
    _ rounding: ValueGrid.Rounding = .nearest
  ) throws -> ValueReader {
    let range = try ValueRange(
      grid: Rational(parsing: grid),
      low: Rational(parsing: low),
      high: Rational(parsing: high)
    )
    return ValueReader(ValueGrid(range: range, rounding: rounding))
  }

  static func steps(_ text: String, _ reader: ValueReader) -> Int64? {
    withSlice(text) { reader.index(of: $0) }.map(reader.steps)
  }

  @Test(arguments: [
    ("0", 0), ("1", 100), ("12.34", 1234), (" 12.34 ", 1234), ("+.5", 50), ("5.", 500),
    ("-12.34", -1234), ("1e2", 10_000), ("1E+2", 10_000), ("125e-2", 125), ("0.005", 1),
    ("0.0049", 0), ("-0.005", -1), ("-0.0049", 0), ("0.015", 2), ("1000.004", 100_000),
    ("99999999999999999999999", 100_000), ("-1e400", -100_000), ("1e-400", 0), ("-0", 0),
    ("000000000000000000000000012.34", 1234), ("12.3400000000000000000000000000", 1234),
    ("0.00499999999999999999999999999999", 0), ("0.00500000000000000000000000000001", 1),
    ("12.34499999999999999999", 1234), ("12.345", 1235), ("1e999999999999999999", 100_000),
    ("0e999999999999999999", 0),
  ])
  func `are rounded to the nearest step, from the middle away from zero`(
    text: String,
    steps: Int64
  ) throws {
    #expect(Self.steps(text, try Self.reader("0.01")) == steps)
  }

  @Test(arguments: [
    "", " ", "-", ".", "e5", "1e", "1e+", "NaN", "nan", "inf", "-Infinity", "1,5", "1/2", "0x10",
    "1 2", "1_000", "--1", "1.2.3", "\u{661}", "null", "true", "1e5.5", "$5",
    String(repeating: "1", count: 1001),
  ])
  func `are nothing else than decimal numbers`(text: String) throws {
    #expect(Self.steps(text, try Self.reader("0.01")) == nil)
  }

  @Test(arguments: 0..<40)
  func `are those of exact fractions, on any grid`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let grids = ["1", "0.01", "0.05", "2.5", "7", "1e-9", "1e9", "0.000000003", "123.456"]
    for _ in 0..<100 {
      let grid = try Rational(parsing: grids[Int.random(in: 0..<grids.count, using: &random)])
      let ends = [0, 1].map { _ in Int64.random(in: -2_000_000...2_000_000, using: &random) }
      guard ends[0] < ends[1] else { continue }
      let range = try ValueRange(
        grid: grid,
        low: Rational(BigInteger(ends[0])) * grid,
        high: Rational(BigInteger(ends[1])) * grid
      )
      let digits = (0..<Int.random(in: 1...25, using: &random)).map { _ in
        String(Int.random(in: 0...9, using: &random))
      }
      let point = Int.random(in: 0...digits.count, using: &random)
      let text =
        (Bool.random(using: &random) ? "-" : "") + digits[..<point].joined() + "."
        + digits[point...].joined() + "e\(Int.random(in: -12...9, using: &random))"
      let exact = try Rational(parsing: text) / grid
      let half = Rational(1, 2)
      let nearest =
        exact.signum < 0 ? (exact - half).roundedUp : (exact + half).roundedDown
      for (rounding, whole) in [(ValueGrid.Rounding.nearest, nearest), (.up, exact.roundedUp)] {
        let reader = ValueReader(ValueGrid(range: range, rounding: rounding))
        let held = min(max(whole, BigInteger(ends[0])), BigInteger(ends[1]))
        let found = try #require(Self.steps(text, reader))
        #expect(BigInteger(found) == held, "\(text) on \(grid), \(rounding)")
      }
    }
  }
}
