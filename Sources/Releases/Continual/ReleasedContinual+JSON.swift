// ReleasedContinual+JSON.swift: running counts in canonical JSON, and read strictly from it.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension JSONWriter {
  /// Appends what a release says of its running counts, on one line.
  mutating func continual(_ continual: ReleasedContinual) {
    raw("{\"arity\":")
    integer(Int64(continual.tree.arity))
    raw(",\"draws\":")
    integer(Int64(continual.tree.draws(at: continual.t)))
    raw(",\"horizon\":")
    integer(Int64(continual.tree.horizon))
    raw(",\"late_signals\":")
    string(ReleasedContinual.lateSignals)
    raw(",\"levels\":")
    integer(Int64(continual.tree.levels))
    raw(",\"mechanism\":")
    string(ReleasedContinual.mechanism)
    raw(",\"series\":{\"days\":")
    strings(continual.series.days)
    raw(",\"half_widths\":")
    members(continual.series.halfWidths) { writer, widths in
      writer.list(widths) { $0.integer($1) }
    }
    raw(",\"values\":")
    members(continual.series.values) { writer, cells in
      writer.list(cells) { $0.list($1) { $0.integer($1) } }
    }
    raw("},\"state\":")
    string(continual.state)
    raw(",\"t\":")
    integer(Int64(continual.t))
    raw(",\"variances\":")
    members(continual.variances) { $0.rational($1) }
    raw(",\"withdrawals\":")
    string(ReleasedContinual.withdrawals)
    raw("}")
  }

  /// Appends an object, its members in the order of their bytes.
  private mutating func members<Value>(
    _ values: [String: Value],
    _ write: (inout JSONWriter, Value) -> Void
  ) {
    raw("{")
    let sorted = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    for (index, member) in sorted.enumerated() {
      if index > 0 { raw(",") }
      name(member.key)
      write(&self, member.value)
    }
    raw("}")
  }
}

extension JSONCursor {
  /// Reads what a release says of its running counts.
  mutating func continual() throws(ReleaseDecodingError) -> ReleasedContinual {
    var numbers: [String: Int] = [:]
    var variances: [String: Rational] = [:]
    var state: String?
    var series: ReleasedSeries?
    var seen: Set<String> = []
    try object { member, cursor throws(ReleaseDecodingError) in
      seen.insert(member)
      switch member {
      case "arity": numbers[member] = try cursor.positive(limit: BalancedTree.largestArity)
      case "draws", "levels": numbers[member] = try cursor.positive()
      case "horizon", "t": numbers[member] = try cursor.positive(limit: BalancedTree.longestHorizon)
      case "late_signals": try cursor.constant(ReleasedContinual.lateSignals)
      case "mechanism": try cursor.constant(ReleasedContinual.mechanism)
      case "withdrawals": try cursor.constant(ReleasedContinual.withdrawals)
      case "state": state = try cursor.hexadecimal(digits: ReleasedContinual.stateDigits)
      case "series": series = try cursor.series()
      case "variances":
        try cursor.object { name, cursor throws(ReleaseDecodingError) in
          variances[name] = try cursor.positiveRational()
        }
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    for name in ["late_signals", "mechanism", "variances", "withdrawals"] {
      _ = try Self.required(seen.contains(name) ? true : nil, name)
    }
    let (arity, t) = (
      try Self.required(numbers["arity"], "arity"), try Self.required(numbers["t"], "t")
    )
    let horizon = try Self.required(numbers["horizon"], "horizon")
    guard BalancedTree.isArity(arity) else {
      throw ReleaseDecodingError(.unsuitable(expected: "odd and at least 3")).within(
        member: "arity"
      )
    }
    guard t <= horizon else {
      throw ReleaseDecodingError(.unsuitable(expected: "at most the horizon")).within(member: "t")
    }
    let tree = BalancedTree(arity: arity, horizon: horizon)
    for (name, derived) in [("levels", tree.levels), ("draws", tree.draws(at: t))] {
      guard try Self.required(numbers[name], name) == derived else {
        throw ReleaseDecodingError(
          .unsuitable(expected: "\(derived), which follows from the tree")
        ).within(member: name)
      }
    }
    return ReleasedContinual(
      tree: tree,
      t: t,
      variances: variances,
      state: try Self.required(state, "state"),
      series: try Self.required(series, "series")
    )
  }

  private mutating func series() throws(ReleaseDecodingError) -> ReleasedSeries {
    var days: [String]?
    var halfWidths: [String: [BigInteger]]?
    var values: [String: [[Int64]]]?
    try object { member, cursor throws(ReleaseDecodingError) in
      switch member {
      case "days": days = try cursor.strings()
      case "half_widths":
        var read: [String: [BigInteger]] = [:]
        try cursor.object { name, cursor throws(ReleaseDecodingError) in
          var widths: [BigInteger] = []
          try cursor.array { cursor throws(ReleaseDecodingError) in
            widths.append(try cursor.natural())
          }
          read[name] = widths
        }
        halfWidths = read
      case "values":
        var read: [String: [[Int64]]] = [:]
        try cursor.object { name, cursor throws(ReleaseDecodingError) in
          read[name] = try cursor.runningCounts()
        }
        values = read
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedSeries(
      days: try Self.required(days, "days"),
      halfWidths: try Self.required(halfWidths, "half_widths"),
      values: try Self.required(values, "values")
    )
  }

  private mutating func runningCounts() throws(ReleaseDecodingError) -> [[Int64]] {
    var cells: [[Int64]] = []
    try array { cursor throws(ReleaseDecodingError) in
      var counts: [Int64] = []
      try cursor.array { cursor throws(ReleaseDecodingError) in counts.append(try cursor.int64()) }
      cells.append(counts)
    }
    return cells
  }
}
