// SurfacePoint.swift: a point of the Earth's surface in space, quickly and in whole units.
// Reference: `docs/places.md`, section "Circles".
// SPDX-License-Identifier: Apache-2.0

import Releases

/// A point of the spheroid in space, in units of 1/128 m.
///
/// - Invariant: Each coordinate is within `SurfacePoint.error` units of the exact one.
struct SurfacePoint {
  /// The units in a metre.
  static let unitsPerMetre: Int128 = 128
  /// How far off each coordinate may be at most, in units; tests find 3.
  static let error: Int64 = 4

  let x: Int32
  let y: Int32
  let z: Int32

  /// The square of the straight line between two points; it fits, as no line is longer than the Earth.
  @inline(__always)
  func squareOfChord(_ other: SurfacePoint) -> Int64 {
    let dx = Int64(x) &- Int64(other.x)
    let dy = Int64(y) &- Int64(other.y)
    let dz = Int64(z) &- Int64(other.z)
    return dx &* dx &+ dy &* dy &+ dz &* dz
  }
}

/// Finds points in space: sines by a table and a short series, in 64-bit integers.
final class SurfaceTable: Sendable {
  /// It is made once.
  static let shared = SurfaceTable()

  private struct Entry {
    let sine: Int64
    let cosine: Int64
  }

  /// Angles are divided into steps of 2^28 billionths of a degree, about a quarter of a degree.
  private static let stepBits: Int64 = 28
  /// Sines have 31 bits behind the point, small angles 36.
  private static let sineBits: Int64 = 31
  private static let angleBits: Int64 = 36
  /// The radians in a billionth of a degree, with 66 bits behind the point.
  private static let radian: Int64 = 1_287_825_681
  private let entries: [Entry]
  /// The terms of the radius of curvature in the prime vertical, `a (1 + e^2 s / 2 + ...)`, in units of
  /// which 256 make one.
  private let radius: Int64
  private let terms: [Int64]
  /// `(1 - f)^2`, with 31 bits behind the point.
  private let squeeze: Int64

  /// Angles from -180 degrees to 180.
  private init() {
    let half = 2 * Geohash.quarterTurn
    let step: Int64 = 1 << Self.stepBits
    let low = FixedPoint.shift - Int128(Self.sineBits)
    func rounded(_ value: FixedPoint) -> Int64 {
      Int64((value.raw + (1 << (low - 1))) >> low)
    }
    entries = (0...(2 * half / step)).map { index in
      // The middle of the step, so that the rest is at most half a step.
      let angle = index * step + step / 2 - half
      let (sine, cosine) = FixedPoint.sineAndCosine(FixedPoint(billionths: angle))
      return Entry(sine: rounded(sine), cosine: rounded(cosine))
    }
    let unit = 1_000_000_000 / SurfacePoint.unitsPerMetre
    radius = Int64((Spheroid.equatorialRadius + unit / 2) / unit)
    let ratio = FixedPoint.one - Spheroid.flattening
    let eccentricity = FixedPoint.one - ratio * ratio
    // 1 / sqrt(1 - e^2 s) = 1 + 1/2 e^2 s + 3/8 e^4 s^2 + 5/16 e^6 s^3 + 35/128 e^8 s^4 + ...
    var power = FixedPoint.one
    var terms: [Int64] = []
    for (numerator, bits) in [(1, 1), (3, 3), (5, 4), (35, 7)] as [(Int128, Int128)] {
      power = power * eccentricity
      let term = (numerator * power.raw * Int128(radius)) >> (FixedPoint.shift + bits - 8)
      terms.append(Int64(term))
    }
    self.terms = terms
    squeeze = rounded(ratio * ratio)
  }

  /// The point at a latitude and a longitude in billionths of a degree.
  func point(latitude: Int64, longitude: Int64) -> SurfacePoint {
    let (sine, cosine) = sineAndCosine(latitude)
    let (sineOfLongitude, cosineOfLongitude) = sineAndCosine(longitude)
    let bits = Self.sineBits
    let square = (sine &* sine) &>> bits
    var sum = terms[3]
    for index in [2, 1, 0] { sum = terms[index] &+ (sum &* square) &>> bits }
    let normal = radius &+ (sum &* square) &>> (bits &+ 8)
    let across = (normal &* cosine) &>> bits
    let up = (((normal &* squeeze) &>> bits) &* sine) &>> bits
    return SurfacePoint(
      x: Int32(truncatingIfNeeded: (across &* cosineOfLongitude) &>> bits),
      y: Int32(truncatingIfNeeded: (across &* sineOfLongitude) &>> bits),
      z: Int32(truncatingIfNeeded: up)
    )
  }

  /// The sine and the cosine of an angle from -180 degrees to 180, in billionths of a degree.
  @inline(__always)
  private func sineAndCosine(_ angle: Int64) -> (Int64, Int64) {
    let offset = angle &+ 2 &* Geohash.quarterTurn
    let entry = entries[Int(truncatingIfNeeded: offset &>> Self.stepBits)]
    let rest = offset & (1 &<< Self.stepBits &- 1) &- 1 &<< (Self.stepBits &- 1)
    // sin(m + r) = sin m cos r + cos m sin r, with cos r = 1 - r^2 / 2 and sin r = r - r^3 / 6; what is
    // left out is below 2^-39.
    let r = (rest &* Self.radian) &>> (66 &- Self.angleBits)
    let half = (r &* r) &>> (Self.angleBits &+ 1)
    let sine = r &- ((half &* r) &>> Self.angleBits) / 3
    let bits = Self.angleBits
    return (
      entry.sine &+ (entry.cosine &* sine &- entry.sine &* half) &>> bits,
      entry.cosine &- (entry.sine &* sine &+ entry.cosine &* half) &>> bits
    )
  }
}
