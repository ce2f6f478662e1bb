// ReleaseVerification+Hierarchy.swift: the levels of a hierarchy and their noise, derived again.
// Reference: `docs/hierarchies.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseVerification {
  /// Derives which region lies in which, the noise of each level, and the estimates.
  static func hierarchy(of body: ReleaseBody) -> [Finding] {
    guard let hierarchy = body.hierarchy else { return [] }
    func finding(_ what: String, _ claimed: String, _ derived: String) -> [Finding] {
      [Finding(what: what, claimed: claimed, derived: derived)]
    }
    guard body.selection == nil, body.schedule == nil, body.places == nil, body.continual == nil,
      body.statistics == nil,
      !body.query.nonnegative,
      body.measures.allSatisfy({ $0.measure == .signals || $0.measure == .units })
    else {
      return finding(
        "hierarchy",
        "levels beside a selection, a schedule, places, raised counts or values",
        "numbers of signals and units of listed cells, as they are"
      )
    }
    guard let layout = body.hierarchyLayout,
      let tree = tree(of: hierarchy, codes: codes(of: body, layout))
    else {
      return finding(
        "hierarchy.parents",
        "regions that do not lie in one another as levels do",
        "for each value of region, level by level from the top, one of the level above, those of one "
          + "parent side by side and in the order of their parents"
      )
    }
    let noise = levels(of: hierarchy, in: body, combinations: layout.combinations)
    guard noise.isEmpty else { return noise }
    return estimates(of: hierarchy, in: body, tree, layout)
  }

  /// The values of the key of the hierarchy.
  private static func codes(of body: ReleaseBody, _ layout: HierarchyLayout) -> [[UInt8]] {
    guard
      let key = body.query.keys.firstIndex(where: { $0.name == ReleasedHierarchy.key })
    else { return [] }
    return (0..<layout.regions).map { Array(body.cells[$0 * layout.stride].values[key].utf8) }
  }

  /// Which region lies in which; `nil` where they are not in order.
  private static func tree(of hierarchy: ReleasedHierarchy, codes: [[UInt8]]) -> TreeShape? {
    let levels = hierarchy.levels
    let names = Set(levels.map { Array($0.name.utf8) })
    guard levels.count > 1, names.count == levels.count,
      levels.reduce(0, { $0 &+ $1.count }) == codes.count
    else { return nil }
    var places: [[UInt8]: Int] = [:]
    for (place, code) in codes.enumerated() {
      guard places.updateValue(place, forKey: code) == nil else { return nil }
    }
    var parents: [Int?] = []
    var above = 0..<0
    for level in levels {
      let begin = parents.count
      var last = above.lowerBound
      for place in begin..<(begin + level.count) {
        let parent = Array(hierarchy.parents[place].utf8)
        if above.isEmpty {
          guard parent.isEmpty else { return nil }
          parents.append(nil)
        } else {
          guard let found = places[parent], above.contains(found), found >= last else { return nil }
          parents.append(found)
          last = found
        }
      }
      above = begin..<parents.count
    }
    return TreeShape(parents: parents)
  }

  // MARK: - Noise

  private static func levels(
    of hierarchy: ReleasedHierarchy,
    in body: ReleaseBody,
    combinations: Int
  ) -> [Finding] {
    var findings: [Finding] = []
    for (index, measure) in body.measures.enumerated() {
      let name = measure.measure.rawValue
      var worst: LevelNoise?
      var sum = Rational.zero
      for level in hierarchy.levels {
        guard level.noise.count == body.measures.count, level.noise[index].measure == name else {
          return [
            Finding(
              what: "hierarchy.levels",
              claimed: "other measures",
              derived: "those of the release, in their order"
            )
          ]
        }
        let noise = level.noise[index]
        sum += noise.epsilon
        if worst.map({ noise.scale > $0.scale }) ?? true { worst = noise }
        findings += self.noise(noise, of: measure, level, in: body, combinations: combinations)
      }
      guard let worst else { continue }
      let place = "measures[\(index)] (\(name))"
      func compare(_ member: String, _ claimed: String, _ derived: String) {
        guard claimed != derived else { return }
        findings.append(
          Finding(
            what: "\(place).\(member)",
            claimed: claimed,
            derived: "\(derived), which follows from the levels"
          )
        )
      }
      compare("epsilon", "\(measure.epsilon)", "\(sum)")
      compare("scale", "\(measure.scale)", "\(worst.scale)")
      compare("sensitivity", "\(measure.sensitivity)", "\(worst.sensitivity)")
    }
    return findings
  }

  private static func noise(
    _ noise: LevelNoise,
    of measure: ReleasedMeasure,
    _ level: ReleasedLevel,
    in body: ReleaseBody,
    combinations: Int
  ) -> [Finding] {
    var findings: [Finding] = []
    func compare(_ member: String, _ claimed: String, _ derived: String) {
      guard claimed != derived else { return }
      let name = VisibleText.escaping(level.name, limit: 60)
      findings.append(
        Finding(
          what: "hierarchy, level \(name), \(noise.measure).\(member)",
          claimed: claimed,
          derived: "\(derived), which follows from the bounds and what the level costs"
        )
      )
    }
    // The product fits: there are as many cells.
    let cells = level.count * combinations
    var sensitivity = body.bounds.sensitivity(of: measure.measure)
    if measure.measure == .units { sensitivity = min(sensitivity, BigInteger(cells)) }
    let scale = Rational(sensitivity) / noise.epsilon
    compare("sensitivity", "\(noise.sensitivity)", "\(sensitivity)")
    compare("scale", "\(noise.scale)", "\(scale)")
    guard scales.contains(scale), measure.confidence < .one else {
      compare("scale", "\(noise.scale)", "one from 1/1000 to 2^40")
      return findings
    }
    let law = DiscreteLaplaceLaw(scale: scale)
    let alpha = .one - measure.confidence
    guard alpha >= smallestAlpha else { return findings }
    compare("half_width", "\(noise.halfWidth)", "\(law.halfWidth(alpha: alpha))")
    compare(
      "simultaneous_half_width",
      "\(noise.simultaneousHalfWidth)",
      "\(law.halfWidth(alpha: alpha, draws: cells))"
    )
    return findings
  }

  // MARK: - Estimates

  private static func estimates(
    of hierarchy: ReleasedHierarchy,
    in body: ReleaseBody,
    _ tree: TreeShape,
    _ layout: HierarchyLayout
  ) -> [Finding] {
    guard let estimates = hierarchy.estimates else { return [] }
    func finding(_ member: String, _ claimed: String, _ derived: String) -> [Finding] {
      [Finding(what: "hierarchy.estimates" + member, claimed: claimed, derived: derived)]
    }
    guard let measure = body.measures.firstIndex(where: { $0.measure == .signals }),
      body.measures[measure].confidence < .one,
      .one - body.measures[measure].confidence >= smallestAlpha
    else { return finding("", "estimates", "none, as no signals are counted") }
    let derived: ReleasedEstimates
    do {
      let figures = try HierarchyFigures(
        tree,
        scales: hierarchy.levels.map { $0.noise[measure].scale },
        levelOf: hierarchy.levelOf,
        alpha: .one - body.measures[measure].confidence,
        combinations: layout.combinations
      )
      derived = figures.estimates(
        of: { body.cells[$0].counts[measure] },
        layout: layout,
        whole: estimates.whole != nil
      )
    } catch {
      return finding("", "estimates", "none, as their exact fractions would be too long")
    }
    return differences(".variances", estimates.variances, derived.variances)
      + differences(".half_widths", estimates.halfWidths, derived.halfWidths)
      + differences(".values", estimates.values, derived.values)
      + differences(".whole", estimates.whole ?? [], derived.whole ?? [])
  }

  private static func differences<Value: Equatable & CustomStringConvertible>(
    _ member: String,
    _ claimed: [Value],
    _ derived: [Value]
  ) -> [Finding] {
    func finding(_ place: String, _ claimed: String, _ derived: String) -> [Finding] {
      [Finding(what: "hierarchy.estimates\(member)\(place)", claimed: claimed, derived: derived)]
    }
    guard claimed.count == derived.count else {
      return finding("", "\(claimed.count) of them", "\(derived.count)")
    }
    guard let place = claimed.indices.first(where: { claimed[$0] != derived[$0] }) else {
      return []
    }
    return finding(
      "[\(place)]",
      VisibleText.escaping(claimed[place].description, limit: 120),
      VisibleText.escaping(derived[place].description, limit: 120)
        + ", the least squares of the noisy counts"
    )
  }
}
