// SignalStream.swift: all signal files of a spec, opened before anything is spent, read once.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// All signal files of a specification: their headers are read at once, their signals later.
struct SignalStream {
  private let specification: ReportSpecification
  private var decoder: SignalDecoder
  private let paths: [String]
  /// The readers of what cannot be opened twice.
  private let kept: [String: SignalReader]
  private let bytesInAll: Int?
  private let room: SpillRoom
  /// Who agreed, where a registry says so.
  private var registry: ConsentTable?
  /// The regions, where they are shapes.
  private let regions: RegionIndex?
  /// The file for what may not fit the memory.
  private(set) var file: SpillFile?

  /// Opens every file once and reads its header.
  ///
  /// Standard input and pipes cannot be opened twice and stay open, standard input also where it is
  /// a file: opened again it would go on behind what was read. Other files are opened again when
  /// their turn comes, so that any number of them fits.
  ///
  /// - Throws: `SignalFileError` for the first file that cannot be used.
  init(_ specification: ReportSpecification) throws(SignalFileError) {
    self.specification = specification
    let regions = specification.shapes.map {
      RegionIndex($0, names: specification.cells[.region]?.values ?? [])
    }
    let decoder = SignalDecoder(specification, regions: regions)
    let paths = try SignalFiles.expand(specification.files)
    var sizes: Int? = 0
    var kept: [String: SignalReader] = [:]
    var room = SpillRoom(specification, pairsPerSignal: regions?.mostAtOnce ?? 1)
    for path in paths {
      let reader = try SignalReader(path: path, names: decoder.names, format: specification.format)
      let size = reader.progress.size
      sizes = sizes.flatMap { sum in size.map { sum + $0 } }
      room.add(reader)
      if path == "-" || size == nil { kept[path] = reader }
    }
    self.decoder = decoder
    self.paths = paths
    self.kept = kept
    bytesInAll = sizes
    self.room = room
    self.regions = regions
  }

  /// Says who agreed, where the specification asks a registry; before signals are read.
  mutating func ask(_ registry: ConsentTable?) {
    self.registry = registry
    decoder = SignalDecoder(specification, registry: registry, regions: regions)
  }

  /// Without the registry that a specification asks, no signal may be read.
  private func checkRegistry() {
    precondition((registry == nil) == (specification.consent == nil), "the registry that is asked")
  }

  /// Makes the temporary file for what may not fit the memory, with all the room that it can take.
  ///
  /// - Privacy: Whether it is made, and whether there is room, follows from what is public: from the
  ///   sizes of the files and the options. It is made whether or not any signal will need it; so a
  ///   folder that does not take it is known before a signal is read.
  /// - Throws: `SignalFileError` where it cannot be made.
  mutating func makeFile(
    for plan: AggregationPlan,
    options: AggregationOptions
  ) throws(SignalFileError) {
    guard file == nil else { return }
    let memory = options.division(for: plan)
    file = try SpillFile(
      in: options.temporaryFolder ?? SpillFile.systemFolder,
      partCount: options.partCount,
      room: room.bytes(under: memory, threads: options.threads, partCount: options.partCount)
    )
  }

  /// Reads every signal on all threads and adds up what the bounds let through.
  ///
  /// - Precondition: `makeFile` was called for the same plan and options.
  /// - Throws: `SignalFileError` where a file as a whole fails; single records never do.
  consuming func aggregate(
    under plan: AggregationPlan,
    key: ChoiceKey,
    options: AggregationOptions = AggregationOptions(),
    progress: (@Sendable (ReadingProgress) -> Void)?
  ) throws(SignalFileError) -> RawAggregate {
    checkRegistry()
    guard let file else { preconditionFailure("a temporary file is made before signals are read") }
    let kept = kept
    let names = decoder.names
    let format = specification.format
    let meter = ProgressMeter(bytesInAll: bytesInAll, tell: progress)
    let source = BlockSource(
      paths: paths,
      blockSize: options.blockSize(pairsPerSignal: regions?.mostAtOnce ?? 1),
      longestRecord: options.longestRecord,
      meter: meter
    ) { (path) throws(SignalFileError) -> SignalReader in
      if let reader = kept[path] { return reader }
      return try SignalReader(path: path, names: names, format: format)
    }
    guard specification.statistics?.values == nil else {
      let aggregation = ValueAggregation(
        plan,
        registry: registry,
        source: source,
        file: file,
        meter: meter,
        key: key,
        options: options
      )
      return RawAggregate(try aggregation.run())
    }
    let aggregation = ParallelAggregation(
      specification,
      regions: regions,
      registry: registry,
      source: source,
      file: file,
      meter: meter,
      plan: plan,
      key: key,
      options: options
    )
    if plan.selection != nil {
      return RawAggregate(found: try aggregation.runFinding(), under: plan)
    }
    let counts = try aggregation.run()
    return RawAggregate(signals: counts.signals, units: counts.units, under: plan)
  }

  /// Reads every signal, record by record on one thread, and calls `body` with those that count.
  ///
  /// - Throws: `SignalFileError` where a file as a whole fails; single records never do.
  consuming func forEach(
    progress: (@Sendable (ReadingProgress) -> Void)?,
    _ body: (_ unit: ByteSlice, _ cell: UInt32) -> Void
  ) throws(SignalFileError) {
    checkRegistry()
    let meter = ProgressMeter(bytesInAll: bytesInAll, tell: progress)
    for path in paths {
      let reader: SignalReader
      if let open = kept[path] {
        reader = open
      } else {
        reader = try SignalReader(path: path, names: decoder.names, format: specification.format)
      }
      var count = 0
      var step = try reader.next()
      while step != .end {
        if step == .record { decoder.forEachPair(reader, body) }
        count += 1
        if count & 0xFFFF == 0 { meter.read(reader.progress.bytesRead) }
        step = try reader.next()
      }
      meter.finished(reader.progress.bytesRead)
    }
    meter.end()
  }

  /// The same record by record on one thread: the plain counterpart that tests compare with.
  ///
  /// - Throws: `SignalFileError` where a file as a whole fails; single records never do.
  consuming func aggregateOneByOne(
    under plan: AggregationPlan,
    key: ChoiceKey,
    progress: (@Sendable (ReadingProgress) -> Void)? = nil
  ) throws(SignalFileError) -> RawAggregate {
    checkRegistry()
    var found: FoundCells?
    if plan.selection != nil {
      found = FoundCells(key: key)
    }
    let decoder = SignalDecoder(
      specification,
      found: found,
      registry: registry,
      regions: regions,
      looksAtAll: true
    )
    let meter = ProgressMeter(bytesInAll: bytesInAll, tell: progress)
    var table = UnitTable(bounds: specification.bounds, key: key, found: found)
    var values: ValueUnits?
    if specification.statistics?.values != nil {
      values = ValueUnits(bounds: specification.bounds, key: key)
    }
    for path in paths {
      let reader: SignalReader
      if let open = kept[path] {
        reader = open
      } else {
        reader = try SignalReader(path: path, names: decoder.names, format: specification.format)
      }
      var count = 0
      var step = try reader.next()
      while step != .end {
        if step == .record {
          decoder.forEachPair(reader) { unit, cell in
            if values == nil {
              table.add(unit: unit, cell: cell)
            } else {
              values?.add(unit: unit, cell: cell, value: decoder.valueIndex)
            }
          }
        }
        count += 1
        if count & 0xFFFF == 0 { meter.read(reader.progress.bytesRead) }
        step = try reader.next()
      }
      meter.finished(reader.progress.bytesRead)
    }
    meter.end()
    if let values {
      let tally = ValueTally(plan)
      values.add(to: tally)
      return RawAggregate(tally)
    }
    if let hierarchy = plan.hierarchy {
      return RawAggregate(table, HierarchyCells(hierarchy), under: plan)
    }
    return RawAggregate(table, found: found, under: plan)
  }
}
