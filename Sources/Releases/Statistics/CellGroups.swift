// CellGroups.swift: the cells that differ in one key alone.
// SPDX-License-Identifier: Apache-2.0

/// The cells that differ in one key alone, for cells that are every combination of listed values.
struct CellGroups {
  /// The number of cells of each group: the values of the key.
  let size: Int
  /// The number of groups.
  let count: Int
  /// How far apart two neighbouring cells of a group are.
  private let stride: Int

  /// All cells as one group.
  init(all count: Int) {
    size = count
    self.count = 1
    stride = 1
  }

  /// The groups of a key; `nil` where the cells are not every combination, or there is no such key.
  init?(over name: String, of keys: [ReleasedKey], cells: Int) {
    guard let place = keys.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
      return nil
    }
    var product = 1
    for key in keys {
      let (next, overflow) = product.multipliedReportingOverflow(by: key.count)
      guard key.count >= 1, !overflow else { return nil }
      product = next
    }
    guard product == cells else { return nil }
    size = keys[place].count
    stride = keys[(place + 1)...].reduce(1) { $0 * $1.count }
    count = cells / size
  }

  /// The cells of a group, in the order of the values of the key; groups in the order of their first.
  func cells(of group: Int) -> StrideTo<Int> {
    let first = group / stride * stride * size + group % stride
    return Swift.stride(from: first, to: first + stride * size, by: stride)
  }

  /// The group that a cell is in.
  func group(of cell: Int) -> Int { cell / (stride * size) * stride + cell % stride }
}
