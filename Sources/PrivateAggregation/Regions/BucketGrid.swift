// BucketGrid.swift: which of many boxes of latitudes and longitudes may hold a point, by a table.
// SPDX-License-Identifier: Apache-2.0

import Releases

/// A box of latitudes and longitudes, its borders included, in billionths of a degree.
///
/// Longitudes lie from -180 degrees to below 180; the box crosses the antimeridian where its west is
/// greater than its east.
struct RegionBox: Hashable {
  var south: Int64
  var north: Int64
  var west: Int64
  var east: Int64

  static let half = 2 * Geohash.quarterTurn

  /// All longitudes.
  static func band(south: Int64, north: Int64) -> RegionBox {
    RegionBox(south: south, north: north, west: -half, east: half - 1)
  }

  /// The longitudes from west to east without a crossing: one range or two.
  var ranges: [ClosedRange<Int64>] {
    west <= east ? [west...east] : [west...(Self.half - 1), -Self.half...east]
  }
}

/// A table of equal squares of latitude and longitude, each with the boxes that meet it.
///
/// - Complexity: One look-up for a point; the squares are so small that most boxes spread over a few,
///   and so many that they and their boxes stay in the cache.
final class BucketGrid: @unchecked Sendable {
  /// The most squares.
  private static let mostBuckets = 1 << 20
  private static let finest: Int64 = 14
  private static let coarsest: Int64 = 39

  private let south: Int64
  private let west: Int64
  private let bits: Int64
  private let rows: Int
  private let columns: Int
  /// Where the boxes of a square begin in `items`, and behind the last square where they end.
  private let starts: UnsafeMutablePointer<UInt32>
  private let items: UnsafeMutablePointer<UInt32>
  /// No point lies in more boxes than this.
  let mostAtOnce: Int

  /// Makes a table; which box is which is told by its index.
  init(_ boxes: [RegionBox]) {
    let ranges = boxes.map(\.ranges)
    let south = boxes.map(\.south).min() ?? 0
    let north = boxes.map(\.north).max() ?? 0
    let west = ranges.joined().map(\.lowerBound).min() ?? 0
    let east = ranges.joined().map(\.upperBound).max() ?? 0
    // Few boxes need few squares, which are made quickly.
    let mostBuckets = min(Self.mostBuckets, max(1 << 10, 64 * boxes.count))
    let limit = max(1 << 9, 16 * boxes.count)
    var bits = Self.coarsest
    // As fine as it may be: each step makes up to four squares of one.
    while bits > Self.finest {
      let next = bits - 1
      let buckets = ((north - south) >> next + 1) * ((east - west) >> next + 1)
      guard buckets <= mostBuckets else { break }
      var entries = 0
      for (box, ranges) in zip(boxes, ranges) {
        let height = (box.north - south) >> next - (box.south - south) >> next + 1
        for range in ranges {
          let width = (range.upperBound - west) >> next - (range.lowerBound - west) >> next + 1
          entries += Int(height * width)
        }
        if entries > limit { break }
      }
      guard entries <= limit else { break }
      bits = next
    }
    self.south = south
    self.west = west
    self.bits = bits
    rows = Int((north - south) >> bits) + 1
    columns = Int((east - west) >> bits) + 1
    starts = .allocate(capacity: rows * columns + 1)
    starts.initialize(repeating: 0, count: rows * columns + 1)
    // Counted first; a square that a box meets twice, from both sides, is counted once.
    let (columns, starts) = (columns, starts)
    func forEachBucket(_ index: Int, _ body: (Int) -> Void) {
      let box = boxes[index]
      let places = ranges[index].map { range in
        Int((range.lowerBound - west) >> bits)...Int((range.upperBound - west) >> bits)
      }
      for row in Int((box.south - south) >> bits)...Int((box.north - south) >> bits) {
        for (number, range) in places.enumerated() {
          for column in range where number == 0 || !places[0].contains(column) {
            body(row * columns + column)
          }
        }
      }
    }
    for index in boxes.indices { forEachBucket(index) { starts[$0 + 1] += 1 } }
    var most: UInt32 = 0
    for bucket in 0..<(rows * columns) {
      most = max(most, starts[bucket + 1])
      starts[bucket + 1] += starts[bucket]
    }
    mostAtOnce = Int(most)
    let items = UnsafeMutablePointer<UInt32>.allocate(
      capacity: max(1, Int(starts[rows * columns]))
    )
    var ends = (0..<(rows * columns)).map { starts[$0] }
    for index in boxes.indices {
      forEachBucket(index) { bucket in
        (items + Int(ends[bucket])).initialize(to: UInt32(index))
        ends[bucket] += 1
      }
    }
    self.items = items
  }

  deinit {
    starts.deallocate()
    items.deallocate()
  }

  /// Calls `body` with each square that more than so many boxes meet: its south, its west, the bits of its
  /// sides in billionths of a degree, and the boxes.
  func forEachBucket(
    withMoreThan least: Int,
    _ body: (_ south: Int64, _ west: Int64, _ bits: Int64, _ boxes: [Int]) -> Void
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        let bucket = row * columns + column
        guard Int(starts[bucket + 1] - starts[bucket]) > least else { continue }
        let boxes = (starts[bucket]..<starts[bucket + 1]).map { Int(items[Int($0)]) }
        body(south + Int64(row) << bits, west + Int64(column) << bits, bits, boxes)
      }
    }
  }

  /// Calls `body` with the index of each box that may hold a point.
  @inline(__always)
  func forEachBox(_ latitude: Int64, _ longitude: Int64, _ body: (Int) -> Void) {
    let row = Int((latitude &- south) &>> bits)
    let column = Int((longitude &- west) &>> bits)
    guard row >= 0, row < rows, column >= 0, column < columns else { return }
    let bucket = row &* columns &+ column
    var item = starts[bucket]
    let end = starts[bucket &+ 1]
    while item < end {
      body(Int(items[Int(item)]))
      item &+= 1
    }
  }
}
