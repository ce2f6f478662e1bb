// ReleaseVerification+Schedule.swift: the days and the price of a declared schedule, derived again.
// Reference: `docs/privacy-model.md`, section "Declared schedules".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseVerification {
  /// The part by which a certified price may lie above the smallest: twelve digits are kept.
  private static let slack = Rational(1, BigInteger(10).power(11))

  /// Derives the days and the price of all runs from one run.
  static func schedule(of body: ReleaseBody) -> [Finding] {
    guard let schedule = body.schedule else { return [] }
    return name(of: schedule, in: body) + days(of: schedule, in: body)
      + price(of: schedule, in: body)
  }

  private static func name(of schedule: ReleasedSchedule, in body: ReleaseBody) -> [Finding] {
    let name = ReleasedSchedule.name(dataset: body.dataset, spec: body.name)
    guard schedule.name != name else { return [] }
    return [
      Finding(
        what: "schedule.name",
        claimed: schedule.name.description,
        derived: (name?.description ?? "none")
          + ", which follows from the data set and the name of the spec"
      )
    ]
  }

  private static func days(of schedule: ReleasedSchedule, in body: ReleaseBody) -> [Finding] {
    guard let first = CivilDay(schedule.first), schedule.every.canBegin(on: first) else {
      return [
        Finding(
          what: "schedule.days",
          claimed: schedule.first,
          derived: "a day on which every period can begin"
        )
      ]
    }
    guard schedule.run <= schedule.times else {
      return [
        Finding(
          what: "schedule.run",
          claimed: "\(schedule.run)",
          derived: "1 to \(schedule.times), the number of runs"
        )
      ]
    }
    var findings: [Finding] = []
    func compare(_ what: String, _ claimed: String, _ index: Int) {
      let derived = schedule.every.day(index, from: first).label
      guard claimed != derived else { return }
      findings.append(
        Finding(
          what: "schedule.\(what)",
          claimed: claimed,
          derived: "\(derived), on which run \(index + 1) begins"
        )
      )
    }
    compare("days", schedule.last, schedule.times - 1)
    compare("day", schedule.day, schedule.run - 1)
    let day = schedule.every.day(schedule.run - 1, from: first)
    let next = schedule.every.day(schedule.run, from: first)
    if body.continual != nil {
      findings += Self.window(of: body, from: first, to: next)
    } else if let window = body.query.window, !Self.isWithin(window, from: day, to: next) {
      findings.append(
        Finding(
          what: "query.window",
          claimed: window.joined(separator: " to "),
          derived: "a part of the run's own period, from \(day.label) to \(next.label)"
        )
      )
    }
    return findings
  }

  /// Running counts are about all periods so far.
  private static func window(
    of body: ReleaseBody,
    from first: CivilDay,
    to next: CivilDay
  ) -> [Finding] {
    let window = body.query.window ?? []
    guard window != [first.label, next.label] else { return [] }
    return [
      Finding(
        what: "query.window",
        claimed: window.isEmpty ? "none" : window.joined(separator: " to "),
        derived: "all periods so far, from \(first.label) to \(next.label)"
      )
    ]
  }

  /// Whether a window begins on a day and does not reach beyond the same time of the next period's.
  private static func isWithin(_ window: [String], from day: CivilDay, to next: CivilDay) -> Bool {
    guard let (from, to) = seconds(of: window), CivilDay(ofSecond: from) == day else {
      return false
    }
    return to <= next.firstSecond + (from - day.firstSecond)
  }

  /// Whether every unit lies in one run alone: periods begin at midnight and cut no day or week.
  private static func isSeparated(_ schedule: ReleasedSchedule, in body: ReleaseBody) -> Bool {
    guard let first = CivilDay(schedule.first), schedule.every.canBegin(on: first),
      let (from, _) = body.query.window.flatMap(seconds(of:)),
      from == CivilDay(ofSecond: from).firstSecond
    else { return false }
    let days = (0..<schedule.times).map { schedule.every.day($0, from: first) }
    return body.privacy.unit.isSeparated(by: days)
  }

  private static func price(of schedule: ReleasedSchedule, in body: ReleaseBody) -> [Finding] {
    let claimed = schedule.price.loss
    let histogram = body.statistics?.quantiles?.epsilon
    guard schedule.price.rule != .horizon else { return [] }
    guard !body.measures.isEmpty || histogram != nil else { return [] }
    let loss = ScheduleLoss(
      of: body.measures.map { ($0.measure, $0.epsilon) },
      selection: body.selection?.loss,
      histogram: histogram,
      addsUpCells: body.selection?.other != nil,
      within: body.bounds,
      times: schedule.times
    )
    func finding(_ derived: String) -> Finding {
      Finding(what: "schedule.epsilon and .delta", claimed: "\(claimed)", derived: derived)
    }
    switch schedule.price.rule {
    case .horizon: return []
    case .disjoint:
      guard isSeparated(schedule, in: body) else {
        return [finding("\(loss.sum.loss), the sum, because units may lie in several runs")]
      }
      return claimed == loss.run ? [] : [finding("\(loss.run), what one run costs")]
    case .sum:
      guard claimed != loss.sum.loss else { return [] }
      return [finding("\(loss.sum.loss), the sum of \(schedule.times) runs")]
    case .certified:
      guard claimed.delta.signum > 0, claimed.epsilon < loss.sum.loss.epsilon else {
        return [finding("a delta above 0, and an epsilon below that of the sum")]
      }
      guard loss.certainlyKeeps(to: claimed) else {
        return [finding("at least what \(schedule.times) runs cost by the certified rule")]
      }
      let less = PrivacyLoss(
        epsilonSum: claimed.epsilon * (.one - slack),
        deltaSum: claimed.delta
      )
      guard claimed.epsilon.signum == 0 || !loss.certainlyKeeps(to: less) else {
        return [finding("the least that \(schedule.times) runs cost, to 12 digits")]
      }
      return []
    }
  }
}
