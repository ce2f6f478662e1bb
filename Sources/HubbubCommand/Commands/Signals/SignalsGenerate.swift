// SignalsGenerate.swift: `hubbub signals generate`, made-up signals with a known truth.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// Makes up signals whose exact counts are known.
struct SignalsGenerate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make up signals whose exact counts are known.",
    discussion: """
      The same seed gives the same signals. Columns: user_id, region, intent, timestamp, source, \
      stage, amount, consent. A few units are very active and most are not. For example

        hubbub signals generate --count 1000000 --output signals.csv --truth truth.csv
      """
  )

  @Option(parsing: .unconditional, help: "How many signals.")
  var count: Int

  @Option(help: "How many units; a tenth of the signals if left out.")
  var units: Int?

  @Option(help: "How many regions.")
  var regions = 50

  @Option(help: "How many intents.")
  var intents = 8

  @Option(help: "The seed.")
  var seed: UInt64 = 1

  @Option(help: "How they are written: csv or jsonl.")
  var format: SyntheticSignals.Format = .csv

  @Option(help: ArgumentHelp("Where they go; standard output if left out.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Where the exact counts go, as CSV.", valueName: "file"))
  var truth: String?

  func run() throws {
    let units = units ?? max(1, count / 10)
    try Self.check("--count", count, 0...SyntheticSignals.mostSignals)
    try Self.check("--units", units, 1...SyntheticSignals.mostUnits)
    try Self.check("--regions", regions, 1...SyntheticSignals.mostRegions)
    try Self.check("--intents", intents, 1...SyntheticSignals.mostIntents)
    let signals = SyntheticSignals(
      count: count,
      units: units,
      regions: regions,
      intents: intents,
      seed: seed
    )
    if let output {
      do {
        try OutputFile.write(to: output) { signals.write(format, to: $0) }
      } catch {
        throw Self.failure(error)
      }
    } else {
      try signals.write(format) { bytes throws(CommandFailure) in
        try Results.write(Array(bytes))
      }
    }
    if let truth { try Self.write(signals.truth(), to: truth) }
  }

  private static func check(
    _ option: String,
    _ value: Int,
    _ range: ClosedRange<Int>
  ) throws(CommandFailure) {
    guard !range.contains(value) else { return }
    throw .invalid(
      "\(option): `\(value)` is out of range; write \(range.lowerBound) to \(range.upperBound)"
    )
  }

  private static func write(
    _ truth: [SyntheticCount],
    to path: String
  ) throws(CommandFailure) {
    var text = "region,intent,signals,units,consented_signals,consented_units\n"
    for cell in truth {
      text += "\(cell.region),\(cell.intent),\(cell.signals),\(cell.units),"
      text += "\(cell.consentedSignals),\(cell.consentedUnits)\n"
    }
    do {
      try OutputFile.write(Array(text.utf8), to: path)
    } catch {
      throw failure(error)
    }
  }

  private static func failure(_ error: WriteFailure) -> CommandFailure {
    CommandFailure(
      status: .environment,
      message: "\(error.path): the signals could not be written (\(error.reason)); make room or "
        + "name another file"
    )
  }
}

extension SyntheticSignals.Format: ExpressibleByArgument {}
