// ReleaseVerification+Places.swift: regions that were told from coordinates, held against the cells.
// Reference: `docs/places.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseVerification {
  /// Holds what is said about regions against the values of the key `region` and against itself.
  static func places(of body: ReleaseBody) -> [Finding] {
    guard let places = body.places else { return [] }
    guard let key = body.query.keys.firstIndex(where: { $0.name == "region" }) else {
      return [
        Finding(
          what: "places",
          claimed: "regions",
          derived: "none, as no key of the query is region"
        )
      ]
    }
    guard body.selection == nil else {
      return [
        Finding(
          what: "places",
          claimed: "regions beside a selection of cells",
          derived: "listed cells, as regions that are told from coordinates are public"
        )
      ]
    }
    let values = distinct(body.cells.lazy.map { $0.values[key] })
    switch places {
    case .circles(let circles): return self.circles(circles, among: values)
    case .polygons(let key):
      guard key.isEmpty else { return [] }
      return [Finding(what: "places.key", claimed: "nothing", derived: "the name of a property")]
    case .geohash(let length, let within): return grid(values, length, within)
    }
  }

  /// The values in the order of their first appearance, told apart by their bytes.
  private static func distinct(_ values: some Sequence<String>) -> [String] {
    var seen: Set<[UInt8]> = []
    return values.filter { seen.insert(Array($0.utf8)).inserted }
  }

  private static func circles(_ circles: [ReleasedCircle], among values: [String]) -> [Finding] {
    let isList =
      circles.count == values.count
      && zip(circles, values).allSatisfy { $0.name.utf8.elementsEqual($1.utf8) }
    guard isList else {
      return [
        Finding(
          what: "places.circles",
          claimed: "\(circles.count) circles under other names or in another order",
          derived: "one circle for each of the \(values.count) values of region, in their order"
        )
      ]
    }
    for (index, circle) in circles.enumerated() {
      guard let problem = problem(of: circle) else { continue }
      return [
        Finding(
          what: "places.circles[\(index)].\(problem.member)",
          claimed: problem.claimed,
          derived: problem.derived
        )
      ]
    }
    return []
  }

  private static func problem(
    of circle: ReleasedCircle
  ) -> (member: String, claimed: String, derived: String)? {
    let half = 2 * Geohash.quarterTurn
    guard let latitude = ExactDecimal.billionths(circle.latitude),
      latitude.magnitude <= Geohash.quarterTurn.magnitude
    else { return ("latitude", circle.latitude, "degrees from -90 to 90 with at most 9 decimals") }
    guard let longitude = ExactDecimal.billionths(circle.longitude), longitude >= -half,
      longitude < half
    else {
      return ("longitude", circle.longitude, "degrees from -180 to below 180, at most 9 decimals")
    }
    guard let radius = try? Rational(parsing: circle.radius),
      PlaceRadius.metres.contains(radius)
    else { return ("radius", circle.radius, "metres from 1 to 10000000") }
    guard let named = PlaceRadius(ending: circle.name) else {
      return (
        "name", "'\(circle.name)'", "the name of a place, a space and a radius, as in `10 mi`"
      )
    }
    guard named.metres == radius else {
      return ("radius", circle.radius, "\(named.text), as its name says")
    }
    return nil
  }

  private static func grid(
    _ values: [String],
    _ length: Int,
    _ within: [String]?
  ) -> [Finding] {
    if let other = values.first(where: { !Geohash.isCell($0, length: length) }) {
      return [
        Finding(
          what: "cells, key region",
          claimed: "the value '\(other)'",
          derived: "geohash cells of \(length) characters, as places.length claims"
        )
      ]
    }
    guard let within else { return [] }
    guard let box = Geohash.Box(within) else {
      return [
        Finding(
          what: "places.within",
          claimed: within.joined(separator: ", "),
          derived: "south, west, north and east in degrees, the south not above the north"
        )
      ]
    }
    // More cells than there are values cannot be those.
    let derived = Geohash.cells(within: box, length: length, limit: values.count)
    guard derived != values else { return [] }
    return [
      Finding(
        what: "places.within",
        claimed: within.joined(separator: ", "),
        derived: "a box whose cells are the \(values.count) values of region, in their order"
      )
    ]
  }
}
