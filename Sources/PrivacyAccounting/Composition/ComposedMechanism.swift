// ComposedMechanism.swift: what is composed: so many releases with one kind of noise.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Why mechanisms cannot be composed.
public enum CompositionError: Error, Equatable, Sendable {
  /// The scale is not above zero.
  case scaleNotPositive
  /// The sensitivity or the number of times lies outside `1...limit`.
  case outOfRange(name: String, limit: Int)
  /// A delta lies outside `0..<1`.
  case deltaOutOfRange
  /// One mechanism's losses would need more than `limit` points.
  case tooManyLosses(limit: Int)
}

/// A discrete Laplace mechanism, released `times` times.
///
/// - Privacy: One release is (sensitivity / scale, delta)-DP; what all cost together is what
///   `Composition` computes.
public struct ComposedMechanism: Sendable, Hashable {
  /// The most points of one mechanism's composed loss distribution: 2^23.
  public static let largestPointCount = 1 << 23

  /// The scale of the noise, in units of the query's output.
  public let scale: Rational
  /// The L1 sensitivity, in units of the query's output.
  public let sensitivity: Int
  /// How often it is released.
  public let times: Int
  /// The probability that one release promises nothing; selection of cells has one.
  public let delta: Rational

  /// Makes a mechanism.
  ///
  /// - Throws: `CompositionError` for values out of range.
  public init(
    scale: Rational,
    sensitivity: Int,
    times: Int,
    delta: Rational = .zero
  ) throws(CompositionError) {
    guard scale.signum > 0 else { throw .scaleNotPositive }
    guard (1...Self.largestPointCount).contains(sensitivity) else {
      throw .outOfRange(name: "sensitivity", limit: Self.largestPointCount)
    }
    guard (1...Self.largestPointCount).contains(times) else {
      throw .outOfRange(name: "times", limit: Self.largestPointCount)
    }
    guard delta.signum >= 0, delta < .one else { throw .deltaOutOfRange }
    guard sensitivity.multipliedReportingOverflow(by: times).partialValue < Self.largestPointCount
    else { throw .tooManyLosses(limit: Self.largestPointCount) }
    self.scale = scale
    self.sensitivity = sensitivity
    self.times = times
    self.delta = delta
  }

  /// The epsilon of one release, in nats.
  public var epsilon: Rational { Rational(sensitivity) / scale }

  /// The largest loss of all releases together: the sum rule, in nats.
  public var largestLoss: Rational { epsilon * Rational(times) }

  /// The distance between neighbouring losses on the lattice, in nats.
  var step: Rational { Rational(2) / scale }

  /// The masses of the `sensitivity + 1` losses `(s - 2 x) / b`, the largest loss first.
  ///
  /// They are `1 / (1 + q)`, `(1 - q) q^x / (1 + q)` for `0 < x < s`, and `q^s / (1 + q)`.
  func masses(fractionWords: Int, _ direction: RoundingDirection) -> FixedPointPolynomial {
    let law = DiscreteLaplaceLaw(scale: scale)
    // A large scale cancels in 1 - q; the masses need their bits after the point.
    let precision = 64 * fractionWords + 64 + max(0, scale.roundedUp.bitWidth)
    let one = Enclosure(from: .one, to: .one, precision: precision)
    let q = law.decay(1, precision: precision)
    let first = one / (one + q)
    let inner = (one - q) * first
    let scaled = (0...sensitivity).map { x -> BigInteger in
      let power = law.decay(BigInteger(x), precision: precision)
      let mass = x == 0 ? first : (x == sensitivity ? power * first : power * inner)
      return direction == .down
        ? mass.lower.scaledRoundingDown(by: 64 * fractionWords)
        : mass.upper.scaledRoundingUp(by: 64 * fractionWords)
    }
    return FixedPointPolynomial(scaled, fractionWords: fractionWords, direction: direction)
  }
}
