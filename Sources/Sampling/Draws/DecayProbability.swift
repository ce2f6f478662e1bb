// DecayProbability.swift: the probabilities of the sampler's coins, to as many bits as asked.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The probability of a coin, a function of an exponent `x > 0`.
///
/// Both functions are irrational at every rational `x > 0` (the exponential of an algebraic number
/// other than zero is transcendental), so every prefix of their bits is decided by enough precision.
package struct DecayProbability: Sendable {
  package enum Form: Sendable {
    /// `e^-x`.
    case exponential
    /// `1 / (1 + e^x)`.
    case logistic
  }

  package let form: Form
  /// The exponent `x`.
  ///
  /// - Invariant: `exponent > 0`.
  package let exponent: Rational

  package init(_ form: Form, of exponent: Rational) {
    precondition(exponent.signum > 0, "a probability of a positive exponent")
    self.form = form
    self.exponent = exponent
  }

  /// Encloses the probability.
  package func enclosure(precision: Int) -> Enclosure {
    switch form {
    case .exponential: return .exp(-exponent, precision: precision)
    case .logistic:
      let one = Enclosure(from: .one, to: .one, precision: precision)
      return (one + .exp(exponent, precision: precision)).reciprocal
    }
  }

  /// The first `count` bits after the point: the largest integer not above `2^count` times the
  /// probability.
  package func prefix(bits count: Int) -> BigInteger {
    var precision = count + 32
    while true {
      let bounds = enclosure(precision: precision)
      let floor = bounds.lower.scaledRoundingDown(by: count)
      if floor == bounds.upper.scaledRoundingDown(by: count) { return floor }
      precision *= 2
    }
  }

  /// Tosses the coin whose first bits are `word`: a uniform number below the probability is true.
  ///
  /// `threshold` holds the first bits of the probability. As long as the number and the probability
  /// agree in every bit, one more word is read; a word decides with all but a probability of
  /// `2^-width`.
  func toss<Source: WordSource & ~Copyable>(
    startingWith word: UInt64,
    against threshold: UInt64,
    width: Int,
    from source: inout Source
  ) throws(Source.Failure) -> Bool {
    guard word == threshold else { return word < threshold }
    var number = BigInteger(word)
    var bits = width
    while true {
      number = (number << width) + BigInteger(try source.next())
      bits += width
      let prefix = prefix(bits: bits)
      if number != prefix { return number < prefix }
    }
  }
}
