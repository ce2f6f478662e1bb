// LargeUnit.swift: what a unit with very many cells keeps, without searching through all of them.
// SPDX-License-Identifier: Apache-2.0

/// One cell of one unit.
struct UnitCell {
  var priority: UInt64
  var cell: UInt32
  /// The number of signals that are counted.
  var count: UInt32

  /// Cells of equal priority, which is one pair in 2^64, are ordered by their number.
  static func isBefore(_ left: UnitCell, _ right: UnitCell) -> Bool {
    (left.priority, left.cell) < (right.priority, right.cell)
  }
}

/// The cells of a unit that has many of them: a heap with the largest priority on top, and where in
/// it each cell is.
///
/// - Complexity: A logarithm of the number of kept cells for each signal.
struct LargeUnit {
  /// The cells that are kept.
  private(set) var cells: [UnitCell] = []
  private var places: [UInt32: Int] = [:]

  init(_ cells: some Sequence<UnitCell>) {
    for cell in cells { insert(cell) }
  }

  /// Counts a signal in a cell that is kept, up to `most`; tells whether it is kept.
  mutating func count(_ cell: UInt32, most: UInt32) -> Bool {
    guard let place = places[cell] else { return false }
    if cells[place].count < most { cells[place].count += 1 }
    return true
  }

  /// Takes a new cell in, in place of the one with the largest priority where there are `limit`;
  /// returns the cell that is not kept then, that or the new one.
  @discardableResult
  mutating func offer(_ new: UnitCell, limit: Int) -> UInt32? {
    guard cells.count == limit else {
      insert(new)
      return nil
    }
    guard UnitCell.isBefore(new, cells[0]) else { return new.cell }
    let lost = cells[0].cell
    places[lost] = nil
    cells[0] = new
    places[new.cell] = 0
    sink()
    return lost
  }

  private mutating func insert(_ new: UnitCell) {
    var place = cells.count
    cells.append(new)
    places[new.cell] = place
    while place > 0 {
      let parent = (place - 1) / 2
      guard UnitCell.isBefore(cells[parent], cells[place]) else { break }
      swap(parent, place)
      place = parent
    }
  }

  private mutating func sink() {
    var place = 0
    while true {
      var largest = place
      for child in (2 * place + 1)...(2 * place + 2)
      where child < cells.count && UnitCell.isBefore(cells[largest], cells[child]) {
        largest = child
      }
      guard largest != place else { return }
      swap(largest, place)
      place = largest
    }
  }

  private mutating func swap(_ left: Int, _ right: Int) {
    cells.swapAt(left, right)
    places[cells[left].cell] = left
    places[cells[right].cell] = right
  }
}
