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
    "regions", "intents", "cells", "budget", "selection", "measures", "confidence", "schedule",
    "continual", "consent", "output",
  ]

  private let document: YAMLText
  private let top: MappingReader

  private init(_ document: YAMLText) throws(SpecificationError) {
    self.document = document
    top = try document.root.mapping(
      Self.keys,
      later: ["hierarchy"]
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
    return (specification, try reader.output().options, files)
  }

  /// Reads a spec from its bytes, as if they stood in `path`.
  ///
  /// - Throws: `SpecificationError`, as for a file.
  public static func read(
    _ bytes: [UInt8],
    path: String
  ) throws(SpecificationError) -> (ReportSpecification, OutputOptions) {
    let reader = try Self(YAMLText(bytes, file: path, what: "spec"))
    return (try reader.specification().0, try reader.output().options)
  }

  private func specification() throws(SpecificationError) -> (
    ReportSpecification, [NamedCellFile]
  ) {
    let dataset = try top.required("dataset", example: "dataset: signals-2026").text()
    let signals = try SignalSection(top, directory: document.directory)
    let consent = try ConsentSection.read(top, from: document.directory)
    let time = try WindowSection(top, signals)
    let shares = try SelectionSection(top)
    let measures = try MeasureSection(top, besides: shares)
    let bounds = try BoundsSection.read(top, countsSignals: measures.needsSignalBound)
    let budget = try BudgetSection(top)
    let name = try name()
    let schedule = try ScheduleSection(
      top,
      signals,
      window: time.window,
      delta: budget.delta,
      dataset: dataset,
      name: name,
      directory: document.directory
    )
    var lists = CellLists(
      directory: document.directory,
      columns: signals.columns,
      window: schedule.window,
      isScheduled: schedule.schedule != nil,
      signals: FileIdentity.owned(by: signals.files, registry: consent?.registry)
    )
    let cells = try CellSection(top, signals, into: &lists)
    try cells.checkSize(top)
    try budget.checkScales(top, of: measures.requests, within: bounds)
    let output = try output()
    try output.checkMap(of: cells.groupBy)
    let statistics = try measures.statistics(cells, signals, isContinual: schedule.continual != nil)
    let selection = try shares.request(
      top,
      keys: cells.found,
      share: measures.selection,
      budget: budget.loss,
      bounds: bounds
    )
    try schedule.continual?.check(
      top,
      keys: cells.groupBy,
      isSelecting: selection != nil,
      measures: measures.requests
    )
    let files = cells.groupBy.compactMap { lists.files[$0]?.content.bytes }
    let named = cells.groupBy.compactMap { key in
      lists.files[key].map {
        NamedCellFile(key: key, name: $0.name, path: $0.path, identity: $0.content.identity)
      }
    }
    let specification = ReportSpecification(
      name: name,
      dataset: dataset,
      files: signals.files,
      format: signals.format,
      columns: signals.columns,
      filters: try signals.filters(top),
      window: schedule.window,
      privacyUnit: time.privacyUnit,
      bounds: bounds,
      groupBy: cells.groupBy,
      cells: cells.cells,
      derivedKeys: cells.derived,
      selection: selection,
      budget: budget.loss,
      measures: measures.requests,
      statistics: statistics,
      confidence: budget.confidence,
      nonnegative: output.nonnegative,
      consent: consent,
      schedule: schedule.schedule,
      continual: schedule.continual?.request,
      sha256: Digest.hexadecimal(document.bytes),
      digest: Digest.hexadecimal(parts: [document.bytes] + files)
    )
    return (specification, named)
  }

  /// The name, or that of the file without its ending.
  private func name() throws(SpecificationError) -> String {
    if let field = top.optional("name") { return try field.text() }
    let file = document.file.split(separator: "/").last ?? "report"
    return String(file.split(separator: ".").first ?? file)
  }

  private func output() throws(SpecificationError) -> OutputSection {
    try OutputSection(top, directory: document.directory)
  }
}
