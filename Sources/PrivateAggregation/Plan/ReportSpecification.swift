// ReportSpecification.swift: what an analyst asks for, decoded and checked, before any data is read.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// A part of a signal that a spec can name.
public enum SignalColumn: String, Sendable, Hashable, CaseIterable {
  case unit, region, intent, time, source, stage, value, consent, latitude, longitude
}

/// Where a part of a signal stands in a file.
public struct ColumnReference: Sendable, Hashable {
  /// The physical name of the column.
  public let name: String
  /// How many leading characters are kept; 2 turns a six-digit code into its group.
  public let prefix: Int?

  /// Makes a reference.
  public init(name: String, prefix: Int? = nil) {
    self.name = name
    self.prefix = prefix
  }
}

/// A format of signal files.
public enum SignalFormat: String, Sendable, Hashable, CaseIterable {
  /// Comma-separated values with a header.
  case csv
  /// A JSON object a line.
  case jsonl
}

/// A key that cells are formed by.
public enum GroupKey: String, Sendable, Hashable, CaseIterable {
  case region, intent, source, stage, day, week, month

  /// The column that the key is read from.
  public var column: SignalColumn {
    switch self {
    case .region: .region
    case .intent: .intent
    case .source: .source
    case .stage: .stage
    case .day, .week, .month: .time
    }
  }
}

/// The public values of one key.
public struct CellList: Sendable, Hashable {
  /// The values, distinct, in the order in which they are released.
  public let values: [String]
  /// SHA-256 of the values, each followed by a line feed, in hexadecimal.
  public let listSHA256: String
  /// SHA-256 of the file that held them; `nil` for a list in the spec.
  public let fileSHA256: String?

  /// Makes a list.
  ///
  /// - Precondition: The values are distinct and at least one.
  public init(values: [String], listSHA256: String, fileSHA256: String?) {
    precondition(!values.isEmpty, "a list of cells has at least one value")
    self.values = values
    self.listSHA256 = listSHA256
    self.fileSHA256 = fileSHA256
  }
}

/// A half-open span of time in UTC, in whole seconds since 1970.
public struct TimeWindow: Sendable, Hashable {
  /// The first second that is in.
  public let from: Int64
  /// The first second that is out.
  public let to: Int64
  /// Both ends as the spec wrote them.
  public let text: [String]

  /// Makes a window.
  ///
  /// - Precondition: `from < to`.
  public init(from: Int64, to: Int64, text: [String]) {
    precondition(from < to, "a window ends after it begins")
    self.from = from
    self.to = to
    self.text = text
  }
}

/// A measure and its share of the budget.
public struct MeasureRequest: Sendable, Hashable {
  /// What is counted.
  public let measure: Measure
  /// The share of epsilon that it gets.
  public let share: Rational

  /// Makes a request.
  public init(measure: Measure, share: Rational) {
    self.measure = measure
    self.share = share
  }
}

/// What an analyst asks for, decoded and checked.
///
/// It holds nothing that depends on a signal.
public struct ReportSpecification: Sendable, Hashable {
  /// The name of the report.
  public let name: String
  /// The account that pays.
  public let dataset: String
  /// The patterns of the signal files, absolute, or `-` for standard input.
  public let files: [String]
  /// The format of all files; `nil` where names, or else first bytes, tell it for each.
  public let format: SignalFormat?
  /// Where each part of a signal stands.
  public let columns: [SignalColumn: ColumnReference]
  /// The values that pass, for each filtered column.
  public let filters: [SignalColumn: [String]]
  /// The span of time that is counted; `nil` for all time.
  public private(set) var window: TimeWindow?
  /// What is protected.
  public let privacyUnit: PrivacyUnit
  /// How much one unit may contribute.
  public private(set) var bounds: ContributionBounds
  /// The keys of a cell, in order.
  public let groupBy: [GroupKey]
  /// The public values of each key in `groupBy` that has a list.
  public private(set) var cells: [GroupKey: CellList]
  /// The regions as shapes, in the order of their names in `cells`; `nil` where signals name their
  /// regions.
  public let shapes: RegionShapes?
  /// The keys of time whose values are those within the window.
  public let derivedKeys: [GroupKey]
  /// How cells are selected where some key has no list; `nil` where all have one.
  public let selection: SelectionRequest?
  /// What the release may cost.
  public private(set) var budget: PrivacyLoss
  /// What is counted; the shares add up to at most one.
  public let measures: [MeasureRequest]
  /// What is asked of values, and derived from noisy numbers; `nil` where that is nothing.
  public let statistics: StatisticsRequest?
  /// The probability that the noise stays within a reported half-width.
  public let confidence: Rational
  /// Whether negative counts are raised to zero after the noise, as labelled post-processing.
  public let nonnegative: Bool
  /// Which registry has to allow a signal; `nil` where none is asked.
  public let consent: ConsentRequest?
  /// The runs that are declared in advance; `nil` for a report that stands by itself.
  public let schedule: ReportSchedule?
  /// Running counts, whose periods are the runs of the schedule; `nil` for counts of the window alone.
  public private(set) var continual: ContinualRequest?
  /// Regions that lie in one another; `nil` where they stand side by side.
  public let hierarchy: RegionHierarchy?
  /// SHA-256 of the spec's bytes, in hexadecimal.
  public let sha256: String
  /// SHA-256 of everything that fixes the release: the spec's bytes and the bytes of its lists.
  public let digest: String

  /// Makes a specification; the reader of specs has checked that its parts fit together.
  public init(
    name: String,
    dataset: String,
    files: [String],
    format: SignalFormat? = nil,
    columns: [SignalColumn: ColumnReference],
    filters: [SignalColumn: [String]],
    window: TimeWindow?,
    privacyUnit: PrivacyUnit,
    bounds: ContributionBounds,
    groupBy: [GroupKey],
    cells: [GroupKey: CellList],
    shapes: RegionShapes? = nil,
    derivedKeys: [GroupKey] = [],
    selection: SelectionRequest? = nil,
    budget: PrivacyLoss,
    measures: [MeasureRequest],
    statistics: StatisticsRequest? = nil,
    confidence: Rational,
    nonnegative: Bool,
    consent: ConsentRequest? = nil,
    schedule: ReportSchedule? = nil,
    continual: ContinualRequest? = nil,
    hierarchy: RegionHierarchy? = nil,
    sha256: String,
    digest: String
  ) {
    self.name = name
    self.dataset = dataset
    self.files = files
    self.format = format
    self.columns = columns
    self.filters = filters
    self.window = window
    self.privacyUnit = privacyUnit
    self.bounds = bounds
    self.groupBy = groupBy
    self.cells = cells
    self.shapes = shapes
    self.derivedKeys = derivedKeys
    self.selection = selection
    self.budget = budget
    self.measures = measures
    self.statistics = statistics
    self.confidence = confidence
    self.nonnegative = nonnegative
    self.consent = consent
    self.schedule = schedule
    self.continual = continual
    self.hierarchy = hierarchy
    self.sha256 = sha256
    self.digest = digest
  }
}

extension ReportSpecification {
  /// The same at another epsilon.
  func costing(_ epsilon: Rational) -> ReportSpecification {
    var copy = self
    copy.budget = PrivacyLoss(epsilonSum: epsilon, deltaSum: budget.delta)
    return copy
  }

  /// The same under other bounds.
  func bounded(by bounds: ContributionBounds) -> ReportSpecification {
    var copy = self
    copy.bounds = bounds
    return copy
  }

  /// The same over another window, with the values of time that lie in it.
  func counting(_ window: TimeWindow) -> ReportSpecification {
    var copy = self
    copy.window = window
    for key in derivedKeys { copy.cells[key] = CellList(of: key, within: window) ?? cells[key] }
    return copy
  }

  /// The same for one period of running counts.
  func counting(period: Int) -> ReportSpecification {
    var copy = self
    copy.continual = continual?.at(period)
    return copy
  }

  /// What it reads, to be held against the pins of a policy.
  public var pins: SignalPins {
    SignalPins(
      files: files,
      unitColumn: columns[.unit]?.name,
      consentColumn: columns[.consent]?.name,
      timeColumn: columns[.time]?.name,
      registry: consent?.registry,
      purpose: consent?.purpose,
      store: continual?.store
    )
  }
}
