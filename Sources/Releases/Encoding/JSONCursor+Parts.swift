// JSONCursor+Parts.swift: the parts of a release, read strictly.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension JSONCursor {
  /// Reads what a release protects and costs.
  mutating func privacy() throws(ReleaseDecodingError) -> ReleasePrivacy {
    var unit: PrivacyUnit?
    var epsilon: Rational?
    var delta: Rational?
    var person: WrittenPerson?
    var hasRelation = false
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "unit": unit = try cursor.choice(PrivacyUnit.self)
      case "epsilon": epsilon = try cursor.rational()
      case "delta": delta = try cursor.rational()
      case "person": person = try cursor.person()
      case "relation":
        try cursor.constant(Certificate.relation)
        hasRelation = true
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    _ = try Self.required(hasRelation ? true : nil, "relation")
    let protected = try Self.required(unit, "unit")
    return ReleasePrivacy(
      unit: protected,
      loss: try Self.loss(epsilon: epsilon, delta: delta),
      person: try person?.loss(of: protected)
    )
  }

  /// Reads contribution bounds.
  mutating func bounds() throws(ReleaseDecodingError) -> ContributionBounds {
    var values: [String: Int] = [:]
    try object { name, cursor throws(ReleaseDecodingError) in
      guard ["cells_per_unit", "signals_per_cell", "signals_per_unit"].contains(name) else {
        throw ReleaseDecodingError(.unknown)
      }
      values[name] = try cursor.positive(limit: ContributionBounds.largest)
    }
    let cellsPerUnit = try Self.required(values["cells_per_unit"], "cells_per_unit")
    let signalsPerCell = try Self.required(values["signals_per_cell"], "signals_per_cell")
    do {
      return try ContributionBounds(
        cellsPerUnit: cellsPerUnit,
        signalsPerCell: signalsPerCell,
        signalsPerUnit: values["signals_per_unit"]
      )
    } catch {
      throw ReleaseDecodingError(.unsuitable(expected: "bounds that a release can have"))
    }
  }

  /// Reads what remained of each cap.
  mutating func remaining() throws(ReleaseDecodingError) -> RemainingBudget {
    var caps: [String: PrivacyLoss] = [:]
    try object { name, cursor throws(ReleaseDecodingError) in
      guard BudgetLimit(rawValue: name) != nil else { throw ReleaseDecodingError(.unknown) }
      var parts: [String: Rational] = [:]
      try cursor.object { part, cursor throws(ReleaseDecodingError) in
        guard part == "epsilon" || part == "delta" else { throw ReleaseDecodingError(.unknown) }
        parts[part] = try cursor.rational()
      }
      caps[name] = try Self.loss(epsilon: parts["epsilon"], delta: parts["delta"])
    }
    return RemainingBudget(
      lifetime: try Self.required(caps["lifetime"], "lifetime"),
      daily: caps["daily"],
      analyst: caps["analyst"]
    )
  }

  /// Reads the measures with their noise; no measure twice.
  mutating func measures() throws(ReleaseDecodingError) -> [ReleasedMeasure] {
    var measures: [ReleasedMeasure] = []
    try array { cursor throws(ReleaseDecodingError) in
      let measure = try cursor.measure()
      let name = measure.measure.rawValue
      guard !measures.contains(where: { $0.measure.rawValue == name }) else {
        throw ReleaseDecodingError(.duplicate)
      }
      measures.append(measure)
    }
    return measures
  }

  private mutating func measure() throws(ReleaseDecodingError) -> ReleasedMeasure {
    var described = MeasureMembers()
    var fractions: [String: Rational] = [:]
    var integers: [String: BigInteger] = [:]
    var hasMechanism = false
    try object { name, cursor throws(ReleaseDecodingError) in
      if try described.read(name, from: &cursor) { return }
      switch name {
      case "mechanism":
        try cursor.constant(Certificate.mechanism)
        hasMechanism = true
      case "scale", "epsilon", "confidence": fractions[name] = try cursor.positiveRational()
      case "sensitivity", "half_width", "simultaneous_half_width":
        integers[name] = try cursor.natural()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    _ = try Self.required(hasMechanism ? true : nil, "mechanism")
    return ReleasedMeasure(
      measure: try described.measure(),
      scale: try Self.required(fractions["scale"], "scale"),
      sensitivity: try Self.required(integers["sensitivity"], "sensitivity"),
      epsilon: try Self.required(fractions["epsilon"], "epsilon"),
      halfWidth: try Self.required(integers["half_width"], "half_width"),
      simultaneousHalfWidth: try Self.required(
        integers["simultaneous_half_width"],
        "simultaneous_half_width"
      ),
      confidence: try Self.required(fractions["confidence"], "confidence")
    )
  }

  /// Reads what was asked.
  mutating func query() throws(ReleaseDecodingError) -> ReleaseQuery {
    var keys: [ReleasedKey]?
    var filters: [String: [String]]?
    var window: [String]?
    var consent: (column: Bool, purpose: String?)?
    var nonnegative: Bool?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "keys":
        var read: [ReleasedKey] = []
        try cursor.array { cursor throws(ReleaseDecodingError) in
          let key = try cursor.list(name: nil)
          guard !Measure.names.contains(key.name) else {
            throw ReleaseDecodingError(.unsuitable(expected: "not named like a measure"))
              .within(member: "name")
          }
          guard !read.contains(where: { $0.name.utf8.elementsEqual(key.name.utf8) }) else {
            throw ReleaseDecodingError(.duplicate)
          }
          read.append(key)
        }
        keys = read
      case "filters":
        var read: [String: [String]] = [:]
        try cursor.object { column, cursor throws(ReleaseDecodingError) in
          read[column] = try cursor.strings()
        }
        filters = read
      case "window": window = try cursor.window()
      case "consent": consent = try cursor.consent()
      case "nonnegative": nonnegative = try cursor.boolean()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    let rule = try Self.required(consent, "consent")
    return ReleaseQuery(
      keys: try Self.required(keys, "keys"),
      filters: try Self.required(filters, "filters"),
      window: window,
      consent: rule.column,
      purpose: rule.purpose,
      nonnegative: try Self.required(nonnegative, "nonnegative")
    )
  }

  private mutating func window() throws(ReleaseDecodingError) -> [String] {
    var from: String?
    var to: String?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "from": from = try cursor.string()
      case "to": to = try cursor.string()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return [try Self.required(from, "from"), try Self.required(to, "to")]
  }

  /// Reads the public list of one key, whose name stands inside or is known already.
  mutating func list(name known: String?) throws(ReleaseDecodingError) -> ReleasedKey {
    var name = known
    var count: Int?
    var list: String?
    var file: String?
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "name" where known == nil: name = try cursor.string()
      // A key without a list has no value where no cell was selected.
      case "count": count = Int(exactly: try cursor.natural())
      case "list_sha256": list = try cursor.digest()
      case "file_sha256": file = try cursor.digest()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedKey(
      name: try Self.required(name, "name"),
      count: try Self.required(count, "count"),
      listSHA256: try Self.required(list, "list_sha256"),
      fileSHA256: file
    )
  }
}
