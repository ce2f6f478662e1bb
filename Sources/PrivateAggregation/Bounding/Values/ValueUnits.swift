// ValueUnits.swift: the values of all units, gathered whole: the plain counterpart of `ValueAggregation`.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// The values of all units, cell by cell, of which the bounds keep some: in the plainest way that
/// gives the choice of `ValueChoice`, for tests to compare with.
struct ValueUnits {
  /// How many signals each unit has in each cell with each value.
  private var units: [[UInt8]: [UInt32: [UInt32: Int]]] = [:]
  private let bounds: ContributionBounds
  private let function: SipHash

  init(bounds: ContributionBounds, key: ChoiceKey) {
    self.bounds = bounds
    function = SipHash(key: (key.words.0, key.words.1))
  }

  /// Counts one signal.
  mutating func add(unit: ByteSlice, cell: UInt32, value: UInt32) {
    units[Array(unit.buffer), default: [:]][cell, default: [:]][value, default: 0] += 1
  }

  /// Adds what the bounds let through to a tally.
  func add(to tally: ValueTally) {
    for (unit, cells) in units {
      let priorities = unit.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map {
          UnitPriorities(function, unit: ByteSlice(base: $0, count: bytes.count))
        }
      }
      guard let priorities else { continue }
      for (cell, values) in kept(cells, priorities) {
        tally.add(cell, values.map { (index: $0.key, count: $0.value) })
      }
    }
  }

  private func kept(
    _ cells: [UInt32: [UInt32: Int]],
    _ priorities: UnitPriorities
  ) -> [(UInt32, [UInt32: Int])] {
    let chosen = cells.keys.map { (priorities.priority($0), $0) }.sorted(by: <)
      .prefix(bounds.cellsPerUnit).map(\.1)
    // How many of each cell: the first t of all, in the order of one priority for each.
    var counts: [UInt32: Int] = [:]
    var all: [(UInt64, UInt32, UInt32)] = []
    for cell in chosen {
      let total = cells[cell]?.values.reduce(0, +) ?? 0
      for rank in 1...UInt32(min(total, bounds.signalsPerCell)) {
        all.append((priorities.priority(cell, signal: rank), cell, rank))
      }
    }
    for (_, cell, _) in all.sorted(by: <).prefix(bounds.signalsPerUnit ?? .max) {
      counts[cell, default: 0] += 1
    }
    return counts.map { cell, count in
      var signals: [(UInt64, UInt32, UInt32)] = []
      for (value, occurrences) in cells[cell] ?? [:] {
        for place in 1...UInt32(occurrences) {
          let priority = priorities.priority(cell, value: value, occurrence: place)
          signals.append((priority, value, place))
        }
      }
      var values: [UInt32: Int] = [:]
      for (_, value, _) in signals.sorted(by: <).prefix(count) { values[value, default: 0] += 1 }
      return (cell, values)
    }
  }
}
