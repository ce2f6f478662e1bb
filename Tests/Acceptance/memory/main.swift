// main.swift: every operation of exact arithmetic many times over, to be run under a memory checker.
// SPDX-License-Identifier: Apache-2.0

// Compiled together with the sources of ExactArithmetic, without the rest of the package.

var total = Rational.zero
for index in 1...200 {
  let a = BigInteger(index).power(37) - 12_345
  let b = (BigInteger(-index) << 90) + 7
  let products = [
    a + b, a - b, a * b, -a, a.dividedRoundingDown(by: b), a.dividedRoundingUp(by: b),
  ]
  let sums = products.map { $0.modulo(97) + ($0 >> 3) + $0.shiftedRightRoundingUp(by: 5) }
  let fraction = Rational(sums[0] * 6 + 1, b.magnitude + 1)
  total += fraction / Rational(index)
  guard let same = BigInteger(a.description), same == a, same.hashValue == a.hashValue else {
    preconditionFailure("digits give the number back")
  }
  guard let parsed = try? Rational(parsing: "\(index).5e-3"), Int(exactly: same) != 0 else {
    preconditionFailure("a decimal is a number")
  }
  let power = Enclosure.exp(parsed - Rational(index), precision: 100 + index)
  let back = (power * power.reciprocal).logarithm + power.power(3) / (power + power) - power
  _ = back.decimals(digits: 20)
  let polynomial = FixedPointPolynomial(
    [power.upper.scaledRoundingUp(by: 128), 1, BigInteger(1) << 100],
    fractionWords: 2,
    direction: index % 2 == 0 ? .up : .down
  )
  let raised = polynomial.power(index % 9 + 1).multiplied(by: polynomial)
  let moved = raised.moved(to: raised.count * 2) { $0 * 2 }
  total += Rational(moved[moved.count / 2], BigInteger(1) << 128)
}
_ = try? Rational(parsing: "1/0")
print(total.decimal(digits: 30, .down))
