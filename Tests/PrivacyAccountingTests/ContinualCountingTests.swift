// ContinualCountingTests.swift: running counts from trees, and the law of several draws together.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

/// The reference values of `continual_counting.json`.
private struct ContinualFile: Decodable {
  struct Point: Decodable {
    let t: Int
    let nodes: [[Int]]
    let simple: String
    let reduced: String

    enum CodingKeys: String, CodingKey {
      case t, nodes
      case simple = "var_simple"
      case reduced = "var_honaker"
    }
  }

  struct Example: Decodable {
    let noisy: [[Int]]
    let simple: [Int]
    let reduced: [String]

    enum CodingKeys: String, CodingKey {
      case noisy
      case simple = "prefix_simple"
      case reduced = "prefix_honaker"
    }
  }

  struct Tree: Decodable {
    let horizon: Int
    let levels: Int
    let levelVariance: [String]
    let nodeVariance: [String]
    let ownWeight: [String]
    let points: [Point]
    let example: Example?

    enum CodingKeys: String, CodingKey {
      case levels, points, example
      case horizon = "T"
      case levelVariance = "level_variance"
      case nodeVariance = "honaker_node_variance"
      case ownWeight = "honaker_own_weight"
    }
  }

  struct NoisyPoint: Decodable {
    let t: Int
    let simple: [String]
    let reduced: [String]

    enum CodingKeys: String, CodingKey {
      case t
      case simple = "var_simple"
      case reduced = "var_honaker"
    }
  }

  struct Noisy: Decodable {
    let b: String
    let horizon: Int
    let levels: Int
    let epsilon: String
    let points: [NoisyPoint]

    enum CodingKeys: String, CodingKey {
      case b, levels, points
      case horizon = "T"
      case epsilon = "epsilon_total"
    }
  }

  let trees: [Tree]
  let laws: [Noisy]

  enum CodingKeys: String, CodingKey {
    case trees
    case laws = "discrete_laplace"
  }
}

@Suite struct `Binary tree of running counts` {
  private static let file = Result {
    try Vectors.decode(ContinualFile.self, from: "continual_counting.json")
  }

  @Test func `has the variances, weights and estimates of the reference`() throws {
    let trees = try Self.file.get().trees
    #expect(trees.count >= 5)
    for reference in trees {
      let tree = BinaryTree(horizon: reference.horizon)
      let variances = try reference.levelVariance.map { try Rational(parsing: $0) }
      #expect(tree.levels == reference.levels)
      #expect(
        tree.nodeVariances(of: variances)
          == (try reference.nodeVariance.map(Rational.init(parsing:)))
      )
      #expect(
        tree.ownWeights(of: variances) == (try reference.ownWeight.map(Rational.init(parsing:)))
      )
      for point in reference.points {
        let nodes = tree.nodes(at: point.t)
        #expect(nodes.map { [$0.level, $0.index] } == point.nodes)
        let simple = nodes.reduce(Rational.zero) { $0 + variances[$1.level] }
        #expect(simple == (try Rational(parsing: point.simple)))
        #expect(
          tree.variance(at: point.t, of: variances) == (try Rational(parsing: point.reduced))
        )
      }
      guard let example = reference.example else { continue }
      let noisy = example.noisy.map { $0.map { BigInteger($0) } }
      for t in 1...reference.horizon {
        let plain = tree.nodes(at: t).reduce(BigInteger(0)) { $0 + noisy[$1.level][$1.index] }
        #expect(plain == BigInteger(example.simple[t - 1]))
        #expect(
          tree.estimate(at: t, from: noisy, of: variances)
            == (try Rational(parsing: example.reduced[t - 1]))
        )
      }
    }
  }

  @Test func `has the exact error of discrete Laplace noise at every period`() throws {
    for reference in try Self.file.get().laws {
      let tree = BinaryTree(horizon: reference.horizon)
      let scale = try Rational(parsing: reference.b)
      #expect(tree.levels == reference.levels)
      #expect(Rational(tree.levels) / scale == (try Rational(parsing: reference.epsilon)))
      let law = DiscreteLaplaceLaw(scale: scale)
      for point in reference.points {
        let draws = tree.nodes(at: point.t).count
        let simple = DiscreteLaplaceSum(of: law, draws: draws).variance(digits: 40)
        #expect(try `Discrete Laplace law`.agrees(simple, with: point.simple, digits: 40))
        let one = law.variance(digits: 42)
        let reduced = one * Enclosure(tree.variance(at: point.t), precision: one.precision + 64)
        #expect(try `Discrete Laplace law`.agrees(reduced, with: point.reduced, digits: 38))
      }
    }
  }

  @Test(arguments: [1, 2, 3, 7, 8, 30, 100])
  func `has the mean of its variances`(horizon: Int) {
    let tree = BinaryTree(horizon: horizon)
    let sum = (1...horizon).reduce(Rational.zero) { $0 + tree.variance(at: $1) }
    #expect(tree.meanVariance == sum / Rational(horizon))
  }
}

@Suite struct `Balanced tree of running counts` {
  static let shapes = [(3, 1), (3, 40), (5, 2), (5, 365), (7, 24), (7, 25), (29, 365), (31, 15)]

  /// What nodes cover adds up to the first `t` periods, and no period is in two nodes of a level.
  @Test(arguments: shapes)
  func `covers exactly the periods so far`(arity: Int, horizon: Int) {
    let tree = BalancedTree(arity: arity, horizon: horizon)
    for t in 1...horizon {
      var covered: [Int: Int] = [:]
      let terms = tree.terms(at: t)
      #expect(terms.count == tree.draws(at: t))
      #expect(Set(terms.map(\.node)).count == terms.count)
      for term in terms {
        #expect((0..<tree.levels).contains(term.node.level) && term.node.index >= 0)
        var width = 1
        for _ in 0..<term.node.level { width *= arity }
        let first = term.node.index * width + 1
        for period in first..<(first + width) {
          covered[period, default: 0] += term.isTakenOff ? -1 : 1
        }
      }
      #expect(covered.filter { $0.value != 0 } == [:].merging((1...t).map { ($0, 1) }) { $1 })
    }
  }

  /// Fewer levels than these would not reach the horizon: what is added up at the end is wrong.
  @Test(arguments: shapes)
  func `has as few levels as reach the horizon`(arity: Int, horizon: Int) {
    let levels = BalancedTree(arity: arity, horizon: horizon).levels
    let reach = (0..<levels).reduce(1) { reach, _ in reach * arity }
    #expect((reach - 1) / 2 >= horizon)
    #expect(levels == 1 || (reach / arity - 1) / 2 < horizon)
  }

  @Test(arguments: shapes)
  func `knows when a node is used last`(arity: Int, horizon: Int) {
    let tree = BalancedTree(arity: arity, horizon: horizon)
    let last = tree.lastUses()
    // Each count brings one draw of its own, so all counts are as free as the draws.
    #expect(last.count <= horizon + tree.levels * arity)
    for t in 1...horizon {
      for term in tree.terms(at: t) { #expect((last[term.node] ?? 0) >= t) }
    }
    #expect(last.allSatisfy { node, t in tree.terms(at: t).contains { $0.node == node } })
  }

  @Test func `varies least among all arities`() {
    let scale = Rational(4)
    for horizon in [1, 2, 7, 30, 31, 90, 365, 366] {
      let best = BalancedTree.best(horizon: horizon, scale: scale)
      let least = best.meanVariance(scale: scale, digits: 20)
      for arity in stride(from: 3, through: min(2 * horizon + 1, 99), by: 2) {
        let other = BalancedTree(arity: arity, horizon: horizon)
        let mean = other.meanVariance(scale: scale, digits: 20)
        #expect(mean.upper >= least.lower, "arity \(arity) over \(horizon)")
      }
    }
    let year = BalancedTree.best(horizon: 365, scale: scale)
    #expect(year.arity == 29 && year.levels == 2)
  }

  @Test func `never varies more on the whole than a binary tree with variance reduction`() {
    let scale = Rational(10)
    for horizon in Array(1...64) + [100, 255, 256, 365, 730, 1000] {
      let binary = BinaryTree(horizon: horizon)
      let law = DiscreteLaplaceLaw(scale: scale * Rational(binary.levels))
      let one = law.variance(digits: 20)
      let other = one * Enclosure(binary.meanVariance, precision: one.precision)
      let mean = BalancedTree.best(horizon: horizon, scale: scale)
        .meanVariance(scale: scale, digits: 20)
      #expect(mean.lower <= other.upper, "over \(horizon)")
    }
  }
}
