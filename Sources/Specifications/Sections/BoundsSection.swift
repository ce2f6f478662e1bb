// BoundsSection.swift: the part of a spec that says how much one unit may contribute.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// The `bounds` of a spec.
enum BoundsSection {
  /// Reads the bounds; those of signals are asked for where signals are counted.
  static func read(
    _ top: MappingReader,
    countsSignals: Bool
  ) throws(SpecificationError) -> ContributionBounds {
    let field = try top.required(
      "bounds",
      example: "bounds: {cells_per_unit: 4, signals_per_cell: 2}"
    )
    let keys = try field.mapping(["cells_per_unit", "signals_per_cell", "signals_per_unit"])
    let largest = ContributionBounds.largest
    let cells = try keys.required("cells_per_unit", example: "cells_per_unit: 4")
    var perCell: NodeReader? = keys.optional("signals_per_cell")
    if countsSignals {
      perCell = try keys.required("signals_per_cell", example: "signals_per_cell: 2")
    }
    let perUnit = try keys.optional("signals_per_unit")?.count(upTo: largest)
    do {
      return try ContributionBounds(
        cellsPerUnit: cells.count(upTo: largest),
        signalsPerCell: perCell?.count(upTo: largest) ?? 1,
        signalsPerUnit: perUnit
      )
    } catch let error as SpecificationError {
      throw error
    } catch {
      throw field.error("a bound is out of range; write whole numbers from 1 to \(largest)")
    }
  }
}
