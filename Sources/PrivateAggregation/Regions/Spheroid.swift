// Spheroid.swift: the spheroid of WGS 84 and the length of the shortest way between two points on it.
// Reference: [Vin75]; `docs/places.md`, section "Circles".
// SPDX-License-Identifier: Apache-2.0

import Releases

/// The spheroid of WGS 84.
enum Spheroid {
  /// The equatorial radius in nanometres.
  static let equatorialRadius: Int128 = 6_378_137_000_000_000
  /// The flattening, 1 / 298.257223563.
  static let flattening = FixedPoint(1_000_000_000, over: 298_257_223_563)
  /// The polar radius in nanometres, rounded down.
  static let polarRadius: Int128 = 6_356_752_314_245_179
  /// The smallest radius of curvature, that of the meridian at the equator, in nanometres, rounded down.
  static let smallestCurvature: Int128 = 6_335_439_327_292_820
  /// The square of the second eccentricity, `(a^2 - b^2) / b^2`.
  private static let secondEccentricity: FixedPoint = {
    let ratio = FixedPoint.one - flattening
    let square = ratio * ratio
    return (FixedPoint.one - square) / square
  }()

  /// A point as the series of `distance` need it: its reduced latitude, and its longitude.
  struct Place {
    /// The sine and cosine of the reduced latitude.
    let sine: FixedPoint
    let cosine: FixedPoint
    /// Billionths of a degree.
    let longitude: Int64

    /// Makes the place of a latitude and longitude in billionths of a degree.
    init(latitude: Int64, longitude: Int64) {
      let (sine, cosine) = FixedPoint.sineAndCosine(FixedPoint(billionths: latitude))
      // tan U = (1 - f) tan phi.
      let opposite = (FixedPoint.one - Spheroid.flattening) * sine
      let size = FixedPoint.hypotenuse(opposite, cosine)
      self.sine = opposite / size
      self.cosine = cosine / size
      self.longitude = longitude
    }
  }

  /// The length of the geodesic between two points in nanometres.
  ///
  /// The series of Vincenty, with their terms up to the third power of the flattening; lengths up to
  /// 10,000 km, for which they are meant here, are right to within a millimetre (a test holds them to
  /// that).
  ///
  /// - Precondition: The points are no more than about 12,000 km apart: the iteration does not settle
  ///   between points that are nearly opposite.
  /// - Reference: [Vin75] equations 3 to 6 and 13 to 19.
  static func distance(_ from: Place, _ to: Place) -> Int128 {
    let turn = 4 * Geohash.quarterTurn
    let apart = (from.longitude - to.longitude).magnitude
    let difference = FixedPoint(billionths: Int64(min(apart, turn.magnitude - apart)))
    let cosines = from.cosine * to.cosine
    let sines = from.sine * to.sine
    let f = flattening
    var longitude = difference
    var sine = FixedPoint.zero
    var cosine = FixedPoint.one
    var arc = FixedPoint.zero
    var squareCosine = FixedPoint.one
    var middle = FixedPoint.zero
    for _ in 0..<40 {
      let (sineOfLongitude, cosineOfLongitude) = FixedPoint.sineAndCosine(longitude)
      sine = FixedPoint.hypotenuse(
        to.cosine * sineOfLongitude,
        from.cosine * to.sine - from.sine * to.cosine * cosineOfLongitude
      )
      cosine = sines + cosines * cosineOfLongitude
      guard sine > .zero else { return 0 }
      arc = FixedPoint.angle(sine: sine, cosine: cosine)
      let sineOfAzimuth = (cosines * sineOfLongitude) / sine
      squareCosine = max(.zero, FixedPoint.one - sineOfAzimuth * sineOfAzimuth)
      // On the equator itself there is no middle latitude.
      middle = squareCosine.raw < 1 << 20 ? .zero : cosine - 2 * (sines / squareCosine)
      let c = sixteenth(f * squareCosine * (four + f * (four - 3 * squareCosine)))
      let inner = middle + c * cosine * (2 * (middle * middle) - FixedPoint.one)
      let more = (FixedPoint.one - c) * f * sineOfAzimuth * (arc + c * sine * inner)
      let next = difference + more
      let change = next.raw - longitude.raw
      longitude = next
      if change.magnitude < 8 { break }
    }
    return length(arc, sine, cosine, middle, squareCosine * secondEccentricity)
  }

  private static let four = FixedPoint(raw: 4 * FixedPoint.one.raw)

  private static func sixteenth(_ value: FixedPoint) -> FixedPoint {
    FixedPoint(raw: value.raw >> 4)
  }

  /// The length of an arc of the auxiliary sphere on the spheroid, in nanometres.
  private static func length(
    _ arc: FixedPoint,
    _ sine: FixedPoint,
    _ cosine: FixedPoint,
    _ middle: FixedPoint,
    _ u: FixedPoint
  ) -> Int128 {
    func series(_ terms: [Int128], over bits: Int128) -> FixedPoint {
      let sum = terms.reversed().reduce(FixedPoint.zero) { sum, term in
        FixedPoint(raw: (term << FixedPoint.shift) >> bits) + u * sum
      }
      return sum
    }
    let a = series([1 << 14, 4096, -768, 320, -175], over: 14)
    let b = u * series([256, -128, 74, -47], over: 10)
    let squareOfMiddle = middle * middle
    let one = FixedPoint.one
    let third =
      b * middle * (4 * (sine * sine) - 3 * one) * (4 * squareOfMiddle - 3 * one)
    let second = cosine * (2 * squareOfMiddle - one) - FixedPoint(raw: third.raw / 6)
    let change = b * sine * (middle + FixedPoint(raw: (b * second).raw >> 2))
    return (polarRadius * (a * (arc - change)).raw) >> FixedPoint.shift
  }
}
