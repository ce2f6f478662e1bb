// TreeConsistencyTests.swift: estimates over random trees add up and are the least squares.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

/// A tree of any shape with counts, some of them exact, some missing.
struct RandomTree {
  let tree: TreeShape
  let variances: [Rational?]
  let counts: [Int64?]

  init(_ random: inout SeededGenerator, most: Int) {
    let count = Int.random(in: 1...most, using: &random)
    let parents: [Int?] = (0..<count).map { node in
      node == 0 || Int.random(in: 0..<12, using: &random) == 0
        ? nil : Int.random(in: max(0, node - 6)..<node, using: &random)
    }
    tree = TreeShape(parents: parents)
    var variances: [Rational?] = []
    for node in 0..<count {
      let chance = Int.random(in: 0..<8, using: &random)
      let variance = Rational(
        BigInteger(Int.random(in: 1...5, using: &random)),
        BigInteger(Int.random(in: 1...3, using: &random))
      )
      variances.append(chance == 0 && !tree.isLeaf(node) ? nil : variance)
    }
    self.variances = variances
    counts = variances.map { variance in
      variance == nil ? nil : Int64.random(in: -50...500, using: &random)
    }
  }

  /// The least squares by the normal equations, over the leaves; slow, and without passes over the tree.
  func leastSquares() -> [Rational] {
    let leaves = (0..<tree.count).filter { tree.isLeaf($0) }
    /// Which leaves lie in each node.
    var inside = [[Int]](repeating: [], count: tree.count)
    for (column, leaf) in leaves.enumerated() {
      var node: Int? = leaf
      while let here = node {
        inside[here].append(column)
        node = tree.parents[here]
      }
    }
    var rows = [[Rational]](
      repeating: [Rational](repeating: .zero, count: leaves.count + 1),
      count: leaves.count
    )
    for node in 0..<tree.count {
      guard let variance = variances[node], let count = counts[node] else { continue }
      for row in inside[node] {
        for column in inside[node] { rows[row][column] += variance.reciprocal }
        rows[row][leaves.count] += Rational(BigInteger(count)) / variance
      }
    }
    for pivot in leaves.indices {
      for row in leaves.indices where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        if factor == .zero { continue }
        for column in pivot...leaves.count { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    let solution = leaves.indices.map { rows[$0][leaves.count] / rows[$0][$0] }
    return inside.map { $0.reduce(.zero) { $0 + solution[$1] } }
  }

  func consistency() throws -> TreeConsistency {
    try TreeConsistency(tree, variances: variances)
  }
}

@Suite struct `Estimates that add up` {
  @Test(arguments: 0..<60)
  func `are the least squares of the normal equations`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sample = RandomTree(&random, most: 14)
    #expect(try sample.consistency().estimates(of: sample.counts) == sample.leastSquares())
  }

  @Test(arguments: 0..<20)
  func `add up to the last digit, whole numbers too`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sample = RandomTree(&random, most: 400)
    let estimates = try sample.consistency().estimates(of: sample.counts)
    let whole = WholeCounts.topDown(sample.tree, estimates: estimates)
    #expect(whole.allSatisfy { $0.signum >= 0 })
    for node in 0..<sample.tree.count where !sample.tree.isLeaf(node) {
      let children = sample.tree.children(of: node)
      #expect(children.reduce(.zero) { $0 + estimates[$1] } == estimates[node])
      #expect(children.reduce(0) { $0 + whole[$1] } == whole[node])
    }
  }

  @Test(arguments: 0..<20)
  func `are the truth where there is no noise`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sample = RandomTree(&random, most: 60)
    var truth = [Int64](repeating: 0, count: sample.tree.count)
    for node in truth.indices.reversed() {
      if sample.tree.isLeaf(node) { truth[node] = .random(in: 0...99, using: &random) }
      if let parent = sample.tree.parents[node] { truth[parent] += truth[node] }
    }
    let estimates = try sample.consistency().estimates(of: truth)
    #expect(estimates == truth.map { Rational(BigInteger($0)) })
  }

  /// The variance is that of the weights which single counts have: a sum of squares, nothing assumed.
  @Test(arguments: 0..<20)
  func `have the variance of their weights`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sample = RandomTree(&random, most: 16)
    let consistency = try sample.consistency()
    var sums = [Rational](repeating: .zero, count: sample.tree.count)
    for (node, variance) in sample.variances.enumerated() {
      guard let variance else { continue }
      let single = sample.counts.indices.map { place in
        sample.counts[place].map { _ -> Int64 in place == node ? 1 : 0 }
      }
      for (place, weight) in consistency.estimates(of: single).enumerated() {
        sums[place] += weight * weight * variance
      }
    }
    #expect(consistency.variances == sums)
  }

  @Test func `keep a count that is exact`() throws {
    let tree = TreeShape(parents: [nil, 0, 0])
    let consistency = try TreeConsistency(tree, variances: [.zero, 1, 3])
    #expect(consistency.estimates(of: [10, 2, 4]) == [10, 3, 7])
    #expect(consistency.variances == [.zero, Rational(3, 4), Rational(3, 4)])
    let exact = try TreeConsistency(tree, variances: [.zero, .zero, .zero])
    #expect(exact.estimates(of: [6, 2, 4]) == [6, 2, 4])
  }

  @Test func `of a tree of any size are worked out by kinds of nodes`() throws {
    var parents: [Int?] = [nil]
    for level in [1, 11, 111] {
      let first = level == 1 ? 0 : (level == 11 ? 1 : 11)
      for parent in first..<level { for _ in 0..<10 { parents.append(parent) } }
    }
    let tree = TreeShape(parents: parents)
    #expect(tree.count == 1111)
    let consistency = try TreeConsistency(
      tree,
      variances: [Rational?](repeating: 8, count: tree.count)
    )
    #expect(consistency.kindVariances.count == 4)
    let estimates = consistency.estimates(of: (0..<1111).map { Int64($0 * 37 % 101) })
    #expect(tree.children(of: 0).reduce(.zero) { $0 + estimates[$1] } == estimates[0])
  }

  @Test func `are refused where their fractions would be huge`() {
    // Every node has another number of children below it.
    var parents: [Int?] = [nil]
    for node in 1..<2000 { parents.append(node < 2 ? 0 : (node / 7) * 3 % node) }
    let tree = TreeShape(parents: parents)
    let variances = parents.indices.map { Rational(BigInteger($0 % 11 + 1)) as Rational? }
    #expect(throws: TreeConsistencyError.tooManyBits(limit: 10_000)) {
      try TreeConsistency(tree, variances: variances, mostBits: 10_000)
    }
  }
}
