// CircleIndex.swift: the circles that a point lies in, by straight lines through the Earth.
// Reference: `docs/places.md`, section "Circles".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// A circle on the surface: all points that are no farther from its centre than its radius.
struct SurfaceCircle {
  let centre: SurfacePoint
  /// Below this square of the straight line to the centre a point is certainly inside.
  let surelyInside: Int64
  /// Above this square it is certainly outside.
  let surelyOutside: Int64
  /// The root of that.
  let longestChord: Int64

  /// What the straight line says about a length along the surface.
  ///
  /// The geodesic is nowhere more curved than a circle of radius R = b^2 / a, so two points that are s
  /// apart along it are at least 2 R sin(s / 2R) apart in a straight line (Schur), and at most s. With
  /// the spheroid stretched to a sphere of radius a, no length grows by more than a / b: so they are at
  /// most 2 a sin(s / 2b) apart as well.
  ///
  /// - Parameters:
  ///   - centre: The centre.
  ///   - radius: In nanometres.
  init(centre: SurfacePoint, radius: Int128) {
    self.centre = centre
    // Both ends of a line may be off by `error` in each of three coordinates, and a line by twice the
    // length of that; what is rounded adds less than one unit.
    let slack = 4 * Int128(SurfacePoint.error)
    func units(_ nanometres: Int128) -> Int128 {
      nanometres * SurfacePoint.unitsPerMetre / 1_000_000_000
    }
    func chord(_ size: Int128, _ curvature: Int128) -> Int128 {
      let sine = FixedPoint.sineAndCosine(FixedPoint(radius, over: 2 * curvature)).sine
      return units((2 * size * sine.raw) >> FixedPoint.shift)
    }
    let least = chord(Spheroid.smallestCurvature, Spheroid.smallestCurvature) - slack
    let most =
      min(units(radius), chord(Spheroid.equatorialRadius, Spheroid.polarRadius)) + 1 + slack
    surelyInside = least > 0 ? Int64(least * least) : -1
    surelyOutside = Int64(most * most)
    longestChord = Int64(most)
  }
}

/// Finds the circles that a point lies in.
///
/// Whether a point is in a circle is the same on every machine: the straight line through the Earth
/// decides where it certainly can; between, which is a strip of a few centimetres for a radius of 20
/// miles, the length along the surface does, in integers.
final class CircleIndex: Sendable {
  private let circles: [SurfaceCircle]
  private let places: [Spheroid.Place]
  /// In nanometres.
  private let radii: [Int128]
  private let table = SurfaceTable.shared
  private let grid: BucketGrid
  /// In how many circles one point can lie.
  let overlap: RegionOverlap

  init(_ circles: [RegionCircle]) {
    let table = table
    places = circles.map { Spheroid.Place(latitude: $0.latitude, longitude: $0.longitude) }
    let radii = circles.map(\.nanometres)
    self.radii = radii
    self.circles = zip(circles, radii).map { circle, radius in
      SurfaceCircle(
        centre: table.point(latitude: circle.latitude, longitude: circle.longitude),
        radius: radius
      )
    }
    grid = BucketGrid(zip(circles, radii).map { Self.box($0, radius: $1) })
    let found = CircleOverlap(self.circles, centres: circles, grid: grid)
    overlap = RegionOverlap(reached: found.reached, most: found.most)
  }

  /// No point lies in more circles than this.
  var mostAtOnce: Int { overlap.most }

  /// Calls `body` with the index of each circle that a point lies in.
  @inline(__always)
  func forEach(_ latitude: Int64, _ longitude: Int64, _ body: (Int) -> Void) {
    var point: SurfacePoint?
    grid.forEachBox(latitude, longitude) { index in
      let here = point ?? table.point(latitude: latitude, longitude: longitude)
      point = here
      if holds(index, here, latitude, longitude) { body(index) }
    }
  }

  /// Calls `body` with the index of each circle that a point lies in, after looking at all of them.
  func forEachOfAll(_ latitude: Int64, _ longitude: Int64, _ body: (Int) -> Void) {
    let point = table.point(latitude: latitude, longitude: longitude)
    for index in circles.indices where holds(index, point, latitude, longitude) { body(index) }
  }

  @inline(__always)
  private func holds(
    _ index: Int,
    _ point: SurfacePoint,
    _ latitude: Int64,
    _ longitude: Int64
  ) -> Bool {
    let square = circles[index].centre.squareOfChord(point)
    if square > circles[index].surelyOutside { return false }
    if square < circles[index].surelyInside { return true }
    return reaches(index, latitude, longitude)
  }

  @inline(never)
  private func reaches(_ index: Int, _ latitude: Int64, _ longitude: Int64) -> Bool {
    let place = Spheroid.Place(latitude: latitude, longitude: longitude)
    return Spheroid.distance(places[index], place) <= radii[index]
  }

  /// A box around a circle.
  ///
  /// Along a way of length s the latitude changes by at most s / R, as no meridian is more curved, and
  /// the longitude by at most s / (a cos phi), phi the latitude farthest from the equator.
  static func box(_ circle: RegionCircle, radius: Int128) -> RegionBox {
    let half = RegionBox.half
    let quarter = Geohash.quarterTurn
    func billionths(_ length: Int128, _ size: Int128) -> Int64 {
      // Half a turn is pi: rounded up, and some more for what was rounded before.
      Int64(length * Int128(half) / size * FixedPoint.one.raw / FixedPoint.pi.raw) + 16
    }
    let high = billionths(radius, Spheroid.smallestCurvature)
    let south = max(-quarter, circle.latitude - high)
    let north = min(quarter, circle.latitude + high)
    let farthest = max(south.magnitude, north.magnitude)
    let cosine = FixedPoint.sineAndCosine(FixedPoint(billionths: Int64(farthest))).cosine
    // A cosine of 2^-20 is some metres from a pole, which the box then reaches as far as anyone can tell.
    guard farthest < quarter.magnitude, cosine.raw > 1 << 40 else {
      return .band(south: south, north: north)
    }
    let around = (Spheroid.equatorialRadius * (cosine.raw - 64)) >> FixedPoint.shift
    guard radius < 3 * around else { return .band(south: south, north: north) }
    let wide = billionths(radius, around)
    guard wide < half else { return .band(south: south, north: north) }
    var (west, east) = (circle.longitude - wide, circle.longitude + wide)
    if west < -half { west += 2 * half }
    if east >= half { east -= 2 * half }
    return RegionBox(south: south, north: north, west: west, east: east)
  }
}
