// SpecificationReader.swift: reads a report spec and refuses what cannot be meant.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// Reads a report spec: YAML, with the keys that the manual names.
///
/// Nothing is read but the spec and the files of cells that it names: no signal.
public struct SpecificationReader {
  private static let keys = [
    "name", "dataset", "signals", "where", "window", "privacy_unit", "bounds", "group_by",
    "regions", "intents", "cells", "budget", "measures", "confidence", "output",
  ]

  private let document: YAMLText
  private let top: MappingReader

  private init(_ document: YAMLText) throws(SpecificationError) {
    self.document = document
    top = try document.root.mapping(
      Self.keys,
      later: ["selection", "schedule", "continual", "hierarchy"]
    )
  }

  /// Reads the spec at a path.
  ///
  /// - Throws: `SpecificationError`, with the file, the line and column, the key and what to
  ///   write instead.
  public static func read(
    path: String
  ) throws(SpecificationError) -> (ReportSpecification, OutputOptions) {
    let (specification, output, _) = try readNamingFiles(path: path)
    return (specification, output)
  }

  /// Reads the spec at a path, and says which files of cells were read for it.
  ///
  /// - Throws: `SpecificationError`, as `read(path:)`.
  package static func readNamingFiles(
    path: String
  ) throws(SpecificationError) -> (ReportSpecification, OutputOptions, [NamedCellFile]) {
    let reader = try Self(YAMLText(at: path, what: "spec"))
    let (specification, files) = try reader.specification()
    return (specification, try reader.output(), files)
  }

  /// Reads a spec from its bytes, as if they stood in `path`.
  ///
  /// - Throws: `SpecificationError`, as for a file.
  public static func read(
    _ bytes: [UInt8],
    path: String
  ) throws(SpecificationError) -> (ReportSpecification, OutputOptions) {
    let reader = try Self(YAMLText(bytes, file: path, what: "spec"))
    return (try reader.specification().0, try reader.output())
  }

  private func specification() throws(SpecificationError) -> (
    ReportSpecification, [NamedCellFile]
  ) {
    let dataset = try top.required("dataset", example: "dataset: signals-2026").text()
    let signals = try SignalSection(top, directory: document.directory)
    let window = try window(signals)
    let unit = try privacyUnit(signals)
    let measures = try measures()
    let bounds = try bounds(for: measures.map(\.measure))
    let groupBy = try groupBy(signals)
    var lists = CellLists(
      directory: document.directory,
      columns: signals.columns,
      window: window,
      signals: FileIdentity.signals(signals.files)
    )
    let cells = try cells(groupBy, into: &lists)
    let budget = try budget()
    try checkSize(groupBy, cells)
    try checkScales(measures, bounds, budget)
    let files = groupBy.compactMap { lists.files[$0]?.content.bytes }
    let named = groupBy.compactMap { key in
      lists.files[key].map {
        NamedCellFile(key: key, name: $0.name, path: $0.path, identity: $0.content.identity)
      }
    }
    let specification = ReportSpecification(
      name: try name(),
      dataset: dataset,
      files: signals.files,
      format: signals.format,
      columns: signals.columns,
      filters: try signals.filters(top),
      window: window,
      privacyUnit: unit,
      bounds: bounds,
      groupBy: groupBy,
      cells: cells,
      budget: budget,
      measures: measures,
      confidence: try confidence(),
      nonnegative: try nonnegative(),
      sha256: Digest.hexadecimal(document.bytes),
      digest: Digest.hexadecimal(parts: [document.bytes] + files)
    )
    return (specification, named)
  }
}

// MARK: - One key each

extension SpecificationReader {
  /// The name, or that of the file without its ending.
  private func name() throws(SpecificationError) -> String {
    if let field = top.optional("name") { return try field.text() }
    let file = document.file.split(separator: "/").last ?? "report"
    return String(file.split(separator: ".").first ?? file)
  }

  private func window(_ signals: SignalSection) throws(SpecificationError) -> TimeWindow? {
    guard let field = top.optional("window") else { return nil }
    let keys = try field.mapping(["from", "to"])
    let example = "window: {from: 2026-11-01, to: 2026-12-01}"
    let ends = [
      try keys.required("from", example: example), try keys.required("to", example: example),
    ]
    var seconds: [Int64] = []
    var texts: [String] = []
    for end in ends {
      let text = try end.text()
      guard let second = Timestamp.calendarSeconds(text) else {
        throw end.error("`\(text)` is not a date; write 2026-11-30 or 2026-11-30T18:00:00Z")
      }
      seconds.append(second)
      texts.append(text)
    }
    guard seconds[0] < seconds[1] else {
      throw ends[1].error("the window ends before it begins; `to` is the first moment left out")
    }
    guard signals.columns[.time] != nil else {
      throw field.error("a window needs a time; write `time: COLUMN` under `signals.columns`")
    }
    return TimeWindow(from: seconds[0], to: seconds[1], text: texts)
  }

  private func privacyUnit(_ signals: SignalSection) throws(SpecificationError) -> PrivacyUnit {
    guard let field = top.optional("privacy_unit") else { return .person }
    let unit = try field.choice(PrivacyUnit.self)
    guard unit == .person || signals.columns[.time] != nil else {
      throw field.error(
        "`\(unit.rawValue)` needs a time; write `time: COLUMN` under `signals.columns`"
      )
    }
    return unit
  }

  private func bounds(
    for measures: [Measure]
  ) throws(SpecificationError) -> ContributionBounds {
    let field = try top.required(
      "bounds",
      example: "bounds: {cells_per_unit: 4, signals_per_cell: 2}"
    )
    let keys = try field.mapping(["cells_per_unit", "signals_per_cell", "signals_per_unit"])
    let largest = ContributionBounds.largest
    let cells = try keys.required("cells_per_unit", example: "cells_per_unit: 4")
    var perCell: NodeReader? = keys.optional("signals_per_cell")
    if measures.contains(.signals) {
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

  private func budget() throws(SpecificationError) -> PrivacyLoss {
    let field = try top.required("budget", example: "budget: {epsilon: 1}")
    let keys = try field.mapping(["epsilon", "delta"])
    let epsilonField = try keys.required("epsilon", example: "epsilon: 1")
    let epsilon = try epsilonField.rational()
    guard epsilon.signum > 0 else {
      throw epsilonField.error(
        "epsilon must be above zero; write a number such as 1, 0.5 or 1/3 (a smaller one means "
          + "more privacy and more noise)"
      )
    }
    let delta = try keys.optional("delta")?.rational() ?? .zero
    guard let loss = try? PrivacyLoss(epsilon: epsilon, delta: delta) else {
      throw keys.error("delta", "delta must be at least 0 and below 1; write 0 or 1e-9")
    }
    return loss
  }

  private func confidence() throws(SpecificationError) -> Rational {
    guard let field = top.optional("confidence") else { return Rational(19, 20) }
    let value = try field.rational()
    guard value.signum > 0, value < .one else {
      throw field.error("the confidence lies between 0 and 1; write a number such as 0.95")
    }
    return value
  }

  private func measures() throws(SpecificationError) -> [MeasureRequest] {
    let field = try top.required("measures", example: "measures: [{count: signals}]")
    var found: [(measure: Measure, share: Rational?)] = []
    for item in try field.items() {
      let keys = try item.mapping(["count", "share"], later: ["sum", "range", "grid", "mean"])
      let count = try keys.required("count", example: "{count: signals}")
      let measure = try count.choice(Measure.self)
      guard !found.contains(where: { $0.measure == measure }) else {
        throw count.error("`\(measure.rawValue)` is counted twice; keep one")
      }
      let share = try keys.optional("share")?.rational()
      if let share, share.signum <= 0 || share > .one {
        throw keys.error("share", "a share lies above 0 and is at most 1; write one such as 1/2")
      }
      found.append((measure, share))
    }
    let given = found.compactMap(\.share).reduce(Rational.zero) { $0 + $1 }
    let open = found.count { $0.share == nil }
    guard given < .one || (given == .one && open == 0) else {
      throw field.error(
        open == 0
          ? "the shares add up to \(given), which is more than 1; make them smaller"
          : "the shares that are written leave nothing for the others; make them smaller"
      )
    }
    let rest = (.one - given) / Rational(max(open, 1))
    return found.map { MeasureRequest(measure: $0.measure, share: $0.share ?? rest) }
  }

  private func nonnegative() throws(SpecificationError) -> Bool {
    try outputKeys()?.optional("nonnegative")?.flag() ?? false
  }

  private func outputKeys() throws(SpecificationError) -> MappingReader? {
    try top.optional("output")?.mapping(["directory", "formats", "nonnegative"])
  }

  private func output() throws(SpecificationError) -> OutputOptions {
    let keys = try outputKeys()
    let directory = try keys?.optional("directory")?.text() ?? "out"
    var formats = OutputFormat.allCases
    if let field = keys?.optional("formats") {
      formats = []
      for item in field.isText ? [field] : try field.items() {
        let format = try item.choice(OutputFormat.self)
        guard !formats.contains(format) else {
          throw item.error("`\(format.rawValue)` is written twice; keep one")
        }
        formats.append(format)
      }
    }
    return OutputOptions(
      directory: PathText.absolute(directory, from: document.directory),
      formats: formats
    )
  }
}

// MARK: - Cells

extension SpecificationReader {
  private func groupBy(_ signals: SignalSection) throws(SpecificationError) -> [GroupKey] {
    let field = try top.required("group_by", example: "group_by: [region, intent]")
    var keys: [GroupKey] = []
    for item in field.isText ? [field] : try field.items() {
      let key = try item.choice(GroupKey.self)
      guard !keys.contains(key) else {
        throw item.error("`\(key.rawValue)` is written twice; keep one")
      }
      guard signals.columns[key.column] != nil else {
        let name = key.column.rawValue
        throw item.error(
          "`\(key.rawValue)` needs a column; write `\(name): COLUMN` under `signals.columns`"
        )
      }
      keys.append(key)
    }
    return keys
  }

  private func cells(
    _ groupBy: [GroupKey],
    into lists: inout CellLists
  ) throws(SpecificationError) -> [GroupKey: CellList] {
    var fields: [GroupKey: NodeReader] = [:]
    fields[.region] = top.optional("regions")
    fields[.intent] = top.optional("intents")
    let others: [GroupKey] = [.source, .stage, .day, .week, .month]
    let nested = try top.optional("cells")?.mapping(others.map(\.rawValue))
    for key in others { fields[key] = nested?.optional(key.rawValue) }
    for (key, field) in fields.sorted(by: { $0.key.rawValue < $1.key.rawValue })
    where !groupBy.contains(key) {
      throw field.error(
        "lists values of `\(key.rawValue)`, which `group_by` does not name; add it there or "
          + "delete the list"
      )
    }
    var cells: [GroupKey: CellList] = [:]
    for key in groupBy {
      if let field = fields[key] {
        cells[key] = try lists.list(of: key, in: field)
      } else if key.column == .time {
        cells[key] = try lists.derived(key, field: top.optional("group_by") ?? top.reader)
      } else {
        throw top.error("group_by", Self.missingList(key))
      }
    }
    return cells
  }

  private static func missingList(_ key: GroupKey) -> String {
    let (place, example) =
      switch key {
      case .region: ("regions", "regions: {file: counties.csv, column: fips}")
      case .intent: ("intents", "intents: [auto.suv, home.loan]")
      default: ("cells.\(key.rawValue)", "cells: {\(key.rawValue): [first, second]}")
      }
    return "`\(key.rawValue)` has no list of values; the key `\(place)` is missing: write "
      + "`\(example)`"
  }

  /// Refuses more cells than memory would hold, before anything is planned or spent.
  private func checkSize(
    _ groupBy: [GroupKey],
    _ cells: [GroupKey: CellList]
  ) throws(SpecificationError) {
    let counts = groupBy.map { cells[$0]?.values.count ?? 0 }
    let product = counts.reduce(BigInteger(1)) { $0 * BigInteger($1) }
    let limit = AggregationPlan.largestCellCount
    guard product > BigInteger(limit) else { return }
    let factors = zip(groupBy, counts).map { "\($1) of \($0.rawValue)" }
    throw top.error(
      "group_by",
      "the lists make \(product) cells (\(factors.joined(separator: " times "))), and one release "
        + "holds at most \(limit); shorten a list or group by fewer keys"
    )
  }

  /// Refuses an epsilon that asks for noise outside what can be drawn exactly.
  private func checkScales(
    _ measures: [MeasureRequest],
    _ bounds: ContributionBounds,
    _ budget: PrivacyLoss
  ) throws(SpecificationError) {
    for request in measures {
      let sensitivity = Rational(bounds.sensitivity(of: request.measure))
      let scale = sensitivity / (budget.epsilon * request.share)
      guard !AggregationPlan.scales.contains(scale) else { continue }
      let field = try top.required("budget", example: "").mapping(nil)
      let isSmall = scale < AggregationPlan.scales.lowerBound
      let limit = isSmall ? AggregationPlan.scales.lowerBound : AggregationPlan.scales.upperBound
      let edge = sensitivity / (limit * request.share)
      throw field.error(
        "epsilon",
        isSmall
          ? "asks for so little noise on `\(request.measure.rawValue)` that it protects nobody "
            + "(a scale below 1/1000); write at most \(edge)"
          : "asks for more noise on `\(request.measure.rawValue)` than can be drawn (a scale "
            + "above 2^40); write at least \(edge)"
      )
    }
  }
}
