// HierarchyForgeries.swift: releases with regions that lie in one another, genuine and forged.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Testing

/// The levels of a sample's regions, which are listed level by level.
struct SampleHierarchy: Sendable {
  var levels: [(name: String, count: Int, share: Rational)]
  /// The number of the region that each lies in.
  var parents: [Int?]
  var rule = ConsistencyRule.exact

  /// The release with the noise of each level, and with estimates.
  func applied(to body: ReleaseBody) throws -> ReleaseBody {
    let place = try #require(body.query.keys.firstIndex { $0.name == "region" })
    let stride = body.query.keys[(place + 1)...].reduce(1) { $0 * $1.count }
    let layout = HierarchyLayout(regions: parents.count, stride: stride, cells: body.cells.count)
    let noise = body.measures.map { measure in
      levels.map { self.noise(of: measure, $0.count * layout.combinations, $0.share, body.bounds) }
    }
    let codes = (0..<layout.regions).map { body.cells[$0 * stride].values[place] }
    var estimates: ReleasedEstimates?
    if rule != .none, let signals = body.measures.firstIndex(where: { $0.measure == .signals }) {
      let figures = try HierarchyFigures(
        TreeShape(parents: parents),
        scales: noise[signals].map(\.scale),
        levelOf: levels.enumerated().flatMap {
          Array(repeating: $0.offset, count: $0.element.count)
        },
        alpha: .one - body.measures[signals].confidence
      )
      estimates = figures.estimates(
        of: { body.cells[$0].counts[signals] },
        layout: layout,
        whole: rule == .whole
      )
    }
    return ReleaseBody(
      id: body.id,
      name: body.name,
      dataset: body.dataset,
      created: body.created,
      specSHA256: body.specSHA256,
      privacy: body.privacy,
      bounds: body.bounds,
      query: body.query,
      measures: zip(body.measures, noise).map { worst(of: $1, for: $0, cells: body.cells.count) },
      cells: body.cells,
      remaining: body.remaining,
      hierarchy: ReleasedHierarchy(
        levels: levels.enumerated().map { index, level in
          ReleasedLevel(name: level.name, count: level.count, noise: noise.map { $0[index] })
        },
        parents: parents.map { $0.map { codes[$0] } ?? "" },
        estimates: estimates
      )
    )
  }

  private func noise(
    of measure: ReleasedMeasure,
    _ cells: Int,
    _ share: Rational,
    _ bounds: ContributionBounds
  ) -> LevelNoise {
    var sensitivity = bounds.sensitivity(of: measure.measure)
    if measure.measure == .units { sensitivity = min(sensitivity, BigInteger(cells)) }
    let epsilon = measure.epsilon * share
    let law = DiscreteLaplaceLaw(scale: Rational(sensitivity) / epsilon)
    let alpha = .one - measure.confidence
    return LevelNoise(
      measure: measure.measure.rawValue,
      epsilon: epsilon,
      sensitivity: sensitivity,
      scale: law.scale,
      halfWidth: law.halfWidth(alpha: alpha),
      simultaneousHalfWidth: law.halfWidth(alpha: alpha, draws: cells)
    )
  }

  private func worst(
    of levels: [LevelNoise],
    for measure: ReleasedMeasure,
    cells: Int
  ) -> ReleasedMeasure {
    let worst = levels.reduce(levels[0]) { $1.scale > $0.scale ? $1 : $0 }
    return ReleasedMeasure(
      measure: measure.measure,
      scale: worst.scale,
      sensitivity: worst.sensitivity,
      epsilon: measure.epsilon,
      halfWidth: worst.halfWidth,
      simultaneousHalfWidth: DiscreteLaplaceLaw(scale: worst.scale)
        .halfWidth(alpha: .one - measure.confidence, draws: cells),
      confidence: measure.confidence
    )
  }
}

extension SampleRelease {
  /// A nation of two states and a territory, with three counties.
  static let states = SampleRelease(
    keys: [
      ("region", ["US", "CA", "NY", "GU", "06001", "06003", "36001"]), ("intent", ["x", "y"]),
    ],
    hierarchy: SampleHierarchy(
      levels: [
        ("nation", 1, Rational(1, 4)), ("state", 3, Rational(1, 4)), ("county", 3, Rational(1, 2)),
      ],
      parents: [nil, 0, 0, 0, 1, 1, 2],
      rule: .whole
    )
  )

  /// Two tops, the regions behind another key, and no whole numbers.
  static let continents = SampleRelease(
    keys: [("intent", ["x", "y", "z"]), ("region", ["EU", "NA", "DE", "FR", "US"])],
    confidence: Rational(999_999, 1_000_000),
    hierarchy: SampleHierarchy(
      levels: [("continent", 2, Rational(1, 3)), ("country", 3, Rational(2, 3))],
      parents: [nil, nil, 0, 0, 1]
    )
  )

  /// Units alone, which do not add up.
  static let unitLevels = SampleRelease(
    keys: [("region", ["US", "CA", "NY"])],
    measures: [.units],
    hierarchy: SampleHierarchy(
      levels: [("nation", 1, Rational(1, 2)), ("state", 2, Rational(1, 2))],
      parents: [nil, 0, 0]
    )
  )

  /// A level alone whose noise is fine enough that it hardly matters, and a chain of single regions.
  static let chain = SampleRelease(
    keys: [("region", ["a", "b", "c"])],
    measures: [.signals],
    epsilon: 100,
    hierarchy: SampleHierarchy(
      levels: [
        ("top", 1, Rational(1, 10)), ("middle", 1, Rational(1, 10)), ("low", 1, Rational(4, 5)),
      ],
      parents: [nil, 0, 1]
    )
  )

  /// Releases with regions that lie in one another.
  static let hierarchies = [states, continents, unitLevels, chain]
}

extension Forgery {
  private static func states(
    _ name: String,
    _ edits: [(String, String)],
    _ finding: String
  )
    -> Forgery
  {
    Forgery("hierarchy: \(name)", of: .states, edits, finding: finding)
  }

  private static let parents = "hierarchy.parents: the release has regions that do not lie"

  /// Forged levels, noise and estimates.
  static let ofHierarchies: [Forgery] = [
    states(
      "a county in another state",
      [("\"CA\",\"CA\",\"NY\"]", "\"CA\",\"NY\",\"NY\"]")],
      "hierarchy.estimates.variances"
    ),
    states("a county in no state", [("\"CA\",\"CA\",\"NY\"]", "\"CA\",\"CA\",\"\"]")], parents),
    states("a county in a nation", [("\"CA\",\"CA\",\"NY\"]", "\"US\",\"CA\",\"NY\"]")], parents),
    states("parents out of order", [("\"CA\",\"CA\",\"NY\"]", "\"NY\",\"CA\",\"CA\"]")], parents),
    states("a parent that is no region", [("[\"\",\"US\"", "[\"XX\",\"US\"")], parents),
    states("two levels of one name", [("\"name\":\"state\"", "\"name\":\"nation\"")], parents),
    states(
      "a region on another level",
      [
        ("\"levels\":[{\"count\":1", "\"levels\":[{\"count\":2"),
        ("{\"count\":3", "{\"count\":2"),
      ],
      parents
    ),
    states(
      "less noise on the nation",
      [
        (
          "\"half_width\":144,\"name\":\"signals\",\"scale\":\"48\"",
          "\"half_width\":144,\"name\":\"signals\",\"scale\":\"24\""
        )
      ],
      "hierarchy, level nation, signals.scale: the release has 24; it should have 48,"
    ),
    states(
      "units of a nation that change more than once",
      [
        (
          "\"name\":\"units\",\"scale\":\"16\",\"sensitivity\":2",
          "\"name\":\"units\",\"scale\":\"32\",\"sensitivity\":4"
        )
      ],
      "hierarchy, level nation, units.sensitivity"
    ),
    states(
      "a cheaper level",
      [
        (
          "\"levels\":[{\"count\":1,\"measures\":[{\"epsilon\":\"1/8\"",
          "\"levels\":[{\"count\":1,\"measures\":[{\"epsilon\":\"1/16\""
        )
      ],
      "hierarchy, level nation, signals.scale"
    ),
    states(
      "a narrower level",
      [("\"half_width\":144,\"name\":\"signals\"", "\"half_width\":143,\"name\":\"signals\"")],
      "hierarchy, level nation, signals.half_width"
    ),
    states(
      "a measure that a level has not",
      [("\"half_width\":144,\"name\":\"signals\"", "\"half_width\":144,\"name\":\"units\"")],
      "hierarchy.levels: the release has other measures"
    ),
    states("another whole number", [("\"whole\":[", "\"whole\":[1")], "hierarchy.estimates.whole"),
    states(
      "another estimate",
      [("\"values\":[\"", "\"values\":[\"1")],
      "hierarchy.estimates.values"
    ),
    states(
      "estimates of fewer cells",
      [("\"whole\":[", "\"whole\":[0,")],
      "hierarchy.estimates.whole: the release has 15 of them"
    ),
    states(
      "a smaller variance",
      [("\"variances\":[\"", "\"variances\":[\"1/1000\",\"")],
      "hierarchy.estimates.variances"
    ),
    states(
      "narrower estimates",
      [("{\"half_widths\":[1", "{\"half_widths\":[")],
      "hierarchy.estimates.half_widths"
    ),
    states(
      "a count that was edited after the estimates",
      [("\"region\":\"06001\",\"signals\":", "\"region\":\"06001\",\"signals\":1")],
      "hierarchy.estimates.values"
    ),
    states(
      "a level without a member",
      [("\"simultaneous_half_width\":176", "\"simultaneous\":176")],
      "the file: the release has a fault"
    ),
    Forgery(
      "hierarchy: estimates of units",
      of: .unitLevels,
      [
        (
          "\"hierarchy\":{",
          "\"hierarchy\":{\"estimates\":{\"half_widths\":[],\"values\":[],\"variances\":[]},"
        )
      ],
      finding: "hierarchy.estimates: the release has estimates; it should have none"
    ),
    Forgery(
      "hierarchy: raised counts",
      of: .unitLevels,
      [
        ("\"nonnegative\":false", "\"nonnegative\":true"),
        ("\"postprocessing\":[]", "\"postprocessing\":[\"nonnegative\"]"),
      ],
      finding: "hierarchy: the release has levels beside"
    ),
    Forgery(
      "hierarchy: the measure as a whole is quieter than a level",
      of: .continents,
      [
        (
          "\"name\":\"signals\",\"scale\":\"36\",\"sensitivity\":6,\"simultaneous_half_width\":595",
          "\"name\":\"signals\",\"scale\":\"18\",\"sensitivity\":6,\"simultaneous_half_width\":595"
        )
      ],
      finding: "measures[0] (signals).scale"
    ),
  ]
}
