// StatisticsText.swift: what is derived from a release, before there is one.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What a plan says about values and what is derived.
enum StatisticsText {
  /// A line for what is derived, and where sums are meant in units of the value.
  static func text(_ plan: AggregationPlan) -> String {
    guard let statistics = plan.specification.statistics else { return "" }
    var text = ""
    if let range = statistics.values?.range,
      plan.measures.contains(where: { $0.measure.range != nil })
    {
      text +=
        "\nValues are rounded to multiples of \(range.grid.plain); sums are in units of the value."
    }
    if statistics.quantiles != nil {
      text += "\nThe half-width of quantiles is that of all bins of a cell at once."
    }
    var derived: [String] = []
    if statistics.mean { derived.append("the mean, from signals and deviation") }
    switch statistics.share {
    case .all: derived.append("the share of all signals")
    case .over(let key): derived.append("the share of the signals over all \(key.rawValue)s")
    case nil: break
    }
    if statistics.quantiles != nil { derived.append("quantiles") }
    if let top = statistics.top { derived.append("the top \(top.count) of \(top.key.rawValue)") }
    if !derived.isEmpty {
      text += "\nDerived at no further cost: " + derived.joined(separator: "; ") + "."
    }
    return text.isEmpty ? "" : text + "\n"
  }

  /// The histogram of values.
  static func json(_ quantiles: PlannedQuantiles) -> JSONText {
    .object([
      ("bins", .count(quantiles.request.binCount)),
      ("sensitivity", .integer(quantiles.sensitivity)),
      ("epsilon", .exact(quantiles.epsilon)),
      ("scale", .exact(quantiles.scale)),
      ("half_width", .integer(quantiles.halfWidth)),
    ])
  }
}
