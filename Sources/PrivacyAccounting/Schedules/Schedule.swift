// Schedule.swift: runs that are declared in advance, priced together and paid once.
// Reference: `docs/privacy-model.md`, section "Declared schedules".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// How long the period of one run of a schedule is, by the civil calendar in UTC.
public enum SchedulePeriod: String, Sendable, Hashable, CaseIterable {
  /// From midnight to midnight.
  case day
  /// Seven days.
  case week
  /// From one day of a month to the same day of the next month.
  case month
}

/// The rule by which the runs of a schedule are priced together.
public enum PricingRule: String, Sendable, Hashable, CaseIterable {
  /// The losses of the runs are added up.
  case sum
  /// The runs are composed tightly, which is possible because all of them are fixed in advance.
  case certified
  /// The runs tell running counts that are noised together: all of them cost what is said of one.
  case horizon
  /// Every unit, a day or a week of a person, lies in one run alone: all cost what one costs.
  case disjoint
}

/// What all runs of a schedule cost together.
public struct SchedulePrice: Sendable, Hashable {
  /// The rule that gave it.
  public let rule: PricingRule
  /// The loss of all runs together.
  public let loss: PrivacyLoss

  /// Makes a price.
  public init(rule: PricingRule, loss: PrivacyLoss) {
    self.rule = rule
    self.loss = loss
  }
}

/// The place of one run in a declared schedule.
///
/// - Privacy: The price is charged as a whole with the first run that is reserved, and the later
///   runs cost nothing more. By the certified rule that is sound only because every parameter of
///   every run is fixed by the digest before the first.
public struct ScheduledRun: Sendable, Hashable {
  /// The name of the schedule in the ledger.
  public let name: ReleaseID
  /// How long each period is.
  public let every: SchedulePeriod
  /// The day labels on which the periods of the runs begin, in order.
  public let days: [String]
  /// The number of this run, from 0.
  public let index: Int
  /// The price that the first run proposes; afterwards that of the ledger's record holds.
  public let price: SchedulePrice

  /// The day label on which the period of this run begins.
  public var day: String { days[index] }

  /// Makes a run.
  ///
  /// - Precondition: The days are distinct, and `index` is that of one of them.
  public init(
    name: ReleaseID,
    every: SchedulePeriod,
    days: [String],
    index: Int,
    price: SchedulePrice
  ) {
    precondition(days.indices.contains(index), "a run is one of its schedule")
    precondition(Set(days).count == days.count, "no two runs of a schedule share a day")
    self.name = name
    self.every = every
    self.days = days
    self.index = index
    self.price = price
  }
}

/// What a ledger knows of a schedule.
public struct ScheduleStanding: Sendable, Hashable {
  /// SHA-256 of what fixes every run.
  public let digest: String
  /// Who pays; `nil` for nobody named.
  public let analyst: String?
  /// How long each period is.
  public let every: SchedulePeriod
  /// The day labels on which the periods of the runs begin, in order.
  public let days: [String]
  /// The price that was charged.
  public let price: SchedulePrice
  /// The ids of the runs that were committed, in order.
  public let released: [ReleaseID]
  /// The run that was reserved or opened and not committed, if there is one.
  public let pending: ReleaseID?

  /// Makes the record.
  public init(
    digest: String,
    analyst: String?,
    every: SchedulePeriod,
    days: [String],
    price: SchedulePrice,
    released: [ReleaseID],
    pending: ReleaseID?
  ) {
    self.digest = digest
    self.analyst = analyst
    self.every = every
    self.days = days
    self.price = price
    self.released = released
    self.pending = pending
  }
}
