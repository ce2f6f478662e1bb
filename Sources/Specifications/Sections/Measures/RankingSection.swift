// RankingSection.swift: shares of a total and the largest cells, as a spec asks for them.
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation

/// The items of measures that are read off numbers of signals.
enum RankingSection {
  /// Reads `{share: signals, over: intent}`.
  static func share(
    _ item: MeasureItem,
    _ cells: CellSection
  ) throws(SpecificationError) -> ShareTotal {
    guard let field = item.keys.optional("over") else { return .all }
    return .over(try key(field, cells))
  }

  /// Reads `{top: {key: intent, k: 5, per: region}}`.
  static func top(
    _ item: MeasureItem,
    _ cells: CellSection
  ) throws(SpecificationError) -> TopRequest {
    let keys = try item.named.mapping(["key", "k", "per"])
    let field = try keys.required("key", example: "key: intent")
    let key = try key(field, cells)
    let count = try keys.required("k", example: "k: 5").count(upTo: 1_000_000)
    let others = cells.groupBy.filter { $0 != key }
    if let field = keys.optional("per") {
      var named: Set<GroupKey> = []
      for item in field.isText ? [field] : try field.items() {
        named.insert(try Self.key(item, cells))
      }
      guard named == Set(others) else {
        let names = others.map { "`\($0.rawValue)`" }
        throw field.error(
          "a ranking of `\(key.rawValue)` is made for each combination of the other keys of "
            + "`group_by`; write \(names.isEmpty ? "no `per`" : names.joined(separator: ", ")), or "
            + "group by fewer keys"
        )
      }
    }
    let values = cells.cells[key]?.values.count ?? 0
    guard count <= values else {
      throw keys.error(
        "k",
        "asks for the top \(count) of \(values) listed values; write at most \(values)"
      )
    }
    return TopRequest(key: key, count: count)
  }

  private static func key(
    _ field: NodeReader,
    _ cells: CellSection
  ) throws(SpecificationError) -> GroupKey {
    let key = try field.choice(GroupKey.self)
    guard cells.groupBy.contains(key) else {
      throw field.error("`\(key.rawValue)` is not in `group_by`; add it there")
    }
    return key
  }
}
