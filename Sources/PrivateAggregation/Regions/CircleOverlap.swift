// CircleOverlap.swift: in how many circles one point can lie, bounded from both sides.
// SPDX-License-Identifier: Apache-2.0

import Releases

/// In how many circles one point can lie: squares that few circles can reach are left out, the others
/// are divided, those with the most circles first.
///
/// - Complexity: At most `mostTests` comparisons; the bound is valid whenever it stops.
struct CircleOverlap {
  private static let mostTests = 4_000_000
  /// Squares of less than 2^18 billionths of a degree, some 30 m, are not divided further.
  private static let smallest: Int64 = 18

  /// A square of latitudes and longitudes and the circles that may reach it.
  private struct Square {
    let south: Int64
    let west: Int64
    let bits: Int64
    let circles: [Int]
  }

  /// Some point lies in so many.
  private(set) var reached = 0
  /// No point lies in more.
  private(set) var most = 0
  private let circles: [SurfaceCircle]
  private let table = SurfaceTable.shared
  private var tests = 0
  /// Squares by the number of their circles.
  private var waiting: [[Square]]

  init(_ circles: [SurfaceCircle], centres: [RegionCircle], grid: BucketGrid) {
    self.circles = circles
    waiting = Array(repeating: [], count: grid.mostAtOnce + 1)
    for centre in centres {
      var here = 0
      let point = table.point(latitude: centre.latitude, longitude: centre.longitude)
      grid.forEachBox(centre.latitude, centre.longitude) { index in
        if circles[index].centre.squareOfChord(point) < circles[index].surelyInside { here += 1 }
      }
      reached = max(reached, here)
    }
    reached = max(reached, circles.isEmpty ? 0 : 1)
    let least = reached
    var squares: [Square] = []
    grid.forEachBucket(withMoreThan: least) { south, west, bits, boxes in
      squares.append(Square(south: south, west: west, bits: bits, circles: boxes))
    }
    for square in squares { waiting[square.circles.count].append(square) }
    most = search()
  }

  /// Divides squares until those that are left have no more circles than a point that was found.
  private mutating func search() -> Int {
    for count in stride(from: waiting.count - 1, to: 0, by: -1) {
      while let square = waiting[count].popLast() {
        guard count > reached else { return reached }
        guard square.bits > Self.smallest, tests < Self.mostTests else { return count }
        let half: Int64 = 1 << (square.bits - 1)
        for (south, west) in [
          (square.south, square.west), (square.south + half, square.west),
          (square.south, square.west + half), (square.south + half, square.west + half),
        ] {
          add(south, west, square.bits - 1, square.circles)
        }
      }
    }
    return reached
  }

  /// Looks which circles may reach a square, and keeps it if they are enough.
  private mutating func add(_ south: Int64, _ west: Int64, _ bits: Int64, _ candidates: [Int]) {
    let quarter = Geohash.quarterTurn
    guard south <= quarter, west < 2 * quarter else { return }
    let half: Int64 = 1 << (bits - 1)
    let middle = table.point(
      latitude: min(south + half, quarter),
      longitude: min(west + half, 2 * quarter - 1)
    )
    // From the middle a point is at most half a side away in each direction: a billionth of a degree is
    // less than 1/8 mm, so 1/64 unit.
    let reach = min(2 * (half / 64 + 1) + 4 * SurfacePoint.error, 1 << 30)
    var left: [Int] = []
    var inside = 0
    for index in candidates {
      let square = circles[index].centre.squareOfChord(middle)
      let limit = circles[index].longestChord + reach
      if square <= limit * limit { left.append(index) }
      if square < circles[index].surelyInside { inside += 1 }
    }
    tests += candidates.count
    reached = max(reached, inside)
    if left.count > reached {
      waiting[left.count].append(Square(south: south, west: west, bits: bits, circles: left))
    }
  }
}
