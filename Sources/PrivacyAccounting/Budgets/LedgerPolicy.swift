// LedgerPolicy.swift: what the owner of a data set allows, fixed when its account is opened.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// What the owner pins, so that an analyst's spec cannot choose it.
///
/// Names and paths are the same when all their bytes are.
public struct SignalPins: Sendable, Hashable {
  /// The file patterns, as absolute paths; `nil` where the owner leaves them open.
  public let files: [String]?
  /// The physical name of the unit column.
  public let unitColumn: String?
  /// The physical name of the consent column.
  public let consentColumn: String?

  /// The physical name of the column of times.
  public let timeColumn: String?
  /// The registry of consents, as an absolute path.
  public let registry: String?
  /// The purpose that the registry has to allow.
  public let purpose: String?
  /// The folder of the encrypted state of running counts, as an absolute path.
  public let store: String?

  /// Makes pins; what is `nil` stays open.
  public init(
    files: [String]?,
    unitColumn: String?,
    consentColumn: String?,
    timeColumn: String? = nil,
    registry: String? = nil,
    purpose: String? = nil,
    store: String? = nil
  ) {
    self.files = files
    self.unitColumn = unitColumn
    self.consentColumn = consentColumn
    self.timeColumn = timeColumn
    self.registry = registry
    self.purpose = purpose
    self.store = store
  }

  /// The first part in which a spec differs from these pins, or `nil` where it keeps to them.
  ///
  /// A spec without a column of times reads none, so it cannot choose another one.
  public func difference(from spec: SignalPins) -> PinnedPart? {
    if let files {
      guard let read = spec.files, Set(files.map(Self.bytes)) == Set(read.map(Self.bytes)) else {
        return .files
      }
    }
    if let unitColumn, !Self.isSame(unitColumn, spec.unitColumn) { return .unitColumn }
    if let consentColumn, !Self.isSame(consentColumn, spec.consentColumn) { return .consentColumn }
    if let timeColumn, let read = spec.timeColumn, !Self.isSame(timeColumn, read) {
      return .timeColumn
    }
    if let registry, !Self.isSame(registry, spec.registry) { return .registry }
    if let purpose, !Self.isSame(purpose, spec.purpose) { return .purpose }
    // A spec without running counts keeps no state.
    if let store, let kept = spec.store, !Self.isSame(store, kept) { return .store }
    return nil
  }

  /// Whether these pins fix all that decides which signals a spec reads and whose they are.
  ///
  /// Time is part of it where the unit is a day or a week of a person, and where consent can expire
  /// by it.
  public func decideAll(of spec: SignalPins, privacyUnit: PrivacyUnit) -> Bool {
    guard files != nil, unitColumn != nil, difference(from: spec) == nil else { return false }
    guard (consentColumn == nil) == (spec.consentColumn == nil),
      (registry == nil) == (spec.registry == nil), (purpose == nil) == (spec.purpose == nil)
    else { return false }
    let asksForConsent = spec.consentColumn != nil || spec.registry != nil
    let needsTime = privacyUnit != .person || (asksForConsent && spec.timeColumn != nil)
    return timeColumn != nil || !needsTime
  }

  /// Swift's own `==` takes two normal forms of a text for one; files and columns are told apart.
  private static func isSame(_ left: String, _ right: String?) -> Bool {
    right.map { left.utf8.elementsEqual($0.utf8) } ?? false
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
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

/// The Ed25519 key that signs every release of an account.
public struct SigningKey: Sendable, Hashable {
  /// The absolute path of the private key, which never enters a ledger.
  public let file: String
  /// The public key in hexadecimal; `nil` until the account is opened, which derives it.
  public let publicKey: String?

  /// Names a key.
  public init(file: String, publicKey: String? = nil) {
    self.file = file
    self.publicKey = publicKey
  }
}

/// How an account adds up the losses that are spent on it.
public enum Accounting: String, Sendable, Hashable, CaseIterable {
  /// Epsilons and deltas add up.
  case sum
  /// A spend of epsilon costs `rho = epsilon^2 / 2`; the rhos add up, and are held against a cap
  /// by the epsilon that they imply at its delta.
  case zcdp
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
  /// The key that signs every release; `nil` for releases without a signature.
  public let signingKey: SigningKey?
  /// How losses add up against caps with a delta; against those without they are always summed.
  public let accounting: Accounting

  /// Makes a policy.
  public init(
    dataset: String,
    privacyUnit: PrivacyUnit = .person,
    pins: SignalPins? = nil,
    lifetime: PrivacyLoss,
    daily: PrivacyLoss? = nil,
    analysts: [String: PrivacyLoss]? = nil,
    dimension: SliceDimension? = nil,
    population: Int? = nil,
    signingKey: SigningKey? = nil,
    accounting: Accounting = .sum
  ) {
    self.dataset = dataset
    self.privacyUnit = privacyUnit
    self.pins = pins
    self.lifetime = lifetime
    self.daily = daily
    self.analysts = analysts
    self.dimension = dimension
    self.population = population
    self.signingKey = signingKey
    self.accounting = accounting
  }
}
