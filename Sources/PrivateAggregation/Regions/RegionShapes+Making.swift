// RegionShapes+Making.swift: shapes from what people write, and what a reader may show of them.
// SPDX-License-Identifier: Apache-2.0

import Releases

extension RegionCircle {
  /// The name of a circle: that of its place, a space and its radius.
  ///
  /// Two circles never share a name: the radius is what follows the second last space, and is written in
  /// one way only.
  package static func name(place: String, radius: RegionRadius) -> String {
    "\(place) \(radius.text)"
  }

  /// Makes a circle round a point in billionths of a degree.
  package init(latitude: Int64, longitude: Int64, radius: RegionRadius) {
    self.init(latitude: latitude, longitude: longitude, radius: radius.radius)
  }
}

extension RegionShapes {
  /// The most characters of a cell of the grid.
  package static let longestCell = Geohash.longest

  /// Whether a text is a cell of so many characters.
  package static func isCell(_ text: String, length: Int) -> Bool {
    Geohash.isCell(text, length: length)
  }

  /// The grid of a box with the names of its cells.
  ///
  /// - Parameters:
  ///   - length: The characters of a cell.
  ///   - box: South, west, north and east in billionths of a degree.
  ///   - limit: The most cells.
  /// - Returns: The cells that meet the box, in the order of their texts; `nil` where the box is none or
  ///   the cells are more than `limit`.
  package static func grid(
    length: Int,
    within box: [Int64],
    limit: Int
  ) -> (shapes: RegionShapes, names: [String])? {
    guard box.count == 4,
      let corners = Geohash.Box(south: box[0], west: box[1], north: box[2], east: box[3]),
      let names = Geohash.cells(within: corners, length: length, limit: limit)
    else { return nil }
    return (.geohash(length: length, within: box.map(ExactDecimal.text)), names)
  }
}
