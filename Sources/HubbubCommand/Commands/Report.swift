// Report.swift: `hubbub report`, the main job.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// The main job: reserve, count, add noise, commit, and write the report.
struct Report: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Release the noised counts that a spec asks for, paid from the ledger.",
    discussion: """
      The whole cost is reserved before any signal is read; a report that the budget does not \
      cover is refused (exit 1) and reads nothing. Each release has an id, which is printed before \
      anything is spent. The same id again gives the same numbers and costs nothing, and takes up \
      a run that died. For example

        hubbub report spec.yaml
        hubbub report spec.yaml --ledger hubbub.ledger --id week-48 --format csv

      Files go to the spec's output folder: release.json, counts.csv and report.html.
      """
  )

  @Argument(help: "The report's spec, a YAML file.")
  var spec: String

  @OptionGroup var place: LedgerOption

  @Option(help: "The release's name; made and printed if left out.")
  var id: String?

  @Option(help: "Who asks, where the policy has caps for analysts.")
  var analyst: String?

  @Option(
    help: ArgumentHelp(
      "The day that a daily cap counts under; today in UTC if left out.",
      valueName: "yyyy-mm-dd"
    )
  )
  var day: String?

  @Option(
    help: ArgumentHelp("Where the files go, instead of the spec's folder.", valueName: "folder")
  )
  var output: String?

  @Option(help: "What reads and counts: native.")
  var engine = "native"

  @Option(help: "The most threads to use; as many as there are processors if left out.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "The memory to stay within while signals are read, such as 64M or 2G; 512M if left out. "
        + "What does not fit goes to an encrypted temporary file in TMPDIR, else /var/tmp.",
      valueName: "size"
    )
  )
  var memory: String?

  @Option(help: "How the result is printed: table, json or csv. The files are written either way.")
  var format: ReportFormat = .table

  func run() async throws {
    let resources = try checkedResources()
    let report = try PlannedReport(spec: spec)
    let options = try resources.options(cells: report.plan.cellCount)
    report.warn()
    let day = try checkedDay()
    let files = ReportFiles(
      directory: output ?? report.output.directory,
      formats: report.output.formats
    )
    try files.checkBeforehand()
    try OutputGuard(
      spec: spec,
      ledger: LedgerPlace.resolve(place.ledger),
      cells: report.cellFiles.map(\.path),
      signals: report.plan.specification.files
    ).check(files)
    let ledger = try LedgerPlace.open(place.ledger)
    try report.refusePinnedCells(ledger)
    let releaseID = try releaseID()
    let run = ReleaseRun(
      ledger: ledger,
      id: releaseID,
      again: again(releaseID),
      options: options
    )
    let outcome = try await run.release(report.plan, analyst: analyst, day: day)
    try files.write(outcome.release, again: run.again)
    try ReleaseView(outcome.release).write(as: format)
    Diagnostics.write(ReleaseView(outcome.release).summary(replayed: outcome.replayed, files))
  }

  /// The command that repeats this one, with all that was given and decides what is meant.
  private func again(_ id: ReleaseID) -> String {
    ReleaseRun.command(
      spec: spec,
      options: [
        ("--ledger", place.ledger.map(OpenedLedger.shown)), ("--id", "\(id)"),
        ("--analyst", analyst), ("--day", day), ("--output", output),
      ]
    )
  }

  /// The id that is given, or a fresh one, printed before anything is held.
  private func releaseID() throws(CommandFailure) -> ReleaseID {
    if let id { return try ReleaseNaming.read(id) }
    let fresh = try ReleaseNaming.fresh()
    Diagnostics.write("Release id: \(fresh)\n")
    return fresh
  }

  private func checkedDay() throws(CommandFailure) -> String {
    guard let day else { return Today.label }
    guard Today.isDay(day) else {
      throw .invalid("--day: `\(day.prefix(40))` is not a day; write it as 2026-11-30")
    }
    return day
  }

  private func checkedResources() throws(CommandFailure) -> Resources {
    guard engine == "native" else {
      throw .invalid(
        "--engine: `\(engine.prefix(40))` is not offered by this version; write native"
      )
    }
    return try Resources(threads: threads, memory: memory)
  }
}

/// How a report's result is printed.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case table
  case json
  case csv
}
