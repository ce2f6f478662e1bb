// ReleasedContinual.swift: what a release says of the running counts that it belongs to.
// Reference: `docs/continual.md`, section "What a release says".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// The running counts of the latest periods, which earlier releases gave already.
///
/// - Privacy: Post-processing: every number stands in an earlier release, or in this one.
public struct ReleasedSeries: Sendable, Hashable {
  /// The most numbers of a series; of more the latest periods are kept.
  public static let mostNumbers = 1 << 17

  /// The days on which the periods begin, oldest first; the last one is that of the release.
  public let days: [String]
  /// For each measure, by name, and each period the half-width of one running count.
  public let halfWidths: [String: [BigInteger]]
  /// For each measure, by name, and each cell in the order of the release, its running counts.
  public let values: [String: [[Int64]]]

  /// Makes the record.
  public init(
    days: [String],
    halfWidths: [String: [BigInteger]],
    values: [String: [[Int64]]]
  ) {
    self.days = days
    self.halfWidths = halfWidths
    self.values = values
  }

  /// The number of periods in the series of a release.
  public static func length(at t: Int, cells: Int, measures: Int) -> Int {
    min(t, max(1, mostNumbers / max(1, cells * measures)))
  }
}

/// What a release says of the running counts that it belongs to.
///
/// - Privacy: The loss of the release is that of the whole horizon: the running counts of all periods
///   together follow from sums that were noised once.
public struct ReleasedContinual: Sendable, Hashable {
  /// The name of the mechanism.
  public static let mechanism = "balanced-tree"
  /// What becomes of signals that arrive after their period was released.
  public static let lateSignals = "not counted"
  /// What becomes of counts when a consent is withdrawn later.
  public static let withdrawals = "do not alter counts of earlier periods"
  /// The significant digits that variances are rounded up to.
  static let digits = 12
  /// The hexadecimal digits of a state's name.
  public static let stateDigits = 32

  /// The tree: its arity and the number of periods of the horizon.
  public let tree: BalancedTree
  /// The number of this period, from 1.
  public let t: Int
  /// For each measure, by name, the variance of one running count, rounded up.
  public let variances: [String: Rational]
  /// The name of the state that the next release goes on from, drawn at random.
  public let state: String
  /// The running counts of the latest periods.
  public let series: ReleasedSeries

  /// Makes the record.
  public init(
    tree: BalancedTree,
    t: Int,
    variances: [String: Rational],
    state: String,
    series: ReleasedSeries
  ) {
    self.tree = tree
    self.t = t
    self.variances = variances
    self.state = state
    self.series = series
  }

  /// The law of the noise in each running count of a period, for noise of a scale.
  ///
  /// - Precondition: `t` is a period of the horizon.
  public static func law(_ tree: BalancedTree, at t: Int, scale: Rational) -> DiscreteLaplaceSum {
    DiscreteLaplaceSum(of: DiscreteLaplaceLaw(scale: scale), draws: tree.draws(at: t))
  }

  /// A variance rounded up to as many digits as are kept; rounding is decided with certainty, as the
  /// number is irrational.
  public static func variance(_ law: DiscreteLaplaceSum) -> Rational {
    var digits = 2 * Self.digits
    while true {
      let texts = law.variance(digits: digits)
      let rounded = [texts.lower, texts.upper].map {
        $0.rational.decimal(digits: Self.digits, .up)
      }
      if rounded[0] == rounded[1], let value = try? Rational(parsing: rounded[0]) { return value }
      digits *= 2
    }
  }
}
