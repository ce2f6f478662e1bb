// BinaryTree.swift: running counts from a binary tree, plain and with variance reduction.
// Reference: [DNPR10]; [CSS11]; [HON15].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A binary tree over a horizon of `T` periods, with one noisy sum for each node.
///
/// The count of the first `t` periods is the sum of the nodes of the dyadic decomposition of `t`. Each
/// node can be estimated better than by its own sum, as its children add up to it: bottom-up, with
/// weights that minimise the variance.
/// ```
/// c_0 = v,   c_h = 2 v c_(h-1) / (v + 2 c_(h-1)),   own weight 2 c_(h-1) / (v + 2 c_(h-1))
/// ```
///
/// - Privacy: A period is in one node of each level, so what a unit contributes over the whole horizon,
///   at most `s`, changes all sums by at most `levels * s` in L1.
/// - Reference: [HON15], section 3.
public struct BinaryTree: Sendable, Hashable {
  /// The number of periods.
  public let horizon: Int

  /// Makes the tree of a horizon.
  ///
  /// - Precondition: `horizon` is at least 1.
  public init(horizon: Int) {
    precondition(horizon >= 1, "a horizon of at least one period")
    self.horizon = horizon
  }

  /// The number of levels, `floor(log2 T) + 1`: the most nodes that one period is in.
  public var levels: Int { Int.bitWidth - horizon.leadingZeroBitCount }

  /// The nodes that make up the periods `1 ... t`, from the highest level down.
  ///
  /// - Precondition: `t` is from 1 to `horizon`.
  public func nodes(at t: Int) -> [TreeNode] {
    precondition((1...horizon).contains(t), "a period of the horizon")
    return (0..<levels).reversed().filter { t >> $0 & 1 == 1 }.map {
      TreeNode(level: $0, index: (t >> $0) - 1)
    }
  }

  /// The weight of a node's own sum in its best estimate, by level; the rest is on the sum of the
  /// estimates of its two children.
  ///
  /// - Parameter variances: The variance of a sum of each level; all one if left out.
  /// - Returns: The weights, the lowest level first.
  public func ownWeights(of variances: [Rational]? = nil) -> [Rational] {
    let variances = variances ?? Array(repeating: .one, count: levels)
    let estimates = nodeVariances(of: variances)
    return (0..<levels).map { level in
      guard level > 0 else { return .one }
      let children = 2 * estimates[level - 1]
      return children / (variances[level] + children)
    }
  }

  /// The variance of the best estimate of a node, by level, in the unit of `variances`.
  ///
  /// - Parameter variances: The variance of a sum of each level; all one if left out.
  /// - Returns: The variances, the lowest level first.
  public func nodeVariances(of variances: [Rational]? = nil) -> [Rational] {
    let variances = variances ?? Array(repeating: .one, count: levels)
    precondition(variances.count == levels, "a variance for each level")
    var estimates = [variances[0]]
    for variance in variances.dropFirst() {
      let children = 2 * (estimates.last ?? .zero)
      estimates.append(variance * children / (variance + children))
    }
    return estimates
  }

  /// The variance of the best estimate of the count of the first `t` periods.
  ///
  /// - Parameters:
  ///   - t: The number of periods.
  ///   - variances: The variance of a sum of each level; all one if left out.
  /// - Returns: The variance, in the unit of `variances`.
  public func variance(at t: Int, of variances: [Rational]? = nil) -> Rational {
    let estimates = nodeVariances(of: variances)
    return nodes(at: t).reduce(.zero) { $0 + estimates[$1.level] }
  }

  /// The mean of the variances over the horizon, in variances of one draw.
  public var meanVariance: Rational {
    let variances = nodeVariances()
    var total = Rational.zero
    for level in 0..<levels {
      // How many of 1...T have the bit.
      let block = 1 << (level + 1)
      let count = (horizon + 1) / block * (block / 2) + max(0, (horizon + 1) % block - block / 2)
      total += variances[level] * Rational(count)
    }
    return total / Rational(horizon)
  }

  /// The best estimate of the count of the first `t` periods from the noisy sums of the nodes.
  ///
  /// - Parameters:
  ///   - t: The number of periods.
  ///   - noisy: The noisy sums of each level, by index; all that end by `t` are there.
  ///   - variances: The variance of a sum of each level; all one if left out.
  /// - Returns: The estimate.
  public func estimate(
    at t: Int,
    from noisy: [[BigInteger]],
    of variances: [Rational]? = nil
  ) -> Rational {
    let weights = ownWeights(of: variances)
    func estimate(_ node: TreeNode) -> Rational {
      let own = Rational(noisy[node.level][node.index])
      guard node.level > 0 else { return own }
      let children = (0..<2).reduce(Rational.zero) {
        $0 + estimate(TreeNode(level: node.level - 1, index: 2 * node.index + $1))
      }
      let weight = weights[node.level]
      return weight * own + (.one - weight) * children
    }
    return nodes(at: t).reduce(.zero) { $0 + estimate($1) }
  }
}
