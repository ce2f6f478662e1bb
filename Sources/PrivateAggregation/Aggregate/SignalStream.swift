// SignalStream.swift: all signal files of a spec, opened before anything is spent, read once.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// All signal files of a specification: their headers are read at once, their signals later.
struct SignalStream {
  /// How many bytes pass between two calls for progress.
  private static let progressStep = 8 << 20

  private let specification: ReportSpecification
  private let decoder: SignalDecoder
  private let paths: [String]
  /// The readers of what cannot be opened twice.
  private let kept: [String: SignalReader]
  private let bytesInAll: Int?

  /// Opens every file once and reads its header.
  ///
  /// Standard input and pipes cannot be opened twice and stay open, standard input also where it is
  /// a file: opened again it would go on behind what was read. Other files are opened again when
  /// their turn comes, so that any number of them fits.
  ///
  /// - Throws: `SignalFileError` for the first file that cannot be used.
  init(_ specification: ReportSpecification) throws(SignalFileError) {
    self.specification = specification
    let decoder = SignalDecoder(specification)
    let paths = try SignalFiles.expand(specification.files)
    var sizes: Int? = 0
    var kept: [String: SignalReader] = [:]
    for path in paths {
      let reader = try SignalReader(path: path, names: decoder.names, format: specification.format)
      let size = reader.progress.size
      sizes = sizes.flatMap { sum in size.map { sum + $0 } }
      if path == "-" || size == nil { kept[path] = reader }
    }
    self.decoder = decoder
    self.paths = paths
    self.kept = kept
    bytesInAll = sizes
  }

  /// Reads every signal and adds up what the bounds let through.
  ///
  /// - Throws: `SignalFileError` where a file as a whole fails; single records never do.
  consuming func aggregate(
    under plan: AggregationPlan,
    key: ChoiceKey,
    progress: (@Sendable (ReadingProgress) -> Void)?
  ) throws(SignalFileError) -> RawAggregate {
    var table = UnitTable(bounds: specification.bounds, key: key)
    var finished = 0
    var reported = 0
    for path in paths {
      let reader: SignalReader
      if let open = kept[path] {
        reader = open
      } else {
        reader = try SignalReader(path: path, names: decoder.names, format: specification.format)
      }
      var step = try reader.next()
      while step != .end {
        if step == .record, let signal = decoder.decode(reader) {
          table.add(unit: signal.unit, cell: signal.cell)
        }
        let read = finished + reader.progress.bytesRead
        if let progress, read - reported >= Self.progressStep {
          reported = read
          progress(ReadingProgress(bytesRead: read, bytesInAll: bytesInAll))
        }
        step = try reader.next()
      }
      finished += reader.progress.bytesRead
    }
    progress?(ReadingProgress(bytesRead: finished, bytesInAll: bytesInAll))
    return RawAggregate(table, under: plan)
  }
}
