// LossDistribution.swift: delta of epsilon and back, from one-sided masses on a lattice of losses.
// Reference: [SMM19] definition 4; `docs/privacy-model.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The masses of losses `largest - j * step`, all bounded from the same side.
///
/// Let `A_j` be the sum of the masses up to `j` and `S_j = sum_i P_i e^(loss_j - loss_i)` over the
/// same. Both follow from the one before by a multiplication and an addition, nothing cancels in
/// them, and for an epsilon between the losses `j + 1` and `j`
/// ```
/// delta(epsilon) = A_j - S_j e^(epsilon - loss_j).
/// ```
/// An upper bound on delta takes upper masses and a lower bound on `S` for those masses, a lower
/// bound the other way round.
struct LossDistribution {
  /// The masses, the largest loss first.
  let masses: FixedPointPolynomial
  /// The largest loss, in nats.
  let largest: Rational
  /// The distance between neighbouring losses, in nats.
  let step: Rational

  private var bits: Int { 64 * masses.fractionWords }

  /// The decay `e^-step` in fixed point, rounded against the masses.
  private var decay: BigInteger {
    let factor = Enclosure.exp(-step, precision: bits + 32)
    return masses.direction == .up
      ? factor.lower.scaledRoundingDown(by: bits) : factor.upper.scaledRoundingUp(by: bits)
  }

  /// Multiplies in fixed point, rounding against the masses.
  private func multiply(_ left: BigInteger, _ right: BigInteger) -> BigInteger {
    let product = left * right
    return masses.direction == .up ? product >> bits : product.shiftedRightRoundingUp(by: bits)
  }

  private func loss(_ index: Int) -> Rational { largest - step * Rational(index) }

  /// A one-sided bound on `delta(epsilon)`: an upper one for masses rounded up.
  func delta(epsilon: Rational) -> Dyadic {
    // The losses above epsilon: j < (largest - epsilon) / step.
    let above = ((largest - epsilon) / step).roundedUp
    guard above.signum > 0 else { return .zero }
    let count = min(masses.count, Int(exactly: above) ?? masses.count)
    let decay = decay
    var sum: BigInteger = 0
    var scaled: BigInteger = 0
    for index in 0..<count {
      let mass = masses[index]
      sum += mass
      scaled = multiply(scaled, decay) + mass
    }
    // e^(epsilon - loss_j) for the last of them lies in (e^-step, 1), or below.
    let factor = Enclosure.exp(epsilon - loss(count - 1), precision: bits + 32)
    let rounded =
      masses.direction == .up
      ? factor.lower.scaledRoundingDown(by: bits) : factor.upper.scaledRoundingUp(by: bits)
    return Dyadic(sum - multiply(scaled, rounded), exponent: -bits)
  }

  /// A one-sided bound on the smallest epsilon of at least zero with `delta(epsilon) <= delta`.
  func epsilon(delta: Dyadic, precision: Int) -> Dyadic {
    let up = masses.direction == .up
    let goal = up ? delta.scaledRoundingDown(by: bits) : delta.scaledRoundingUp(by: bits)
    let decay = decay
    var sum: BigInteger = 0
    var scaled: BigInteger = 0
    for index in 0..<masses.count {
      let here = loss(index)
      guard here.signum > 0 else { break }
      let mass = masses[index]
      sum += mass
      scaled = multiply(scaled, decay) + mass
      // At the next loss, delta is sum - scaled e^-step; the first that passes the goal brackets it.
      let last = index == masses.count - 1 || loss(index + 1).signum <= 0
      guard last || sum - multiply(scaled, decay) > goal else { continue }
      // Even at epsilon minus infinity delta is at most sum.
      guard sum > goal, scaled.signum > 0 else { return .zero }
      let ratio = Enclosure(Rational(sum - goal, scaled), precision: precision + 32)
      let exact = Enclosure(here, precision: precision + 32) + ratio.logarithm
      let bound = up ? exact.upper : exact.lower
      return max(.zero, up ? min(bound, Dyadic(largest, bits: precision, .up)) : bound)
    }
    return .zero
  }
}
