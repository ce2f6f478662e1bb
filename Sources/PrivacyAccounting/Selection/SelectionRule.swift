// SelectionRule.swift: how cells that nobody listed may be selected, whichever rule does it.
// Reference: [DVGM22]; [KKMN09].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// How cells that nobody listed are selected.
public enum SelectionRule: String, Sendable, Hashable, CaseIterable {
  /// A cell is kept where its count with discrete Laplace noise reaches a threshold.
  case threshold
  /// A cell is kept with the largest probability that any rule may give it: it exists, no more.
  case optimal
  /// A cell is kept where its number of units with truncated noise reaches a threshold.
  case geometric
}

/// Why cells cannot be selected at a loss.
public enum SelectionError: Error, Equatable, Sendable {
  /// Epsilon is not above zero, or outside the range in which the rules are computed.
  case epsilonOutOfRange
  /// Delta is not between zero and one: no rule keeps cells that nobody listed without a delta.
  case deltaOutOfRange
  /// The number named `name` lies outside `1...limit`.
  case outOfRange(name: String, limit: Int)
}

/// What is the same for every rule: who may change how many cells, and at what loss.
///
/// - Privacy: Neighbours differ by one unit, which is in at most `cells` cells.
public struct SelectionTerms: Sendable, Hashable {
  /// The values of epsilon for which rules are computed, in nats: from 10^-30 to 10^4.
  public static let epsilons =
    Rational(1, BigInteger(10).power(30))...Rational(BigInteger(10_000))

  /// The part of the loss that selection costs, in nats, over all cells of a unit.
  public let epsilon: Rational
  /// The probability with which any cell of one unit alone may be kept.
  public let delta: Rational
  /// The most cells that one unit is in.
  public let cells: Int

  /// Makes terms.
  ///
  /// - Throws: `SelectionError` for numbers with which nothing can be selected.
  public init(epsilon: Rational, delta: Rational, cells: Int) throws(SelectionError) {
    guard Self.epsilons.contains(epsilon) else { throw .epsilonOutOfRange }
    guard delta.signum > 0, delta < .one else { throw .deltaOutOfRange }
    guard (1...ContributionBounds.largest).contains(cells) else {
      throw .outOfRange(name: "cells_per_unit", limit: ContributionBounds.largest)
    }
    self.epsilon = epsilon
    self.delta = delta
    self.cells = cells
  }

  /// The part of epsilon for each cell of a unit, in nats.
  public var epsilonPerCell: Rational { epsilon / Rational(cells) }
}

/// A rule with its numbers.
public enum CellSelection: Sendable, Hashable {
  /// Noisy counts against a threshold.
  case threshold(LaplaceThreshold)
  /// The largest probabilities that any rule may give.
  case optimal(OptimalSelection)
  /// Counts of units with truncated noise against a threshold.
  case geometric(TruncatedGeometricSelection)

  /// Prepares a rule.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - terms: The loss and the cells of a unit.
  ///   - signalsPerCell: The most that one unit adds to one cell of what the threshold rule
  ///     counts; the other rules count units.
  /// - Throws: `SelectionError.outOfRange` for a number of signals out of range.
  public init(
    _ rule: SelectionRule,
    under terms: SelectionTerms,
    signalsPerCell: Int = 1
  ) throws(SelectionError) {
    switch rule {
    case .threshold:
      guard (1...ContributionBounds.largest).contains(signalsPerCell) else {
        throw .outOfRange(name: "signals_per_cell", limit: ContributionBounds.largest)
      }
      let change = BigInteger(signalsPerCell)
      self = .threshold(
        LaplaceThreshold(
          scale: Rational(BigInteger(terms.cells) * change) / terms.epsilon,
          largestChange: change,
          cells: terms.cells,
          delta: terms.delta
        )
      )
    case .optimal: self = .optimal(OptimalSelection(terms))
    case .geometric: self = .geometric(TruncatedGeometricSelection(terms))
    }
  }

  /// Which rule it is.
  public var rule: SelectionRule {
    switch self {
    case .threshold: .threshold
    case .optimal: .optimal
    case .geometric: .geometric
    }
  }

  /// The smallest noisy count that is kept; `nil` for the optimal rule, which makes no count.
  public var threshold: BigInteger? {
    switch self {
    case .threshold(let rule): rule.threshold
    case .optimal: nil
    case .geometric(let rule): rule.threshold
    }
  }

  /// Encloses the probability that a cell is kept, relative to 10^-`digits`.
  ///
  /// - Parameters:
  ///   - count: The cell's exact count after bounding: of what is thresholded, or of units.
  ///   - digits: The digits that both bounds share.
  /// - Returns: Exactly zero for a cell that no unit is in: it is never considered.
  public func keepProbability(of count: BigInteger, digits: Int) -> Enclosure {
    switch self {
    case .threshold(let rule): rule.keepProbability(of: count, digits: digits)
    case .optimal(let rule): rule.keepProbability(of: count, digits: digits)
    case .geometric(let rule): rule.keepProbability(of: count, digits: digits)
    }
  }
}
