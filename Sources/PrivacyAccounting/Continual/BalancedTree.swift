// BalancedTree.swift: running counts from a k-ary tree whose nodes are added and taken off.
// Reference: [APT24]; `docs/continual.md`, section "The mechanism".
// SPDX-License-Identifier: Apache-2.0

/// One node of a tree over the periods of a horizon.
public struct TreeNode: Sendable, Hashable, Comparable {
  /// The level, from 0 for single periods.
  public let level: Int
  /// Which of the nodes of its level, from 0: node `i` of level `h` covers the periods
  /// `i k^h + 1 ... (i + 1) k^h`.
  public let index: Int

  /// Names a node.
  public init(level: Int, index: Int) {
    self.level = level
    self.index = index
  }

  /// The order of levels, then of indices.
  public static func < (left: TreeNode, right: TreeNode) -> Bool {
    (left.level, left.index) < (right.level, right.index)
  }
}

/// A node in a running count.
public struct TreeTerm: Sendable, Hashable {
  /// The node.
  public let node: TreeNode
  /// Whether it is taken off rather than added.
  public let isTakenOff: Bool

  /// Names a term.
  public init(node: TreeNode, isTakenOff: Bool) {
    self.node = node
    self.isTakenOff = isTakenOff
  }
}

/// A k-ary tree over a horizon of `T` periods, `k` odd, whose nodes are added and taken off.
///
/// The number `t` of a period is written in base `k` with digits from `-(k-1)/2` to `(k-1)/2`. A
/// positive digit `d` at level `j` adds `d` nodes of that level, a negative one takes `|d|` off that
/// reach beyond `t`; together they cover the periods `1 ... t`. Each node has one draw of noise, and
/// the running count is the exact one plus the draws of the nodes that are added minus those of the
/// nodes that are taken off.
///
/// - Privacy: A period is in at most one node of each level, so what a unit contributes over the whole
///   horizon, at most `s`, changes the sums of all nodes by at most `levels * s` in L1. The running
///   counts follow from the noisy sums. A node that is taken off is not over: its draw is kept secret
///   until then, and what is released is only the sum.
/// - Reference: [APT24], section 3.
public struct BalancedTree: Sendable, Hashable {
  /// The most periods of a horizon.
  public static let longestHorizon = 10_000
  /// The largest arity: more children would only mean more draws in a count.
  public static let largestArity = 255

  /// The number of children of a node, odd.
  public let arity: Int
  /// The number of levels: the smallest with `(k^levels - 1) / 2 >= T`.
  public let levels: Int
  /// The number of periods.
  public let horizon: Int

  /// Makes the tree of an arity.
  ///
  /// - Precondition: `arity` is odd and from 3 to `largestArity`, `horizon` from 1 to
  ///   `longestHorizon`.
  public init(arity: Int, horizon: Int) {
    precondition((1...Self.longestHorizon).contains(horizon), "a horizon of 1 to 10,000 periods")
    precondition(Self.isArity(arity), "an odd arity from 3 to 255")
    var levels = 1
    var reach = arity
    while (reach - 1) / 2 < horizon {
      levels += 1
      reach *= arity
    }
    self.arity = arity
    self.levels = levels
    self.horizon = horizon
  }

  /// Whether nodes can have so many children.
  public static func isArity(_ arity: Int) -> Bool {
    arity % 2 == 1 && (3...largestArity).contains(arity)
  }

  /// The digits of the number of a period, lowest first.
  ///
  /// - Precondition: `t` is from 0 to `horizon`.
  func digits(of t: Int) -> [Int] {
    precondition((0...horizon).contains(t), "a period of the horizon")
    let half = (arity - 1) / 2
    var rest = t
    return (0..<levels).map { _ in
      let digit = (rest + half) % arity - half
      rest = (rest - digit) / arity
      return digit
    }
  }

  /// The number of draws in the running count of a period.
  public func draws(at t: Int) -> Int { digits(of: t).reduce(0) { $0 + abs($1) } }

  /// The nodes of the running count of a period, from the highest level down.
  public func terms(at t: Int) -> [TreeTerm] {
    var terms: [TreeTerm] = []
    // The place that the digits so far make up, in nodes of the level.
    var place = 0
    for (level, digit) in digits(of: t).enumerated().reversed() {
      place = place * arity
      for step in 0..<abs(digit) {
        let index = digit > 0 ? place + step : place - 1 - step
        terms.append(
          TreeTerm(node: TreeNode(level: level, index: index), isTakenOff: digit < 0)
        )
      }
      place += digit
    }
    return terms
  }

  /// For each node that running counts use, the last period whose count does.
  ///
  /// - Complexity: O(T k levels).
  public func lastUses() -> [TreeNode: Int] {
    var last: [TreeNode: Int] = [:]
    for t in 1...horizon {
      for term in terms(at: t) { last[term.node] = t }
    }
    return last
  }

  /// The nodes that running counts use up to a period and after it.
  ///
  /// - Complexity: O(T k levels).
  public func nodesInUse(at t: Int) -> Set<TreeNode> {
    guard t >= 1 else { return [] }
    let last = lastUses()
    let used = Set((1...t).flatMap { terms(at: $0).map(\.node) })
    return used.filter { (last[$0] ?? 0) > t }
  }

  /// The draws of the running counts of all periods together, and the most of one.
  func drawsInAll() -> (total: Int, most: Int) {
    var total = 0
    var most = 0
    for t in 1...horizon {
      let draws = draws(at: t)
      total += draws
      most = max(most, draws)
    }
    return (total, most)
  }
}
