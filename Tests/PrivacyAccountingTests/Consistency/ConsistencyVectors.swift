// ConsistencyVectors.swift: reference values of estimates that add up, made without this code.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

/// `Tests/Vectors/hierarchy_consistency.json`.
struct ConsistencyFile: Decodable {
  struct LeastSquares: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let parents: [Int?]
    let noisy: [Int64?]
    let variance: [String?]
    let estimate: [String]
    let estimateVariance: [String]

    enum CodingKeys: String, CodingKey {
      case name, parents, noisy, variance, estimate
      case estimateVariance = "estimate_variance"
    }

    var testDescription: String { "\(name), \(variance.map { $0 ?? "-" }.joined(separator: " "))" }
  }

  struct TopDown: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let parents: [Int?]
    let estimate: [String]
    let rootTotal: Int
    let integer: [Int]

    enum CodingKeys: String, CodingKey {
      case name, parents, estimate, integer
      case rootTotal = "root_total"
    }

    var testDescription: String { "\(name), \(rootTotal)" }
  }

  struct Solution: Decodable, Sendable {
    let objective: String
    let canonical: [Int]
  }

  struct Small: Decodable, Sendable, CustomTestStringConvertible {
    let targets: [String]
    let total: Int
    let l2: Solution

    var testDescription: String { "\(targets) to \(total)" }
  }

  struct Large: Decodable, Sendable, CustomTestStringConvertible {
    let targets: [String]
    let total: Int
    let canonical: [Int]

    enum CodingKeys: String, CodingKey {
      case targets, total
      case canonical = "l2_canonical"
    }

    var testDescription: String { "\(targets.count) to \(total)" }
  }

  let gls: [LeastSquares]
  let topDown: [TopDown]
  let small: [Small]
  let large: [Large]

  enum CodingKeys: String, CodingKey {
    case gls
    case topDown = "integer_topdown_l2"
    case small = "integer_simplex_small"
    case large = "integer_simplex_l2_large"
  }

  static let all = try? Vectors.decode(Self.self, from: "hierarchy_consistency.json")
}

@Suite struct `Reference values of hierarchies` {
  @Test func `are there`() throws {
    let file = try #require(ConsistencyFile.all)
    #expect(file.gls.count == 40 && file.topDown.count == 40)
    #expect(file.small.count == 35 && file.large.count == 12)
  }

  @Test(arguments: ConsistencyFile.all?.gls ?? [])
  func `are the least squares, estimates and variances`(
    record: ConsistencyFile.LeastSquares
  ) throws {
    let consistency = try TreeConsistency(
      TreeShape(parents: record.parents),
      variances: record.variance.map { try $0.map { try Rational(parsing: $0) } }
    )
    #expect(consistency.estimates(of: record.noisy).map(\.description) == record.estimate)
    #expect(consistency.variances.map(\.description) == record.estimateVariance)
  }

  @Test(arguments: ConsistencyFile.all?.topDown ?? [])
  func `are the whole numbers of a tree`(record: ConsistencyFile.TopDown) throws {
    let counts = WholeCounts.topDown(
      TreeShape(parents: record.parents),
      estimates: try record.estimate.map { try Rational(parsing: $0) }
    )
    #expect(counts == record.integer.map { BigInteger($0) })
    #expect(counts[0] == BigInteger(record.rootTotal))
  }

  @Test(arguments: ConsistencyFile.all?.small ?? [])
  func `are the nearest whole numbers, found by trying all`(record: ConsistencyFile.Small) throws {
    let targets = try record.targets.map { try Rational(parsing: $0) }
    let counts = WholeCounts.nearest(to: targets, total: BigInteger(record.total))
    #expect(counts == record.l2.canonical.map { BigInteger($0) })
    let squares = zip(counts, targets).map { (Rational($0) - $1) * (Rational($0) - $1) }
    #expect(squares.reduce(.zero, +).description == record.l2.objective)
  }

  @Test(arguments: ConsistencyFile.all?.large ?? [])
  func `are the nearest whole numbers of many`(record: ConsistencyFile.Large) throws {
    let targets = try record.targets.map { try Rational(parsing: $0) }
    let counts = WholeCounts.nearest(to: targets, total: BigInteger(record.total))
    #expect(counts == record.canonical.map { BigInteger($0) })
  }
}
