// ReleaseVerification+Selection.swift: cells that nobody listed: their rule, threshold and order.
// Reference: `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseVerification {
  /// Derives the threshold from the loss and the bounds, and holds the keys against the query.
  static func selection(of body: ReleaseBody) -> [Finding] {
    guard let selection = body.selection else { return [] }
    var findings: [Finding] = []
    let names = body.query.keys.map(\.name)
    let named = names.filter { name in
      selection.keys.contains { $0.utf8.elementsEqual(name.utf8) }
    }
    let isInOrder =
      named.count == selection.keys.count
      && zip(named, selection.keys).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    if selection.keys.isEmpty || !isInOrder {
      findings.append(
        Finding(
          what: "selection.keys",
          claimed: selection.keys.joined(separator: ", "),
          derived: "some of the keys of the query, in their order"
        )
      )
    }
    findings += other(of: body, selection)
    let cells = min(body.bounds.cellsPerUnit, body.bounds.signalsPerUnit ?? .max)
    let sensitivity = body.bounds.sensitivity(of: selection.measure)
    guard
      let terms = try? SelectionTerms(
        epsilon: selection.loss.epsilon,
        delta: selection.loss.delta,
        cells: cells
      ), scales.contains(Rational(sensitivity) / terms.epsilon),
      selection.measure == .units || selection.rule == .threshold,
      let derived = try? CellSelection(
        selection.rule,
        under: terms,
        of: selection.measure,
        within: body.bounds
      )
    else {
      findings.append(
        Finding(
          what: "selection",
          claimed: "a loss of (\(selection.loss.epsilon), \(selection.loss.delta))",
          derived: "one with which cells can be selected: epsilon and delta above zero, and of "
            + "signals by a threshold"
        )
      )
      return findings
    }
    if selection.threshold != derived.threshold {
      findings.append(
        Finding(
          what: "selection.threshold",
          claimed: selection.threshold?.description ?? "none",
          derived: (derived.threshold?.description ?? "none")
            + ", which follows from the rule, its loss and the bounds"
        )
      )
    }
    return findings
  }

  /// Holds what was not selected to the measures, each of which counts it once.
  private static func other(of body: ReleaseBody, _ selection: ReleasedSelection) -> [Finding] {
    guard let other = selection.other else { return [] }
    let names = body.measures.map(\.measure.rawValue)
    let isRaised =
      !body.query.nonnegative
      || body.measures.allSatisfy {
        !$0.measure.isNeverNegative || other[$0.measure.rawValue] ?? 0 >= 0
      }
    guard Set(names) != Set(other.keys) || !isRaised else { return [] }
    return [
      Finding(
        what: "selection.other",
        claimed: other.keys.sorted().joined(separator: ", "),
        derived: "a count for each measure"
          + (isRaised ? "" : ", none below zero where counts were raised to zero")
      )
    ]
  }

  /// The most bytes of a value that was found in signals.
  private static let longestValue = 256

  /// Holds the selected values of a key to what can be found in signals.
  static func selectable(_ values: [String], of key: ReleasedKey) -> [Finding] {
    let impossible = values.first { value in
      !(1...longestValue).contains(value.utf8.count)
        || value.unicodeScalars.contains(where: steers)
    }
    guard let impossible else { return [] }
    return [
      Finding(
        what: "cells, key \(key.name)",
        claimed: "the value '\(impossible)'",
        derived: "values of 1 to \(longestValue) bytes without control characters: no signal adds "
          + "another"
      )
    ]
  }

  /// Whether a character controls what shows it, or the direction or the lines of text: a signal with
  /// one adds nothing to selected cells.
  private static func steers(_ character: Unicode.Scalar) -> Bool {
    switch character.value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// Holds selected cells to the order of their bytes, in which each appears once.
  static func selectedOrder(of body: ReleaseBody) -> [Finding] {
    for index in body.cells.indices.dropFirst()
    where !isBefore(body.cells[index - 1].values, body.cells[index].values) {
      return [
        Finding(
          what: "cells[\(index)]",
          claimed: "a cell that is not behind the one before it",
          derived:
            "cells in the order of the bytes of their values, each once: another order could "
            + "tell where they were seen"
        )
      ]
    }
    return []
  }

  private static func isBefore(_ left: [String], _ right: [String]) -> Bool {
    for (left, right) in zip(left, right) where !left.utf8.elementsEqual(right.utf8) {
      return left.utf8.lexicographicallyPrecedes(right.utf8)
    }
    return false
  }
}
