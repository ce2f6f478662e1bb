// CellSection.swift: the part of a spec that says which cells there are.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivateAggregation

/// The `group_by` of a spec, and the lists of values of its keys.
struct CellSection {
  /// The keys, in order.
  let groupBy: [GroupKey]
  /// The public values of each key that has a list.
  let cells: [GroupKey: CellList]
  /// The keys of time whose values are those within the window.
  let derived: [GroupKey]
  /// The keys whose values are found in the signals.
  var found: Set<GroupKey> { Set(groupBy.filter { cells[$0] == nil }) }

  init(
    _ top: MappingReader,
    _ signals: SignalSection,
    into lists: inout CellLists
  ) throws(SpecificationError) {
    groupBy = try Self.groupBy(top, signals)
    (cells, derived) = try Self.cells(top, groupBy, into: &lists)
  }

  private static func groupBy(
    _ top: MappingReader,
    _ signals: SignalSection
  ) throws(SpecificationError) -> [GroupKey] {
    let field = try top.required("group_by", example: "group_by: [region, intent]")
    var keys: [GroupKey] = []
    for item in field.isText ? [field] : try field.items() {
      let key = try item.choice(GroupKey.self)
      guard !keys.contains(key) else {
        throw item.error("`\(key.rawValue)` is written twice; keep one")
      }
      // Regions that are shapes are told from coordinates.
      if key == .region { try ShapeSection.check(signals.columns, top) }
      let isShape = key == .region && ShapeSection.isMeant(top.optional("regions"))
      guard isShape || signals.columns[key.column] != nil else {
        let name = key.column.rawValue
        throw item.error(
          "`\(key.rawValue)` needs a column; write `\(name): COLUMN` under `signals.columns`"
        )
      }
      keys.append(key)
    }
    return keys
  }

  private static func cells(
    _ top: MappingReader,
    _ groupBy: [GroupKey],
    into lists: inout CellLists
  ) throws(SpecificationError) -> ([GroupKey: CellList], derived: [GroupKey]) {
    var fields: [GroupKey: NodeReader] = [:]
    fields[.region] = top.optional("regions")
    fields[.intent] = top.optional("intents")
    let others: [GroupKey] = [.source, .stage, .day, .week, .month]
    let nested = try top.optional("cells")?.mapping(others.map(\.rawValue))
    for key in others { fields[key] = nested?.optional(key.rawValue) }
    for (key, field) in fields.sorted(by: { $0.key.rawValue < $1.key.rawValue })
    where !groupBy.contains(key) {
      throw field.error(
        "lists values of `\(key.rawValue)`, which `group_by` does not name; add it there or "
          + "delete the list"
      )
    }
    var cells: [GroupKey: CellList] = [:]
    var derived: [GroupKey] = []
    for key in groupBy {
      if let field = fields[key] {
        // Found in the signals, and selected.
        if field.isText, try field.text() == "private" { continue }
        cells[key] = try lists.list(of: key, in: field)
      } else if key.column == .time {
        cells[key] = try lists.derived(key, field: top.optional("group_by") ?? top.reader)
        derived.append(key)
      } else {
        throw top.error("group_by", missingList(key))
      }
    }
    return (cells, derived)
  }

  private static func missingList(_ key: GroupKey) -> String {
    let (place, example) =
      switch key {
      case .region: ("regions", "regions: {file: counties.csv, column: fips}")
      case .intent: ("intents", "intents: [auto.suv, home.loan]")
      default: ("cells.\(key.rawValue)", "cells: {\(key.rawValue): [first, second]}")
      }
    return "`\(key.rawValue)` has no list of values; the key `\(place)` is missing: write "
      + "`\(example)`"
  }

  /// Refuses more cells than memory would hold, before anything is planned or spent.
  func checkSize(_ top: MappingReader) throws(SpecificationError) {
    guard found.isEmpty else { return }
    let counts = groupBy.map { cells[$0]?.values.count ?? 0 }
    let product = counts.reduce(BigInteger(1)) { $0 * BigInteger($1) }
    let limit = AggregationPlan.largestCellCount
    guard product > BigInteger(limit) else { return }
    let factors = zip(groupBy, counts).map { "\($1) of \($0.rawValue)" }
    throw top.error(
      "group_by",
      "the lists make \(product) cells (\(factors.joined(separator: " times "))), and one release "
        + "holds at most \(limit); shorten a list or group by fewer keys"
    )
  }
}
