// SignalDecoder.swift: from the columns of a record to a unit and a cell, or to nothing.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Decides whether a record is counted, and if so for which unit and in which cell.
///
/// A record without a unit, without valid consent, outside the window, the filters or the listed
/// cells, or that cannot be decoded, contributes nothing, before any bound is applied.
final class SignalDecoder {
  /// The wanted columns, in the order of their names.
  let columns: [SignalColumn]
  /// The physical names of the wanted columns.
  let names: [String]

  private struct Key {
    let key: GroupKey
    let column: Int
    /// The listed values; `nil` where values are found in the signals.
    let table: ByteTable?
    let weight: Int
  }

  private let prefixes: [Int?]
  private let unitColumn: Int
  private let timeColumn: Int?
  private let consentColumn: Int?
  private let needsTime: Bool
  private let filters: [(column: Int, table: ByteTable)]
  private let keys: [Key]
  private let window: TimeWindow?
  private let privacyUnit: PrivacyUnit
  private let valueRule: (column: Int, reader: ValueReader)?
  /// The value of the record that was decoded last, where a measure needs values.
  private(set) var valueIndex: UInt32 = 0
  /// Where cells are collected that are found in the signals.
  private let found: FoundCells?
  /// Who agreed, where a registry says so.
  private let registry: ConsentTable?
  /// The regions that coordinates lie in, where regions are shapes.
  private var regions: SignalRegions?
  /// Whether every region is looked at for each signal.
  private let looksAtAll: Bool
  private let unitScratch: UnsafeMutablePointer<UInt8>

  /// Prepares for a specification; `found` collects the cells of one that lists not all of them.
  ///
  /// - Parameters:
  ///   - specification: What is asked.
  ///   - found: Where cells are collected that are found in the signals.
  ///   - registry: Who agreed, where a registry says so.
  ///   - index: The regions, where they are shapes and were made ready before.
  ///   - looksAtAll: Whether every region is looked at for each signal, which tests compare with.
  init(
    _ specification: ReportSpecification,
    found: FoundCells? = nil,
    registry: ConsentTable? = nil,
    regions index: RegionIndex? = nil,
    looksAtAll: Bool = false
  ) {
    self.looksAtAll = looksAtAll
    self.found = found
    self.registry = registry
    let used = Self.usedColumns(specification)
    let columns = SignalColumn.allCases.filter { used.contains($0) }
    self.columns = columns
    let references = columns.map { specification.columns[$0] }
    names = references.map { $0?.name ?? "" }
    prefixes = references.map { $0?.prefix }
    guard let unitColumn = columns.firstIndex(of: .unit) else {
      preconditionFailure("a specification names the unit column")
    }
    self.unitColumn = unitColumn
    timeColumn = columns.firstIndex(of: .time)
    consentColumn = columns.firstIndex(of: .consent)
    needsTime =
      specification.window != nil || specification.privacyUnit != .person
      || specification.groupBy.contains { $0.column == .time }
    filters = specification.filters.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap {
      filter in
      columns.firstIndex(of: filter.key).map { (column: $0, table: Self.table(filter.value)) }
    }
    var weight = 1
    var keys: [Key] = []
    for key in specification.groupBy.reversed() {
      let values = specification.signalValues(of: key)
      if key == .region, let shapes = specification.shapes {
        let index = index ?? RegionIndex(shapes, names: values ?? [])
        regions = SignalRegions(index, columns: columns, weight: weight)
        weight *= values?.count ?? 0
        continue
      }
      guard let column = columns.firstIndex(of: key.column) else {
        preconditionFailure("a specification names the column of every key")
      }
      keys.append(Key(key: key, column: column, table: values.map(Self.table), weight: weight))
      weight *= values?.count ?? 0
    }
    self.keys = keys.reversed()
    window = specification.window
    privacyUnit = specification.privacyUnit
    valueRule = specification.statistics?.values.flatMap { grid in
      columns.firstIndex(of: .value).map { ($0, ValueReader(grid)) }
    }
    unitScratch = .allocate(capacity: RecordBuffer.longestRecord + 16)
  }

  deinit {
    unitScratch.deallocate()
  }

  /// The columns that a specification needs decoded.
  static func usedColumns(_ specification: ReportSpecification) -> Set<SignalColumn> {
    var used: Set<SignalColumn> = [.unit]
    for key in specification.groupBy {
      if key == .region, specification.shapes != nil {
        used.formUnion([.latitude, .longitude])
      } else {
        used.insert(key.column)
      }
    }
    for column in specification.filters.keys { used.insert(column) }
    if specification.statistics?.values != nil { used.insert(.value) }
    if specification.window != nil || specification.privacyUnit != .person { used.insert(.time) }
    if specification.columns[.consent] != nil { used.insert(.consent) }
    if specification.columns[.consent] != nil || specification.consent != nil {
      // An expiry is held against the time of the signal, where there is one.
      if specification.columns[.time] != nil { used.insert(.time) }
    }
    return used
  }

  /// The values are public, so a fixed key does.
  private static func table(_ values: [String]) -> ByteTable {
    var table = ByteTable(hash: SipHash(key: (0, 0)))
    for value in values {
      Array(value.utf8).withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress {
          _ = table.add(ByteSlice(base: base, count: bytes.count))
        }
      }
    }
    return table
  }

  /// Decodes the record that `reader` read last.
  ///
  /// - Returns: The bytes that tell the unit apart, valid until the next call, and the cell; `nil`
  ///   where the record contributes nothing.
  func decode(_ reader: SignalReader) -> (unit: ByteSlice, cell: UInt32)? {
    guard let unit = value(unitColumn, reader), unit.count > 0 else { return nil }
    var time: Int64?
    if let timeColumn, let text = value(timeColumn, reader) { time = Timestamp.seconds(text) }
    if needsTime, time == nil { return nil }
    if let window, let time, time < window.from || time >= window.to { return nil }
    for filter in filters {
      guard let text = value(filter.column, reader), filter.table.find(text) != nil else {
        return nil
      }
    }
    if let consentColumn {
      guard let text = value(consentColumn, reader), Consent.isValid(text, at: time) else {
        return nil
      }
    }
    if let registry, !registry.allows(unit, at: time) { return nil }
    if let valueRule {
      guard let text = value(valueRule.column, reader),
        let index = valueRule.reader.index(of: text)
      else { return nil }
      valueIndex = index
    }
    if let found {
      guard let cell = self.cell(reader, time, in: found) else { return nil }
      return (identity(unit, time), cell)
    }
    var cell = 0
    for key in keys {
      guard let place = place(key, reader, time) else { return nil }
      cell += place * key.weight
    }
    return (identity(unit, time), UInt32(cell))
  }

  /// Decodes the record that `reader` read last and calls `body` for each of its pairs: with the bytes
  /// that tell the unit apart and a cell.
  ///
  /// Where regions are shapes, pairs may be none or several.
  func forEachPair(_ reader: SignalReader, _ body: (_ unit: ByteSlice, _ cell: UInt32) -> Void) {
    guard let signal = decode(reader) else { return }
    guard let regions else {
      body(signal.unit, signal.cell)
      return
    }
    guard let latitude = value(regions.latitude, reader).flatMap(Coordinate.latitude),
      let longitude = value(regions.longitude, reader).flatMap(Coordinate.longitude)
    else { return }
    func take(_ region: Int) { body(signal.unit, signal.cell + UInt32(region * regions.weight)) }
    if looksAtAll {
      regions.index.forEachOfAll(latitude, longitude, take)
    } else {
      regions.index.forEach(latitude, longitude, take)
    }
  }

  /// The bytes of a column, cut to its prefix; `nil` where it is absent or no text.
  private func value(_ column: Int, _ reader: SignalReader) -> ByteSlice? {
    guard let slice = reader[column], slice.isValidUTF8 else { return nil }
    return prefixes[column].map { slice.prefix(scalars: $0) } ?? slice
  }

  private func place(_ key: Key, _ reader: SignalReader, _ time: Int64?) -> Int? {
    withText(of: key, reader, time) { key.table?.find($0) }
  }

  /// The number of the full cell of a record, which is added where it is new.
  private func cell(_ reader: SignalReader, _ time: Int64?, in found: FoundCells) -> UInt32? {
    found.begin()
    for key in keys {
      let isTaken = withText(of: key, reader, time) { text in
        if let table = key.table, table.find(text) == nil { return false }
        return found.append(text)
      }
      guard isTaken == true else { return nil }
    }
    return found.number()
  }

  /// Calls `body` with what a record has for a key; `nil` where it has nothing.
  private func withText<Result>(
    of key: Key,
    _ reader: SignalReader,
    _ time: Int64?,
    _ body: (ByteSlice) -> Result?
  ) -> Result? {
    guard key.key.column == .time else { return value(key.column, reader).flatMap(body) }
    guard let time else { return nil }
    var name = key.key.label(of: CivilDay(ofSecond: time))
    return name.withUTF8 { bytes in
      bytes.baseAddress.flatMap { body(ByteSlice(base: $0, count: bytes.count)) }
    }
  }

  /// What tells a privacy unit apart: the unit's bytes, behind eight bytes of day or week if it is
  /// one person's.
  private func identity(_ unit: ByteSlice, _ time: Int64?) -> ByteSlice {
    guard privacyUnit != .person, let time else { return unit }
    let day = CivilDay(ofSecond: time)
    let label = (privacyUnit == .personDay ? day : day.monday).number
    for byte in 0..<8 { unitScratch[byte] = UInt8(truncatingIfNeeded: label >> Int64(8 * byte)) }
    (unitScratch + 8).update(from: unit.base, count: unit.count)
    return ByteSlice(base: UnsafePointer(unitScratch), count: unit.count + 8)
  }
}
