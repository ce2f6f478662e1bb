// BalancedTree+Choice.swift: the tree whose running counts vary least over a horizon.
// Reference: [APT24]; `docs/continual.md`, section "Which tree".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

extension BalancedTree {
  /// The tree with the smallest mean variance over a horizon, among the smallest arity for each number
  /// of levels; of equal ones, that with fewer levels.
  ///
  /// A larger arity for the same number of levels only makes digits larger.
  ///
  /// - Parameters:
  ///   - horizon: The number of periods.
  ///   - scale: The scale of the noise where there is one level, in units of the measure: what a unit
  ///     contributes over the whole horizon, divided by epsilon.
  /// - Returns: The tree.
  /// - Complexity: O(T log^2 T) small steps.
  public static func best(horizon: Int, scale: Rational) -> BalancedTree {
    var best: (tree: BalancedTree, mean: Enclosure)?
    for levels in 1... {
      let arity = smallestArity(levels: levels, horizon: horizon)
      guard isArity(arity) else { continue }
      let tree = BalancedTree(arity: arity, horizon: horizon)
      guard tree.levels == levels else { break }
      let mean = tree.meanVariance(scale: scale, digits: 30)
      if best.map({ mean.upper < $0.mean.lower }) ?? true { best = (tree, mean) }
      if arity == 3 { break }
    }
    guard let best else { preconditionFailure("some number of levels has an arity") }
    return best.tree
  }

  /// Encloses the mean of the variances of all running counts, in squared units of the measure.
  ///
  /// - Parameters:
  ///   - scale: The scale of the noise where there is one level.
  ///   - digits: The relative width is at most `10^-digits`.
  /// - Returns: The mean.
  public func meanVariance(scale: Rational, digits: Int) -> Enclosure {
    let one = DiscreteLaplaceLaw(scale: scale * Rational(levels)).variance(digits: digits + 2)
    let mean = Rational(BigInteger(drawsInAll().total), BigInteger(horizon))
    return one * Enclosure(mean, precision: one.precision)
  }

  /// The smallest odd `k >= 3` with `(k^levels - 1) / 2 >= horizon`.
  private static func smallestArity(levels: Int, horizon: Int) -> Int {
    var arity = 3
    while true {
      var reach = 1
      for _ in 0..<levels where reach <= 2 * horizon { reach *= arity }
      if reach > 2 * horizon { return arity }
      arity += 2
    }
  }
}
