// Demo.swift: `hubbub demo`, the first thing that a newcomer runs.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Hubbub

/// Makes signals, a spec and a ledger, runs the report and says what to look at.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make signals, a spec and a ledger, run the report, and say what to look at.",
    discussion: """
      Everything goes into one new folder, hubbub-demo unless you name another. For example

        hubbub demo
        hubbub demo --directory /tmp/try
      """
  )

  @Option(help: ArgumentHelp("The folder to make; hubbub-demo if left out.", valueName: "folder"))
  var directory: String?

  func run() async throws {
    let folder = try DemoFolder(named: directory)
    try folder.fill()
    let policy = try folder.policy()
    try asking { () throws(LedgerError) in
      try SQLiteLedger.create(at: folder.path("hubbub.ledger"), policy: policy)
    }
    let report = try PlannedReport(spec: folder.path("spec.yaml"))
    let ledger = try LedgerPlace.open(folder.path("hubbub.ledger"))
    let id = try ReleaseNaming.read("demo-1")
    let again = ReleaseRun.command(spec: "spec.yaml", options: [("--id", "\(id)")])
    let run = ReleaseRun(ledger: ledger, id: id, again: again)
    let outcome = try await run.release(report.plan, analyst: nil, day: Today.label)
    let files = ReportFiles(
      directory: report.output.directory,
      formats: report.output.formats,
      map: report.map?.file
    )
    try files.write(outcome, again: run.again)
    try Results.write(
      folder.opening + TerminalTable.text(of: outcome.release, width: Terminal.width)
        + folder.closing(outcome.release)
    )
  }
}

/// The folder of a demonstration and what it holds.
struct DemoFolder {
  /// Made-up signals, the same each time; the noise is not.
  private static let signals = SyntheticSignals(
    count: 20_000,
    units: 4000,
    regions: 6,
    intents: 4,
    seed: 1
  )

  private let root: String

  /// Makes the folder that is named, which has to be new or empty.
  ///
  /// Where none is named it is the first of `hubbub-demo`, `hubbub-demo-2` and so on that is.
  init(named name: String?) throws(CommandFailure) {
    if let name {
      guard Self.isFree(name) else {
        throw .invalid("\(name): the folder is not empty; name a new one with --directory")
      }
      root = name
    } else {
      var number = 1
      while !Self.isFree(Self.numbered(number)) { number += 1 }
      root = Self.numbered(number)
    }
    do {
      try OutputFile.makeFolder(root)
    } catch {
      throw Self.failure(error)
    }
  }

  private static func numbered(_ number: Int) -> String {
    number == 1 ? "hubbub-demo" : "hubbub-demo-\(number)"
  }

  /// Whether nothing stands under a name, or an empty folder.
  private static func isFree(_ name: String) -> Bool {
    guard access(name, F_OK) == 0 else { return true }
    guard let folder = opendir(name) else { return false }
    defer { closedir(folder) }
    var entries = 0
    while readdir(folder) != nil { entries += 1 }
    return entries <= 2
  }

  private static func failure(_ error: WriteFailure) -> CommandFailure {
    CommandFailure(
      status: .environment,
      message: "\(error.path): the demonstration could not be written (\(error.reason)); make room "
        + "or name another folder with --directory"
    )
  }

  /// The path of something in the folder.
  func path(_ name: String) -> String { root + "/" + name }

  /// Writes the signals, the lists, the spec and the policy.
  func fill() throws(CommandFailure) {
    let texts = [
      ("regions.txt", Self.signals.regions.map { $0 + "\n" }.joined()),
      ("spec.yaml", Self.spec),
      ("policy.yaml", Self.policyText),
    ]
    do {
      for (name, text) in texts { try OutputFile.write(Array(text.utf8), to: path(name)) }
      try OutputFile.write(to: path("signals.csv")) { Self.signals.write(.csv, to: $0) }
    } catch {
      throw Self.failure(error)
    }
  }

  /// Reads the policy that was written, as `hubbub ledger create` does.
  func policy() throws(CommandFailure) -> LedgerPolicy {
    try reading { () throws(SpecificationError) in
      try PolicyReader.read(path: path("policy.yaml"))
    }
  }

  private static var spec: String {
    """
    # Who shows interest in what, per region: counts with noise, never persons.
    name: demo
    dataset: demo-signals              # the ledger account that pays
    signals:
      files: [signals.csv]
      columns: {unit: user_id, region: region, intent: intent, time: timestamp, consent: consent}
    bounds: {cells_per_unit: 4, signals_per_cell: 2}   # what one person can count for
    group_by: [region, intent]
    regions: regions.txt               # the cells are listed, so they reveal nothing
    intents: [\(signals.intents.joined(separator: ", "))]
    budget: {epsilon: 1}               # what this report costs, exactly
    measures: [{count: signals}, {count: units}]
    output: {directory: out}

    """
  }

  private static let policyText = """
    # What the owner of the signals allows, for ever.
    dataset: demo-signals
    lifetime: {epsilon: 2}
    signals: {files: [signals.csv], unit: user_id, consent: consent}

    """
}
extension DemoFolder {
  /// What was made, before the table.
  var opening: String {
    """
    Made \(root)/ with 20,000 made-up signals of 4,000 people, a spec, and a ledger
    that may ever spend epsilon 2. Then ran the report:


    """
  }

  /// How to call the program where it is not on the path.
  private static var alias: String {
    let name = CommandLine.arguments.first ?? "hubbub"
    guard name.contains("/"), let real = realpath(name, nil) else { return "" }
    defer { free(real) }
    return "  alias hubbub=\(String(cString: real))\n"
  }

  /// What to look at, what it cost and what to try, after the table.
  func closing(_ release: Release) -> String {
    """

    Look at, in \(root)/
      out/report.html    the report with its bars and error whiskers: open it in a browser
      out/counts.csv     the same counts for a spreadsheet
      out/release.json   the release with its certificate, for `hubbub verify`
      spec.yaml          what was asked, in a dozen lines

    It cost \(release.body.privacy.loss); what remains for ever is \
    \(release.body.remaining.lifetime).

    Try next
      cd \(root)
    \(Self.alias)\
      hubbub report spec.yaml --id demo-1   the same numbers again, at no cost
      hubbub report spec.yaml               new noise: it costs epsilon 1, and then nothing is left
      hubbub report spec.yaml               refused: the budget protects people from your curiosity
      hubbub ledger history                 everything that was ever paid

    """
  }
}
