// ReleasedSelection.swift: how the cells of a release were selected that nobody listed.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// How the cells of a release were selected that nobody listed.
public struct ReleasedSelection: Sendable, Hashable {
  /// The rule.
  public let rule: SelectionRule
  /// What selection cost; delta is the whole delta of the release.
  public let loss: PrivacyLoss
  /// The smallest noisy count of what was looked at that was kept; `nil` for the optimal rule.
  public let threshold: BigInteger?
  /// The names of the keys without a list, in the order of the query.
  public let keys: [String]
  /// What the rule looked at: units, or signals.
  public let measure: Measure
  /// What the cells that were not selected hold together, for each measure by its name; `nil` where
  /// nobody asked.
  public let other: [String: Int64]?

  /// Makes the record.
  public init(
    rule: SelectionRule,
    loss: PrivacyLoss,
    threshold: BigInteger?,
    keys: [String],
    measure: Measure = .units,
    other: [String: Int64]? = nil
  ) {
    self.measure = measure
    self.other = other
    self.rule = rule
    self.loss = loss
    self.threshold = threshold
    self.keys = keys
  }
}

extension ReleaseBody {
  /// The noisy numbers of one measure: those of the cells, and that of all others together.
  var noisyCount: Int { cells.count + (selection?.other == nil ? 0 : 1) }
}

extension ReleasedKey {
  /// The description of a key without a list: the values of the released cells, in the order in which
  /// they first appear there.
  public init(name: String, selected values: [String]) {
    var seen: Set<[UInt8]> = []
    var text: [UInt8] = []
    for value in values {
      let bytes = Array(value.utf8)
      if seen.insert(bytes).inserted { text += bytes + [0x0A] }
    }
    self.init(
      name: name,
      count: seen.count,
      listSHA256: ReleaseVerification.sha256(text),
      fileSHA256: nil
    )
  }
}

extension JSONWriter {
  /// Appends how cells were selected, on one line.
  mutating func selection(_ selection: ReleasedSelection) {
    raw("{")
    if selection.measure != .units {
      raw("\"count\":")
      string(selection.measure.rawValue)
      raw(",")
    }
    raw("\"delta\":")
    rational(selection.loss.delta)
    raw(",\"epsilon\":")
    rational(selection.loss.epsilon)
    raw(",\"keys\":")
    strings(selection.keys)
    if let other = selection.other {
      raw(",\"other\":{")
      let counts = other.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (index, count) in counts.enumerated() {
        if index > 0 { raw(",") }
        string(count.key)
        raw(":")
        integer(count.value)
      }
      raw("}")
    }
    raw(",\"rule\":")
    string(selection.rule.rawValue)
    if let threshold = selection.threshold {
      raw(",\"threshold\":")
      integer(threshold)
    }
    raw("}")
  }
}

extension JSONCursor {
  /// Reads how cells were selected.
  mutating func selection() throws(ReleaseDecodingError) -> ReleasedSelection {
    var fractions: [String: Rational] = [:]
    var keys: [String]?
    var rule: SelectionRule?
    var threshold: BigInteger?
    var measure = Measure.units
    var other: [String: Int64]?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "epsilon", "delta": fractions[name] = try cursor.rational()
      case "count":
        // Units are not written: they are what is looked at where nothing is said.
        try cursor.constant("signals")
        measure = .signals
      case "keys": keys = try cursor.strings()
      case "other": other = try cursor.otherCounts()
      case "rule": rule = try cursor.choice(SelectionRule.self)
      case "threshold": threshold = try cursor.bigInteger()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedSelection(
      rule: try Self.required(rule, "rule"),
      loss: try Self.loss(epsilon: fractions["epsilon"], delta: fractions["delta"]),
      threshold: threshold,
      keys: try Self.required(keys, "keys"),
      measure: measure,
      other: other
    )
  }

  /// Reads what the cells that were not selected hold together.
  private mutating func otherCounts() throws(ReleaseDecodingError) -> [String: Int64] {
    var counts: [String: Int64] = [:]
    try object { name, cursor throws(ReleaseDecodingError) in
      counts[name] = try cursor.int64()
    }
    return counts
  }
}
