// HierarchySection.swift: the part of a spec that says which regions lie in which.
// Reference: `docs/hierarchies.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// `regions: {hierarchy: FILE, ...}` of a spec.
struct HierarchySection {
  /// What else `regions` can be, and not at the same time.
  private static let others = [
    "file", "column", "radius", "grid", "geohash", "polygons", "within", "key", "miles",
  ]

  /// Whether the regions of a spec are a hierarchy.
  static func isMeant(by field: NodeReader) -> Bool {
    (try? field.mapping(nil).optional("hierarchy")) != nil
  }

  /// Reads the regions with their levels and shares; the list is that of all of them.
  static func read(
    _ field: NodeReader,
    of key: GroupKey,
    into lists: inout CellLists
  ) throws(SpecificationError) -> CellList {
    let any = try field.mapping(nil)
    for other in others where any.optional(other) != nil {
      throw any.error(
        other,
        "`hierarchy` and `\(other)` say two things of what the regions are; keep one of the two"
      )
    }
    let keys = try field.mapping([
      "hierarchy", "levels", "root", "shares", "optimise", "consistent",
    ])
    guard key == .region else {
      throw field.error("only regions can lie in one another; write a list of values")
    }
    let name = try keys.required("hierarchy", example: "hierarchy: regions.csv")
    let file = try lists.file(of: key, named: name)
    guard file.path.hasSuffix(".csv") else {
      throw name.error("`\(file.name)` is not a .csv file; write one with a column for each level")
    }
    let given = try HierarchyFile(
      file: file,
      levels: try keys.optional("levels")?.items(),
      root: try keys.optional("root")?.text()
    ).hierarchy()
    guard given.counts.count > 1 else {
      throw name.error(
        "`\(file.name)` has one level; write `{file: \(file.name), column: ...}` for regions side by "
          + "side, or `root: CODE` for one in which all of them lie"
      )
    }
    let list = try lists.checked(
      given.regions.map { CellValue(text: $0.code, line: $0.line) },
      of: key,
      file: file,
      field: field
    )
    let rule = try keys.optional("consistent")?.choice(ConsistencyRule.self) ?? .exact
    let shares = try shares(keys, given, rule)
    lists.hierarchy = RegionHierarchy(
      levels: given.counts.indices.map {
        RegionHierarchy.Level(name: given.names[$0], count: given.counts[$0], share: shares[$0])
      },
      tree: given.tree,
      consistency: rule
    )
    return list
  }

  /// The share of each level: as written, the best for a stated error, or equal ones.
  private static func shares(
    _ keys: MappingReader,
    _ given: FileHierarchy,
    _ rule: ConsistencyRule
  ) throws(SpecificationError) -> [Rational] {
    let count = given.counts.count
    guard let field = keys.optional("shares") else {
      guard let field = keys.optional("optimise") else {
        return Array(repeating: Rational(1, BigInteger(count)), count: count)
      }
      let goal = try field.choice(LevelShares.Goal.self)
      guard count <= LevelShares.mostLevels, given.tree.count <= LevelShares.mostNodes else {
        throw field.error(
          "shares are found for at most \(LevelShares.mostLevels) levels and "
            + "\(LevelShares.mostNodes) regions; write `shares: [...]` instead"
        )
      }
      return LevelShares.best(
        for: goal,
        given.tree,
        counts: given.counts,
        isConsistent: rule != .none
      )
    }
    if let other = keys.optional("optimise") {
      throw other.error("`shares` says already what each level gets; keep one of the two")
    }
    var shares: [Rational] = []
    for item in try field.items() {
      let share = try item.rational()
      guard share.signum > 0, share <= .one else {
        throw item.error("a share lies above 0 and is at most 1; write one such as 1/3")
      }
      shares.append(share)
    }
    guard shares.count == count else {
      throw field.error(
        "has \(shares.count) shares for \(count) levels (\(given.names.joined(separator: ", "))); "
          + "write one for each, from the top"
      )
    }
    let sum = shares.reduce(.zero, +)
    guard sum <= .one else {
      throw field.error("the shares add up to \(sum), which is more than 1; make them smaller")
    }
    return shares
  }

  /// Refuses what does not go together with regions that lie in one another.
  static func check(
    _ lists: CellLists,
    _ top: MappingReader,
    measures: [MeasureRequest],
    hasStatistics: Bool,
    hasSchedule: Bool,
    found: Set<GroupKey>,
    isNonnegative: Bool
  ) throws(SpecificationError) {
    guard let hierarchy = lists.hierarchy else { return }
    if let key = found.map(\.rawValue).sorted().first {
      throw top.error(
        "regions",
        "a hierarchy needs a list for every other key, and `\(key)` is private; list its values, or "
          + "write the regions as a list"
      )
    }
    if hasSchedule {
      throw top.error(
        "schedule",
        "runs that are declared together are not offered with a hierarchy; delete `schedule` and make "
          + "each report by itself"
      )
    }
    if isNonnegative {
      throw top.error(
        "output",
        "`nonnegative` would raise the raw counts, which have to stay as they are; write "
          + "`consistent: whole` under `regions` for whole numbers from zero on beside them"
      )
    }
    if hasStatistics {
      throw top.error(
        "measures",
        "means, shares, quantiles and rankings are not offered with a hierarchy; count signals or units"
      )
    }
    for request in measures where request.measure != .signals && request.measure != .units {
      throw top.error(
        "measures",
        "`\(request.measure.rawValue)` is not offered with a hierarchy; count signals or units"
      )
    }
    if hierarchy.consistency == .whole, !measures.contains(where: { $0.measure == .signals }) {
      throw top.error(
        "regions",
        "`consistent: whole` is for signals, which are not counted; numbers of units do not add up, "
          + "as one unit may be in several regions"
      )
    }
  }
}
