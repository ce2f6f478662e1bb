// DeclaredSchedule.swift: what an entry says of a schedule and of a run, and its JSON.
// Reference: `docs/formats.md`, section "Schedules".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import FoundationEssentials
import PrivacyAccounting

/// What was fixed when a schedule was declared.
public struct DeclaredSchedule: Sendable, Hashable {
  /// How long each period is.
  public let every: SchedulePeriod
  /// The day labels on which the periods of the runs begin, in order.
  public let days: [String]
  /// The rule of the price.
  public let rule: PricingRule
  /// What one run costs alone.
  public let runLoss: PrivacyLoss
}

/// The place of a release in a schedule.
public struct DeclaredRun: Sendable, Hashable {
  /// The name of the schedule.
  public let schedule: ReleaseID
  /// The number of the run, from 0.
  public let index: Int
  /// What it costs alone.
  public let loss: PrivacyLoss
}

/// A schedule in the shape of its JSON.
private struct ScheduleText: Codable {
  let every: String
  let days: [String]
  let rule: String
  let epsilon: String
  let delta: String
}

/// A run in the shape of its JSON.
private struct RunText: Codable {
  let schedule: String
  /// From 1.
  let run: Int
  let epsilon: String
  let delta: String
}

/// Decodes JSON of a shape.
private func decoded<T: Decodable>(_ text: String, place: String) throws(Damage) -> T {
  do { return try JSONDecoder().decode(T.self, from: Data(text.utf8)) } catch {
    throw Damage("\(place) holds a text that is neither a schedule nor a run of one")
  }
}

/// The loss of two texts.
private func loss(_ epsilon: String, _ delta: String, place: String) throws(Damage) -> PrivacyLoss {
  guard let loss = try PrivacyLoss(stored: epsilon, delta, place: place) else {
    throw Damage("\(place) lacks a loss")
  }
  return loss
}

extension DeclaredSchedule {
  /// The declaration as the ledger keeps it: JSON, keys in order.
  var storedText: String {
    json(
      ScheduleText(
        every: every.rawValue,
        days: days,
        rule: rule.rawValue,
        epsilon: runLoss.epsilon.description,
        delta: runLoss.delta.description
      )
    )
  }

  /// Reads a declaration as the ledger keeps it.
  init(stored text: String, place: String) throws(Damage) {
    let decoded: ScheduleText = try decoded(text, place: place)
    guard let every = SchedulePeriod(rawValue: decoded.every),
      let rule = PricingRule(rawValue: decoded.rule), !decoded.days.isEmpty,
      Set(decoded.days).count == decoded.days.count
    else { throw Damage("\(place) holds a schedule of no known kind") }
    self.init(
      every: every,
      days: decoded.days,
      rule: rule,
      runLoss: try loss(decoded.epsilon, decoded.delta, place: place)
    )
  }

  /// The charge for the whole, from the price and the payer that stand beside it.
  func spend(_ price: Spend) -> ScheduleSpend {
    ScheduleSpend(
      run: Spend(loss: runLoss, analyst: price.analyst, day: price.day, slices: price.slices),
      days: days,
      price: SchedulePrice(rule: rule, loss: price.loss)
    )
  }
}

extension DeclaredRun {
  /// The run as the ledger keeps it: JSON, keys in order, counted from 1.
  var storedText: String {
    json(
      RunText(
        schedule: schedule.description,
        run: index + 1,
        epsilon: loss.epsilon.description,
        delta: loss.delta.description
      )
    )
  }

  /// Reads a run as the ledger keeps it.
  init(stored text: String, place: String) throws(Damage) {
    let decoded: RunText = try decoded(text, place: place)
    guard decoded.run >= 1 else { throw Damage("\(place) holds a run without a number") }
    self.init(
      schedule: try ReleaseID(stored: decoded.schedule, place: place),
      index: decoded.run - 1,
      loss: try LedgerStore.loss(decoded.epsilon, decoded.delta, place: place)
    )
  }
}
