// RegionHierarchy.swift: regions that lie in one another, as a spec gives them.
// Reference: `docs/hierarchies.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// Regions that lie in one another; their codes are the list of the key `region`, level by level from
/// the top, the regions of one parent side by side.
public struct RegionHierarchy: Sendable, Hashable {
  /// One level.
  public struct Level: Sendable, Hashable {
    /// Its name, such as `state`.
    public let name: String
    /// How many regions it has.
    public let count: Int
    /// The share of the epsilon of each measure that it gets.
    public let share: Rational

    /// Makes a level.
    public init(name: String, count: Int, share: Rational) {
      self.name = name
      self.count = count
      self.share = share
    }
  }

  /// The levels, from the top.
  public let levels: [Level]
  /// Which region lies in which.
  public let tree: TreeShape
  /// What is made of the noisy numbers of signals.
  public let consistency: ConsistencyRule

  /// Makes a hierarchy.
  ///
  /// - Precondition: The levels have all regions, and their shares add up to at most one.
  public init(levels: [Level], tree: TreeShape, consistency: ConsistencyRule) {
    precondition(levels.reduce(0) { $0 + $1.count } == tree.count, "levels of all regions")
    let sum = levels.reduce(Rational.zero) { $0 + $1.share }
    precondition(sum <= .one && levels.allSatisfy { $0.share.signum > 0 }, "shares of a whole")
    self.levels = levels
    self.tree = tree
    self.consistency = consistency
  }

  /// The level of each region.
  public var levelOf: [Int] {
    levels.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.count) }
  }

  /// The regions that signals can name: those in which no other lies.
  public var leaves: [Int] { (0..<tree.count).filter { tree.isLeaf($0) } }
}

extension ReportSpecification {
  /// The values of a key that a signal can have: all listed ones, of a hierarchy the innermost.
  func signalValues(of key: GroupKey) -> [String]? {
    guard let values = cells[key]?.values else { return nil }
    guard key == .region, let hierarchy else { return values }
    return hierarchy.leaves.map { values[$0] }
  }
}
