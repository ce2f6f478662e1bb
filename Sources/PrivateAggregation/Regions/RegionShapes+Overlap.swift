// RegionShapes+Overlap.swift: in how many regions one signal can lie, from what is public.
// SPDX-License-Identifier: Apache-2.0

/// In how many regions one signal can lie at once.
public struct RegionOverlap: Sendable, Hashable {
  /// Some point lies in so many.
  public let reached: Int
  /// No point lies in more.
  public let most: Int
}

extension RegionShapes {
  /// In how many circles or cells one signal can lie; `nil` for polygons, whose borders say nothing about
  /// it.
  ///
  /// - Complexity: Some look-ups for each circle, and a search of limited length.
  public var overlap: RegionOverlap? {
    switch self {
    case .polygons: return nil
    case .geohash: return RegionOverlap(reached: 1, most: 1)
    case .circles(let circles): return CircleIndex(circles).overlap
    }
  }
}
