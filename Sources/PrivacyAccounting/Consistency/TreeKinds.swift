// TreeKinds.swift: the kinds of nodes of a tree, and the fractions that each has in common.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Sorts the nodes of a tree into kinds while `TreeConsistency` is made.
struct TreeKinds {
  /// The most bits of one denominator, so that every fraction can be read back.
  private static let longest = 16_000

  private(set) var below: [TreeConsistency.Below] = []
  private(set) var whole: [TreeConsistency.Whole] = []
  private let mostBits: Int
  private var bits = 0

  init(mostBits: Int) {
    self.mostBits = mostBits
  }

  // MARK: - From below

  /// The kind of each node as it looks from below.
  mutating func fromBelow(
    _ tree: TreeShape,
    _ variances: [Rational?]
  ) throws(TreeConsistencyError) -> [Int32] {
    var numbers: [Rational?: Int] = [:]
    var known: [[Int]: Int32] = [:]
    var kinds = [Int32](repeating: 0, count: tree.count)
    for node in (0..<tree.count).reversed() {
      let variance = variances[node]
      precondition(variance.map { $0.signum >= 0 } ?? true, "a variance of at least zero")
      let number = numbers[variance] ?? numbers.count
      numbers[variance] = number
      let children = tree.children(of: node).map { Int(kinds[$0]) }.sorted()
      let key = [number] + children
      if let kind = known[key] {
        kinds[node] = kind
        continue
      }
      try append(children, variance)
      kinds[node] = Int32(below.count - 1)
      known[key] = kinds[node]
    }
    return kinds
  }

  private mutating func append(
    _ children: [Int],
    _ own: Rational?
  ) throws(TreeConsistencyError) {
    guard !children.isEmpty else {
      guard let own else { preconditionFailure("every leaf has a count") }
      below.append(
        TreeConsistency.Below(
          variance: own,
          sumVariance: .zero,
          sumDenominator: 1,
          factors: [:],
          countFactor: 1,
          sumFactor: 0,
          denominator: 1
        )
      )
      return
    }
    var sum = Rational.zero
    var common: BigInteger = 1
    var counts: [Int: Int] = [:]
    for child in children { counts[child, default: 0] += 1 }
    for (child, count) in counts {
      sum += below[child].variance * Rational(count)
      common = Self.leastCommonMultiple(common, below[child].denominator)
    }
    try check(common)
    // The share of the node's own count; both exact is as good as one.
    var share = Rational.zero
    var variance = sum
    if let own {
      let total = own + sum
      share = total.signum == 0 ? .one : sum / total
      variance = own * share
    }
    let (top, bottom) = (share.numerator, share.denominator)
    let divisor = (top * common).greatestCommonDivisor(with: bottom - top)
      .greatestCommonDivisor(with: bottom * common)
    below.append(
      TreeConsistency.Below(
        variance: variance,
        sumVariance: sum,
        sumDenominator: common,
        factors: counts.reduce(into: [:]) { factors, child in
          factors[child.key] = common.dividedExactly(by: below[child.key].denominator)
        },
        countFactor: (top * common).dividedExactly(by: divisor),
        sumFactor: (bottom - top).dividedExactly(by: divisor),
        denominator: (bottom * common).dividedExactly(by: divisor)
      )
    )
  }

  // MARK: - From above

  /// The kind of each node as it looks from below and from above.
  mutating func fromAbove(
    _ tree: TreeShape,
    _ belowOf: [Int32]
  ) throws(TreeConsistencyError) -> [Int32] {
    var known: [SIMD2<Int32>: Int32] = [:]
    var kinds = [Int32](repeating: 0, count: tree.count)
    for node in 0..<tree.count {
      let parent = tree.parents[node].map { kinds[$0] }
      let key = SIMD2(parent ?? -1, belowOf[node])
      if let kind = known[key] {
        kinds[node] = kind
      } else {
        let above = tree.parents[node].map { below[Int(belowOf[$0])] }
        try append(below[Int(belowOf[node])], above, parent.map { whole[Int($0)] })
        kinds[node] = Int32(whole.count - 1)
        known[key] = kinds[node]
      }
      bits += whole[Int(kinds[node])].denominator.bitWidth
      guard bits <= mostBits else { throw .tooManyBits(limit: mostBits) }
    }
    return kinds
  }

  private mutating func append(
    _ kind: TreeConsistency.Below,
    _ parentBelow: TreeConsistency.Below?,
    _ parent: TreeConsistency.Whole?
  ) throws(TreeConsistencyError) {
    var variance = kind.variance
    var denominator = kind.denominator
    var (ownFactor, restFactor): (BigInteger, BigInteger) = (1, 0)
    if let parent, let parentBelow {
      let sum = parentBelow.sumVariance
      let share = sum.signum == 0 ? .zero : kind.variance / sum
      variance += share * share * (parent.variance - sum)
      let rest = Rational(share.numerator, share.denominator * parent.differenceDenominator)
      denominator = Self.leastCommonMultiple(kind.denominator, rest.denominator)
      ownFactor = denominator.dividedExactly(by: kind.denominator)
      restFactor = rest.numerator * denominator.dividedExactly(by: rest.denominator)
    }
    let difference = Self.leastCommonMultiple(denominator, kind.sumDenominator)
    try check(difference)
    try check(variance.denominator)
    whole.append(
      TreeConsistency.Whole(
        variance: variance,
        denominator: denominator,
        ownFactor: ownFactor,
        restFactor: restFactor,
        differenceFactor: difference.dividedExactly(by: denominator),
        sumFactor: difference.dividedExactly(by: kind.sumDenominator),
        differenceDenominator: difference
      )
    )
  }

  private func check(_ denominator: BigInteger) throws(TreeConsistencyError) {
    guard denominator.bitWidth <= min(mostBits, Self.longest) || mostBits == .max else {
      throw .tooManyBits(limit: mostBits)
    }
  }

  private static func leastCommonMultiple(_ left: BigInteger, _ right: BigInteger) -> BigInteger {
    left.dividedExactly(by: left.greatestCommonDivisor(with: right)) * right
  }
}
