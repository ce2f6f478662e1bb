// HierarchyLayout.swift: how the cells of a release go through the regions of a hierarchy.
// SPDX-License-Identifier: Apache-2.0

/// How cells go through the regions of a hierarchy: those of one region and one combination of the other
/// keys stand `stride` cells from the next region of that combination.
public struct HierarchyLayout: Sendable, Hashable {
  /// The number of regions.
  public let regions: Int
  /// The number of combinations of the keys behind that of the regions.
  public let stride: Int
  /// The number of cells.
  public let cells: Int

  /// Makes a layout.
  ///
  /// - Precondition: `cells` is a multiple of the product of the others.
  public init(regions: Int, stride: Int, cells: Int) {
    precondition(regions > 0 && stride > 0 && cells.isMultiple(of: regions * stride))
    self.regions = regions
    self.stride = stride
    self.cells = cells
  }

  /// The combinations of the other keys.
  public var combinations: Int { cells / regions }

  /// The region of a cell.
  public func region(ofCell cell: Int) -> Int { cell / stride % regions }

  /// The first cell of a combination of the other keys, that of the first region.
  public func firstCell(of combination: Int) -> Int {
    combination / stride * stride * regions + combination % stride
  }

  /// The values of all cells, made combination by combination from those of the regions.
  public func values<Value>(
    default empty: Value,
    _ make: (_ cellOf: (Int) -> Int) -> [Value]
  ) -> [Value] {
    var values = [Value](repeating: empty, count: cells)
    for combination in 0..<combinations {
      let first = firstCell(of: combination)
      let made = make { first + $0 * stride }
      for (region, value) in made.enumerated() { values[first + region * stride] = value }
    }
    return values
  }
}
