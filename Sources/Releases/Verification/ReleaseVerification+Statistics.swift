// ReleaseVerification+Statistics.swift: means, shares, quantiles and rankings, derived again.
// Reference: `docs/measures.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseVerification {
  /// The most thresholds that a histogram has.
  private static let mostThresholds = 200

  /// Derives what a release derives from its noisy numbers again, and holds the two against each other.
  static func statistics(of body: ReleaseBody) -> [Finding] {
    // A scale out of range is found with the measures, and nothing is derived from it.
    guard let claimed = body.statistics,
      body.measures.allSatisfy({ scales.contains($0.scale) })
    else { return [] }
    let form = StatisticsForm(claimed)
    var findings = places(of: claimed, in: body)
    guard findings.isEmpty else { return findings }
    let derived = form.derived(body.bounds, body.query, body.measures, body.cells)
    func compare<Part: Equatable>(_ what: String, _ claimed: Part, _ derived: Part?) {
      guard claimed != derived else { return }
      findings.append(
        Finding(
          what: "statistics.\(what)",
          claimed: derived == nil ? "what its measures and keys do not give" : "\(claimed)",
          derived: derived.map { "\($0), which follows from the noisy numbers" }
            ?? "nothing, or the measures and keys that it is derived from"
        )
      )
    }
    if let mean = claimed.mean {
      compare(
        "mean.deviation_half_width",
        mean.deviationHalfWidth,
        derived.mean?.deviationHalfWidth
      )
      compare("mean.signals_half_width", mean.signalsHalfWidth, derived.mean?.signalsHalfWidth)
      findings += differences("mean.cells", mean.cells, derived.mean?.cells)
    }
    if let share = claimed.share {
      compare("share.half_width", share.halfWidth, derived.share?.halfWidth)
      compare("share.rest_half_width", share.restHalfWidth, derived.share?.restHalfWidth)
      findings += differences("share.cells", share.cells, derived.share?.cells)
    }
    if let quantiles = claimed.quantiles {
      compare("quantiles.sensitivity", quantiles.sensitivity, derived.quantiles?.sensitivity)
      compare("quantiles.scale", quantiles.scale, derived.quantiles?.scale)
      compare("quantiles.half_width", quantiles.halfWidth, derived.quantiles?.halfWidth)
      findings += differences("quantiles.cells", quantiles.cells, derived.quantiles?.cells)
    }
    if let top = claimed.top {
      compare("top.half_width", top.halfWidth, derived.top?.halfWidth)
      findings += differences("top.groups", top.groups, derived.top?.groups)
    }
    return findings
  }

  /// The first element that differs.
  private static func differences<Element: Equatable>(
    _ what: String,
    _ claimed: [Element],
    _ derived: [Element]?
  ) -> [Finding] {
    guard let derived, claimed != derived else { return [] }
    guard let index = zip(claimed, derived).enumerated().first(where: { $1.0 != $1.1 })?.offset
    else {
      return [
        Finding(
          what: "statistics.\(what)",
          claimed: "\(claimed.count) elements",
          derived: "\(derived.count)"
        )
      ]
    }
    return [
      Finding(
        what: "statistics.\(what)[\(index)]",
        claimed: "another result",
        derived: "\(derived[index]), which follows from the noisy numbers"
      )
    ]
  }

  /// What has to hold before anything is derived.
  private static func places(of claimed: ReleasedStatistics, in body: ReleaseBody) -> [Finding] {
    func finding(_ what: String, _ claimed: String, _ derived: String) -> [Finding] {
      [Finding(what: "statistics" + what, claimed: claimed, derived: derived)]
    }
    guard !StatisticsForm(claimed).isEmpty else {
      return finding("", "nothing that is derived", "something, or no such member")
    }
    guard body.selection == nil else {
      return finding("", "numbers that rest on all cells", "none where cells were selected")
    }
    let alpha = .one - claimed.confidence
    guard alpha >= smallestAlpha,
      body.measures.allSatisfy({ $0.confidence == claimed.confidence })
    else {
      return finding(
        ".confidence",
        "\(claimed.confidence)",
        "that of the measures, a probability of at most 1 - 10^-1000"
      )
    }
    if let top = claimed.top,
      let key = body.query.keys.first(where: { $0.name.utf8.elementsEqual(top.key.utf8) }),
      top.count > key.count
    {
      return finding(".top.k", "\(top.count)", "at most the \(key.count) listed values of its key")
    }
    guard let quantiles = claimed.quantiles else { return [] }
    let scale = Rational(body.bounds.sensitivity(of: .signals)) / quantiles.epsilon
    guard scales.contains(scale) else {
      return finding(
        ".quantiles.epsilon",
        "\(quantiles.epsilon)",
        "one that makes a scale from 1/1000 to 2^40"
      )
    }
    return histogram(quantiles, in: body)
  }

  /// What has to hold of a histogram.
  private static func histogram(
    _ quantiles: ReleasedQuantiles,
    in body: ReleaseBody
  ) -> [Finding] {
    func rises(_ values: [Rational]) -> Bool {
      zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
    }
    var findings: [Finding] = []
    let thresholds = quantiles.thresholds
    if thresholds.isEmpty || thresholds.count > mostThresholds || !rises(thresholds) {
      findings.append(
        Finding(
          what: "statistics.quantiles.thresholds",
          claimed: "\(thresholds.count) values",
          derived: "1 to \(mostThresholds) values that rise"
        )
      )
    }
    let ranks = quantiles.ranks
    let isInside = ranks.allSatisfy { $0.signum > 0 && $0 < .one }
    if ranks.isEmpty || ranks.count > mostThresholds || !rises(ranks) || !isInside {
      findings.append(
        Finding(
          what: "statistics.quantiles.at",
          claimed: "\(ranks.count) ranks",
          derived: "1 to \(mostThresholds) ranks that rise, each above 0 and below 1"
        )
      )
    }
    if quantiles.bins.count != body.cells.count
      || quantiles.bins.contains(where: { $0.count != thresholds.count + 1 })
    {
      findings.append(
        Finding(
          what: "statistics.quantiles.bins",
          claimed: "\(quantiles.bins.count) histograms",
          derived: "one for each cell, with one bin more than there are thresholds"
        )
      )
    }
    return findings
  }
}
