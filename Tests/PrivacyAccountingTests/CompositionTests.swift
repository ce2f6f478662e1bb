// CompositionTests.swift: certified composition against reference values made by ball arithmetic.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import TestSupport
import Testing

/// The reference values of `pld_discrete_laplace.json`.
private struct LossVectors: Decodable {
  struct Composed: Decodable {
    let b: String
    let sensitivity: Int
    let k: Int
    let curve: [[String]]
    let smallestEpsilon: [[String]]

    enum CodingKeys: String, CodingKey {
      case b, sensitivity, k, curve
      case smallestEpsilon = "smallest_epsilon"
    }
  }
  struct Mixed: Decodable {
    struct Component: Decodable {
      let b: String
      let sensitivity: Int
      let k: Int
      let delta0: String
    }
    let components: [Component]
    let curve: [[String]]
    let smallestEpsilon: [[String?]]

    enum CodingKeys: String, CodingKey {
      case components, curve
      case smallestEpsilon = "smallest_epsilon"
    }
  }
  struct Compared: Decodable {
    let b: String
    let sensitivity: Int
    let k: Int
    let epsilon: String?
    let exactDelta: [String]?

    enum CodingKeys: String, CodingKey {
      case b, sensitivity, k, epsilon
      case exactDelta = "exact_delta"
    }
  }
  let compositions: [Composed]
  let mixed: [Mixed]
  let compared: [Compared]

  enum CodingKeys: String, CodingKey {
    case compositions, mixed
    case compared = "dp_accounting_comparison"
  }
}

/// Two enclosures of one number meet, and ours is at least as tight as was asked.
func expect(
  _ ours: Enclosure,
  holds lower: String,
  _ upper: String,
  digits: Int = 40,
  _ comment: Comment,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let low = try Rational(parsing: lower)
  let high = try Rational(parsing: upper)
  #expect(
    ours.lower.rational <= high && low <= ours.upper.rational,
    comment,
    sourceLocation: sourceLocation
  )
  #expect(ours.isTighter(than: digits), comment, sourceLocation: sourceLocation)
}

@Suite struct `Composition of declared schedules` {
  /// Every point takes a composition anew; all of them are tried where `HUBBUB_LONG_TESTS` is set.
  static let isLong = ProcessInfo.processInfo.environment["HUBBUB_LONG_TESTS"] != nil

  private static func sample<T>(_ points: [T], times: Int) -> [T] {
    isLong ? points : (times <= 2 ? Array(points.suffix(3)) : (times <= 30 ? points.suffix(1) : []))
  }

  private static let vectors = Result {
    try Vectors.decode(LossVectors.self, from: "pld_discrete_laplace.json")
  }

  @Test func `holds every delta and epsilon of the reference`() throws {
    let vectors = try Self.vectors.get()
    #expect(vectors.compositions.count == 192)
    for record in vectors.compositions where Self.isLong || record.sensitivity <= 4 {
      let composition = Composition([
        try ComposedMechanism(
          scale: Rational(parsing: record.b),
          sensitivity: record.sensitivity,
          times: record.k
        )
      ])
      let name = "b=\(record.b) s=\(record.sensitivity) k=\(record.k)"
      for point in Self.sample(record.curve, times: record.k) {
        let delta = composition.delta(epsilon: try Rational(parsing: point[0]), digits: 40)
        try expect(delta, holds: point[1], point[2], "\(name) epsilon=\(point[0])")
      }
      for point in Self.sample(record.smallestEpsilon, times: record.k) {
        let epsilon = try #require(
          composition.epsilon(delta: try Rational(parsing: point[0]), digits: 40)
        )
        try expect(epsilon, holds: point[1], point[2], "\(name) delta=\(point[0])")
      }
    }
  }

  @Test func `holds every mixture of the reference`() throws {
    let vectors = try Self.vectors.get()
    #expect(vectors.mixed.count == 6)
    for (index, record) in vectors.mixed.enumerated() {
      let composition = Composition(
        try record.components.map {
          try ComposedMechanism(
            scale: Rational(parsing: $0.b),
            sensitivity: $0.sensitivity,
            times: $0.k,
            delta: Rational(parsing: $0.delta0)
          )
        }
      )
      #expect(!composition.isRounded)
      for point in Self.sample(record.curve, times: 1) {
        let delta = composition.delta(epsilon: try Rational(parsing: point[0]), digits: 40)
        try expect(delta, holds: point[1], point[2], "mixture \(index) epsilon=\(point[0])")
      }
      for point in record.smallestEpsilon {
        let target = try Rational(parsing: try #require(point[0]))
        let epsilon = composition.epsilon(delta: target, digits: 40)
        guard let lower = point[1], let upper = point[2] else {
          #expect(epsilon == nil, "mixture \(index) delta=\(target)")
          continue
        }
        try expect(
          try #require(epsilon),
          holds: lower,
          upper,
          "mixture \(index) delta=\(target)"
        )
      }
    }
  }

  @Test func `is right where the standard accountant is not`() throws {
    let vectors = try Self.vectors.get()
    let points = vectors.compared.compactMap { record in
      record.epsilon.flatMap { epsilon in record.exactDelta.map { (record, epsilon, $0) } }
    }
    #expect(points.count >= 60)
    for (record, point, exact) in points where Self.isLong || record.k <= 30 {
      let composition = Composition([
        try ComposedMechanism(
          scale: Rational(parsing: record.b),
          sensitivity: record.sensitivity,
          times: record.k
        )
      ])
      let delta = composition.delta(epsilon: try Rational(parsing: point), digits: 20)
      try expect(
        delta,
        holds: exact[0],
        exact[1],
        digits: 20,
        "b=\(record.b) k=\(record.k) epsilon=\(point)"
      )
    }
  }

  @Test func `gives forty digits of a delta of 1e-300`() throws {
    let composition = Composition([
      try ComposedMechanism(scale: 20, sensitivity: 1, times: 1000)
    ])
    let target = try Rational(parsing: "1e-300")
    let epsilon = try #require(composition.epsilon(delta: target, digits: 40))
    #expect(epsilon.isTighter(than: 40))
    // Back again: delta falls as epsilon grows, so the two ends bracket the target.
    #expect(composition.delta(epsilon: epsilon.lower.rational, digits: 40).upper.rational >= target)
    #expect(composition.delta(epsilon: epsilon.upper.rational, digits: 40).lower.rational <= target)
  }

  @Test func `rounds losses outward where no lattice is coarse enough`() throws {
    let scales = ["100003/1000", "100033/999", "99983/1001"]
    let exact = try scales.map {
      try ComposedMechanism(scale: Rational(parsing: $0), sensitivity: 1, times: 10)
    }
    let composition = Composition(exact, limit: 1 << 14)
    #expect(composition.isRounded)
    let delta = composition.delta(epsilon: Rational(1, 10), digits: 20)
    #expect(delta.lower < delta.upper)
    // Scales that are a little smaller or larger, on one lattice, bracket the mixture.
    let noisier = Composition([try ComposedMechanism(scale: 101, sensitivity: 1, times: 30)])
    let weaker = Composition([try ComposedMechanism(scale: 99, sensitivity: 1, times: 30)])
    #expect(
      noisier.delta(epsilon: Rational(1, 10), digits: 20).lower <= delta.upper
        && delta.lower <= weaker.delta(epsilon: Rational(1, 10), digits: 20).upper
    )
    #expect(delta.upper.rational < delta.lower.rational * Rational(101, 100))
  }

  @Test func `reaches zero delta exactly at the sum of the losses`() throws {
    let composition = Composition([try ComposedMechanism(scale: 8, sensitivity: 2, times: 9)])
    let sum = composition.sumOfEpsilons
    #expect(sum == Rational(9, 4))
    let zero = composition.delta(epsilon: sum, digits: 20)
    #expect(zero.lower == .zero && zero.upper == .zero)
    let epsilon = try #require(composition.epsilon(delta: .zero, digits: 20))
    #expect(epsilon.lower.rational == sum && epsilon.upper.rational == sum)
    let nothing = try #require(composition.epsilon(delta: Rational(99, 100), digits: 20))
    #expect(nothing.lower == .zero && nothing.upper == .zero)
  }

  @Test func `has no epsilon below the probability of outright failure`() throws {
    let failing = Composition([
      try ComposedMechanism(scale: 8, sensitivity: 1, times: 3, delta: Rational(1, 1000))
    ])
    #expect(failing.epsilon(delta: Rational(1, 1000), digits: 20) == nil)
    // Exactly the failures and nothing more: the losses must then be covered in full.
    let exactly = .one - Rational(BigInteger(999).power(3), BigInteger(1000).power(3))
    let epsilon = try #require(failing.epsilon(delta: exactly, digits: 20))
    #expect(epsilon.lower.rational == Rational(3, 8))
  }
}
