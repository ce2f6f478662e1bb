// SignalInspection.swift: the owner's look at signal files, with exact numbers: NOT PRIVATE.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Sampling

/// The owner's look at signal files, to find mistakes in them and to choose bounds: NOT PRIVATE.
///
/// It takes no filter, no window and no consent: it describes the files as they are.
///
/// - Privacy: None. All numbers are exact and depend on single signals; they are for those who may
///   see the signals themselves, and no report uses them. Units and values are never part of it.
public struct SignalInspection: Sendable, Hashable {
  /// How well a column is filled.
  public struct Column: Sendable, Hashable {
    /// The part of a signal.
    public let column: SignalColumn
    /// The physical name.
    public let name: String
    /// The records that have a value that can be used.
    public var usable = 0
    /// The records where it is absent or empty.
    public var empty = 0
    /// The records whose value is no UTF-8 or, in the column of times, no point in time.
    public var undecodable = 0
  }

  /// Where a record stands that could not be decoded.
  public struct Place: Sendable, Hashable {
    /// The file.
    public let path: String
    /// The line on which the record begins, from 1.
    public let line: Int
  }

  /// How a number is distributed over units, by nearest rank.
  public struct Distribution: Sendable, Hashable {
    /// At most half of all units have more.
    public let median: Int
    /// At most one unit in ten has more.
    public let ninetieth: Int
    /// At most one unit in a hundred has more.
    public let ninetyNinth: Int
    /// No unit has more.
    public let largest: Int
  }

  /// How many places of malformed records are kept.
  public static let mostPlaces = 20

  /// The files, in order.
  public private(set) var paths: [String] = []
  /// The records that were read, malformed ones aside.
  public private(set) var records = 0
  /// The records that could not be decoded.
  public private(set) var malformed = 0
  /// Where the first malformed records stand.
  public private(set) var malformedPlaces: [Place] = []
  /// The records whose unit is absent, empty or undecodable; they are never counted.
  public private(set) var recordsWithoutUnit = 0
  /// The records that hold a line end within, as one may after a quote that was left open.
  public private(set) var recordsOverLines = 0
  /// The longest record in bytes, a line end of CSV included.
  public private(set) var longestRecord = 0
  /// The distinct units.
  public private(set) var units = 0
  /// The columns, in the order of `SignalColumn`.
  public private(set) var columns: [Column] = []
  /// The distinct values of the column of regions; `nil` where none is named.
  public private(set) var regions: Int?
  /// The distinct values of the column of intents; `nil` where none is named.
  public private(set) var intents: Int?
  /// How many signals units have; `nil` without units.
  public private(set) var signalsPerUnit: Distribution?
  /// How many combinations of region and intent units have; `nil` without units.
  ///
  /// Without a column of regions or intents it counts the values of the other; signals without a
  /// value count as one more.
  public private(set) var cellsPerUnit: Distribution?

  /// Reads signal files.
  ///
  /// - Parameters:
  ///   - files: Paths or patterns, or `-` for standard input.
  ///   - columns: Where each part of a signal stands, the unit among them.
  ///   - format: The format of all files; `nil` where each tells its own.
  ///   - progress: Called now and then.
  /// - Throws: `SignalFileError` where a file as a whole cannot be read.
  /// - Precondition: `columns` names the unit.
  public init(
    of files: [String],
    columns: [SignalColumn: ColumnReference],
    format: SignalFormat? = nil,
    progress: (@Sendable (ReadingProgress) -> Void)? = nil
  ) throws(SignalFileError) {
    var tally = InspectionTally(columns)
    paths = try SignalFiles.expand(files)
    var finished = 0
    for path in paths {
      let reader = try SignalReader(
        path: path,
        names: tally.names,
        format: format,
        countsLines: true
      )
      var step = try reader.next()
      while step != .end {
        if step == .record {
          records += 1
          let record = reader.record.buffer
          longestRecord = max(longestRecord, record.count)
          if record.dropLast().contains(UInt8(ascii: "\n")) { recordsOverLines += 1 }
          if !tally.add(reader) { recordsWithoutUnit += 1 }
        } else {
          malformed += 1
          if malformedPlaces.count < Self.mostPlaces, let line = reader.malformedLine {
            malformedPlaces.append(Place(path: path, line: line))
          }
        }
        if let progress, (records + malformed) & 0xFFFF == 0 {
          progress(
            ReadingProgress(bytesRead: finished + reader.progress.bytesRead, bytesInAll: nil)
          )
        }
        step = try reader.next()
      }
      finished += reader.progress.bytesRead
    }
    progress?(ReadingProgress(bytesRead: finished, bytesInAll: nil))
    self.columns = tally.columns
    regions = tally.distinct(.region)
    intents = tally.distinct(.intent)
    var signals: [Int] = []
    var cells: [Int] = []
    tally.units.forEachUnit { count, sum in
      cells.append(count)
      signals.append(sum)
    }
    units = signals.count
    signalsPerUnit = Distribution(signals)
    cellsPerUnit = Distribution(cells)
  }
}

extension SignalInspection.Distribution {
  /// Sorts the numbers; `nil` where there are none.
  init?(_ numbers: [Int]) {
    let sorted = numbers.sorted()
    guard let last = sorted.last else { return nil }
    func rank(_ percent: Int) -> Int {
      sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }
    self.init(
      median: rank(50),
      ninetieth: rank(90),
      ninetyNinth: rank(99),
      largest: last
    )
  }
}

/// What is added up while files are read.
struct InspectionTally {
  private(set) var columns: [SignalInspection.Column]
  let names: [String]
  private(set) var units: UnitTable
  private let prefixes: [Int?]
  private var values: [SignalColumn: ByteTable] = [:]
  private var cells = ByteTable(hash: Self.hash())

  init(_ references: [SignalColumn: ColumnReference]) {
    precondition(references[.unit] != nil, "the unit column is named")
    let used = SignalColumn.allCases.filter { references[$0] != nil }
    names = used.compactMap { references[$0]?.name }
    prefixes = used.map { references[$0]?.prefix }
    columns = zip(used, names).map { SignalInspection.Column(column: $0, name: $1) }
    for key in [SignalColumn.region, .intent] where references[key] != nil {
      values[key] = ByteTable(hash: Self.hash())
    }
    guard
      let all = try? ContributionBounds(
        cellsPerUnit: ContributionBounds.largest,
        signalsPerCell: ContributionBounds.largest
      )
    else { preconditionFailure("the largest bounds are bounds") }
    units = UnitTable(bounds: all, key: .drawn())
  }

  /// The number of distinct values of a column.
  func distinct(_ column: SignalColumn) -> Int? { values[column]?.count }

  private static func hash() -> SipHash {
    let words = Entropy.words(2)
    return SipHash(key: (words[0], words[1]))
  }

  /// Adds a record; tells whether it has a unit.
  mutating func add(_ reader: SignalReader) -> Bool {
    var unit: ByteSlice?
    // Zero for no value, else one more than the value's number.
    var numbers: (region: UInt32, intent: UInt32) = (0, 0)
    for index in columns.indices {
      guard let raw = reader[index], raw.count > 0 else {
        columns[index].empty += 1
        continue
      }
      let column = columns[index].column
      guard raw.isValidUTF8, column != .time || Timestamp.seconds(raw) != nil else {
        columns[index].undecodable += 1
        continue
      }
      columns[index].usable += 1
      let value = prefixes[index].map { raw.prefix(scalars: $0) } ?? raw
      switch column {
      case .unit: unit = value
      case .region: numbers.region = UInt32((values[column]?.add(value) ?? 0) + 1)
      case .intent: numbers.intent = UInt32((values[column]?.add(value) ?? 0) + 1)
      default: break
      }
    }
    guard let unit, unit.count > 0 else { return false }
    let cell = withUnsafeBytes(of: numbers) { bytes in
      bytes.assumingMemoryBound(to: UInt8.self).baseAddress.map {
        cells.add(ByteSlice(base: $0, count: bytes.count))
      }
    }
    units.add(unit: unit, cell: UInt32(cell ?? 0))
    return true
  }
}
