// Statistics.swift: acceptance of observed counts, each with the chance that it rejects the truth.
// Reference: [Hoe63] theorem 1; [Pea00].
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Pearson's test of observed counts against the probabilities of their categories.
///
/// - Reference: [Pea00].
public struct ChiSquared: Sendable {
  /// The fewest draws that a category has to expect: below, the chi-squared law is no guide.
  public static let leastExpected = 20.0

  /// The sum of `(observed - expected)^2 / expected`.
  public let statistic: Double
  /// One less than the number of categories.
  public let degreesOfFreedom: Int

  /// Compares counts with probabilities.
  ///
  /// - Precondition: The probabilities add up to one within 1e-9, and every category expects at
  ///   least `leastExpected` draws.
  public init(observed: [Int], probabilities: [Double]) {
    precondition(observed.count == probabilities.count && observed.count > 1, "two categories")
    precondition(abs(probabilities.reduce(0, +) - 1) < 1e-9, "probabilities add up to one")
    let total = Double(observed.reduce(0, +))
    var sum = 0.0
    for (count, probability) in zip(observed, probabilities) {
      let expected = total * probability
      precondition(expected >= Self.leastExpected, "a category expects only \(expected) draws")
      sum += (Double(count) - expected) * (Double(count) - expected) / expected
    }
    statistic = sum
    degreesOfFreedom = observed.count - 1
  }

  /// The chance, if the probabilities are true, of a statistic at least as large.
  public var falseAlarm: Double {
    Self.upperTail(of: statistic, degreesOfFreedom: degreesOfFreedom)
  }

  /// The chi-squared law's probability of at least `x`: the regularized upper incomplete gamma
  /// function `Q(d/2, x/2)`, by its series below the mean and its continued fraction above.
  public static func upperTail(of x: Double, degreesOfFreedom: Int) -> Double {
    guard x > 0 else { return 1 }
    let a = Double(degreesOfFreedom) / 2
    let z = x / 2
    let scale = exp(a * log(z) - z - lgamma(a))
    return z < a + 1 ? 1 - scale * series(a, z) : scale * continuedFraction(a, z)
  }

  /// `sum z^n / (a (a+1) ... (a+n))`.
  private static func series(_ a: Double, _ z: Double) -> Double {
    var term = 1 / a
    var sum = term
    var n = a
    while term > sum * 1e-16 {
      n += 1
      term *= z / n
      sum += term
    }
    return sum
  }

  /// Lentz's evaluation of `1/(z+1-a- 1(1-a)/(z+3-a- 2(2-a)/(z+5-a- ...)))`.
  private static func continuedFraction(_ a: Double, _ z: Double) -> Double {
    let tiny = 1e-300
    var b = z + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var result = d
    for n in 1..<10_000 {
      let step = -Double(n) * (Double(n) - a)
      b += 2
      d = 1 / nonzero(step * d + b, tiny)
      c = nonzero(b + step / c, tiny)
      result *= d * c
      if abs(d * c - 1) < 1e-15 { break }
    }
    return result
  }

  private static func nonzero(_ value: Double, _ tiny: Double) -> Double {
    abs(value) < tiny ? tiny : value
  }
}

/// A test of a count of successes in independent trials, whose false alarms are bounded at every
/// size, without an approximation.
///
/// - Reference: [Hoe63] theorem 1: `P(S/n >= p + t) <= e^(-n KL(p + t, p))`.
public enum BinomialCount {
  /// A bound on the chance, if the probability is true, of a count at least as far on its side;
  /// doubled, as both sides are looked at.
  ///
  /// - Precondition: `0 < probability < 1`.
  public static func falseAlarm(_ count: Int, of trials: Int, probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability between zero and one")
    precondition((0...trials).contains(count) && trials > 0, "a count among the trials")
    let share = Double(count) / Double(trials)
    var divergence = 0.0
    if share > 0 { divergence += share * log(share / probability) }
    if share < 1 { divergence += (1 - share) * log((1 - share) / (1 - probability)) }
    return min(1, 2 * exp(-Double(trials) * max(0, divergence)))
  }
}
