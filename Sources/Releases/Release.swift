// Release.swift: the values that may leave, and what they promise.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// What a release protects and what it costs.
public struct ReleasePrivacy: Sendable, Hashable {
  /// What is protected.
  public let unit: PrivacyUnit
  /// The whole loss of the release, in nats and probability.
  public let loss: PrivacyLoss
  /// What the unit means for a person, and what a person loses at most; `nil` in releases of older
  /// versions.
  public let person: PersonLoss?

  /// Makes the record.
  public init(unit: PrivacyUnit, loss: PrivacyLoss, person: PersonLoss? = nil) {
    self.unit = unit
    self.loss = loss
    self.person = person
  }
}

/// What was measured in every cell and with what noise.
public struct ReleasedMeasure: Sendable, Hashable {
  /// What was counted.
  public let measure: Measure
  /// The scale of the discrete Laplace noise, in units of the measure.
  public let scale: Rational
  /// The L1 sensitivity, in units of the measure.
  public let sensitivity: BigInteger
  /// The part of the loss that this measure costs, in nats.
  public let epsilon: Rational
  /// The half-width of each cell's own interval, in units of the measure.
  public let halfWidth: BigInteger
  /// The half-width that holds for all cells at once.
  public let simultaneousHalfWidth: BigInteger
  /// The probability that the noise stays within a half-width.
  public let confidence: Rational

  /// Makes the record.
  public init(
    measure: Measure,
    scale: Rational,
    sensitivity: BigInteger,
    epsilon: Rational,
    halfWidth: BigInteger,
    simultaneousHalfWidth: BigInteger,
    confidence: Rational
  ) {
    self.measure = measure
    self.scale = scale
    self.sensitivity = sensitivity
    self.epsilon = epsilon
    self.halfWidth = halfWidth
    self.simultaneousHalfWidth = simultaneousHalfWidth
    self.confidence = confidence
  }
}

/// One cell: a value for each key, a noisy count for each measure.
public struct ReleasedCell: Sendable, Hashable {
  /// The values of the keys, in the order of `ReleaseQuery.keys`.
  public let values: [String]
  /// The noisy counts, in the order of `Release.measures`.
  public let counts: [Int64]

  /// Makes a cell.
  public init(values: [String], counts: [Int64]) {
    self.values = values
    self.counts = counts
  }
}

/// The public list of values that one key can take.
public struct ReleasedKey: Sendable, Hashable {
  /// The name of the key, such as `region`.
  public let name: String
  /// The number of listed values.
  public let count: Int
  /// SHA-256 of the values, each followed by a line feed, in hexadecimal.
  public let listSHA256: String
  /// SHA-256 of the file that held them; `nil` for a list in the spec itself.
  public let fileSHA256: String?

  /// Makes the record.
  public init(name: String, count: Int, listSHA256: String, fileSHA256: String?) {
    self.name = name
    self.count = count
    self.listSHA256 = listSHA256
    self.fileSHA256 = fileSHA256
  }
}

/// What was asked, all of it public.
public struct ReleaseQuery: Sendable, Hashable {
  /// The keys of a cell, in order, with their public lists.
  public let keys: [ReleasedKey]
  /// The equality filters: the name of a column and the values that pass.
  public let filters: [String: [String]]
  /// The half-open window as written in UTC, `from` and `to`; `nil` for all time.
  public let window: [String]?
  /// Whether only signals with valid consent in a column of their own were counted.
  public let consent: Bool
  /// The purpose that the owner's registry of consents had to allow; `nil` where none was asked.
  public let purpose: String?
  /// Whether negative counts were raised to zero after the noise.
  public let nonnegative: Bool

  /// Makes the record.
  public init(
    keys: [ReleasedKey],
    filters: [String: [String]],
    window: [String]?,
    consent: Bool,
    purpose: String? = nil,
    nonnegative: Bool
  ) {
    self.keys = keys
    self.filters = filters
    self.window = window
    self.consent = consent
    self.purpose = purpose
    self.nonnegative = nonnegative
  }
}

/// The body of a release: everything but the certificate.
///
/// - Privacy: Made by the pipeline after noise was drawn and paid; reading it costs nothing.
public struct ReleaseBody: Sendable, Hashable {
  /// The name under which it was paid.
  public let id: ReleaseID
  /// The name of the spec.
  public let name: String
  /// The account that paid.
  public let dataset: String
  /// When it was made, `YYYY-MM-DDThh:mm:ssZ`.
  public let created: String
  /// SHA-256 of the spec's bytes, in hexadecimal.
  public let specSHA256: String
  /// What it protects and costs.
  public let privacy: ReleasePrivacy
  /// How much one unit could contribute.
  public let bounds: ContributionBounds
  /// What was asked.
  public let query: ReleaseQuery
  /// What was measured.
  public let measures: [ReleasedMeasure]
  /// How cells were selected that nobody listed; `nil` where all are listed.
  public let selection: ReleasedSelection?
  /// The cells: every listed combination in the order of the lists, or those that were selected in the
  /// order of their bytes.
  public let cells: [ReleasedCell]
  /// What was derived from the noisy numbers, and the histogram of values; `nil` where nothing was
  /// asked for.
  public let statistics: ReleasedStatistics?
  /// What remained of the budget at commit.
  public let remaining: RemainingBudget
  /// The place among the runs of a declared schedule; `nil` for a release that paid for itself.
  public let schedule: ReleasedSchedule?
  /// How regions were told from coordinates; `nil` where signals name their regions.
  public let places: ReleasedPlaces?
  /// What is said of running counts; `nil` for counts of the window alone.
  public let continual: ReleasedContinual?
  /// Regions that lie in one another; `nil` where they stand side by side.
  public let hierarchy: ReleasedHierarchy?

  /// Makes the body.
  public init(
    id: ReleaseID,
    name: String,
    dataset: String,
    created: String,
    specSHA256: String,
    privacy: ReleasePrivacy,
    bounds: ContributionBounds,
    query: ReleaseQuery,
    measures: [ReleasedMeasure],
    selection: ReleasedSelection? = nil,
    cells: [ReleasedCell],
    statistics: ReleasedStatistics? = nil,
    remaining: RemainingBudget,
    schedule: ReleasedSchedule? = nil,
    places: ReleasedPlaces? = nil,
    continual: ReleasedContinual? = nil,
    hierarchy: ReleasedHierarchy? = nil
  ) {
    self.id = id
    self.name = name
    self.dataset = dataset
    self.created = created
    self.specSHA256 = specSHA256
    self.privacy = privacy
    self.bounds = bounds
    self.query = query
    self.measures = measures
    self.selection = selection
    self.cells = cells
    self.statistics = statistics
    self.remaining = remaining
    self.schedule = schedule
    self.places = places
    self.continual = continual
    self.hierarchy = hierarchy
  }
}

/// A release: the body that was paid for, and where the ledger says so.
public struct Release: Sendable, Hashable {
  /// Everything but the certificate.
  public let body: ReleaseBody
  /// Where the ledger holds it.
  public let receipt: LedgerReceipt

  /// Joins a body to its receipt.
  public init(body: ReleaseBody, receipt: LedgerReceipt) {
    self.body = body
    self.receipt = receipt
  }
}
