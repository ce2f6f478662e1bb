// SignalRules.swift: what decides whether a record is counted and where, made ready for threads.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// The rules of a specification on single records, as `SignalDecoder` has them, shared by threads.
final class SignalRules: Sendable {
  struct Key: Sendable {
    let key: GroupKey
    let column: Int
    let table: KeyTable
    let weight: Int
    /// Whether its values are found in the signals; then the table is empty.
    let isFound: Bool
  }

  struct Filter: Sendable {
    let column: Int
    let table: KeyTable
  }

  /// The wanted columns, in the order of the columns of `SignalDecoder`.
  let columns: [SignalColumn]
  /// The names that the wanted columns have in the files.
  let names: [String]
  let prefixes: [Int?]
  let unitColumn: Int
  let timeColumn: Int?
  let consentColumn: Int?
  let needsTime: Bool
  let filters: [Filter]
  let keys: [Key]
  let keyCount: Int
  /// The regions that coordinates lie in, where regions are shapes; `keys` has no region then.
  let regions: SignalRegions?
  let window: TimeWindow?
  let privacyUnit: PrivacyUnit
  /// Who agreed, where a registry says so.
  let registry: ConsentTable?
  /// What reads values, and their column, where a measure needs them.
  let value: (column: Int, reader: ValueReader)?
  /// Whether only the unit and the keys matter, as they stand.
  let isPlain: Bool

  /// - Parameters:
  ///   - specification: What is asked.
  ///   - index: The regions, where they are shapes and were made ready before.
  ///   - registry: Who agreed, where a registry says so.
  init(
    _ specification: ReportSpecification,
    regions index: RegionIndex? = nil,
    registry: ConsentTable? = nil
  ) {
    precondition((registry == nil) == (specification.consent == nil), "the registry that is asked")
    self.registry = registry
    let used = SignalDecoder.usedColumns(specification)
    let columns = SignalColumn.allCases.filter { used.contains($0) }
    guard let unitColumn = columns.firstIndex(of: .unit) else {
      preconditionFailure("a specification names the unit column")
    }
    self.columns = columns
    self.unitColumn = unitColumn
    names = columns.map { specification.columns[$0]?.name ?? "" }
    prefixes = columns.map { specification.columns[$0]?.prefix }
    timeColumn = columns.firstIndex(of: .time)
    consentColumn = columns.firstIndex(of: .consent)
    needsTime =
      specification.window != nil || specification.privacyUnit != .person
      || specification.groupBy.contains { $0.column == .time }
    filters = specification.filters.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap {
      filter in
      columns.firstIndex(of: filter.key).map {
        Filter(column: $0, table: KeyTable(filter.value))
      }
    }
    var weight = 1
    var keys: [Key] = []
    var regions: SignalRegions?
    for key in specification.groupBy.reversed() {
      let values = specification.signalValues(of: key) ?? []
      if key == .region, let shapes = specification.shapes {
        let index = index ?? RegionIndex(shapes, names: values)
        regions = SignalRegions(index, columns: columns, weight: weight)
        weight *= values.count
        continue
      }
      guard let column = columns.firstIndex(of: key.column) else {
        preconditionFailure("a specification names the column of every key")
      }
      keys.append(
        Key(
          key: key,
          column: column,
          table: KeyTable(values),
          weight: weight,
          isFound: specification.cells[key] == nil
        )
      )
      // Of cells that are found in the signals no number is made up.
      weight *= specification.selection == nil ? values.count : 0
    }
    self.regions = regions
    self.keys = keys.reversed()
    keyCount = keys.count
    window = specification.window
    privacyUnit = specification.privacyUnit
    value = specification.statistics?.values.flatMap { grid in
      columns.firstIndex(of: .value).map { ($0, ValueReader(grid)) }
    }
    isPlain =
      regions == nil && timeColumn == nil && consentColumn == nil && registry == nil
      && filters.isEmpty && value == nil
      && prefixes.allSatisfy { $0 == nil }
  }
}

/// Applies the rules to one record after the other; each thread has its own.
final class SignalEvaluator {
  let rules: SignalRules
  /// The value of the record that was evaluated last, where a measure needs values.
  private(set) var valueIndex: UInt32 = 0
  /// The names of days that were seen, for each key of time, where cells are found in the signals.
  var names: [[Int64: [UInt8]]]
  /// The text of each key of a record, and room for those of times.
  let texts: UnsafeMutablePointer<ByteSlice>
  let nameRoom: UnsafeMutablePointer<UInt8>
  static let longestName = 64
  /// The places of days that were seen, for each key of time: names are made once for each day.
  private var places: [[Int64: Int]]
  private var unitRoom: UnsafeMutablePointer<UInt8>
  private var unitRoomSize = 256
  /// What each region that the last record lies in adds to the number of its cell.
  private var steps: [UInt32] = []

  init(_ rules: SignalRules) {
    self.rules = rules
    places = Array(repeating: [:], count: rules.keys.count)
    names = Array(repeating: [:], count: rules.keys.count)
    texts = .allocate(capacity: max(1, rules.keyCount))
    nameRoom = .allocate(capacity: max(1, rules.keyCount) * Self.longestName)
    unitRoom = .allocate(capacity: unitRoomSize)
  }

  deinit {
    unitRoom.deallocate()
    texts.deallocate()
    nameRoom.deallocate()
  }

  /// Decides on one record: the bytes that tell the unit apart, valid until the next call, and the
  /// cell; `nil` where the record contributes nothing.
  ///
  /// The order of the rules makes no difference: all must hold.
  func evaluate(
    _ values: UnsafeMutablePointer<ByteSlice>
  ) -> (unit: ByteSlice, cell: UInt32)? {
    guard let (unit, time) = admit(values) else { return nil }
    var cell = 0
    for index in 0..<rules.keyCount {
      let place = place(index, values, time)
      guard place >= 0 else { return nil }
      cell += place * rules.keys[index].weight
    }
    if let regions = rules.regions, !find(regions, values) { return nil }
    return (identity(unit, time), UInt32(cell))
  }

  /// Whether a record counts wherever it is; its unit and its time.
  @inline(__always)
  func admit(
    _ values: UnsafeMutablePointer<ByteSlice>
  ) -> (unit: ByteSlice, time: Int64?)? {
    guard let unit = value(rules.unitColumn, values), unit.count > 0 else { return nil }
    var time: Int64?
    if let column = rules.timeColumn, let text = value(column, values) {
      time = Timestamp.seconds(text)
    }
    if rules.needsTime, time == nil { return nil }
    if let window = rules.window, let time, time < window.from || time >= window.to { return nil }
    for filter in rules.filters {
      guard let text = value(filter.column, values), filter.table.find(text) >= 0 else {
        return nil
      }
    }
    if let column = rules.consentColumn {
      guard let text = value(column, values), Consent.isValid(text, at: time) else { return nil }
    }
    if let registry = rules.registry, !registry.allows(unit, at: time) { return nil }
    if let rule = rules.value {
      guard let text = value(rule.column, values), let index = rule.reader.index(of: text) else {
        return nil
      }
      valueIndex = index
    }
    return (unit, time)
  }

  /// Decides on one record and calls `body` for each of its pairs: with the bytes that tell the unit
  /// apart and a cell.
  ///
  /// Where regions are shapes, pairs may be none or several.
  @inline(__always)
  func forEachPair(
    _ values: UnsafeMutablePointer<ByteSlice>,
    _ body: (_ unit: ByteSlice, _ cell: UInt32) -> Void
  ) {
    guard let signal = evaluate(values) else { return }
    guard rules.regions != nil else {
      body(signal.unit, signal.cell)
      return
    }
    for step in steps { body(signal.unit, signal.cell &+ step) }
  }

  /// Finds the regions of a record; tells whether there are any.
  private func find(_ regions: SignalRegions, _ values: UnsafeMutablePointer<ByteSlice>) -> Bool {
    steps.removeAll(keepingCapacity: true)
    guard let latitude = value(regions.latitude, values).flatMap(Coordinate.latitude),
      let longitude = value(regions.longitude, values).flatMap(Coordinate.longitude)
    else { return false }
    regions.index.forEach(latitude, longitude) { region in
      steps.append(UInt32(truncatingIfNeeded: region &* regions.weight))
    }
    return !steps.isEmpty
  }

  /// The bytes of a column, cut to its prefix; `nil` where they are no text.
  func value(_ column: Int, _ values: UnsafeMutablePointer<ByteSlice>) -> ByteSlice? {
    let slice = values[column]
    guard slice.isValidUTF8 else { return nil }
    return rules.prefixes[column].map { slice.prefix(scalars: $0) } ?? slice
  }

  private func place(
    _ index: Int,
    _ values: UnsafeMutablePointer<ByteSlice>,
    _ time: Int64?
  ) -> Int {
    let key = rules.keys[index]
    guard key.key.column == .time else {
      return value(key.column, values).map { key.table.find($0) } ?? -1
    }
    guard let time else { return -1 }
    let day = CivilDay(ofSecond: time)
    if let known = places[index][day.number] { return known }
    var name = key.key.label(of: day)
    let place = name.withUTF8 { bytes in
      bytes.baseAddress.map { key.table.find(ByteSlice(base: $0, count: bytes.count)) } ?? -1
    }
    // Times may lie anywhere; what is remembered must not grow without end.
    if places[index].count >= 4096 { places[index].removeAll(keepingCapacity: true) }
    places[index][day.number] = place
    return place
  }

  /// As in `SignalDecoder`: behind eight bytes of day or week where those tell units apart.
  func identity(_ unit: ByteSlice, _ time: Int64?) -> ByteSlice {
    guard rules.privacyUnit != .person, let time else { return unit }
    let day = CivilDay(ofSecond: time)
    let label = (rules.privacyUnit == .personDay ? day : day.monday).number
    if unit.count + 8 > unitRoomSize {
      unitRoom.deallocate()
      unitRoomSize = unit.count + 8
      unitRoom = .allocate(capacity: unitRoomSize)
    }
    for byte in 0..<8 { unitRoom[byte] = UInt8(truncatingIfNeeded: label >> Int64(8 * byte)) }
    (unitRoom + 8).update(from: unit.base, count: unit.count)
    return ByteSlice(base: UnsafePointer(unitRoom), count: unit.count + 8)
  }
}
