// ScheduleRefusal.swift: why a run of a declared schedule does not take place.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Why a run of a declared schedule does not take place; nothing was charged.
public enum ScheduleRefusal: Error, Sendable, Hashable {
  /// The name stands for a schedule with another spec, other days or another first day.
  case changed(ReleaseID)
  /// The run of that day was released before, under that id.
  case repeated(day: String, id: ReleaseID)
  /// The run of that day was begun under that id, and is finished under it.
  case begun(day: String, id: ReleaseID)
  /// An earlier run, whose day is named, comes first.
  case skipped(next: String)
  /// The schedule begins on a later day.
  case notStarted(first: String)
  /// The day lies after the period of the last run, or all runs were released.
  case ended(last: String)
  /// The price of all runs passes a cap; for a daily cap, that of the day named.
  case overBudget(BudgetRefusal, day: String?)

  /// Whether what was asked is a mistake rather than something that is not allowed now.
  public var isMistake: Bool {
    switch self {
    case .changed, .begun: true
    case .repeated, .skipped, .notStarted, .ended, .overBudget: false
    }
  }
}

extension ScheduleRefusal: CustomStringConvertible {
  /// What is wrong and the way out.
  public var description: String {
    switch self {
    case .changed(let name):
      return "the schedule '\(name)' was declared with another spec, and all its runs are fixed; "
        + "use that spec, or give this one a new `name`"
    case .repeated(let day, let id):
      return "the run of \(day) was released before as '\(id)'; ask for it again with `--id \(id)`"
    case .begun(let day, let id):
      return "the run of \(day) was begun as '\(id)'; finish it with `--id \(id)`"
    case .skipped(let next):
      return "the runs of a schedule come in order, and the next one is that of \(next); "
        + "run it first with `--day \(next)`"
    case .notStarted(let first):
      return "the schedule begins on \(first); run it from that day on, or name the day by `--day`"
    case .ended(let last):
      return "the last period of the schedule began on \(last), and there is no later run; "
        + "declare a further schedule under a new `name`"
    case .overBudget(let refusal, let day):
      guard let day else { return "the price of all runs together: \(refusal)" }
      return "the run of \(day) would pass the budget of its day, of which "
        + "\(refusal.remaining.daily ?? .zero) is left; nothing was charged for any run; "
        + "choose other days, or spend at most what is left in each run"
    }
  }
}
