// NoiseLawTests.swift: the reference law of the noise, through `hubbub noise describe`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import TestSupport
import Testing

@Suite struct `Reference law of the noise` {
  struct Point: Decodable {
    let x: Int
    let pmf: [String]
    let cdf: [String]
  }

  struct Width: Decodable {
    let alpha: String
    let k: Int
  }

  struct Record: Decodable, CustomTestStringConvertible {
    let b: String
    let variance: [String]
    let points: [Point]
    let ci: [Width]
    let adversarial: [Width]

    enum CodingKeys: String, CodingKey {
      case b, variance, points, ci
      case adversarial = "ci_adversarial"
    }

    var testDescription: String { "scale \(b)" }
  }

  struct Bounds: Decodable {
    let lower: String
    let upper: String
  }

  struct PrintedPoint: Decodable {
    let x: Int
    let pmf: Bounds
    let cdf: Bounds
  }

  struct Printed: Decodable {
    let scale: String
    let variance: Bounds
    let points: [PrintedPoint]
    let widths: [Width]

    enum CodingKeys: String, CodingKey {
      case scale, variance, points
      case widths = "half_widths"
    }
  }

  static let records: [Record] = {
    struct File: Decodable { let records: [Record] }
    return (try? Vectors.decode(File.self, from: "discrete_laplace.json").records) ?? []
  }()

  @Test func `is there`() {
    #expect(Self.records.count == 8)
  }

  @Test(arguments: records, [5, 20, 38])
  func `lies within the printed bounds, and they are tight`(record: Record, digits: Int) throws {
    let points = try record.points.filter {
      try BigInteger($0.x).magnitude <= Self.furthest(record.b)
    }
    let widths = record.ci + record.adversarial
    var script = "hubbub noise describe --scale \(record.b) --digits \(digits) --format json"
    for point in points { script += " --at \(point.x)" }
    for width in widths { script += " --alpha \(width.alpha)" }
    let folder = try MemoryDirectory()
    let outcome = try folder.run(script)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let printed = try JSONDecoder().decode(Printed.self, from: Data(outcome.output.utf8))
    #expect(try Rational(parsing: printed.scale) == Rational(parsing: record.b))
    try Self.compare(printed.variance, record.variance, digits)
    #expect(printed.points.map(\.x) == points.map(\.x))
    for (mine, reference) in zip(printed.points, points) {
      try Self.compare(mine.pmf, reference.pmf, digits)
      try Self.compare(mine.cdf, reference.cdf, digits)
    }
    #expect(printed.widths.map(\.k) == widths.map(\.k))
  }

  /// The command refuses points beyond a million scales.
  private static func furthest(_ scale: String) throws -> BigInteger {
    try (Rational(parsing: scale) * 1_000_000).roundedDown
  }

  /// The reference enclosure meets the printed one, which is no wider than it promises.
  private static func compare(_ mine: Bounds, _ reference: [String], _ digits: Int) throws {
    let lower = try Rational(parsing: mine.lower)
    let upper = try Rational(parsing: mine.upper)
    #expect(try lower <= Rational(parsing: reference[1]))
    #expect(try upper >= Rational(parsing: reference[0]))
    #expect((upper - lower) * Rational(BigInteger(10).power(digits)) <= lower.magnitude)
  }
}
