// OptimalComposition.swift: the optimal composition theorems in closed form, for mechanisms of which
// only (epsilon, delta) is known.
// Reference: [KOV15] theorem 3.3; [MV16] theorem 1.5.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The best that can be said of a composition from the (epsilon, delta) of its parts alone.
///
/// - Privacy: Valid for parts whose losses are fixed in advance; noise of a known law composes
///   better, see `Composition`.
public enum OptimalComposition {
  /// Encloses the smallest delta at `epsilon` for `times` parts of one loss.
  ///
  /// ```
  /// delta = 1 - (1 - d0)^k (1 - sum_l C(k, l) max(0, e^((k-l) e0) - e^(e + l e0)) / (1 + e^e0)^k)
  /// ```
  ///
  /// - Reference: [KOV15] theorem 3.3.
  public static func delta(
    of part: PrivacyLoss,
    times: Int,
    epsilon: Rational,
    precision: Int
  ) -> Enclosure {
    precondition(times >= 1, "at least one part")
    let one = Enclosure(from: .one, to: .one, precision: precision)
    let total = (one + Enclosure.exp(part.epsilon, precision: precision)).power(times)
    var choices: BigInteger = 1
    var sum = Enclosure(.zero, precision: precision)
    for l in 0...times {
      let high = part.epsilon * Rational(times - l)
      let low = epsilon + part.epsilon * Rational(l)
      guard high > low else { break }
      let gap = Enclosure.exp(high, precision: precision) - Enclosure.exp(low, precision: precision)
      sum = sum + Enclosure(Rational(choices), precision: precision) * gap
      choices = (choices * BigInteger(times - l)).dividedExactly(by: BigInteger(l + 1))
    }
    let sound = Enclosure(.one - part.delta, precision: precision).power(times)
    return one - sound * (one - sum / total)
  }

  /// The most distinct parts that the sum over all subsets is taken for.
  public static let largestPartCount = 20

  /// Encloses the smallest delta at `epsilon` for distinct parts, by the sum over all subsets.
  ///
  /// ```
  /// 1 - (1 - delta) / prod(1 - d_i)
  ///   = sum_S max(0, e^(sum of e_i in S) - e^e e^(sum of the others)) / prod(1 + e^e_i)
  /// ```
  ///
  /// - Precondition: From 1 to `largestPartCount` parts.
  /// - Complexity: O(`2^parts`) exponentials; the problem is #P-hard.
  /// - Reference: [MV16] theorem 1.5.
  public static func delta(
    of parts: [PrivacyLoss],
    epsilon: Rational,
    precision: Int
  ) -> Enclosure {
    precondition((1...largestPartCount).contains(parts.count), "a number of parts within reach")
    let one = Enclosure(from: .one, to: .one, precision: precision)
    var total = one
    var sound = one
    for part in parts {
      total = total * (one + Enclosure.exp(part.epsilon, precision: precision))
      sound = sound * Enclosure(.one - part.delta, precision: precision)
    }
    let whole = parts.reduce(Rational.zero) { $0 + $1.epsilon }
    var sum = Enclosure(.zero, precision: precision)
    for subset in 0..<(1 << parts.count) {
      let inside = parts.indices.reduce(Rational.zero) {
        subset >> $1 & 1 == 1 ? $0 + parts[$1].epsilon : $0
      }
      let low = epsilon + whole - inside
      guard inside > low else { continue }
      sum =
        sum + Enclosure.exp(inside, precision: precision)
        - Enclosure.exp(low, precision: precision)
    }
    return one - sound * (one - sum / total)
  }
}
