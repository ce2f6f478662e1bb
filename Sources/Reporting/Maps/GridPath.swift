// GridPath.swift: rings on a grid of whole numbers, as short SVG paths.
// SPDX-License-Identifier: Apache-2.0

/// A path of rings whose corners are moved to a grid.
///
/// A corner goes to the same point of the grid whichever ring it is met in, so that neighbours keep
/// their common border.
struct GridPath {
  /// The data of an SVG path.
  private(set) var data = ""
  /// The middle of the largest ring, on the grid.
  private(set) var middle: (x: Int, y: Int)?
  private var largest = 0.0
  private let scale: Double

  /// - Parameter scale: How many steps of the grid a unit of the plane has.
  init(scale: Double) {
    self.scale = scale
  }

  /// The path of rings; where all are smaller than the grid, a dot that can still be seen.
  init(_ rings: [[PlanePoint]], scale: Double) {
    self.init(scale: scale)
    for ring in rings { add(ring) }
    guard data.isEmpty, let point = rings.first?.first else { return }
    let (x, y) = snapped(point)
    middle = (x, y)
    data = "M\(x - 1) \(y - 1)h2v2h-2z"
  }

  private func snapped(_ point: PlanePoint) -> (x: Int, y: Int) {
    func whole(_ value: Double) -> Int {
      Int((min(max(value * scale, -1e6), 1e6)).rounded())
    }
    return (whole(point.x), whole(point.y))
  }

  /// Adds a ring, unless nothing of it is left on the grid.
  mutating func add(_ ring: [PlanePoint]) {
    var points: [(x: Int, y: Int)] = []
    for point in ring {
      let next = snapped(point)
      if let last = points.last, last == next { continue }
      Self.push(next, to: &points)
    }
    while points.count > 1, let first = points.first, let last = points.last, first == last {
      points.removeLast()
    }
    guard points.count >= 3 else { return }
    append(points)
    let box = Self.box(points)
    let area = Double(box.width) * Double(box.height)
    if area > largest || middle == nil {
      largest = area
      middle = (box.x + box.width / 2, box.y + box.height / 2)
    }
  }

  /// Adds a line that is not closed.
  mutating func add(line: [PlanePoint]) {
    var points: [(x: Int, y: Int)] = []
    for point in line {
      let next = snapped(point)
      if let last = points.last, last == next { continue }
      Self.push(next, to: &points)
    }
    guard points.count >= 2 else { return }
    append(points)
    data.removeLast()
  }

  /// Adds a point, in place of one before it that lies on the straight way.
  private static func push(_ next: (x: Int, y: Int), to points: inout [(x: Int, y: Int)]) {
    while points.count >= 2 {
      let (a, b) = (points[points.count - 2], points[points.count - 1])
      let (ux, uy) = (b.x - a.x, b.y - a.y)
      let (vx, vy) = (next.x - b.x, next.y - b.y)
      guard ux * vy == uy * vx else { break }
      points.removeLast()
    }
    if let last = points.last, last == next { return }
    points.append(next)
  }

  private static func box(
    _ points: [(x: Int, y: Int)]
  ) -> (x: Int, y: Int, width: Int, height: Int) {
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
    return (left, top, (xs.max() ?? 0) - left, (ys.max() ?? 0) - top)
  }

  private mutating func append(_ points: [(x: Int, y: Int)]) {
    data += "M\(points[0].x) \(points[0].y)l"
    var before = points[0]
    var isFirst = true
    for point in points.dropFirst() {
      let (x, y) = (point.x - before.x, point.y - before.y)
      // A minus sign is all the space that a number needs before it.
      if !isFirst, x >= 0 { data += " " }
      data += y < 0 ? "\(x)\(y)" : "\(x) \(y)"
      isFirst = false
      before = point
    }
    data += "z"
  }
}
