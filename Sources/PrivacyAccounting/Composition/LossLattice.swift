// LossLattice.swift: the lattice on which the losses of several mechanisms meet.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The lattice of losses `largest - j * step`, `j = 0, 1, ...`, that several mechanisms share.
struct LossLattice {
  /// The most points of the common lattice before losses are rounded outward: 2^20.
  static let largestPointCount = 1 << 20

  /// The largest loss of all together, in nats.
  let largest: Rational
  /// The distance between neighbours, in nats.
  let step: Rational
  /// Whether every loss of every mechanism is on the lattice.
  let isExact: Bool

  /// Finds the finest common lattice, or one coarse enough to be computed with.
  init(for mechanisms: [ComposedMechanism], limit: Int) {
    largest = mechanisms.reduce(.zero) { $0 + $1.largestLoss }
    var common = mechanisms[0].step
    for mechanism in mechanisms.dropFirst() {
      // gcd(a/b, c/d) = gcd(a d, c b) / (b d).
      let other = mechanism.step
      let divisor = (common.numerator * other.denominator)
        .greatestCommonDivisor(with: other.numerator * common.denominator)
      common = Rational(divisor, common.denominator * other.denominator)
    }
    // The losses go from -largest to largest.
    let points = (largest + largest) / common
    let most = mechanisms.count == 1 ? ComposedMechanism.largestPointCount : limit
    if points < Rational(most) {
      step = common
      isExact = true
    } else {
      step = (largest + largest) / Rational(limit)
      isExact = false
    }
  }

  /// A mechanism's composed losses on this lattice, each moved to a point that is not on the wrong
  /// side of it: a higher loss for an upper bound, a lower one for a lower bound.
  func place(
    _ powered: FixedPointPolynomial,
    of mechanism: ComposedMechanism
  ) -> FixedPointPolynomial {
    let ratio = mechanism.step / step
    if ratio == .one { return powered }
    func index(_ j: Int) -> Int {
      let exact = ratio * Rational(j)
      let rounded = powered.direction == .up ? exact.roundedDown : exact.roundedUp
      return Int(exactly: rounded) ?? 0
    }
    return powered.moved(to: index(powered.count - 1) + 1, index)
  }
}
