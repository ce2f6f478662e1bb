// ReleaseRun.swift: one run of the pipeline, with its progress and its failures in words.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// One run of the pipeline.
struct ReleaseRun {
  let ledger: OpenedLedger
  let spec: String
  /// The ledger as the user named it, if so.
  let place: String?
  let id: ReleaseID

  /// The command that repeats it.
  var again: String {
    "hubbub report \(spec)" + (place.map { " --ledger \(OpenedLedger.shown($0))" } ?? "")
      + " --id \(id)"
  }

  /// Runs it.
  func release(
    _ plan: AggregationPlan,
    analyst: String?,
    day: String
  ) async throws(CommandFailure) -> ReleaseOutcome {
    let bar = ProgressBar()
    let releaser = Releaser(ledger: ledger, progress: bar.observer)
    defer { bar.clear() }
    do {
      return try await releaser.release(under: plan, id: id, analyst: analyst, day: day)
    } catch {
      bar.clear()
      throw CommandFailure(error, again: again)
    }
  }
}
