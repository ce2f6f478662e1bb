// WholeCounts.swift: whole numbers from zero on that add up, as near to given numbers as can be.
// Reference: `docs/hierarchies.md`, section "Whole numbers".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Whole numbers from zero on that are nearest to given numbers.
public enum WholeCounts {
  /// The whole numbers `n_i >= 0` of a given total with the least sum of `(n_i - t_i)^2`; where several
  /// have it, the lexicographically greatest.
  ///
  /// Going from `n - 1` to `n` adds `2 (n - t_i) - 1`, which grows with `n`: so the cheapest steps are
  /// taken, of equal ones that of the first target. Water is filled in up to the level `w` at which the
  /// parts `max(0, t_i + w)` have the total; no step above `w` is taken while one below it is left, so
  /// each part rounded down is taken, and fewer steps are missing than there are parts above zero.
  ///
  /// - Precondition: At least one target; the total is not negative.
  /// - Complexity: O(m log m) for m targets.
  public static func nearest(to targets: [Rational], total: BigInteger) -> [BigInteger] {
    precondition(!targets.isEmpty && total.signum >= 0, "something to share out, among some")
    var common: BigInteger = 1
    for target in targets where !common.modulo(target.denominator).isZero {
      let divisor = common.greatestCommonDivisor(with: target.denominator)
      common *= target.denominator.dividedExactly(by: divisor)
    }
    let scaled = targets.map { $0.numerator * common.dividedExactly(by: $0.denominator) }
    let (level, parts) = level(of: scaled, total: total * common)
    // The level is `level / parts`, in units of one over the common denominator.
    let unit = common * BigInteger(parts)
    var counts = scaled.map { target in
      max(0, (target * BigInteger(parts) + level).dividedRoundingDown(by: unit))
    }
    let missing = total - counts.reduce(0, +)
    guard let steps = Int(exactly: missing), steps > 0 else { return counts }
    let prices = zip(counts, scaled).map { ($0 + 1) * common - $1 }
    let order = prices.indices.sorted { (prices[$0], $0) < (prices[$1], $1) }
    for index in order.prefix(steps) { counts[index] += 1 }
    return counts
  }

  /// The level up to which water is filled in, as a fraction of the number of parts that it covers.
  private static func level(of targets: [BigInteger], total: BigInteger) -> (BigInteger, Int) {
    var sum: BigInteger = 0
    var best: (BigInteger, Int) = (total, 1)
    for (index, target) in targets.sorted(by: >).enumerated() {
      sum += target
      let level = total - sum
      // The part of this target must be above zero, or it is not covered.
      guard index == 0 || (target * BigInteger(index + 1) + level).signum > 0 else { break }
      best = (level, index + 1)
    }
    return best
  }

  /// Whole numbers for all nodes of a tree: the root's is its estimate rounded to the nearest, half up,
  /// and at least zero; each node's is shared out among its children by `nearest(to:total:)`.
  ///
  /// - Postcondition: Children add up to their parent, and no number is below zero.
  public static func topDown(_ tree: TreeShape, estimates: [Rational]) -> [BigInteger] {
    var counts = [BigInteger](repeating: 0, count: tree.count)
    for node in 0..<tree.count {
      if tree.parents[node] == nil {
        counts[node] = (max(.zero, estimates[node]) + Rational(1, 2)).roundedDown
      }
      let children = tree.children(of: node)
      guard !children.isEmpty else { continue }
      let parts = nearest(to: children.map { estimates[$0] }, total: counts[node])
      for (child, part) in zip(children, parts) { counts[child] = part }
    }
    return counts
  }
}

extension BigInteger {
  fileprivate var isZero: Bool { signum == 0 }
}
