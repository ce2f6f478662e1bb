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
      a run that died. Of a declared schedule the first run pays for all; each later one is made \
      on its day, or named by --day, and costs nothing more. Running counts \
      (`continual` in the spec) likewise; a day that was released is told again. For example

        hubbub report spec.yaml
        hubbub report spec.yaml --ledger hubbub.ledger --id week-48 --format csv

      Files go to the spec's output folder: release.json, counts.csv and report.html; those of a \
      scheduled run to a folder there with the name of its day.
      """
  )

  @Argument(help: "The report's spec, a YAML file.")
  var spec: String

  @OptionGroup var place: LedgerOption

  @Option(help: "The release's name; made, or that of a run, and printed if left out.")
  var id: String?

  @Option(help: "Who asks, where the policy has caps for analysts.")
  var analyst: String?

  @Option(
    help: ArgumentHelp(
      "The day of a scheduled run, and what a daily cap counts under; today in UTC if left out.",
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
        + "What does not fit goes to an encrypted temporary file in TMPDIR, else /var/tmp, which takes "
        + "its room, seldom more than three times the size of the input, before anything is spent. "
        + "With running counts it does not hold: one thread reads, and all stays in memory.",
      valueName: "size"
    )
  )
  var memory: String?

  @Option(help: "How the result is printed: table, json or csv. The files are written either way.")
  var format: ReportFormat = .table

  func run() async throws {
    let resources = try checkedResources()
    let named = place.ledger
    let report = try PlannedReport(spec: spec) { () throws(CommandFailure) in
      try LedgerPlace.open(named)
    }
    let options = try resources.options(cells: report.plan.cellsInMemory)
    report.warn()
    let day = try Today.day(named: day)
    let isScheduled = report.plan.specification.schedule != nil
    // What cannot be written is found first; the folder of a run is known once the run is.
    try checked(report, folder: nil)
    let ledger = try LedgerPlace.open(named)
    try report.refusePinnedCells(ledger)
    try report.warn(under: ledger)
    let attempt = try await ReportAttempt(
      of: report.plan,
      id: id,
      analyst: analyst,
      day: day,
      in: ledger
    )
    let files = try checked(report, folder: attempt.folder)
    let run = ReleaseRun(
      ledger: ledger,
      id: attempt.id,
      again: again(attempt.id, day: isScheduled ? attempt.folder : self.day),
      options: options
    )
    let outcome = try await run.release(
      attempt.plan,
      analyst: analyst,
      day: day.label,
      run: attempt.run
    )
    try files.write(outcome, again: run.again)
    try ReleaseView(outcome).write(as: format)
    Diagnostics.write(ReleaseView(outcome).summary(files))
  }

  /// The files of the report, none of which stands where an input does; those of a run are in a
  /// folder of its own.
  @discardableResult
  private func checked(
    _ report: PlannedReport,
    folder: String?
  ) throws(CommandFailure) -> ReportFiles {
    let files = ReportFiles(
      directory: output ?? report.output.directory + (folder.map { "/" + $0 } ?? ""),
      formats: report.output.formats,
      map: report.map?.file
    )
    try files.checkBeforehand()
    try OutputGuard(
      spec: spec,
      ledger: LedgerPlace.resolve(place.ledger),
      cells: report.cellFiles.map(\.path),
      map: report.output.map?.path,
      signals: report.plan.specification.files,
      registry: report.plan.specification.consent?.registry,
      store: report.plan.specification.continual?.store
    ).check(files)
    return files
  }

  /// The command that repeats this one, with all that was given and decides what is meant.
  private func again(_ id: ReleaseID, day: String?) -> String {
    ReleaseRun.command(
      spec: spec,
      options: [
        ("--ledger", place.ledger.map(OpenedLedger.shown)), ("--id", "\(id)"),
        ("--analyst", analyst), ("--day", day), ("--output", output),
      ]
    )
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
