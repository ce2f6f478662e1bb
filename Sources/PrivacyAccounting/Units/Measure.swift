// Measure.swift: what is counted or added up in each cell.
// Reference: `docs/measures.md`.
// SPDX-License-Identifier: Apache-2.0

/// What is counted or added up in each cell, after bounding.
public enum Measure: Sendable, Hashable {
  /// The number of signals.
  case signals
  /// The number of distinct privacy units.
  case units
  /// The sum of the values of the signals, each moved into its range, in steps of the grid.
  case sum(ValueRange)
  /// The sum of what each unit has in a cell, moved into the range as a whole, in steps of the grid.
  case cellSum(ValueRange)
  /// The sum of how far each value lies above the middle of its range, in steps of the grid: with the
  /// number of signals it gives the mean, at about half of the noise of a sum.
  case deviation(ValueRange)

  /// The measures that need no value.
  public static let counts: [Measure] = [.signals, .units]
  /// The names of all measures: no key of a cell is named like one.
  public static let names: Set<String> = ["signals", "units", "sum", "deviation"]

  /// The name in specs, releases and tables.
  public var rawValue: String {
    switch self {
    case .signals: "signals"
    case .units: "units"
    case .sum, .cellSum: "sum"
    case .deviation: "deviation"
    }
  }

  /// The range and the grid of what is added up; `nil` for a count.
  public var range: ValueRange? {
    switch self {
    case .signals, .units: nil
    case .sum(let range), .cellSum(let range), .deviation(let range): range
    }
  }

  /// Whether one unit changes a cell by at most the same amount however many signals it has there.
  public var isPerUnit: Bool {
    switch self {
    case .units, .cellSum: true
    case .signals, .sum, .deviation: false
    }
  }

  /// Whether it is never below zero, so that a noisy one may be raised to zero.
  public var isNeverNegative: Bool {
    switch self {
    case .signals, .units: true
    case .sum(let range), .cellSum(let range): range.low >= 0
    case .deviation: false
    }
  }

  /// The most that one contribution adds, up or down: one, or the steps of the grid.
  var largestContribution: Int64 {
    switch self {
    case .signals, .units: 1
    case .sum(let range), .cellSum(let range): range.largest
    case .deviation(let range): range.largestDeviation
    }
  }
}
