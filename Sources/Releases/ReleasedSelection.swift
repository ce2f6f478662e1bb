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
  /// The smallest noisy number of units that was kept; `nil` for the optimal rule.
  public let threshold: BigInteger?
  /// The names of the keys without a list, in the order of the query.
  public let keys: [String]

  /// Makes the record.
  public init(
    rule: SelectionRule,
    loss: PrivacyLoss,
    threshold: BigInteger?,
    keys: [String]
  ) {
    self.rule = rule
    self.loss = loss
    self.threshold = threshold
    self.keys = keys
  }
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
    raw("{\"delta\":")
    rational(selection.loss.delta)
    raw(",\"epsilon\":")
    rational(selection.loss.epsilon)
    raw(",\"keys\":")
    strings(selection.keys)
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
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "epsilon", "delta": fractions[name] = try cursor.rational()
      case "keys": keys = try cursor.strings()
      case "rule": rule = try cursor.choice(SelectionRule.self)
      case "threshold": threshold = try cursor.bigInteger()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedSelection(
      rule: try Self.required(rule, "rule"),
      loss: try Self.loss(epsilon: fractions["epsilon"], delta: fractions["delta"]),
      threshold: threshold,
      keys: try Self.required(keys, "keys")
    )
  }
}
