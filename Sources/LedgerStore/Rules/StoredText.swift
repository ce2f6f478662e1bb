// StoredText.swift: exact numbers, names and policies as text, and back without loss.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import FoundationEssentials
import PrivacyAccounting

/// Something in a ledger that its own rules never write.
struct Damage: Error {
  /// What and where.
  let detail: String

  init(_ detail: String) {
    self.detail = detail
  }
}

extension Rational {
  /// Reads a fraction as the ledger writes it: in lowest terms, of any length.
  init(stored text: String, place: String) throws(Damage) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let numerator = BigInteger(parts[0]),
      let denominator = parts.count == 2 ? BigInteger(parts[1]) : 1, denominator.signum > 0
    else { throw Damage("\(place) holds a text that is no exact number") }
    self.init(numerator, denominator)
    guard description == text else {
      throw Damage("\(place) holds a number that is not in lowest terms")
    }
  }
}

extension PrivacyLoss {
  /// Reads a loss; `nil` where both parts are absent.
  init?(stored epsilon: String?, _ delta: String?, place: String) throws(Damage) {
    switch (epsilon, delta) {
    case (nil, nil): return nil
    case (let epsilon?, let delta?):
      let (left, right) = (
        try Rational(stored: epsilon, place: place), try Rational(stored: delta, place: place)
      )
      guard left.signum >= 0, right.signum >= 0 else {
        throw Damage("\(place) holds a negative loss")
      }
      self.init(epsilonSum: left, deltaSum: right)
    default: throw Damage("\(place) holds half a loss")
    }
  }
}

extension ReleaseID {
  init(stored text: String, place: String) throws(Damage) {
    do { try self.init(text) } catch { throw Damage("\(place) holds a text that is no release id") }
  }
}

/// The slices of a spend, from their JSON.
func sliceNames(_ text: String, place: String) throws(Damage) -> [String] {
  do {
    return try JSONDecoder().decode([String].self, from: Data(text.utf8))
  } catch {
    throw Damage("\(place) holds a text that is no list of slices")
  }
}

/// The slices of a spend as JSON, in their order.
func sliceText(_ slices: [String]?) -> String? {
  slices.map { json($0) }
}

/// JSON with its keys in order.
func json(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  guard let data = try? encoder.encode(value) else {
    preconditionFailure("texts and whole numbers are always JSON")
  }
  return String(decoding: data, as: UTF8.self)
}

extension LedgerPolicy {
  /// The policy as the ledger keeps it: JSON, keys in order, exact numbers as text.
  var storedText: String { json(PolicyText(self)) }

  /// Reads a policy as the ledger keeps it.
  init(stored text: String, place: String) throws(Damage) {
    let decoded: PolicyText
    do {
      decoded = try JSONDecoder().decode(PolicyText.self, from: Data(text.utf8))
    } catch {
      throw Damage("\(place) holds a text that is no policy")
    }
    self = try decoded.policy(place: place)
  }
}

/// A policy in the shape of its JSON.
private struct PolicyText: Codable {
  struct Pins: Codable {
    let files: [String]?
    let unit: String?
    let consent: String?
    let time: String?
    /// Absent in every policy of an older version.
    let registry: String?
    let purpose: String?
    let store: String?

    init(_ pins: SignalPins) {
      files = pins.files
      unit = pins.unitColumn
      consent = pins.consentColumn
      time = pins.timeColumn
      registry = pins.registry
      purpose = pins.purpose
      store = pins.store
    }

    var pins: SignalPins {
      SignalPins(
        files: files,
        unitColumn: unit,
        consentColumn: consent,
        timeColumn: time,
        registry: registry,
        purpose: purpose,
        store: store
      )
    }
  }

  struct Loss: Codable {
    let epsilon: String
    let delta: String

    init(_ loss: PrivacyLoss) {
      epsilon = loss.epsilon.description
      delta = loss.delta.description
    }

    func loss(place: String) throws(Damage) -> PrivacyLoss {
      guard let loss = try PrivacyLoss(stored: epsilon, delta, place: place) else {
        throw Damage("\(place) holds a cap without its parts")
      }
      return loss
    }
  }

  struct Key: Codable {
    let file: String
    let publicKey: String

    enum CodingKeys: String, CodingKey {
      case file
      case publicKey = "public_key"
    }
  }

  struct Dimension: Codable {
    let name: String
    let values: [String]
    let touches: Int
  }

  let dataset: String
  let privacyUnit: String
  let signals: Pins?
  let lifetime: Loss
  let daily: Loss?
  let analysts: [String: Loss]?
  let dimension: Dimension?
  let population: Int?
  let signingKey: Key?
  /// Absent where losses are summed, as in every policy of an older version.
  let accounting: String?

  enum CodingKeys: String, CodingKey {
    case dataset, signals, lifetime, daily, analysts, dimension, population, accounting
    case privacyUnit = "privacy_unit"
    case signingKey = "signing_key"
  }

  init(_ policy: LedgerPolicy) {
    dataset = policy.dataset
    privacyUnit = policy.privacyUnit.rawValue
    signals = policy.pins.map(Pins.init)
    lifetime = Loss(policy.lifetime)
    daily = policy.daily.map(Loss.init)
    analysts = policy.analysts?.mapValues(Loss.init)
    dimension = policy.dimension.map {
      Dimension(name: $0.name, values: $0.values, touches: $0.touches)
    }
    population = policy.population
    signingKey = policy.signingKey.flatMap { key in
      key.publicKey.map { Key(file: key.file, publicKey: $0) }
    }
    accounting = policy.accounting == .sum ? nil : policy.accounting.rawValue
  }

  func policy(place: String) throws(Damage) -> LedgerPolicy {
    guard let unit = PrivacyUnit(rawValue: privacyUnit) else {
      throw Damage("\(place) names no known privacy unit")
    }
    if let dimension {
      guard !dimension.values.isEmpty, dimension.touches >= 1,
        Set(dimension.values).count == dimension.values.count
      else { throw Damage("\(place) holds a dimension without distinct slices") }
    }
    guard let accounting = Accounting(rawValue: accounting ?? Accounting.sum.rawValue) else {
      throw Damage("\(place) adds up losses in no known way")
    }
    var caps: [String: PrivacyLoss]?
    if let analysts {
      caps = [:]
      for (name, loss) in analysts { caps?[name] = try loss.loss(place: place) }
    }
    return LedgerPolicy(
      dataset: dataset,
      privacyUnit: unit,
      pins: signals.map(\.pins),
      lifetime: try lifetime.loss(place: place),
      daily: try daily.map { cap throws(Damage) in try cap.loss(place: place) },
      analysts: caps,
      dimension: dimension.map {
        SliceDimension(name: $0.name, values: $0.values, touches: $0.touches)
      },
      population: population,
      signingKey: signingKey.map { SigningKey(file: $0.file, publicKey: $0.publicKey) },
      accounting: accounting
    )
  }
}
