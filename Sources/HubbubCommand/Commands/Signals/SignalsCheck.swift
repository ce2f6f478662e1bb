// SignalsCheck.swift: `hubbub signals check`, the owner's look at signal files: NOT PRIVATE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// The owner's look at signal files: exact numbers, NOT PRIVATE.
struct SignalsCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look at signal files with exact numbers. NOT PRIVATE: for their owner alone.",
    discussion: """
      Tells how many records and units there are, which lines cannot be decoded, how well columns \
      are filled, and how much units contribute, which helps to choose bounds. It takes no filter \
      and no window, and never shows a unit or a value. For example

        hubbub signals check signals.csv --unit user_id --region fips --intent intent
        hubbub signals check 'signals/*.csv.gz' --spec spec.yaml
      """
  )

  @Argument(help: "Signal files or patterns; - is standard input.")
  var files: [String]

  @Option(
    help: ArgumentHelp("Take columns and format from a report's spec.", valueName: "file")
  )
  var spec: String?

  @Option(help: ArgumentHelp("The column of units; user_id if left out.", valueName: "column"))
  var unit: String?

  @Option(help: ArgumentHelp("The column of regions.", valueName: "column"))
  var region: String?

  @Option(help: ArgumentHelp("The column of intents.", valueName: "column"))
  var intent: String?

  @Option(help: ArgumentHelp("The column of times.", valueName: "column"))
  var time: String?

  @Option(help: ArgumentHelp("The column of consent.", valueName: "column"))
  var consent: String?

  @OptionGroup var output: FormatOption

  func run() throws {
    var columns: [SignalColumn: ColumnReference] = [:]
    var format: SignalFormat?
    if let spec {
      let specification = try PlannedReport(spec: spec).plan.specification
      columns = specification.columns
      format = specification.format
    }
    name(&columns)
    let bar = ProgressBar()
    defer { bar.clear() }
    let inspection: SignalInspection
    do {
      inspection = try SignalInspection(
        of: files,
        columns: columns,
        format: format,
        progress: bar.observer
      )
    } catch {
      bar.clear()
      throw CommandFailure(
        status: error.isInvalidInput ? .invalid : .environment,
        message: Self.described(error)
      )
    }
    switch output.format {
    case .text: try Results.write(Self.text(inspection))
    case .json: try Results.write(Self.json(inspection).line)
    }
  }

  /// Puts the columns that options name in place of those of a spec.
  private func name(_ columns: inout [SignalColumn: ColumnReference]) {
    let named: [(SignalColumn, String?)] = [
      (.unit, unit), (.region, region), (.intent, intent), (.time, time), (.consent, consent),
    ]
    for (column, name) in named {
      if let name { columns[column] = ColumnReference(name: name) }
    }
    if columns[.unit] == nil { columns[.unit] = ColumnReference(name: "user_id") }
  }

  /// The columns of this command come from its options, not from a spec.
  private static func described(_ error: SignalFileError) -> String {
    let place = error.path == "-" ? "standard input" : error.path
    switch error.kind {
    case .missingColumn(let name):
      return "\(place): has no column `\(name)`; name the columns with --unit, --region and so on"
    case .missing: return "\(place): there is no such file; name one that exists"
    case .noMatch: return "\(place): no file fits this pattern; write another"
    case .directory: return "\(place): is a folder; name its files, such as '\(place)/*.csv'"
    default: return error.description
    }
  }

  private static func text(_ inspection: SignalInspection) -> String {
    var text = "NOT PRIVATE: exact numbers, for the owner of the signals alone.\n\n"
    text += "  files                    \(inspection.paths.count)\n"
    text += "  records                  \(inspection.records)\n"
    text += "  records without a unit   \(inspection.recordsWithoutUnit)   (never counted)\n"
    text += "  malformed records        \(inspection.malformed)   (never counted)\n"
    text += "  records over lines       \(inspection.recordsOverLines)   (hold a line end)\n"
    text += "  longest record           \(inspection.longestRecord) bytes\n"
    text += "  units                    \(inspection.units)\n"
    if let regions = inspection.regions { text += "  regions                  \(regions)\n" }
    if let intents = inspection.intents { text += "  intents                  \(intents)\n" }
    for place in inspection.malformedPlaces {
      text += "  malformed at \(place.path):\(place.line)\n"
    }
    if inspection.malformed > inspection.malformedPlaces.count {
      text += "  ... and \(inspection.malformed - inspection.malformedPlaces.count) more\n"
    }
    var table = Columns(["column", "name", "usable", "empty", "undecodable"], numbers: [2, 3, 4])
    for column in inspection.columns {
      table.add([
        column.column.rawValue, column.name, "\(column.usable)", "\(column.empty)",
        "\(column.undecodable)",
      ])
    }
    text += "\n" + table.text
    var spread = Columns(["of a unit", "median", "90 %", "99 %", "most"], numbers: [1, 2, 3, 4])
    for (name, numbers) in [
      ("signals", inspection.signalsPerUnit), ("cells", cells(of: inspection)),
    ] {
      guard let numbers else { continue }
      spread.add([
        name, "\(numbers.median)", "\(numbers.ninetieth)", "\(numbers.ninetyNinth)",
        "\(numbers.largest)",
      ])
    }
    if inspection.units > 0 {
      text += "\n" + spread.text
      text +=
        "\nBounds near the 90 % column keep most of what units contribute with little noise.\n"
      text +=
        "A bound that is chosen from the data is itself a fact about the data: choose it once\n"
      text += "and from what is public where you can.\n"
    }
    return text
  }

  /// How many cells units have, where a column forms any.
  private static func cells(of inspection: SignalInspection) -> SignalInspection.Distribution? {
    inspection.regions == nil && inspection.intents == nil ? nil : inspection.cellsPerUnit
  }

  private static func json(_ inspection: SignalInspection) -> JSONText {
    func spread(_ numbers: SignalInspection.Distribution?) -> JSONText {
      guard let numbers else { return .null }
      return .object([
        ("median", .count(numbers.median)), ("p90", .count(numbers.ninetieth)),
        ("p99", .count(numbers.ninetyNinth)), ("most", .count(numbers.largest)),
      ])
    }
    let places = inspection.malformedPlaces.map { place in
      JSONText.object([("file", .text(place.path)), ("line", .count(place.line))])
    }
    let columns = inspection.columns.map { column in
      JSONText.object([
        ("column", .text(column.column.rawValue)), ("name", .text(column.name)),
        ("usable", .count(column.usable)), ("empty", .count(column.empty)),
        ("undecodable", .count(column.undecodable)),
      ])
    }
    return .object([
      ("private", .flag(false)),
      ("files", .list(inspection.paths.map { .text($0) })),
      ("records", .count(inspection.records)),
      ("records_without_unit", .count(inspection.recordsWithoutUnit)),
      ("malformed", .count(inspection.malformed)),
      ("malformed_at", .list(places)),
      ("records_over_lines", .count(inspection.recordsOverLines)),
      ("longest_record", .count(inspection.longestRecord)),
      ("units", .count(inspection.units)),
      ("regions", inspection.regions.map { .count($0) } ?? .null),
      ("intents", inspection.intents.map { .count($0) } ?? .null),
      ("columns", .list(columns)),
      ("signals_per_unit", spread(inspection.signalsPerUnit)),
      ("cells_per_unit", spread(cells(of: inspection))),
    ])
  }
}
