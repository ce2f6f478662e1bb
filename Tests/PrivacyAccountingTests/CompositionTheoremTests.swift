// CompositionTheoremTests.swift: closed forms and concentrated losses against reference values, and
// the general composition against the closed forms.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

struct TheoremVectors: Decodable {
  struct Point: Decodable {
    let epsilon: String
    let delta: [String]
  }
  struct Homogeneous: Decodable {
    let eps0: String
    let delta0: String
    let k: Int
    let curve: [Point]
  }
  struct Heterogeneous: Decodable {
    let epsilons: [String]
    let deltas: [String]
    let curve: [Point]
  }
  struct Pure: Decodable {
    let epsilon: String
    let bunSteinke: String
    let tight: [String]

    enum CodingKeys: String, CodingKey {
      case epsilon
      case bunSteinke = "rho_bun_steinke"
      case tight = "rho_tight"
    }
  }
  struct ToEpsilon: Decodable {
    let rho: String
    let delta: String
    let epsilon: [String]
  }
  struct ToDelta: Decodable {
    let rho: String
    let epsilon: String
    let delta: [String]
  }
  let homogeneous: [Homogeneous]
  let heterogeneous: [Heterogeneous]
  let pure: [Pure]
  let toEpsilon: [ToEpsilon]
  let toDelta: [ToDelta]

  enum CodingKeys: String, CodingKey {
    case homogeneous = "kov_homogeneous"
    case heterogeneous = "heterogeneous_optimal"
    case pure = "pure_to_zcdp"
    case toEpsilon = "zcdp_to_epsilon"
    case toDelta = "zcdp_to_delta"
  }

  static let shared = Result {
    try Vectors.decode(TheoremVectors.self, from: "composition.json")
  }
}

/// All reference values are tried where `HUBBUB_LONG_TESTS` is set, some of them otherwise.
private let isLong = `Composition of declared schedules`.isLong

@Suite struct `Composition theorems` {
  @Test func `agree with the reference for equal parts`() throws {
    let records = try TheoremVectors.shared.get().homogeneous
    #expect(records.count == 40)
    for record in records where isLong || record.k <= 12 {
      let part = try PrivacyLoss(
        epsilon: Rational(parsing: record.eps0),
        delta: Rational(parsing: record.delta0)
      )
      for point in record.curve.suffix(4) {
        let delta = OptimalComposition.delta(
          of: part,
          times: record.k,
          epsilon: try Rational(parsing: point.epsilon),
          precision: 1024
        )
        let name: Comment = "k=\(record.k) epsilon0=\(record.eps0) at \(point.epsilon)"
        guard point.delta[0] != "0" else {
          #expect(
            delta.lower.signum <= 0 && (delta.upper == .zero || delta.upper.leadingExponent < -600),
            name
          )
          continue
        }
        try expect(delta, holds: point.delta[0], point.delta[1], name)
      }
    }
  }

  @Test func `agree with the reference for distinct parts`() throws {
    let records = try TheoremVectors.shared.get().heterogeneous
    #expect(records.count == 7)
    for record in records where isLong || record.epsilons.count <= 6 {
      let parts = try zip(record.epsilons, record.deltas).map {
        try PrivacyLoss(epsilon: Rational(parsing: $0), delta: Rational(parsing: $1))
      }
      for point in record.curve where point.delta[0] != "0" {
        let delta = OptimalComposition.delta(
          of: parts,
          epsilon: try Rational(parsing: point.epsilon),
          precision: 400
        )
        try expect(
          delta,
          holds: point.delta[0],
          point.delta[1],
          "\(parts.count) at \(point.epsilon)"
        )
      }
    }
  }

  @Test func `are what sensitivity-one noise composes to`() throws {
    // Discrete Laplace at sensitivity one is randomised response: the worst of its epsilon.
    let noise = Composition([
      try ComposedMechanism(scale: 10, sensitivity: 1, times: 30, delta: Rational(1, 10_000))
    ])
    let part = try PrivacyLoss(epsilon: Rational(1, 10), delta: Rational(1, 10_000))
    for epsilon in [Rational.zero, Rational(1, 7), Rational(1, 2), Rational(2)] {
      let one = noise.delta(epsilon: epsilon, digits: 30)
      let other = OptimalComposition.delta(of: part, times: 30, epsilon: epsilon, precision: 300)
      #expect(one.lower <= other.upper && other.lower <= one.upper)
    }
  }
}

@Suite struct `Concentrated losses` {
  @Test func `follow from pure ones as in the reference`() throws {
    for record in try TheoremVectors.shared.get().pure {
      let epsilon = try Rational(parsing: record.epsilon)
      #expect(ConcentratedLoss(pureEpsilon: epsilon).rho.description == record.bunSteinke)
      let tight = ConcentratedLoss.smallestRho(pureEpsilon: epsilon, digits: 40)
      try expect(tight, holds: record.tight[0], record.tight[1], "epsilon=\(record.epsilon)")
    }
  }

  @Test func `convert to epsilon as in the reference`() throws {
    let records = try TheoremVectors.shared.get().toEpsilon
    #expect(records.count == 28)
    for record in records where record.epsilon[0] != "0" {
      let loss = ConcentratedLoss(rho: try Rational(parsing: record.rho))
      let epsilon = loss.epsilon(delta: try Rational(parsing: record.delta), digits: 40)
      try expect(
        epsilon,
        holds: record.epsilon[0],
        record.epsilon[1],
        "\(record.rho) \(record.delta)"
      )
    }
  }

  @Test func `convert to delta as in the reference`() throws {
    let records = try TheoremVectors.shared.get().toDelta
    #expect(records.count == 49)
    for record in records {
      let loss = ConcentratedLoss(rho: try Rational(parsing: record.rho))
      let delta = loss.delta(epsilon: try Rational(parsing: record.epsilon), digits: 40)
      try expect(
        delta,
        holds: record.delta[0],
        record.delta[1],
        "\(record.rho) \(record.epsilon)"
      )
    }
  }

  @Test func `add up`() {
    let tenth = ConcentratedLoss(pureEpsilon: Rational(1, 10))
    #expect((tenth + tenth).rho == Rational(1, 100))
    #expect(ConcentratedLoss(rho: .zero).epsilon(delta: Rational(1, 2), digits: 20).upper == .zero)
  }
}
