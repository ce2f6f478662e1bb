// ValueRange+JSON.swift: the range and the grid of a measure of values, in a release.
// Reference: `docs/formats.md`, section "release.json and counts.csv".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension JSONWriter {
  /// Appends the grid of a measure of values, with its comma.
  mutating func grid(of measure: Measure) {
    guard let range = measure.range else { return }
    raw(",\"grid\":")
    rational(range.grid)
  }

  /// Appends whether a unit's sum in a cell is moved into the range, and the range, with commas.
  mutating func range(of measure: Measure) {
    guard let range = measure.range else { return }
    if case .cellSum = measure { raw(",\"per_cell\":true") }
    raw(",\"range\":[")
    rational(range.lowValue)
    raw(",")
    rational(range.highValue)
    raw("]")
  }
}

/// What a release says about a measure besides its noise.
struct MeasureMembers {
  private var name: String?
  private var grid: Rational?
  private var range: [Rational]?
  private var perCell = false

  /// Reads a member; tells whether it is one of these.
  mutating func read(
    _ name: String,
    from cursor: inout JSONCursor
  ) throws(ReleaseDecodingError) -> Bool {
    switch name {
    case "name":
      self.name = try cursor.string()
      guard let read = self.name, Measure.names.contains(read) else {
        let names = Measure.names.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        throw ReleaseDecodingError(.unsuitable(expected: "one of \(names)"))
      }
    case "grid": grid = try cursor.positiveRational()
    case "range":
      var ends: [Rational] = []
      try cursor.array { cursor throws(ReleaseDecodingError) in
        ends.append(try cursor.rational())
      }
      range = ends
    case "per_cell":
      guard try cursor.boolean() else {
        throw ReleaseDecodingError(.unsuitable(expected: "true, or left out"))
      }
      perCell = true
    default: return false
    }
    return true
  }

  /// The measure that the members describe.
  func measure() throws(ReleaseDecodingError) -> Measure {
    let name = try JSONCursor.required(name, "name")
    if let count = Measure.counts.first(where: { $0.rawValue == name }) {
      for (member, isThere) in [
        ("grid", grid != nil), ("range", range != nil), ("per_cell", perCell),
      ] where isThere {
        throw ReleaseDecodingError(.unknown).within(member: member)
      }
      return count
    }
    let grid = try JSONCursor.required(grid, "grid")
    let ends = try JSONCursor.required(range, "range")
    guard ends.count == 2,
      let range = try? ValueRange(grid: grid, low: ends[0], high: ends[1])
    else {
      throw ReleaseDecodingError(
        .unsuitable(
          expected: "two multiples of a decimal grid, the smaller first, within 2^31 steps of zero"
        )
      ).within(member: "range")
    }
    if name == "deviation" {
      guard !perCell else { throw ReleaseDecodingError(.unknown).within(member: "per_cell") }
      return .deviation(range)
    }
    return perCell ? .cellSum(range) : .sum(range)
  }
}
