// ConcentratedBudget.swift: which zCDP losses keep to an epsilon at a delta, decided by certified bounds.
// Reference: [CKS20] corollary 13.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A cap (epsilon, delta) on releases whose zCDP losses add up.
///
/// A loss `rho` keeps to it when `delta(rho, epsilon) <= delta`, where by corollary 13
/// ```
/// ln delta(rho, epsilon) = min over t > 0 of f(t),   t = a - 1,
/// f(t)  = t ((1 + t) rho - epsilon) + t L - ln(1 + t),   L = ln(t / (1 + t))
/// f'(t) = (1 + 2 t) rho - epsilon + L
/// f''(t) = 2 rho + 1 / (t (1 + t)) >= 2 rho
/// ```
/// So one `t` decides, however it was found: `rho` is admitted where `f(t) <= ln delta`, and because
/// `f` is convex it is certainly not where `f(t) - f'(t)^2 / (4 rho) > ln delta`.
///
/// - Privacy: Where `rho` is admitted, mechanisms whose losses add up to at most `rho`, however each
///   was chosen from the answers before it, are (epsilon, delta)-DP together.
/// - Reference: [CKS20] corollary 13; [BS16] lemma 2.3.
public struct ConcentratedBudget: Sendable, Hashable {
  /// The most that the losses may come to, in nats.
  public let epsilon: Rational
  /// The probability mass that epsilon need not cover.
  public let delta: Rational

  /// The bits of each attempt at a decision; where the last leaves it open the answer is no.
  private static let precisions = [96, 192, 384, 768]
  /// An order `t` lies between `2^-bound` and `2^bound`; one further out decides nothing more.
  private static let bound = 512

  /// Makes a cap.
  ///
  /// - Precondition: `epsilon >= 0` and `0 < delta < 1`.
  public init(epsilon: Rational, delta: Rational) {
    precondition(epsilon.signum >= 0, "an epsilon of at least zero")
    precondition(delta.signum > 0 && delta < .one, "a delta between zero and one")
    self.epsilon = epsilon
    self.delta = delta
  }

  /// Whether a loss keeps to the cap; one of which that cannot be told does not.
  ///
  /// - Precondition: `rho >= 0`.
  /// - Complexity: About a dozen logarithms, and one where the loss is far below the cap.
  public func admits(_ rho: Rational) -> Bool {
    precondition(rho.signum >= 0, "a concentrated loss of at least zero")
    guard rho.signum > 0 else { return true }
    if isFarBelow(rho) { return true }
    var t = start
    for precision in Self.precisions {
      t = order(of: rho, from: t, precision: precision)
      let point = Point(t, precision: precision)
      let excess = point.value(rho, epsilon) - Enclosure(delta, precision: precision).logarithm
      if excess.upper.signum <= 0 { return true }
      let slope = point.slope(rho, epsilon)
      let below = slope * slope / Enclosure(rho * 4, precision: precision)
      if (excess - below).lower.signum > 0 { return false }
    }
    return false
  }

  /// A certified lower bound on the largest loss that is admitted, to about 20 digits.
  ///
  /// Each `t` admits every `rho` up to
  /// `R(t) = (ln delta + ln(1 + t) - t L + t epsilon) / (t (1 + t))`, and the best `t` for `R(t)` is
  /// where `f'` is zero for that `rho`: so each step finds the order of the last bound.
  public var largestRho: Rational {
    let precision = 128
    let goal = Enclosure(delta, precision: precision).logarithm
    var best = Rational.zero
    var t = start
    for _ in 0..<32 {
      let found = Point(t, precision: precision).largestRho(epsilon, goal).lower.rational
      guard found > best else { break }
      let isSettled = (found - best) * Rational(BigInteger(1) << 72) < found
      best = found
      if isSettled { break }
      t = order(of: best, from: t, precision: precision)
    }
    return best
  }

  /// The largest single pure spend that still fits after `rho` was spent, rounded down to 12 digits.
  public func largestPureEpsilon(after rho: Rational) -> Rational {
    let left = (largestRho - rho) * 2
    guard left.signum > 0 else { return .zero }
    // The root of an integer of 24 digits or more, scaled by an even power of ten.
    let magnitude = ((left.numerator.bitWidth - left.denominator.bitWidth) * 1233) >> 12
    let power = 12 - (magnitude >> 1)
    let ten: BigInteger = 10
    let unit = power >= 0 ? Rational(ten.power(power)) : Rational(1, ten.power(-power))
    return Rational((left * unit * unit).roundedDown.squareRoot) / unit
  }

  /// The bound of [BS16], which is simple and not tight: `rho + 2 sqrt(rho ln(1/delta)) <= epsilon`.
  private func isFarBelow(_ rho: Rational) -> Bool {
    guard rho < epsilon else { return false }
    let goal = Enclosure(delta, precision: 64).logarithm
    let gap = Enclosure(epsilon - rho, precision: 64)
    return (Enclosure(rho * 4, precision: 64) * goal + gap * gap).lower.signum >= 0
  }

  // MARK: - The order

  /// An order near the best one for the largest loss: `2 ln(1/delta) / epsilon`, at most `4 / delta`.
  private var start: Dyadic {
    let most = Dyadic(Rational(4) / delta, bits: 64, .up)
    guard epsilon.signum > 0 else { return Self.bounded(most) }
    let goal = -(Enclosure(delta, precision: 64).logarithm)
    let usual = (goal / Enclosure(epsilon / 2, precision: 64)).upper
    return Self.bounded(usual.signum > 0 ? min(usual, most) : most)
  }

  /// Steps of Newton's method towards the zero of `f'`; nothing rests on how near they come.
  private func order(of rho: Rational, from start: Dyadic, precision: Int) -> Dyadic {
    var t = start
    for _ in 0..<64 {
      let point = Point(t, precision: precision)
      let slope = point.slope(rho, epsilon)
      let step = (slope / point.curvature(rho)).lower.rounded(to: precision, .down)
      var next = (t - step).rounded(to: precision, .down)
      // The slope is concave: a step from the right can pass zero.
      if next.signum <= 0 { next = t.shifted(by: -2) }
      next = Self.bounded(next)
      let change = next - t
      t = next
      if change.signum == 0 || change.leadingExponent < t.leadingExponent - precision / 2 { break }
    }
    return t
  }

  private static func bounded(_ t: Dyadic) -> Dyadic {
    min(max(t, Dyadic(1, exponent: -bound)), Dyadic(1, exponent: bound))
  }
}

/// The logarithms at one order `t`, with as many bits more as cancel.
private struct Point {
  let t: Enclosure
  /// `1 + t`.
  let above: Enclosure
  /// `ln(t / (1 + t))`.
  let ratio: Enclosure
  let precision: Int

  init(_ t: Dyadic, precision: Int) {
    let precision = precision + abs(t.leadingExponent) + 16
    self.precision = precision
    self.t = Enclosure(from: t, to: t, precision: precision)
    above = Enclosure(from: .one + t, to: .one + t, precision: precision)
    ratio = (self.t / above).logarithm
  }

  /// `f(t)`.
  func value(_ rho: Rational, _ epsilon: Rational) -> Enclosure {
    let rho = Enclosure(rho, precision: precision)
    let epsilon = Enclosure(epsilon, precision: precision)
    return t * (above * rho - epsilon + ratio) - above.logarithm
  }

  /// `f'(t)`.
  func slope(_ rho: Rational, _ epsilon: Rational) -> Enclosure {
    (t + above) * Enclosure(rho, precision: precision) - Enclosure(epsilon, precision: precision)
      + ratio
  }

  /// `f''(t)`.
  func curvature(_ rho: Rational) -> Enclosure {
    Enclosure(rho * 2, precision: precision) + (t * above).reciprocal
  }

  /// `R(t)`, for the logarithm of delta.
  func largestRho(_ epsilon: Rational, _ goal: Enclosure) -> Enclosure {
    let gain = t * (Enclosure(epsilon, precision: precision) - ratio)
    return (goal + above.logarithm + gain) / (t * above)
  }
}
