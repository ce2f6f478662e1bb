// LedgerPolicy.swift: what the owner of a data set allows, fixed when its account is opened.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// What the owner pins, so that an analyst's spec cannot choose it.
public struct SignalPins: Sendable, Hashable {
  /// The file patterns, as absolute paths; `nil` where the owner leaves them open.
  public let files: [String]?
  /// The physical name of the unit column.
  public let unitColumn: String?
  /// The physical name of the consent column.
  public let consentColumn: String?

  /// Makes pins; what is `nil` stays open.
  public init(files: [String]?, unitColumn: String?, consentColumn: String?) {
    self.files = files
    self.unitColumn = unitColumn
    self.consentColumn = consentColumn
  }
}

/// Slices of the data that are fixed per unit, on which a spend may be charged alone.
public struct SliceDimension: Sendable, Hashable {
  /// The name of the dimension.
  public let name: String
  /// Its slices.
  public let values: [String]
  /// The most slices that one unit is in.
  public let touches: Int

  /// Makes a dimension.
  ///
  /// - Precondition: `values` are distinct and not empty, `touches` is at least one.
  public init(name: String, values: [String], touches: Int) {
    precondition(!values.isEmpty && Set(values).count == values.count && touches >= 1)
    self.name = name
    self.values = values
    self.touches = touches
  }
}

/// What the owner of a data set allows.
public struct LedgerPolicy: Sendable, Hashable {
  /// The account's name.
  public let dataset: String
  /// What every release of the data set protects.
  public let privacyUnit: PrivacyUnit
  /// What an analyst may not choose.
  public let pins: SignalPins?
  /// The most that may ever be spent: the guarantee.
  public let lifetime: PrivacyLoss
  /// The most that may be spent under one day label; it paces and does not carry over.
  public let daily: PrivacyLoss?
  /// The most that each analyst may spend; `*` is the default for those not named.
  public let analysts: [String: PrivacyLoss]?
  /// Slices that spends may be limited to.
  public let dimension: SliceDimension?
  /// A public lower bound on the number of units, for warnings.
  public let population: Int?

  /// Makes a policy.
  public init(
    dataset: String,
    privacyUnit: PrivacyUnit = .person,
    pins: SignalPins? = nil,
    lifetime: PrivacyLoss,
    daily: PrivacyLoss? = nil,
    analysts: [String: PrivacyLoss]? = nil,
    dimension: SliceDimension? = nil,
    population: Int? = nil
  ) {
    self.dataset = dataset
    self.privacyUnit = privacyUnit
    self.pins = pins
    self.lifetime = lifetime
    self.daily = daily
    self.analysts = analysts
    self.dimension = dimension
    self.population = population
  }
}
