// ReleasedHierarchy+JSON.swift: a hierarchy in its canonical JSON.
// Reference: `docs/formats.md`, section "release.json and counts.csv".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension JSONWriter {
  /// Appends a hierarchy, on one line.
  mutating func hierarchy(_ hierarchy: ReleasedHierarchy) {
    raw("{")
    if let estimates = hierarchy.estimates {
      raw("\"estimates\":{\"half_widths\":")
      levelList(estimates.halfWidths) { $0.integer($1) }
      raw(",\"values\":")
      levelList(estimates.values) { $0.rational($1) }
      raw(",\"variances\":")
      levelList(estimates.variances) { $0.rational($1) }
      if let whole = estimates.whole {
        raw(",\"whole\":")
        levelList(whole) { $0.integer($1) }
      }
      raw("},")
    }
    raw("\"levels\":")
    levelList(hierarchy.levels) { $0.level($1) }
    raw(",\"parents\":")
    strings(hierarchy.parents)
    raw("}")
  }

  private mutating func level(_ level: ReleasedLevel) {
    raw("{\"count\":")
    integer(Int64(level.count))
    raw(",\"measures\":")
    levelList(level.noise) { writer, noise in
      writer.raw("{\"epsilon\":")
      writer.rational(noise.epsilon)
      writer.raw(",\"half_width\":")
      writer.integer(noise.halfWidth)
      writer.raw(",\"name\":")
      writer.string(noise.measure)
      writer.raw(",\"scale\":")
      writer.rational(noise.scale)
      writer.raw(",\"sensitivity\":")
      writer.integer(noise.sensitivity)
      writer.raw(",\"simultaneous_half_width\":")
      writer.integer(noise.simultaneousHalfWidth)
      writer.raw("}")
    }
    raw(",\"name\":")
    string(level.name)
    raw("}")
  }

  private mutating func levelList<Element>(
    _ elements: [Element],
    _ write: (inout JSONWriter, Element) -> Void
  ) {
    raw("[")
    for (index, element) in elements.enumerated() {
      if index > 0 { raw(",") }
      write(&self, element)
    }
    raw("]")
  }
}

extension JSONCursor {
  /// Reads a hierarchy.
  mutating func hierarchy() throws(ReleaseDecodingError) -> ReleasedHierarchy {
    var levels: [ReleasedLevel]?
    var parents: [String]?
    var estimates: ReleasedEstimates?
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "levels":
        levels = try cursor.levelList { cursor throws(ReleaseDecodingError) in try cursor.level() }
      case "parents": parents = try cursor.strings()
      case "estimates": estimates = try cursor.estimates()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedHierarchy(
      levels: try Self.required(levels, "levels"),
      parents: try Self.required(parents, "parents"),
      estimates: estimates
    )
  }

  private mutating func level() throws(ReleaseDecodingError) -> ReleasedLevel {
    var name: String?
    var count: Int?
    var noise: [LevelNoise]?
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "name": name = try cursor.string()
      case "count": count = try cursor.positive()
      case "measures":
        noise = try cursor.levelList { cursor throws(ReleaseDecodingError) in
          try cursor.levelNoise()
        }
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedLevel(
      name: try Self.required(name, "name"),
      count: try Self.required(count, "count"),
      noise: try Self.required(noise, "measures")
    )
  }

  private mutating func levelNoise() throws(ReleaseDecodingError) -> LevelNoise {
    var name: String?
    var fractions: [String: Rational] = [:]
    var integers: [String: BigInteger] = [:]
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "name": name = try cursor.string()
      case "epsilon", "scale": fractions[member] = try cursor.positiveRational()
      case "sensitivity", "half_width", "simultaneous_half_width":
        integers[member] = try cursor.natural()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return LevelNoise(
      measure: try Self.required(name, "name"),
      epsilon: try Self.required(fractions["epsilon"], "epsilon"),
      sensitivity: try Self.required(integers["sensitivity"], "sensitivity"),
      scale: try Self.required(fractions["scale"], "scale"),
      halfWidth: try Self.required(integers["half_width"], "half_width"),
      simultaneousHalfWidth: try Self.required(
        integers["simultaneous_half_width"],
        "simultaneous_half_width"
      )
    )
  }

  private mutating func estimates() throws(ReleaseDecodingError) -> ReleasedEstimates {
    var variances: [Rational]?
    var halfWidths: [BigInteger]?
    var values: [Rational]?
    var whole: [BigInteger]?
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "half_widths":
        halfWidths = try cursor.levelList { cursor throws(ReleaseDecodingError) in
          try cursor.natural()
        }
      case "values":
        values = try cursor.levelList { cursor throws(ReleaseDecodingError) in try cursor.rational()
        }
      case "variances":
        variances = try cursor.levelList { cursor throws(ReleaseDecodingError) in
          try cursor.positiveRational()
        }
      case "whole":
        whole = try cursor.levelList { cursor throws(ReleaseDecodingError) in try cursor.natural() }
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedEstimates(
      variances: try Self.required(variances, "variances"),
      halfWidths: try Self.required(halfWidths, "half_widths"),
      values: try Self.required(values, "values"),
      whole: whole
    )
  }

  private mutating func levelList<Element>(
    _ read: (inout JSONCursor) throws(ReleaseDecodingError) -> Element
  ) throws(ReleaseDecodingError) -> [Element] {
    var elements: [Element] = []
    try array { cursor throws(ReleaseDecodingError) in elements.append(try read(&cursor)) }
    return elements
  }
}
