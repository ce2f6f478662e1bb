// NoisyAggregate.swift: counts with noise that is drawn and not yet paid for.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Sampling
import Synchronization

/// Counts with noise that is drawn and not yet paid for: used once.
///
/// - Privacy: Differentially private as it stands; it leaves only together with the ledger's entry.
struct NoisyAggregate: ~Copyable {
  let counts: [[Int64]]
  /// The noisy bins of a histogram of values, cell by cell.
  let bins: [Int64]
  /// The values of the cells that were selected, in order; `nil` where all cells are listed.
  let cells: [[String]]?
  /// What the cells that were not selected hold together, for each measure, where that is asked for.
  let other: [Int64]?
  private let charge: Charge

  /// Draws noise for every cell of every measure, each measure under keys of its own.
  ///
  /// Cells that nobody listed are selected first, under a key of their own; noise is drawn for those
  /// that are kept.
  ///
  /// - Privacy: Sums are held within 64 bits, and raised to zero where the spec asks for that; both
  ///   follow the noise and cost nothing.
  init(
    _ raw: consuming RawAggregate,
    _ plan: AggregationPlan,
    charge: consuming Charge,
    threads: Int
  ) {
    let taken = raw.take()
    var exact = taken.counts
    if let selection = plan.selection, let all = taken.found {
      let kept = SelectedCells.draw(
        all.counts(of: selection.measure),
        by: selection.selection,
        threads: threads
      )
      let order = all.sorted(kept.indices.filter { kept[$0] })
      exact = exact.map { counts in
        selection.countsOther
          ? OtherCells.joined(counts, selected: order) : order.map { counts[$0] }
      }
      cells = order.map { all.values(of: $0) }
    } else {
      cells = nil
    }
    bins = Self.noisy(taken.bins, plan.quantiles, threads: threads)
    let isRaised = plan.specification.nonnegative
    var noisy = zip(plan.measures.indices, exact).map { index, exact in
      let measure = plan.measures[index]
      let nonnegative = isRaised && measure.measure.isNeverNegative
      var values: [Int64]
      if let hierarchy = plan.hierarchy {
        values = CellNoise.draws(hierarchy, measure: index, threads: threads)
      } else {
        let sampler = DiscreteLaplaceSampler(scale: measure.scale)
        values = CellNoise.draws(exact.count, by: sampler, threads: threads)
      }
      for index in values.indices {
        let (sum, overflow) = values[index].addingReportingOverflow(exact[index])
        let held = overflow ? (values[index] < 0 ? Int64.min : Int64.max) : sum
        values[index] = nonnegative ? max(0, held) : held
      }
      return values
    }
    other =
      plan.selection?.countsOther == true
      ? noisy.indices.map { noisy[$0].removeLast() } : nil
    counts = noisy
    self.charge = charge
  }

  /// Draws noise for every bin of a histogram; its counts stay as they are, below zero too.
  private static func noisy(
    _ bins: [Int64],
    _ quantiles: PlannedQuantiles?,
    threads: Int
  ) -> [Int64] {
    guard let quantiles else { return [] }
    let sampler = DiscreteLaplaceSampler(scale: quantiles.scale)
    var values = CellNoise.draws(bins.count, by: sampler, threads: threads)
    for index in values.indices {
      let (sum, overflow) = values[index].addingReportingOverflow(bins[index])
      values[index] = overflow ? (values[index] < 0 ? .min : .max) : sum
    }
    return values
  }

  /// Commits the charge together with the release.
  ///
  /// - Parameters:
  ///   - ledger: What pays and keeps.
  ///   - made: Takes the body as it was encoded last.
  ///   - body: Makes the body, once what remains is known.
  /// - Returns: What the ledger keeps.
  /// - Throws: `LedgerError`; whatever happens, no number leaves that was not paid for.
  consuming func released(
    through ledger: some BudgetLedger,
    keeping made: MadeBody,
    body: @escaping @Sendable (RemainingBudget) -> ReleaseBody
  ) async throws(LedgerError) -> StoredRelease {
    try await ledger.commit(charge) { made.encode(body($0)) }
  }
}

/// The body of a release that this run made, so that it need not be read out of its own bytes.
final class MadeBody: Sendable {
  private let last = Mutex<(body: ReleaseBody, bytes: [UInt8])?>(nil)

  /// Encodes a body and keeps both.
  func encode(_ body: ReleaseBody) -> [UInt8] {
    let bytes = body.encoded()
    last.withLock { $0 = (body, bytes) }
    return bytes
  }

  /// The body whose bytes these are, if this run made them.
  func body(of bytes: [UInt8]) -> ReleaseBody? {
    last.withLock { last in last.flatMap { $0.bytes == bytes ? $0.body : nil } }
  }
}
