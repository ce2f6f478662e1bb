// ReleaseVerification+Cells.swift: the cells are every listed combination, once and in order.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// The values that the released cells hold for one key, in the order of their first appearance.
///
/// Where the cells are every combination of the lists in order, that order is the list's own.
private struct FoundValues {
  var values: [String] = []
  private var indices: [[UInt8]: Int] = [:]

  /// The index of a value, which is added where it is new.
  ///
  /// Compared byte by byte: text that only looks the same is another value.
  mutating func index(of value: String) -> Int {
    let bytes = Array(value.utf8)
    if let index = indices[bytes] { return index }
    values.append(value)
    indices[bytes] = values.count - 1
    return values.count - 1
  }
}

extension ReleaseVerification {
  /// Derives the lists from the released cells, and the cells from the lists.
  ///
  /// - Complexity: O(n) in the number of cells.
  static func cells(of body: ReleaseBody) -> [Finding] {
    let keys = body.query.keys
    var found = [FoundValues](repeating: FoundValues(), count: keys.count)
    var findings: [Finding] = []
    // Each cell as one index per key, flat.
    var indices: [Int] = []
    indices.reserveCapacity(body.cells.count * keys.count)
    for cell in body.cells {
      for key in keys.indices { indices.append(found[key].index(of: cell.values[key])) }
    }
    for (key, found) in zip(keys, found) {
      let isSelected = body.selection?.keys.contains(key.name) ?? false
      // A list has a value; what was selected may have none.
      if !isSelected, key.count < 1 { findings.append(empty(key)) }
      if isSelected { findings += selectable(found.values, of: key) }
      findings +=
        body.selection == nil || isSelected
        ? list(found.values, of: key) : most(found.values, of: key)
    }
    guard body.selection == nil else {
      return findings + selectedOrder(of: body) + signs(of: body)
    }
    let product = keys.reduce(BigInteger(1)) { $0 * BigInteger($1.count) }
    if product != BigInteger(body.cells.count) {
      findings.append(
        Finding(
          what: "cells",
          claimed: "\(body.cells.count) cells",
          derived: "\(product), one for every combination of the listed values"
        )
      )
    }
    if let finding = order(of: indices, among: found.map(\.values.count), in: body) {
      findings.append(finding)
    }
    return findings + signs(of: body)
  }

  /// Holds the values that the cells have for one key against its list.
  private static func list(_ values: [String], of key: ReleasedKey) -> [Finding] {
    var findings: [Finding] = []
    if values.count != key.count {
      findings.append(
        Finding(
          what: "cells, key \(key.name)",
          claimed: "\(values.count) different values",
          derived: "the \(key.count) values of its list: a cell is outside the list, or one of it "
            + "is left out"
        )
      )
    }
    let digest = sha256(Array(values.flatMap { Array($0.utf8) + [0x0A] }))
    if digest != key.listSHA256 {
      findings.append(
        Finding(
          what: "query.keys, list_sha256 of \(key.name)",
          claimed: key.listSHA256,
          derived: "\(digest), which follows from the released cells: a value is not the one that "
            + "was listed, or they are not in the order of the list"
        )
      )
    }
    return findings
  }

  private static func empty(_ key: ReleasedKey) -> Finding {
    Finding(
      what: "query.keys, count of \(key.name)",
      claimed: "\(key.count)",
      derived: "at least one value, as every list has"
    )
  }

  /// Of a list whose combinations were selected, some values may be missing.
  private static func most(_ values: [String], of key: ReleasedKey) -> [Finding] {
    guard values.count > key.count else { return [] }
    return [
      Finding(
        what: "cells, key \(key.name)",
        claimed: "\(values.count) different values",
        derived: "at most the \(key.count) values of its list"
      )
    ]
  }

  /// The first cell that is out of order, or given twice.
  private static func order(
    of indices: [Int],
    among counts: [Int],
    in body: ReleaseBody
  ) -> Finding? {
    let width = counts.count
    var seen: Set<ArraySlice<Int>> = []
    // The combination that comes next, and `nil` when all of them have come.
    var expected: [Int]? = [Int](repeating: 0, count: width)
    var isOrdered = true
    for cell in body.cells.indices {
      let combination = indices[(cell * width)..<((cell + 1) * width)]
      if isOrdered, let next = expected, combination.elementsEqual(next) {
        expected = successor(of: next, among: counts)
        continue
      }
      if isOrdered {
        // From here on every cell is remembered, with those that came in order.
        isOrdered = false
        for earlier in 0..<cell {
          seen.insert(indices[(earlier * width)..<((earlier + 1) * width)])
        }
      }
      if !seen.insert(combination).inserted {
        return Finding(
          what: "cells[\(cell)]",
          claimed: "\(body.cells[cell].values.joined(separator: ", ")) once more",
          derived: "every combination of the listed values once"
        )
      }
    }
    guard !isOrdered else { return nil }
    return Finding(
      what: "cells",
      claimed: "the combinations of the listed values in another order, or not all of them",
      derived: "all of them, the last key changing fastest"
    )
  }

  /// Counts up, the last key fastest; `nil` after the last combination.
  private static func successor(of combination: [Int], among counts: [Int]) -> [Int]? {
    var next = combination
    for key in counts.indices.reversed() {
      next[key] += 1
      if next[key] < counts[key] { return next }
      next[key] = 0
    }
    return nil
  }

  /// Holds the signs of the counts against what is said about them.
  private static func signs(of body: ReleaseBody) -> [Finding] {
    let raised = body.measures.map(\.measure.isNeverNegative)
    guard body.query.nonnegative,
      let cell = body.cells.firstIndex(where: { zip($0.counts, raised).contains { $0 < 0 && $1 } })
    else { return [] }
    return [
      Finding(
        what: "cells[\(cell)]",
        claimed: "a count below zero",
        derived: "counts of zero or more, as query.nonnegative claims"
      )
    ]
  }
}
