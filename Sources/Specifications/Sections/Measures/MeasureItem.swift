// MeasureItem.swift: one item of the measures of a spec: what it is, and its share of the budget.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// One item of the measures of a spec.
struct MeasureItem {
  /// What an item asks for.
  enum Kind {
    case signals, units, sum, mean, quantiles, share, top

    /// The name in messages.
    var name: String {
      switch self {
      case .signals: "signals"
      case .units: "units"
      case .sum: "sum"
      case .mean: "mean"
      case .quantiles: "quantiles"
      case .share: "share"
      case .top: "top"
      }
    }

    var isCount: Bool { self == .signals || self == .units }
    /// Whether it gets a part of the budget.
    var costs: Bool { self != .share && self != .top }
    var needsValues: Bool { self == .sum || self == .mean || self == .quantiles }
  }

  /// The keys that name an item, with those that may stand beside each.
  private static let forms: [(name: String, others: [String])] = [
    ("count", ["share"]), ("sum", ["range", "grid", "per_cell", "share"]),
    ("mean", ["range", "grid", "share"]), ("quantiles", ["thresholds", "at", "grid", "share"]),
    ("top", []),
  ]
  private static let all = [
    "count", "share", "sum", "mean", "quantiles", "top", "range", "grid", "per_cell", "thresholds",
    "at", "over",
  ]

  let kind: Kind
  let keys: MappingReader
  /// The value of the key that names the item.
  let named: NodeReader
  /// The share of the budget that is written.
  let share: Rational?

  init(_ reader: NodeReader) throws(SpecificationError) {
    let any = try reader.mapping(Self.all)
    let forms = Self.forms.filter { any.optional($0.name) != nil }
    guard forms.count <= 1 else {
      throw reader.error(
        "asks for `\(forms[0].name)` and `\(forms[1].name)` at once; write two items of the list"
      )
    }
    guard let form = forms.first else {
      self = try Self.sharing(reader, any)
      return
    }
    keys = try reader.mapping([form.name] + form.others)
    named = try keys.required(form.name, example: "")
    share = try Self.share(keys)
    switch form.name {
    case "count": kind = try named.choice(CountName.self) == .units ? .units : .signals
    case "top": kind = .top
    default:
      kind = form.name == "sum" ? .sum : form.name == "mean" ? .mean : .quantiles
      let text = try named.text()
      guard text == "value" else {
        throw named.error(
          "`\(text.prefix(40))` is not known; write `\(form.name): value`: values are those of the "
            + "column `value` under `signals.columns`"
        )
      }
    }
  }

  private init(_ kind: Kind, _ keys: MappingReader, _ named: NodeReader) {
    self.kind = kind
    self.keys = keys
    self.named = named
    share = nil
  }

  /// `{share: signals, over: intent}`: a cell's share of a total.
  private static func sharing(
    _ reader: NodeReader,
    _ any: MappingReader
  ) throws(SpecificationError) -> MeasureItem {
    guard let named = any.optional("share"), named.isText, try named.text() == "signals" else {
      if let named = any.optional("share"), named.isText, try named.text() == "units" {
        throw named.error(
          "a unit can be in several cells, so numbers of units have no total that shares add up to; "
            + "write `share: signals`"
        )
      }
      _ = try any.required("count", example: "{count: signals}")
      preconditionFailure("an item without a count has a key too few")
    }
    return MeasureItem(.share, try reader.mapping(["share", "over"]), named)
  }

  private static func share(_ keys: MappingReader) throws(SpecificationError) -> Rational? {
    let share = try keys.optional("share")?.rational()
    if let share, share.signum <= 0 || share > .one {
      throw keys.error("share", "a share lies above 0 and is at most 1; write one such as 1/2")
    }
    return share
  }
}

/// What can be counted.
private enum CountName: String, CaseIterable {
  case signals, units
}
