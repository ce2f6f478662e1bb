// FoundCells.swift: full cells that one thread finds in the signals, told apart by all their bytes.
// Reference: `docs/decisions/0006-private-cells.md`.
// SPDX-License-Identifier: Apache-2.0

/// The full cells that some unit keeps, of the signals that were read so far.
///
/// A cell that no unit keeps any more is forgotten, and its number is given to another one: however
/// many values a unit has, no more cells stay than all units may keep, and the one just read.
///
/// - Privacy: Secret, as every cell that is found may be one unit's alone. The numbers depend on the
///   order of rows, so nothing that is decided about a cell follows from its number: choices use its
///   label, a keyed hash of its bytes, and what is released is sorted.
/// - Complexity: Memory for at most as many cells as were ever kept at a time, and their bytes.
final class FoundCells {
  private struct Cell {
    var bytes: [UInt8]
    var label: UInt64
    /// The number of units that keep it.
    var holders: Int
  }

  private let hash: SipHash
  private let hashMask: UInt64
  private var cells: [Cell] = []
  private var unused: [UInt32] = []
  /// Numbers of cells, looked for from the place on that the label says; `nobody` where there is none.
  private var places: [UInt32]
  private var scratch: [UInt8] = []

  private static let nobody = UInt32.max

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - key: The key of the release's choices, from which labels follow.
  ///   - hashMask: The bits of a label that say where to look; few make cells collide, for tests.
  init(key: ChoiceKey, hashMask: UInt64 = .max) {
    self.hashMask = hashMask
    // Words 0 and 1 choose and 2 and 3 hash units; the bytes of cells are hashed under 0 and 3.
    hash = SipHash(key: (key.words.0, key.words.3))
    places = Array(repeating: Self.nobody, count: 64)
  }

  /// All cells have smaller numbers; so many were there at a time.
  var numbers: Int { cells.count }

  /// The number of cells that are there.
  var count: Int { cells.count - unused.count }

  /// Forgets the values of a cell that was not completed.
  func begin() { scratch.removeAll(keepingCapacity: true) }

  /// Adds the value of the next key; tells whether a cell can have it, as `CellText` says.
  func append(_ value: ByteSlice) -> Bool {
    guard CellText.takes(value) else { return false }
    scratch.append(contentsOf: value.buffer)
    scratch.append(0)
    return true
  }

  /// The number of the cell with the values that were added.
  ///
  /// It stands for that cell as long as a unit keeps it. One that is new is to be kept, or let go,
  /// before the next is looked for.
  func number() -> UInt32 {
    let label = scratch.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { hash(ByteSlice(base: $0, count: bytes.count)) } ?? 0
    }
    var place = home(label)
    while places[place] != Self.nobody {
      let cell = cells[Int(places[place])]
      if cell.label == label, cell.bytes == scratch { return places[place] }
      place = (place + 1) & (places.count - 1)
    }
    let cell = Cell(bytes: Array(scratch), label: label, holders: 0)
    let number: UInt32
    if let last = unused.popLast() {
      number = last
      cells[Int(number)] = cell
    } else {
      number = UInt32(cells.count)
      precondition(number < Self.nobody, "fewer than 2^32 cells fit into memory")
      cells.append(cell)
    }
    places[place] = number
    if count * 4 >= places.count * 3 { grow() }
    return number
  }

  /// Notes that one unit more keeps a cell.
  func keep(_ number: UInt32) { cells[Int(number)].holders += 1 }

  /// Notes that a unit keeps a cell no longer, and forgets one that nobody keeps.
  func letGo(_ number: UInt32) {
    cells[Int(number)].holders -= 1
    guard cells[Int(number)].holders == 0 else { return }
    vacate(number)
    cells[Int(number)].bytes = []
    unused.append(number)
  }

  /// Takes a cell out of `places` and closes the gap in the row of those behind it.
  private func vacate(_ number: UInt32) {
    let mask = places.count - 1
    var gap = home(cells[Int(number)].label)
    while places[gap] != number { gap = (gap + 1) & mask }
    var place = (gap + 1) & mask
    while places[place] != Self.nobody {
      // It may move up to the gap unless it would then stand before its home.
      let distance = (place - home(cells[Int(places[place])].label)) & mask
      if distance >= (place - gap) & mask {
        places[gap] = places[place]
        gap = place
      }
      place = (place + 1) & mask
    }
    places[gap] = Self.nobody
  }

  private func home(_ label: UInt64) -> Int {
    Int(truncatingIfNeeded: label & hashMask) & (places.count - 1)
  }

  private func grow() {
    let old = places
    places = Array(repeating: Self.nobody, count: old.count * 2)
    for number in old where number != Self.nobody {
      var place = home(cells[Int(number)].label)
      while places[place] != Self.nobody { place = (place + 1) & (places.count - 1) }
      places[place] = number
    }
  }

  /// What tells a cell apart where units choose among theirs: a keyed hash of its bytes.
  func label(of cell: UInt32) -> UInt64 { cells[Int(cell)].label }

  /// The bytes of a cell.
  func bytes(of cell: Int) -> [UInt8] { cells[cell].bytes }
}
