// ConcentratedLoss.swift: zero-concentrated privacy loss, and its exact way to epsilon and delta.
// Reference: [BS16]; [CKS20] corollary 13.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A zero-concentrated privacy loss `rho`.
///
/// - Privacy: The losses of adaptively chosen releases add up. A pure loss of epsilon has
///   `rho = epsilon^2 / 2`; the smallest that holds for every such mechanism is
///   `epsilon tanh(epsilon / 2)`, where that is smaller.
/// - Reference: [BS16] proposition 1.4; [CKS20] corollary 13.
public struct ConcentratedLoss: Sendable, Hashable {
  /// The bound on the divergences, `D_a <= rho a`; at least zero.
  public let rho: Rational

  /// Makes a loss.
  ///
  /// - Precondition: `rho >= 0`.
  public init(rho: Rational) {
    precondition(rho.signum >= 0, "a concentrated loss of at least zero")
    self.rho = rho
  }

  /// The loss that every epsilon-DP mechanism keeps to: `epsilon^2 / 2`.
  ///
  /// - Reference: [BS16] proposition 1.4.
  public init(pureEpsilon epsilon: Rational) {
    self.init(rho: epsilon * epsilon / 2)
  }

  /// Encloses `epsilon tanh(epsilon / 2)`, the smallest rho of an arbitrary epsilon-DP mechanism.
  public static func smallestRho(pureEpsilon epsilon: Rational, digits: Int) -> Enclosure {
    refined(digits: digits) { precision in
      let power = Enclosure.exp(epsilon, precision: precision)
      let one = Enclosure(from: .one, to: .one, precision: precision)
      return Enclosure(epsilon, precision: precision) * (power - one) / (power + one)
    }
  }

  /// The loss of two releases together.
  public static func + (left: ConcentratedLoss, right: ConcentratedLoss) -> ConcentratedLoss {
    ConcentratedLoss(rho: left.rho + right.rho)
  }

  /// Bounds on the smallest epsilon that this loss implies at `delta`, in nats.
  ///
  /// At the best order `a = 1 + t`, `delta = e^(-t^2 rho) / a` and
  /// `epsilon = (2 a - 1) rho + ln(1 - 1/a)`; both are monotone in `a`.
  ///
  /// - Precondition: `0 < delta < 1`.
  public func epsilon(delta: Rational, digits: Int) -> Enclosure {
    precondition(delta.signum > 0 && delta < .one, "a delta between zero and one")
    guard rho.signum > 0 else { return Enclosure(.zero, precision: 64) }
    return Self.refined(digits: digits) { precision in
      let goal = -(Enclosure(delta, precision: precision).logarithm)
      // t^2 rho + ln(1 + t), from zero upwards, against ln(1 / delta).
      let order = Self.solve(precision: precision) { t, bits in
        let above = Enclosure(from: .one + t, to: .one + t, precision: bits)
        let t = t.rational
        return (
          Enclosure(t * t * rho, precision: bits) + above.logarithm - goal,
          Enclosure(t * 2 * rho, precision: bits) + above.reciprocal
        )
      }
      let lower = epsilon(order: order.lower, precision: precision).lower
      let upper = epsilon(order: order.upper, precision: precision).upper
      return Enclosure(from: max(lower, .zero), to: max(upper, .zero), precision: precision)
    }
  }

  /// Bounds on the smallest delta that this loss implies at `epsilon`.
  ///
  /// - Precondition: `epsilon >= 0`.
  public func delta(epsilon: Rational, digits: Int) -> Enclosure {
    precondition(epsilon.signum >= 0, "an epsilon of at least zero")
    guard rho.signum > 0 else { return Enclosure(.zero, precision: 64) }
    return Self.refined(digits: digits) { precision in
      let order = Self.solve(precision: precision) { t, bits in
        let a = (.one + t).rational
        return (
          self.epsilon(order: .one + t, precision: bits) - Enclosure(epsilon, precision: bits),
          Enclosure(rho * 2 + Rational.one / (t.rational * a), precision: bits)
        )
      }
      return Enclosure(
        from: delta(order: order.upper, precision: precision).lower,
        to: delta(order: order.lower, precision: precision).upper,
        precision: precision
      )
    }
  }

  /// `(2 a - 1) rho + ln(1 - 1/a)`, which grows with `a > 1`.
  private func epsilon(order a: Dyadic, precision: Int) -> Enclosure {
    let value = a.rational
    return Enclosure((value + value - .one) * rho, precision: precision)
      + Enclosure((value - .one) / value, precision: precision).logarithm
  }

  /// `e^(-(a-1)^2 rho) / a`, which falls with `a > 1`.
  private func delta(order a: Dyadic, precision: Int) -> Enclosure {
    let gap = (a - .one).rational
    return Enclosure.exp(-(gap * gap * rho), precision: precision)
      / Enclosure(from: a, to: a, precision: precision)
  }

  /// Encloses the order `1 + t` at which a growing function of `t > 0` passes zero.
  ///
  /// Newton's method, kept between bounds on either side, finds a `t` on which nothing rests; then
  /// the signs at two orders around it, which enclosures decide, are the bounds.
  private static func solve(
    precision: Int,
    _ function: (_ t: Dyadic, _ bits: Int) -> (value: Enclosure, slope: Enclosure)
  ) -> (lower: Dyadic, upper: Dyadic) {
    var above = Dyadic.one
    while function(above, 64).value.lower.signum <= 0 { above = above.shifted(by: 1) }
    var below = above.shifted(by: -1)
    while function(below, 64).value.upper.signum >= 0 { below = below.shifted(by: -1) }
    var (t, lowest, highest) = (below, below, above)
    for _ in 0..<precision {
      let (value, slope) = function(t, precision)
      if value.lower.signum > 0 { highest = t }
      if value.upper.signum < 0 { lowest = t }
      let step = (value / slope).lower.rounded(to: precision, .down)
      var next = (t - step).rounded(to: precision, .down)
      if next <= lowest || next >= highest { next = (lowest + highest).shifted(by: -1) }
      let change = (next - t).leadingExponent - t.leadingExponent
      t = next.rounded(to: precision, .down)
      // The error is squared by each step.
      if change < -precision / 2 || step.signum == 0 { break }
    }
    for bits in stride(from: precision - 8, to: 0, by: -8) {
      let gap = t.shifted(by: -bits)
      guard function(t - gap, precision + 32).value.upper.signum < 0,
        function(t + gap, precision + 32).value.lower.signum > 0
      else { continue }
      return (.one + (t - gap), .one + (t + gap))
    }
    return (.one + below, .one + above)
  }

  private static func refined(digits: Int, _ compute: (Int) -> Enclosure) -> Enclosure {
    var precision = digits * 10 / 3 + 64
    while true {
      let result = compute(precision)
      // An epsilon of zero, or one too close to it to tell, is good enough as it is.
      if result.isTighter(than: digits) || precision > 1 << 14 { return result }
      precision *= 2
    }
  }
}
