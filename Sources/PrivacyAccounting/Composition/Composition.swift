// Composition.swift: what a schedule of releases costs, declared in advance, as certified bounds.
// Reference: [KOV15] theorem 3.3; [MV16] theorem 1.5; [SMM19]; `docs/privacy-model.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The tight composition of discrete Laplace mechanisms.
///
/// With `L` the sum of the privacy losses, `delta(epsilon) = E[max(0, 1 - e^(epsilon - L))]`. The
/// losses of each mechanism lie on a lattice; their masses are bounded by fixed-point numbers from
/// below and from above, and composed by multiplying polynomials.
///
/// - Privacy: Valid for mechanisms whose parameters are all fixed in advance. For spends that are
///   chosen after seeing earlier answers only the sum is.
/// - Reference: [SMM19] section 4; [MV16] theorem 1.5.
public struct Composition: Sendable {
  /// What is composed.
  public let mechanisms: [ComposedMechanism]
  /// Whether losses had to be rounded outward, because no common lattice was coarse enough.
  public var isRounded: Bool { !lattice.isExact }

  let lattice: LossLattice

  /// Composes mechanisms.
  ///
  /// - Precondition: At least one mechanism.
  public init(_ mechanisms: [ComposedMechanism]) {
    self.init(mechanisms, limit: LossLattice.largestPointCount)
  }

  /// Composes mechanisms on a lattice of at most `limit` points; small ones are for tests.
  package init(_ mechanisms: [ComposedMechanism], limit: Int) {
    precondition(!mechanisms.isEmpty, "a composition has a mechanism")
    self.mechanisms = mechanisms
    lattice = LossLattice(for: mechanisms, limit: limit)
  }

  /// The sum of all epsilons, in nats: what adaptively chosen spends cost too.
  public var sumOfEpsilons: Rational { lattice.largest }

  /// The composed distribution, its masses rounded one way to `64 * fractionWords` bits.
  private func distribution(
    fractionWords: Int,
    _ direction: RoundingDirection
  ) -> LossDistribution {
    var product: FixedPointPolynomial?
    for mechanism in mechanisms {
      let powered = mechanism.masses(fractionWords: fractionWords, direction)
        .power(mechanism.times)
      let placed = lattice.place(powered, of: mechanism)
      product = product.map { $0.multiplied(by: placed) } ?? placed
    }
    guard let product else { preconditionFailure("a composition has a mechanism") }
    return LossDistribution(masses: product, largest: lattice.largest, step: lattice.step)
  }

  /// The probability that no release fails outright, `prod (1 - delta)^times`.
  private func soundness(precision: Int) -> Enclosure {
    mechanisms.reduce(Enclosure(from: .one, to: .one, precision: precision)) {
      $0 * Enclosure(.one - $1.delta, precision: precision).power($1.times)
    }
  }

  /// Bounds on the smallest delta for which the whole is (epsilon, delta)-DP.
  ///
  /// - Parameters:
  ///   - epsilon: In nats, at least zero.
  ///   - digits: The relative width of the result is at most `10^-digits`, unless `isRounded`.
  /// - Returns: Bounds on delta.
  public func delta(epsilon: Rational, digits: Int) -> Enclosure {
    deltas(epsilons: [epsilon], digits: digits)[0]
  }

  /// Bounds on the smallest deltas at several epsilons, for one computation of the losses.
  ///
  /// - Parameters:
  ///   - epsilons: In nats, each at least zero.
  ///   - digits: As for `delta(epsilon:digits:)`.
  /// - Returns: Bounds on delta, in the order of the epsilons.
  public func deltas(epsilons: [Rational], digits: Int) -> [Enclosure] {
    refined(digits: digits, guess: Rational(1, 1_000_000)) { words in
      let precision = 64 * words
      let low = distribution(fractionWords: words, .down)
      let high = distribution(fractionWords: words, .up)
      let one = Enclosure(from: .one, to: .one, precision: precision)
      let fails = mechanisms.contains { $0.delta.signum > 0 }
      let sound = fails ? soundness(precision: precision) : one
      return epsilons.map { epsilon in
        let lower = low.delta(epsilon: epsilon)
        let upper = high.delta(epsilon: epsilon)
        let pure = Enclosure(
          from: max(lower, .zero),
          to: min(max(upper, .zero), .one),
          precision: precision
        )
        // 1 - s (1 - d) = (1 - s) + s d.
        return fails ? (one - sound) + sound * pure : pure
      }
    }
  }

  /// Bounds on the smallest epsilon for which the whole is (epsilon, delta)-DP, or `nil` where no
  /// epsilon is enough, because outright failures alone are likelier than delta.
  ///
  /// - Parameters:
  ///   - delta: From zero to below one.
  ///   - digits: The relative width of the result is at most `10^-digits`, unless `isRounded`.
  /// - Returns: Bounds on epsilon, in nats.
  public func epsilon(delta: Rational, digits: Int) -> Enclosure? {
    if delta.signum == 0, mechanisms.allSatisfy({ $0.delta.signum == 0 }) {
      return Enclosure(lattice.largest, precision: digits * 10 / 3 + 16)
    }
    guard let probe = target(delta, precision: digits * 4 + 256), probe.upper.signum >= 0 else {
      return nil
    }
    let guess = probe.lower.signum > 0 ? probe.lower.rational : delta
    return refined(digits: digits, guess: guess) { words -> [Enclosure] in
      let precision = 64 * words
      guard let goal = target(delta, precision: precision) else {
        return [Enclosure(lattice.largest, precision: precision)]
      }
      let lower = distribution(fractionWords: words, .down)
        .epsilon(delta: goal.upper, precision: precision)
      let upper = distribution(fractionWords: words, .up)
        .epsilon(delta: max(goal.lower, .zero), precision: precision)
      return [Enclosure(from: min(lower, upper), to: upper, precision: precision)]
    }[0]
  }

  /// The delta that is left for the losses once outright failures are paid:
  /// `1 - (1 - delta) / s`; `nil` where it is certainly below zero.
  private func target(_ delta: Rational, precision: Int) -> Enclosure? {
    let exact = Enclosure(delta, precision: precision)
    let failing = mechanisms.filter { $0.delta.signum > 0 }
    guard !failing.isEmpty else { return exact }
    let one = Enclosure(from: .one, to: .one, precision: precision)
    let bits = failing.reduce(0) { $0 + $1.delta.denominator.bitWidth * $1.times }
    if bits < 1 << 22 {
      // Few enough digits for an exact answer, which also settles equality.
      let sound = failing.reduce(Rational.one) {
        let base = Rational.one - $1.delta
        return $0 * Rational(base.numerator.power($1.times), base.denominator.power($1.times))
      }
      let left = .one - (.one - delta) / sound
      return left.signum < 0 ? nil : Enclosure(left, precision: precision)
    }
    let left = one - Enclosure(.one - delta, precision: precision) / soundness(precision: precision)
    return left.upper.signum < 0 ? nil : left
  }

  /// Computes with more words until the relative width is at most `10^-digits`.
  private func refined(
    digits: Int,
    guess: Rational,
    _ compute: (Int) -> [Enclosure]
  ) -> [Enclosure] {
    let times = mechanisms.reduce(0) { $0 + $1.times * $1.sensitivity }
    // Digits, the smallness of delta, and what roundings over all steps add up to.
    let smallness = max(0, guess.denominator.bitWidth - guess.numerator.bitWidth)
    let bits = digits * 10 / 3 + smallness + 2 * BigInteger(times).bitWidth + 24
    var words = bits / 64 + 1
    while true {
      let results = compute(words)
      let loose = results.filter { !$0.isTighter(than: digits) }
      if loose.isEmpty || isRounded { return results }
      // Two zeros are tight; zero below and something above asks for far more.
      words = loose.contains { $0.lower.signum == 0 } ? words * 2 + 1 : words + 1 + words / 4
      if words > 1 << 12 { return results }
    }
  }
}
