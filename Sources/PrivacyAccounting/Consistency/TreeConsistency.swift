// TreeConsistency.swift: estimates that add up, by generalised least squares over any tree, exactly.
// Reference: [HRMS10]; `docs/hierarchies.md`, section "Estimates that add up".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Why estimates are not worked out.
public enum TreeConsistencyError: Error, Hashable, Sendable {
  /// Their exact fractions would take more than so many bits.
  case tooManyBits(limit: Int)
}

/// Estimates of the counts of a tree, of which those of the children of a node add up to its own:
/// among all such the ones of the least squares, each count weighed by one over its variance.
///
/// Two passes do it, for a tree of any shape. Upward, the estimate `z` of a node from all that lies in
/// it, `y` being its count of variance `v`, and `s`, `V` the sums of the estimates and variances of its
/// children:
/// ```
/// z = (y V + s v) / (v + V),   with variance v V / (v + V)
/// ```
/// Downward, what the parent knows beyond its children is shared out by their variances, `p` being the
/// variance of the estimate of the parent:
/// ```
/// x = z + a (x_parent - s),    with variance var(z) + a^2 (p - V),   a = var(z) / V
/// ```
/// Everything but the counts is the same for nodes that look alike from below and from above, and is
/// worked out once for each kind: within a kind all estimates share a denominator.
///
/// - Reference: [HRMS10] section 4 has the case of equal variances and equal numbers of children.
public struct TreeConsistency: Sendable {
  /// What nodes have in common that look alike from below.
  struct Below: Sendable {
    /// The variance of the estimate from below.
    let variance: Rational
    /// The sum of those of the children.
    let sumVariance: Rational
    /// The common denominator of the estimates of the children.
    let sumDenominator: BigInteger
    /// What the numerator of a child is multiplied with, for each kind of child.
    let factors: [Int: BigInteger]
    /// The numerator of the estimate is `countFactor` times the count and `sumFactor` times the
    /// numerator of the sum of the children.
    let countFactor: BigInteger
    let sumFactor: BigInteger
    let denominator: BigInteger
  }

  /// What nodes have in common that also look alike from above.
  struct Whole: Sendable {
    /// The variance of the estimate.
    let variance: Rational
    let denominator: BigInteger
    /// The numerator is `ownFactor` times that from below and `restFactor` times the numerator of what
    /// the parent knows beyond its children.
    let ownFactor: BigInteger
    let restFactor: BigInteger
    /// What the numerators of its own estimate and of the sum of its children are multiplied with, so
    /// that their difference is what it knows beyond them.
    let differenceFactor: BigInteger
    let sumFactor: BigInteger
    let differenceDenominator: BigInteger
  }

  /// The shape.
  public let tree: TreeShape
  /// Whether each node has a count.
  let isCounted: [Bool]
  let below: [Below]
  let belowOf: [Int32]
  let whole: [Whole]
  let wholeOf: [Int32]

  /// Works out everything but the counts.
  ///
  /// - Parameters:
  ///   - tree: The shape.
  ///   - variances: The variance of the count of each node; zero for an exact one, `nil` for a node
  ///     without a count.
  ///   - mostBits: How many bits the denominators of all estimates may take together.
  /// - Precondition: Every leaf has a count; no variance is below zero.
  /// - Throws: `TreeConsistencyError`.
  /// - Complexity: O(n log n), and operations on fractions for each kind of node.
  public init(
    _ tree: TreeShape,
    variances: [Rational?],
    mostBits: Int = .max
  ) throws(TreeConsistencyError) {
    precondition(variances.count == tree.count, "a variance for each node")
    var kinds = TreeKinds(mostBits: mostBits)
    let belowOf = try kinds.fromBelow(tree, variances)
    let wholeOf = try kinds.fromAbove(tree, belowOf)
    self.tree = tree
    isCounted = variances.map { $0 != nil }
    below = kinds.below
    self.belowOf = belowOf
    whole = kinds.whole
    self.wholeOf = wholeOf
  }

  /// The variance of the estimate of each node.
  public var variances: [Rational] { wholeOf.map { whole[Int($0)].variance } }

  /// The kind of each node: nodes of one kind have one variance.
  public var kinds: [Int] { wholeOf.map(Int.init) }

  /// The variance of the estimates of each kind.
  public var kindVariances: [Rational] { whole.map(\.variance) }

  /// The estimates that follow from counts.
  ///
  /// - Precondition: A count for each node that has a variance.
  /// - Complexity: O(n) operations on integers.
  public func estimates(of counts: [Int64?]) -> [Rational] {
    precondition(counts.count == tree.count, "a count for each node")
    var own = [BigInteger](repeating: 0, count: tree.count)
    var sums = own
    for node in (0..<tree.count).reversed() {
      let kind = below[Int(belowOf[node])]
      var numerator = kind.sumFactor * sums[node]
      if isCounted[node] {
        guard let count = counts[node] else { preconditionFailure("a count for each variance") }
        numerator += kind.countFactor * BigInteger(count)
      }
      own[node] = numerator
      guard let parent = tree.parents[node] else { continue }
      let factor = below[Int(belowOf[parent])].factors[Int(belowOf[node])] ?? 1
      sums[parent] += factor == 1 ? numerator : factor * numerator
    }
    var estimates: [Rational] = []
    estimates.reserveCapacity(tree.count)
    for node in 0..<tree.count {
      let kind = whole[Int(wholeOf[node])]
      if let parent = tree.parents[node] {
        // By now this is what the parent knows beyond its children.
        own[node] = kind.ownFactor * own[node] + kind.restFactor * sums[parent]
      }
      if !tree.isLeaf(node) {
        sums[node] = kind.differenceFactor * own[node] - kind.sumFactor * sums[node]
      }
      estimates.append(Rational(own[node], kind.denominator))
    }
    return estimates
  }
}
