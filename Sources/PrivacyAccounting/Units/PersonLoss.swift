// PersonLoss.swift: what a privacy unit means for a person, and what a person loses at most.
// Reference: `docs/privacy-model.md`, section "Days and weeks of a person"; [DR14] theorem 2.2.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

extension PrivacyUnit {
  /// What the unit means for a person, in plain words.
  public var meaning: String {
    switch self {
    case .person:
      "All signals of one person are protected together, from every source and every day."
    case .personDay:
      "The signals of one person on one day (UTC) are protected together; for a person who was "
        + "active on several days the losses add up."
    case .personWeek:
      "The signals of one person in one week (ISO, UTC) are protected together; for a person who "
        + "was active in several weeks the losses add up."
    }
  }

  /// What a person has several of: days or weeks; `nil` for the person as a whole.
  public var period: String? {
    switch self {
    case .person: nil
    case .personDay: "day"
    case .personWeek: "week"
    }
  }

  /// The number of days or weeks, in UTC, that a span of time touches; one for a person as a whole.
  ///
  /// - Precondition: `from < to`, in seconds since 1970.
  public func periods(from: Int64, to: Int64) -> Int {
    precondition(from < to, "a span ends after it begins")
    let first = CivilDay(ofSecond: from)
    let last = CivilDay(ofSecond: to - 1)
    switch self {
    case .person: return 1
    case .personDay: return Int(last.number - first.number) + 1
    case .personWeek: return Int(last.monday.number - first.monday.number) / 7 + 1
    }
  }
}

/// What one release costs a person where days or weeks of a person are protected by themselves.
public struct PersonLoss: Sendable, Hashable {
  /// What is protected.
  public let unit: PrivacyUnit
  /// The most days or weeks that a person can be active in; `nil` where that has no limit, and where
  /// the unit is the person.
  public let periods: Int?
  /// The loss of a person who was active in all of them; `nil` where there is no limit to them, and
  /// where a delta of one or more would be all that is left.
  public let loss: PrivacyLoss?

  /// States a loss as it was written.
  public init(unit: PrivacyUnit, periods: Int?, loss: PrivacyLoss?) {
    self.unit = unit
    self.periods = periods
    self.loss = loss
  }

  /// Derives the loss of a person from that of a unit.
  ///
  /// Taking away a person who was active in `k` periods takes away `k` units. So a pure loss counts
  /// `k` times. Where cells are selected at (e, d), that step is (k e, D)-DP for `k` units, with
  /// ```
  /// D = d (1 + exp(e) + ... + exp((k-1) e)) = d (exp(k e) - 1) / (exp(e) - 1)
  /// ```
  /// which is rounded up to 12 digits.
  ///
  /// - Privacy: What a person loses at most by one release, under add/remove of the person.
  /// - Parameters:
  ///   - unit: What is protected.
  ///   - loss: What the release costs for a unit.
  ///   - selection: The part of it that selecting cells costs; `nil` where all are listed.
  ///   - span: The window in seconds since 1970, half-open; `nil` for all time.
  /// - Reference: [DR14] theorem 2.2.
  public init(
    of unit: PrivacyUnit,
    loss: PrivacyLoss,
    selection: PrivacyLoss?,
    within span: (from: Int64, to: Int64)?
  ) {
    self.unit = unit
    guard unit != .person, let span else {
      periods = nil
      self.loss = nil
      return
    }
    let periods = unit.periods(from: span.from, to: span.to)
    self.periods = periods
    self.loss = Self.repeated(loss, selection, periods)
  }

  /// The loss of so many units together.
  private static func repeated(
    _ loss: PrivacyLoss,
    _ selection: PrivacyLoss?,
    _ count: Int
  ) -> PrivacyLoss? {
    let epsilon = loss.epsilon * Rational(count)
    guard let selection, selection.delta.signum > 0, count > 1 else {
      return PrivacyLoss(epsilonSum: epsilon, deltaSum: loss.delta)
    }
    // Beyond this delta is above one, whatever it was: exp(5000) is above 10^2171.
    guard selection.epsilon * Rational(count) <= 5000 else { return nil }
    let one = Enclosure(from: .one, to: .one, precision: 256)
    let all = Enclosure.exp(selection.epsilon * Rational(count), precision: 256)
    let each = Enclosure.exp(selection.epsilon, precision: 256)
    let sum = (all - one) * (each - one).reciprocal
    let delta = selection.delta * sum.upper.rational
    guard delta < .one, let rounded = try? Rational(parsing: delta.decimal(digits: 12, .up)),
      rounded < .one
    else { return nil }
    return PrivacyLoss(epsilonSum: epsilon, deltaSum: rounded)
  }
}
