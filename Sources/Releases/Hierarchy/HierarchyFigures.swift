// HierarchyFigures.swift: estimates that add up and how exact they are, from noisy counts by level.
// Reference: `docs/hierarchies.md`, section "Estimates that add up".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// The estimates of a hierarchy, and what is true of them whatever the counts are.
///
/// - Privacy: Works on noisy counts alone.
public struct HierarchyFigures: Sendable {
  /// The most bits that the denominators of all estimates of a release may take.
  public static let mostBits = 1 << 30

  /// The variance of the estimates of each region, for noise of variance `2 b^2`, which is the most that
  /// discrete noise of scale `b` has.
  public let variances: [Rational]
  /// The certified half-width of the estimates of each region.
  public let halfWidths: [BigInteger]
  private let consistency: TreeConsistency

  /// Works out everything but the counts.
  ///
  /// - Parameters:
  ///   - tree: Which region lies in which.
  ///   - scales: The scale of the noise of each level.
  ///   - levelOf: The level of each region.
  ///   - alpha: The probability that noise may leave a half-width.
  ///   - combinations: How many cells each region has.
  /// - Throws: `TreeConsistencyError` where the fractions would be too long.
  public init(
    _ tree: TreeShape,
    scales: [Rational],
    levelOf: [Int],
    alpha: Rational,
    combinations: Int = 1
  ) throws(TreeConsistencyError) {
    let levelVariances = scales.map { $0 * $0 * 2 as Rational? }
    consistency = try TreeConsistency(
      tree,
      variances: levelOf.map { levelVariances[$0] },
      mostBits: Self.mostBits / max(1, combinations)
    )
    let widths = EstimateHalfWidth(alpha: alpha, smallestScale: scales.min() ?? .one)
    let kindVariances = consistency.kindVariances
    let kinds = consistency.kinds
    var known = [BigInteger?](repeating: nil, count: kindVariances.count)
    var halfWidths: [BigInteger] = []
    halfWidths.reserveCapacity(kinds.count)
    for (region, kind) in kinds.enumerated() {
      let halfWidth =
        known[kind]
        ?? widths.halfWidth(variance: kindVariances[kind], scale: scales[levelOf[region]])
      known[kind] = halfWidth
      halfWidths.append(halfWidth)
    }
    self.halfWidths = halfWidths
    variances = consistency.variances
  }

  /// The estimates of all cells, from their noisy counts.
  public func estimates(
    of counts: (_ cell: Int) -> Int64,
    layout: HierarchyLayout,
    whole isWhole: Bool
  ) -> ReleasedEstimates {
    let tree = consistency.tree
    let values = layout.values(default: Rational.zero) { cellOf in
      consistency.estimates(of: (0..<tree.count).map { counts(cellOf($0)) })
    }
    let whole =
      isWhole
      ? layout.values(default: BigInteger(0)) { cellOf in
        WholeCounts.topDown(tree, estimates: (0..<tree.count).map { values[cellOf($0)] })
      } : nil
    return ReleasedEstimates(
      variances: variances,
      halfWidths: halfWidths,
      values: values,
      whole: whole
    )
  }
}
