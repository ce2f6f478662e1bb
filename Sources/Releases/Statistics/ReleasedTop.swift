// ReleasedTop.swift: the values of a key with the most signals, and which ranks are certain.
// Reference: `docs/measures.md`, section "Rankings".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// The values of one key with the most signals, within each combination of the other keys.
///
/// - Privacy: Post-processing of noisy numbers of signals; it costs nothing.
public struct ReleasedTop: Sendable, Hashable {
  /// One value among the largest.
  public struct Entry: Sendable, Hashable {
    /// The value of the key.
    public let value: String
    /// Its noisy number of signals.
    public let count: Int64
    /// The best and the worst rank that it may have among all values, from 1.
    public let best: Int
    /// The worst one.
    public let worst: Int
  }

  /// The largest values within one combination of the other keys.
  public struct Group: Sendable, Hashable {
    /// The values of the other keys, in the order of the query.
    public let others: [String]
    /// The largest first; of equal ones that which is listed first.
    public let entries: [Entry]
  }

  /// The key whose values are ranked.
  public let key: String
  /// How many are named.
  public let count: Int
  /// The half-width that holds for all values of a group at once.
  public let halfWidth: BigInteger
  /// The groups in the order of their first cells.
  public let groups: [Group]

  init(key: String, count: Int, halfWidth: BigInteger, groups: [Group]) {
    self.key = key
    self.count = count
    self.halfWidth = halfWidth
    self.groups = groups
  }

  /// Derives the ranking; `nil` where signals are not counted, or there is no such key.
  ///
  /// Two numbers that are more than twice the half-width apart are certainly in that order.
  init?(
    key: String,
    count: Int,
    _ query: ReleaseQuery,
    _ measures: [ReleasedMeasure],
    _ cells: [ReleasedCell],
    confidence: Rational
  ) {
    guard let place = measures.firstIndex(where: { $0.measure == .signals }),
      let named = query.keys.firstIndex(where: { $0.name.utf8.elementsEqual(key.utf8) }),
      let groups = CellGroups(over: key, of: query.keys, cells: cells.count)
    else { return nil }
    let halfWidth = DiscreteLaplaceLaw(scale: measures[place].scale)
      .halfWidth(alpha: .one - confidence, draws: groups.size)
    let apart = halfWidth * 2
    self.init(
      key: key,
      count: count,
      halfWidth: halfWidth,
      groups: (0..<groups.count).map { group in
        let own = groups.cells(of: group).map { cells[$0] }
        let sorted = own.enumerated().sorted {
          ($1.element.counts[place], $0.offset) < ($0.element.counts[place], $1.offset)
        }.map(\.element)
        let counts = sorted.map { BigInteger($0.counts[place]) }
        var others = sorted.first?.values ?? []
        others.remove(at: named)
        return Group(
          others: others,
          entries: sorted.prefix(count).enumerated().map { rank, cell in
            // Counts fall, so those that are certainly more come first and those that are less last.
            Entry(
              value: cell.values[named],
              count: cell.counts[place],
              best: 1 + Self.first(counts) { $0 - counts[rank] <= apart },
              worst: Self.first(counts) { counts[rank] - $0 > apart }
            )
          }
        )
      }
    )
  }

  /// The first place of falling numbers for which a condition holds that stays true; their number
  /// where there is none.
  private static func first(_ counts: [BigInteger], where holds: (BigInteger) -> Bool) -> Int {
    var low = 0
    var high = counts.count
    while low < high {
      let middle = (low + high) / 2
      if holds(counts[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension JSONWriter {
  mutating func top(_ top: ReleasedTop) {
    raw("{\"groups\":")
    list(top.groups) { writer, group in
      writer.raw("{\"entries\":")
      writer.list(group.entries) { writer, entry in
        writer.raw("{\"best\":")
        writer.integer(Int64(entry.best))
        writer.raw(",\"count\":")
        writer.integer(entry.count)
        writer.raw(",\"value\":")
        writer.string(entry.value)
        writer.raw(",\"worst\":")
        writer.integer(Int64(entry.worst))
        writer.raw("}")
      }
      writer.raw(",\"others\":")
      writer.strings(group.others)
      writer.raw("}")
    }
    raw(",\"half_width\":")
    integer(top.halfWidth)
    raw(",\"k\":")
    integer(Int64(top.count))
    raw(",\"key\":")
    string(top.key)
    raw("}")
  }
}

extension JSONCursor {
  mutating func top() throws(ReleaseDecodingError) -> ReleasedTop {
    var key: String?
    var count: Int?
    var halfWidth: BigInteger?
    var groups: [ReleasedTop.Group]?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "key": key = try cursor.string()
      case "k": count = try cursor.positive()
      case "half_width": halfWidth = try cursor.natural()
      case "groups":
        groups = try cursor.list { cursor throws(ReleaseDecodingError) in try cursor.topGroup() }
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedTop(
      key: try Self.required(key, "key"),
      count: try Self.required(count, "k"),
      halfWidth: try Self.required(halfWidth, "half_width"),
      groups: try Self.required(groups, "groups")
    )
  }

  private mutating func topGroup() throws(ReleaseDecodingError) -> ReleasedTop.Group {
    var others: [String]?
    var entries: [ReleasedTop.Entry]?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "others": others = try cursor.strings()
      case "entries":
        entries = try cursor.list { cursor throws(ReleaseDecodingError) in try cursor.topEntry() }
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedTop.Group(
      others: try Self.required(others, "others"),
      entries: try Self.required(entries, "entries")
    )
  }

  private mutating func topEntry() throws(ReleaseDecodingError) -> ReleasedTop.Entry {
    var value: String?
    var count: Int64?
    var ranks: [String: Int] = [:]
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "value": value = try cursor.string()
      case "count": count = try cursor.int64()
      case "best", "worst": ranks[name] = try cursor.positive()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedTop.Entry(
      value: try Self.required(value, "value"),
      count: try Self.required(count, "count"),
      best: try Self.required(ranks["best"], "best"),
      worst: try Self.required(ranks["worst"], "worst")
    )
  }
}
