// ReleaseRun.swift: one run of the pipeline, with its progress and its failures in words.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// One run of the pipeline.
struct ReleaseRun {
  let ledger: OpenedLedger
  let id: ReleaseID
  /// The command that repeats it, for a shell.
  let again: String
  /// How many threads and how much memory it may use.
  var options = AggregationOptions()

  /// The command that makes a report, with the options that have a value.
  static func command(spec: String, options: [(name: String, value: String?)]) -> String {
    var words = ["hubbub", "report"]
    words.append(ShellText.quoted(spec.hasPrefix("-") ? "./" + spec : spec))
    for (name, value) in options {
      guard let value else { continue }
      // A value that begins with a hyphen would be taken for an option.
      words.append(
        value.hasPrefix("-")
          ? "\(name)=" + ShellText.quoted(value) : "\(name) " + ShellText.quoted(value)
      )
    }
    return words.joined(separator: " ")
  }

  /// Runs it.
  func release(
    _ plan: AggregationPlan,
    analyst: String?,
    day: String,
    run: ScheduledRun? = nil
  ) async throws(CommandFailure) -> ReleaseOutcome {
    let bar = ProgressBar()
    let releaser = Releaser(ledger: ledger, options: options, progress: bar.observer)
    defer { bar.clear() }
    do {
      return try await releaser.release(
        under: plan,
        id: id,
        analyst: analyst,
        day: day,
        run: run
      )
    } catch {
      bar.clear()
      throw CommandFailure(error, again: again)
    }
  }
}
