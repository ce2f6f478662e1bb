// ReleasedPerson.swift: what the privacy unit of a release means for a person, and its verification.
// Reference: `docs/formats.md`, section "release.json"; `docs/privacy-model.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension JSONWriter {
  /// Appends what the unit means for a person, as a member of `privacy`.
  mutating func person(_ person: PersonLoss) {
    raw(",\"person\":{")
    if let loss = person.loss {
      raw("\"delta\":")
      rational(loss.delta)
      raw(",\"epsilon\":")
      rational(loss.epsilon)
      raw(",")
    }
    raw("\"meaning\":")
    string(person.unit.meaning)
    if let periods = person.periods {
      raw(",\"periods\":")
      integer(Int64(periods))
    }
    raw("}")
  }
}

/// What a release says its unit means for a person, before the unit is known.
struct WrittenPerson {
  let meaning: String
  let periods: Int?
  let loss: PrivacyLoss?

  /// The same for a unit.
  func loss(of unit: PrivacyUnit) throws(ReleaseDecodingError) -> PersonLoss {
    guard meaning.utf8.elementsEqual(unit.meaning.utf8) else {
      throw ReleaseDecodingError(.unsuitable(expected: unit.meaning)).within(member: "meaning")
        .within(member: "person")
    }
    return PersonLoss(unit: unit, periods: periods, loss: loss)
  }
}

extension JSONCursor {
  /// Reads what the unit means for a person.
  mutating func person() throws(ReleaseDecodingError) -> WrittenPerson {
    var meaning: String?
    var periods: Int?
    var epsilon: Rational?
    var delta: Rational?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "meaning": meaning = try cursor.string()
      case "periods": periods = try cursor.positive(limit: Int(Int32.max))
      case "epsilon": epsilon = try cursor.rational()
      case "delta": delta = try cursor.rational()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return WrittenPerson(
      meaning: try Self.required(meaning, "meaning"),
      periods: periods,
      loss: epsilon == nil && delta == nil ? nil : try Self.loss(epsilon: epsilon, delta: delta)
    )
  }
}

extension ReleaseVerification {
  /// Derives what a person loses at most from the loss of a unit and the window.
  static func person(of body: ReleaseBody) -> [Finding] {
    guard let claimed = body.privacy.person else { return [] }
    let derived = PersonLoss(
      of: body.privacy.unit,
      loss: body.privacy.loss,
      selection: body.selection?.loss,
      // Running counts cover a horizon that no window tells.
      within: body.continual == nil ? body.query.window.flatMap(seconds(of:)) : nil
    )
    guard claimed != derived else { return [] }
    func words(_ person: PersonLoss) -> String {
      guard let periods = person.periods else { return "no number of periods" }
      return "\(periods) periods and "
        + (person.loss.map(\.description) ?? "no loss, because delta would not be below 1")
    }
    return [
      Finding(
        what: "privacy.person",
        claimed: words(claimed),
        derived: "\(words(derived)), which follows from the loss, the unit and the window"
      )
    ]
  }

  /// What a reader has to know where days or weeks of a person are protected by themselves.
  static func personNote(on body: ReleaseBody) -> String? {
    guard let person = body.privacy.person, let periods = person.periods, periods > 1,
      let period = body.privacy.unit.period
    else { return nil }
    let loss = person.loss.map { VisibleText.escaping("\($0)", limit: 120) } ?? "without a bound"
    return "Warning: the loss is that of one \(period) of a person; for a person who was active in "
      + "all \(periods) \(period)s of the window it is \(loss)."
  }
}
