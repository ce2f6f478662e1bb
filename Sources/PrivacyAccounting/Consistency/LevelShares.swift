// LevelShares.swift: how the budget of a hierarchy is best shared out among its levels.
// Reference: `docs/hierarchies.md`, section "A budget for each level".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The shares of the levels of a hierarchy that make an error least.
///
/// - Privacy: Follows from the shape alone; no data is read.
public enum LevelShares {
  /// The error that is made least.
  public enum Goal: String, Sendable, Hashable, CaseIterable {
    /// The sum over the levels of the average variance of a region.
    case average
    /// The largest variance of any region.
    case worst
  }

  /// The most levels that shares are sought for.
  public static let mostLevels = 8
  /// The most nodes that shares are sought for.
  public static let mostNodes = 50_000
  /// Shares are multiples of one over this.
  private static let parts = 24

  /// Shares with which the error of the estimates (or, where none are made, of the counts) is least, among
  /// multiples of 1/24 that moving parts from one level to another does not make better.
  ///
  /// - Parameters:
  ///   - goal: The error.
  ///   - tree: The nodes, level by level.
  ///   - counts: The number of nodes of each level.
  ///   - isConsistent: Whether estimates that add up are made of the counts.
  /// - Precondition: At most `mostLevels` levels.
  /// - Returns: A share of each level; they add up to one.
  public static func best(
    for goal: Goal,
    _ tree: TreeShape,
    counts: [Int],
    isConsistent: Bool
  ) -> [Rational] {
    precondition((1...mostLevels).contains(counts.count), "a few levels")
    let levelOf = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    func error(_ shares: [Int]) -> Rational {
      let own = shares.map { Rational(1, BigInteger($0 * $0)) }
      var variances = levelOf.map { own[$0] }
      if isConsistent, let made = try? TreeConsistency(tree, variances: variances) {
        variances = made.variances
      }
      switch goal {
      case .worst: return variances.max() ?? .zero
      case .average:
        // Nodes that look alike have one variance, so few different ones are added up.
        var sums = [[Rational: Int]](repeating: [:], count: counts.count)
        for (node, variance) in variances.enumerated() {
          sums[levelOf[node]][variance, default: 0] += 1
        }
        return zip(sums, counts).reduce(.zero) { total, level in
          let sum = level.0.reduce(Rational.zero) { $0 + $1.key * Rational($1.value) }
          return total + sum / Rational(level.1)
        }
      }
    }
    var shares = counts.indices.map { parts / counts.count + ($0 < parts % counts.count ? 1 : 0) }
    var least = error(shares)
    var step = 4
    while step > 0 {
      var best: [Int]?
      for giver in shares.indices where shares[giver] > step {
        for taker in shares.indices where taker != giver {
          var candidate = shares
          candidate[giver] -= step
          candidate[taker] += step
          let candidateError = error(candidate)
          if candidateError < least {
            least = candidateError
            best = candidate
          }
        }
      }
      if let best { shares = best } else { step /= 2 }
    }
    return shares.map { Rational(BigInteger($0), BigInteger(parts)) }
  }
}
