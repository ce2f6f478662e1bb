// Schedule+Disjoint.swift: schedules of which every day or week of a person lies in one run alone.
// Reference: `docs/privacy-model.md`, section "Declared schedules"; [McS09] theorem 4.
// SPDX-License-Identifier: Apache-2.0

extension PrivacyUnit {
  /// Whether every unit lies in at most one of the periods that begin at midnight (UTC) of these days.
  ///
  /// A day of a person lies in the period that holds it. A week does where no period begins inside
  /// one, so where all but the first begin on a Monday. A person lies in all.
  ///
  /// - Parameter days: The days on which the periods begin, in order; each ends where the next begins.
  /// - Returns: Whether no unit lies in two of them.
  public func isSeparated(by days: some Sequence<CivilDay>) -> Bool {
    switch self {
    case .person: false
    case .personDay: true
    case .personWeek: days.dropFirst().allSatisfy { $0.monday == $0 }
    }
  }

  /// The same for labels of days; false where one is no day.
  func isSeparated(by labels: [String]) -> Bool {
    let days = labels.compactMap { CivilDay($0) }
    return days.count == labels.count && isSeparated(by: days)
  }
}

extension ScheduleLoss {
  /// The price where every unit lies in one run alone: what one run costs; `nil` where it may lie in
  /// several.
  ///
  /// - Privacy: Adding or removing a unit changes the signals of one run, and all others stay as they
  ///   are whatever was told before; so all together keep to the loss of one.
  /// - Reference: [McS09] theorem 4.
  public var disjoint: SchedulePrice? {
    isDisjoint ? SchedulePrice(rule: .disjoint, loss: run) : nil
  }

  /// Whether a price certainly covers all runs, by its own rule.
  public func covers(_ price: SchedulePrice) -> Bool {
    guard price.rule == .disjoint else { return certainlyKeeps(to: price.loss) }
    return disjoint?.loss.fits(within: price.loss) ?? false
  }
}
