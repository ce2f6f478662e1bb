// PlannedContinual.swift: running counts over a horizon: what is asked, and the tree that noises them.
// Reference: `docs/continual.md`; [APT24].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// What a spec says about running counts.
public struct ContinualRequest: Sendable, Hashable {
  /// The arity of the tree; `nil` for the one with the smallest variance.
  public let arity: Int?
  /// The folder of the encrypted state, absolute.
  public let store: String
  /// The period that is released, from 1; `nil` where none is meant yet.
  public private(set) var period: Int?

  /// Makes a request.
  ///
  /// - Precondition: `arity` is one that a tree can have.
  public init(arity: Int?, store: String) {
    precondition(arity.map(BalancedTree.isArity) ?? true, "an arity that a tree can have")
    self.arity = arity
    self.store = store
  }

  /// The same for one period.
  func at(_ period: Int) -> ContinualRequest {
    var copy = self
    copy.period = period
    return copy
  }
}

/// Running counts of one period, planned from the spec alone.
public struct PlannedContinual: Sendable, Hashable {
  /// The tree that the counts are noised through.
  public let tree: BalancedTree
  /// The period, from 1; that of the end of the horizon where none is meant yet.
  public let t: Int
  /// The folder of the encrypted state, absolute.
  public let store: String

  /// Plans running counts.
  ///
  /// - Parameters:
  ///   - request: What is asked.
  ///   - horizon: The number of periods.
  ///   - scale: The scale of the noise of the first measure, if there were one level.
  init(_ request: ContinualRequest, horizon: Int, scale: Rational) {
    tree =
      request.arity.map { BalancedTree(arity: $0, horizon: horizon) }
      ?? BalancedTree.best(horizon: horizon, scale: scale)
    t = request.period ?? horizon
    store = request.store
  }

  /// The law of the noise of one running count, for noise of a scale.
  public func law(scale: Rational) -> DiscreteLaplaceSum {
    ReleasedContinual.law(tree, at: t, scale: scale)
  }
}

extension ReportSpecification {
  /// How running counts are noised, from the spec alone; `nil` where none are asked for.
  var plannedContinual: PlannedContinual? {
    guard let continual, let schedule, let first = measures.first else { return nil }
    return PlannedContinual(
      continual,
      horizon: schedule.times,
      scale: Rational(bounds.sensitivity(of: first.measure)) / (budget.epsilon * first.share)
    )
  }
}
