// SelectedCells.swift: which of the cells that were found in the signals are kept.
// Reference: `docs/decisions/0006-private-cells.md`; `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Sampling

/// Draws which cells are kept.
enum SelectedCells {
  /// Draws for each cell, independently, whether it is kept, from its exact count of what is looked at.
  ///
  /// - Privacy: As the rule says; a cell without units is never kept. The draws come from a key of
  ///   their own.
  static func draw(
    _ units: [Int64],
    by selection: CellSelection,
    threads: Int = 1
  ) -> [Bool] {
    switch selection {
    case .threshold(let rule):
      let sampler = DiscreteLaplaceSampler(scale: rule.law.scale)
      let noise = CellNoise.draws(units.count, by: sampler, threads: threads)
      return reached(units, noise, rule.threshold)
    case .optimal(let rule):
      let sampler = KeepSampler(certain: rule.certain) { count, precision in
        rule.enclosure(of: count, precision: precision)
      }
      return sampler.draw(units)
    case .geometric(let rule):
      var noise = [Int64](repeating: 0, count: units.count)
      guard let reach = Int64(exactly: rule.reach) else {
        preconditionFailure("a planned reach fits 64 bits")
      }
      TruncatedGeometricSampler(scale: rule.scale, reach: reach).fill(&noise)
      return reached(units, noise, rule.threshold)
    }
  }

  /// Compares noisy numbers with a threshold, held within 64 bits.
  private static func reached(
    _ units: [Int64],
    _ noise: [Int64],
    _ threshold: BigInteger
  ) -> [Bool] {
    let threshold = Int64(exactly: threshold) ?? (threshold.signum < 0 ? .min : .max)
    return zip(units, noise).map { units, noise in
      let (sum, overflow) = units.addingReportingOverflow(noise)
      let held = overflow ? (noise < 0 ? Int64.min : Int64.max) : sum
      return units > 0 && held >= threshold
    }
  }
}
