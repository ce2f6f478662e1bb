// FixedPoint.swift: fractions of 2^60 and their sines and roots, the same on every machine.
// SPDX-License-Identifier: Apache-2.0

import Releases

/// A number counted in units of 2^-60; products and quotients are rounded down.
///
/// It is exact enough for lengths on the Earth (a unit of the radius is 6 picometres) and, having no
/// floating point, the same on every machine.
///
/// - Invariant: Below 8 in size, so that no product runs over.
struct FixedPoint: Comparable, Hashable {
  /// The number of units.
  var raw: Int128

  static let shift: Int128 = 60
  static let zero = FixedPoint(raw: 0)
  static let one = FixedPoint(raw: 1 << shift)
  /// Half a turn in radians, rounded down.
  static let pi = FixedPoint(raw: 3_622_009_729_038_561_421)

  init(raw: Int128) { self.raw = raw }

  /// The fraction of two integers, rounded down.
  init(_ numerator: Int128, over denominator: Int128) {
    self.init(raw: (numerator << Self.shift).dividedDown(by: denominator))
  }

  static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
  static func + (left: Self, right: Self) -> Self { Self(raw: left.raw + right.raw) }
  static func - (left: Self, right: Self) -> Self { Self(raw: left.raw - right.raw) }
  static prefix func - (value: Self) -> Self { Self(raw: -value.raw) }
  static func * (left: Self, right: Self) -> Self { Self(raw: (left.raw * right.raw) >> shift) }
  static func * (left: Int128, right: Self) -> Self { Self(raw: left * right.raw) }

  /// The quotient.
  ///
  /// - Precondition: The divisor is not zero, and the quotient below 8 in size.
  static func / (left: Self, right: Self) -> Self {
    Self(raw: (left.raw << shift).dividedDown(by: right.raw))
  }

  /// `sqrt(x^2 + y^2)`, rounded down.
  static func hypotenuse(_ x: Self, _ y: Self) -> Self {
    Self(raw: squareRoot(x.raw * x.raw + y.raw * y.raw))
  }

  /// The square root of an integer, rounded down.
  ///
  /// Newton's method from above: the values fall until the root is reached.
  static func squareRoot(_ value: Int128) -> Int128 {
    guard value > 0 else { return 0 }
    var root: Int128 = 1 << Int128((129 - value.leadingZeroBitCount) / 2)
    while true {
      let next = (root + value / root) >> 1
      if next >= root { return root }
      root = next
    }
  }
}

extension Int128 {
  /// The quotient, rounded towards minus infinity.
  func dividedDown(by divisor: Int128) -> Int128 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}

// MARK: - Angles

extension FixedPoint {
  /// The radians of an angle in billionths of a degree.
  init(billionths angle: Int64) {
    let half = Int128(2 * Geohash.quarterTurn)
    self.init(raw: (Int128(angle) * Self.pi.raw).dividedDown(by: half))
  }

  /// The sine and the cosine of an angle in radians.
  ///
  /// - Precondition: At most half a turn in size, and a little more.
  static func sineAndCosine(_ angle: FixedPoint) -> (sine: FixedPoint, cosine: FixedPoint) {
    // A quarter of the angle is below 0.8; the two series have 13 terms there and errors of a few units.
    let quarter = FixedPoint(raw: angle.raw >> 2)
    let square = quarter * quarter
    var sine = FixedPoint.one
    var cosine = FixedPoint.one
    for step in stride(from: Int128(26), to: 0, by: -2) {
      cosine = one - FixedPoint(raw: (square * cosine).raw / (step * (step - 1)))
      sine = one - FixedPoint(raw: (square * sine).raw / (step * (step + 1)))
    }
    sine = sine * quarter
    for _ in 0..<2 { (sine, cosine) = (2 * (sine * cosine), one - 2 * (sine * sine)) }
    return (sine, cosine)
  }

  /// The angle in radians from 0 to pi whose sine and cosine stand in the ratio of `sine`, which is not
  /// negative, and `cosine`.
  static func angle(sine: FixedPoint, cosine: FixedPoint) -> FixedPoint {
    precondition(sine >= .zero && (sine > .zero || cosine != .zero), "an angle from 0 to pi")
    let size = cosine < .zero ? -cosine : cosine
    // The tangent of a part below 45 degrees is halved three times, then the series is short.
    let isSteep = sine > size
    var tangent = isSteep ? size / sine : sine / size
    for _ in 0..<3 { tangent = tangent / (one + hypotenuse(one, tangent)) }
    let square = tangent * tangent
    var sum = FixedPoint.zero
    for step in stride(from: Int128(31), through: 1, by: -2) {
      sum = FixedPoint(one.raw, over: step * one.raw) - square * sum
    }
    let part = 8 * (sum * tangent)
    let half = FixedPoint(raw: pi.raw >> 1)
    let sharp = isSteep ? half - part : part
    return cosine < .zero ? pi - sharp : sharp
  }
}
