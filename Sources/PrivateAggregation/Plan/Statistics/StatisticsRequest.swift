// StatisticsRequest.swift: what a spec asks of values, and what is derived from noisy numbers.
// Reference: `docs/measures.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// How the values of signals are read.
public struct ValueGrid: Sendable, Hashable {
  /// How a value between two multiples of the grid is moved to one of them.
  public enum Rounding: Sendable, Hashable {
    /// To the nearer one; from the middle to the one further from zero.
    case nearest
    /// To the larger one: whether a value is at most a multiple of the grid stays as it is.
    case up
  }

  /// The grid, and the lowest and the highest value that is told apart.
  public let range: ValueRange
  /// How values are rounded.
  public let rounding: Rounding

  /// Makes a grid.
  public init(range: ValueRange, rounding: Rounding) {
    self.range = range
    self.rounding = rounding
  }
}

/// Quantiles of the values of each cell, from a noisy histogram over public thresholds.
public struct QuantileRequest: Sendable, Hashable {
  /// The largest number of thresholds.
  public static let mostThresholds = 200
  /// The thresholds, rising, in steps of the grid of values.
  public let thresholds: [Int64]
  /// The ranks of the wanted quantiles, rising, each above 0 and below 1.
  public let ranks: [Rational]
  /// The share of epsilon that the histogram gets.
  public let share: Rational

  /// Makes a request.
  ///
  /// - Precondition: Thresholds and ranks rise, and there is one of each.
  public init(thresholds: [Int64], ranks: [Rational], share: Rational) {
    precondition(!thresholds.isEmpty && !ranks.isEmpty, "quantiles over thresholds")
    precondition(zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 < $1 }, "rising")
    precondition(zip(ranks, ranks.dropFirst()).allSatisfy { $0 < $1 }, "rising")
    self.thresholds = thresholds
    self.ranks = ranks
    self.share = share
  }

  /// The number of bins: one up to each threshold, and one above the last.
  public var binCount: Int { thresholds.count + 1 }
}

/// The largest numbers of signals of one key, within each combination of the other keys.
public struct TopRequest: Sendable, Hashable {
  /// The key whose values are ranked.
  public let key: GroupKey
  /// How many of them are named.
  public let count: Int

  /// Makes a request.
  ///
  /// - Precondition: `count` is at least one.
  public init(key: GroupKey, count: Int) {
    precondition(count >= 1, "the top of something")
    self.key = key
    self.count = count
  }
}

/// What a spec asks of values, and what is derived from noisy numbers at no cost.
public struct StatisticsRequest: Sendable, Hashable {
  /// How values are read; `nil` where nothing needs them.
  public let values: ValueGrid?
  /// Whether the mean of each cell is derived from its deviation and its number of signals.
  public let mean: Bool
  /// The key over whose values each cell's share of the signals is derived.
  public let share: ShareTotal?
  /// The quantiles that are wanted.
  public let quantiles: QuantileRequest?
  /// The ranking that is wanted.
  public let top: TopRequest?

  /// Makes a request.
  public init(
    values: ValueGrid? = nil,
    mean: Bool = false,
    share: ShareTotal? = nil,
    quantiles: QuantileRequest? = nil,
    top: TopRequest? = nil
  ) {
    self.values = values
    self.mean = mean
    self.share = share
    self.quantiles = quantiles
    self.top = top
  }

  /// Whether nothing is asked.
  public var isEmpty: Bool { self == StatisticsRequest() }
}

/// The total that a cell's share is a part of.
public enum ShareTotal: Sendable, Hashable {
  /// All cells.
  case all
  /// The cells that differ from it in one key alone.
  case over(GroupKey)
}
