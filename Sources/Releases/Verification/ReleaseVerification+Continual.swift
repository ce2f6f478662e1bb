// ReleaseVerification+Continual.swift: running counts: their tree, error and series, derived again.
// Reference: `docs/continual.md`, section "What a release says".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseVerification {
  /// Derives what a release says of its running counts from its schedule, bounds and cells.
  static func continual(of body: ReleaseBody) -> [Finding] {
    let isPricedSo = body.schedule?.price.rule == .horizon
    guard let continual = body.continual else {
      guard isPricedSo else { return [] }
      return [
        finding("continual", "nothing", "what running counts say, as the schedule is priced so")
      ]
    }
    guard let schedule = body.schedule, isPricedSo else {
      return [
        finding(
          "schedule",
          "no price of a horizon",
          "that of the running counts, paid once for all"
        )
      ]
    }
    return place(of: continual, in: schedule, of: body)
      + variances(of: continual, in: body) + series(of: continual, in: schedule, of: body)
  }

  private static func finding(_ what: String, _ claimed: String, _ derived: String) -> Finding {
    Finding(what: what, claimed: claimed, derived: derived)
  }

  private static func place(
    of continual: ReleasedContinual,
    in schedule: ReleasedSchedule,
    of body: ReleaseBody
  ) -> [Finding] {
    var findings: [Finding] = []
    func compare(_ what: String, _ claimed: Int, _ derived: Int) {
      guard claimed != derived else { return }
      findings.append(finding(what, "\(claimed)", "\(derived), as the schedule says"))
    }
    compare("continual.horizon", continual.tree.horizon, schedule.times)
    compare("continual.t", continual.t, schedule.run)
    if schedule.price.loss != body.privacy.loss {
      findings.append(
        finding(
          "schedule.epsilon and .delta",
          "\(schedule.price.loss)",
          "\(body.privacy.loss), the loss of all running counts together"
        )
      )
    }
    if body.selection != nil {
      findings.append(
        finding("selection", "selected cells", "none: running counts have listed cells")
      )
    }
    let timed = body.query.keys.map(\.name).filter { ["day", "week", "month"].contains($0) }
    if !timed.isEmpty {
      findings.append(
        finding("query.keys", timed.joined(separator: ", "), "no key of time for running counts")
      )
    }
    return findings
  }

  private static func variances(
    of continual: ReleasedContinual,
    in body: ReleaseBody
  ) -> [Finding] {
    var findings = names(Set(continual.variances.keys), "continual.variances", in: body)
    for measure in body.measures where scales.contains(measure.scale) {
      let name = measure.measure.rawValue
      guard let claimed = continual.variances[name] else { continue }
      let law = ReleasedContinual.law(continual.tree, at: continual.t, scale: measure.scale)
      let derived = ReleasedContinual.variance(law)
      guard claimed != derived else { continue }
      findings.append(
        finding(
          "continual.variances.\(name)",
          "\(claimed)",
          "\(derived), the variance of \(law.draws) draws rounded up"
        )
      )
    }
    return findings
  }

  /// Members are named like the measures.
  private static func names(_ names: Set<String>, _ what: String, in body: ReleaseBody) -> [Finding]
  {
    let measures = body.measures.map(\.measure.rawValue)
    guard names != Set(measures) else { return [] }
    return [
      finding(what, names.sorted().joined(separator: ", "), measures.joined(separator: ", "))
    ]
  }

  private static func series(
    of continual: ReleasedContinual,
    in schedule: ReleasedSchedule,
    of body: ReleaseBody
  ) -> [Finding] {
    let series = continual.series
    var findings = names(Set(series.values.keys), "continual.series.values", in: body)
    findings += names(Set(series.halfWidths.keys), "continual.series.half_widths", in: body)
    let length = ReleasedSeries.length(
      at: continual.t,
      cells: body.cells.count,
      measures: body.measures.count
    )
    guard let first = CivilDay(schedule.first), schedule.every.canBegin(on: first) else {
      return findings
    }
    let days = ((continual.t - length)..<continual.t).map {
      schedule.every.day($0, from: first).label
    }
    if series.days != days {
      findings.append(
        finding("continual.series.days", "other days", "those of the last \(length) periods")
      )
    }
    for (index, measure) in body.measures.enumerated() {
      let name = measure.measure.rawValue
      guard let values = series.values[name], let widths = series.halfWidths[name] else { continue }
      let isWhole = values.count == body.cells.count && values.allSatisfy { $0.count == length }
      let isLast = isWhole && zip(values, body.cells).allSatisfy { $0.last == $1.counts[index] }
      let isRaised = !body.query.nonnegative || values.allSatisfy { $0.allSatisfy { $0 >= 0 } }
      if !isWhole || !isLast || !isRaised {
        findings.append(
          finding(
            "continual.series.values.\(name)",
            "other counts",
            "\(length) for each cell, the last one that of the release"
              + (body.query.nonnegative ? ", none below zero" : "")
          )
        )
      }
      findings += halfWidths(widths, of: measure, over: length, continual)
    }
    return findings
  }

  private static func halfWidths(
    _ widths: [BigInteger],
    of measure: ReleasedMeasure,
    over length: Int,
    _ continual: ReleasedContinual
  ) -> [Finding] {
    guard isDerivable(measure), continual.t >= length else { return [] }
    let derived = ReleasedSeries.halfWidths(
      continual.tree,
      scale: measure.scale,
      confidence: measure.confidence,
      periods: (continual.t - length + 1)...continual.t
    )
    guard widths != derived else { return [] }
    return [
      finding(
        "continual.series.half_widths.\(measure.measure.rawValue)",
        "other half-widths",
        "those that follow from the tree and the scale"
      )
    ]
  }
}

extension ReleasedSeries {
  /// The half-widths of one running count in each of some periods.
  public static func halfWidths(
    _ tree: BalancedTree,
    scale: Rational,
    confidence: Rational,
    periods: ClosedRange<Int>
  ) -> [BigInteger] {
    var known: [Int: BigInteger] = [:]
    return periods.map { t in
      let draws = tree.draws(at: t)
      if let width = known[draws] { return width }
      let law = DiscreteLaplaceSum(of: DiscreteLaplaceLaw(scale: scale), draws: draws)
      let width = law.halfWidth(alpha: .one - confidence)
      known[draws] = width
      return width
    }
  }
}
