// ReleasedHierarchy.swift: regions that lie in one another, their noise by level, and what adds up.
// Reference: `docs/hierarchies.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// The noise of one measure on one level of a hierarchy.
public struct LevelNoise: Sendable, Hashable {
  /// The name of the measure.
  public let measure: String
  /// The part of the loss that the measure costs on this level, in nats.
  public let epsilon: Rational
  /// The L1 sensitivity over all cells of the level, in units of the measure.
  public let sensitivity: BigInteger
  /// The scale of the discrete Laplace noise: `sensitivity / epsilon`.
  public let scale: Rational
  /// The half-width of each cell's own interval.
  public let halfWidth: BigInteger
  /// The half-width that holds for all cells of the level at once.
  public let simultaneousHalfWidth: BigInteger

  /// Makes the record.
  public init(
    measure: String,
    epsilon: Rational,
    sensitivity: BigInteger,
    scale: Rational,
    halfWidth: BigInteger,
    simultaneousHalfWidth: BigInteger
  ) {
    self.measure = measure
    self.epsilon = epsilon
    self.sensitivity = sensitivity
    self.scale = scale
    self.halfWidth = halfWidth
    self.simultaneousHalfWidth = simultaneousHalfWidth
  }
}

/// One level of a hierarchy.
public struct ReleasedLevel: Sendable, Hashable {
  /// Its name, such as `state`.
  public let name: String
  /// How many regions it has.
  public let count: Int
  /// The noise of each measure, in the order of the release.
  public let noise: [LevelNoise]

  /// Makes the record.
  public init(name: String, count: Int, noise: [LevelNoise]) {
    self.name = name
    self.count = count
    self.noise = noise
  }
}

/// Estimates that add up, for the noisy numbers of signals.
public struct ReleasedEstimates: Sendable, Hashable {
  /// The variance of the estimates of each region, the most that it is.
  public let variances: [Rational]
  /// The half-width of the estimates of each region, certified, at the confidence of the release.
  public let halfWidths: [BigInteger]
  /// The estimate of each cell, in the order of the cells.
  public let values: [Rational]
  /// The whole number of each cell, where they were asked for.
  public let whole: [BigInteger]?

  /// Makes the record.
  public init(
    variances: [Rational],
    halfWidths: [BigInteger],
    values: [Rational],
    whole: [BigInteger]?
  ) {
    self.variances = variances
    self.halfWidths = halfWidths
    self.values = values
    self.whole = whole
  }
}

/// Regions that lie in one another: the values of one key, level by level from the top.
///
/// - Privacy: Estimates follow from the noisy counts and cost nothing.
public struct ReleasedHierarchy: Sendable, Hashable {
  /// The key whose values lie in one another.
  public static let key = "region"

  /// The levels, from the top.
  public let levels: [ReleasedLevel]
  /// The region that each one lies in, in the order of the list of the key; empty for those of the top.
  public let parents: [String]
  /// Estimates that add up; `nil` where none were asked for, or signals are not counted.
  public let estimates: ReleasedEstimates?

  /// Makes the record.
  public init(levels: [ReleasedLevel], parents: [String], estimates: ReleasedEstimates?) {
    self.levels = levels
    self.parents = parents
    self.estimates = estimates
  }

  /// The level of each region, in the order of the list.
  public var levelOf: [Int] {
    levels.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.count) }
  }
}

extension ReleaseBody {
  /// The place among the values of the key of the hierarchy that each cell has; `nil` where there is no
  /// hierarchy, or the cells are not as many as its regions allow.
  public var regionOfCell: [Int]? {
    guard let layout = hierarchyLayout else { return nil }
    return cells.indices.map { layout.region(ofCell: $0) }
  }

  /// How the cells go through the regions.
  var hierarchyLayout: HierarchyLayout? {
    guard let hierarchy,
      let place = query.keys.firstIndex(where: { $0.name == ReleasedHierarchy.key })
    else { return nil }
    let regions = hierarchy.parents.count
    var stride = 1
    for key in query.keys[(place + 1)...] {
      let (product, overflow) = stride.multipliedReportingOverflow(by: key.count)
      guard !overflow, key.count > 0 else { return nil }
      stride = product
    }
    let (block, overflow) = stride.multipliedReportingOverflow(by: regions)
    guard !overflow, block > 0, cells.count.isMultiple(of: block) else { return nil }
    return HierarchyLayout(regions: regions, stride: stride, cells: cells.count)
  }
}
