// ExpectedError.swift: how large the noise is beside cells of some sizes, and how often they are kept.
// Reference: `docs/planning.md`, section "The error by the size of a cell".
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// The expected error of cells by their size: the half-width as a share of the count.
struct ExpectedError {
  private let plan: AggregationPlan
  /// The measures that count.
  private let measures: [PlannedMeasure]

  private static let sizes = [10, 100, 1000, 10_000, 100_000, 1_000_000]

  /// Looks at a plan; `nil` where nothing is counted, and for running counts, whose error has a table
  /// of its own.
  init?(_ plan: AggregationPlan) {
    measures = plan.measures.filter { Measure.counts.contains($0.measure) }
    guard !measures.isEmpty, plan.continual == nil else { return nil }
    self.plan = plan
  }

  /// The table.
  var text: String {
    var headings = ["true count"] + measures.map { "\u{B1} of \($0.measure.rawValue)" }
    if plan.selection != nil { headings.append("kept, by units") }
    var table = Columns(headings, numbers: Set(0...headings.count))
    for size in Self.sizes {
      var row = [size.description]
      row += measures.map { Self.share($0.halfWidth, of: size) + "%" }
      if let selection = plan.selection {
        let chance = selection.selection.keepProbability(of: BigInteger(size), digits: 6)
        row.append(chance.decimals(digits: 4).lower)
      }
      table.add(row)
    }
    return "Expected error by the size of a cell: its half-width as a share of the count.\n\n"
      + table.text
  }

  /// The same for programs.
  var json: (String, JSONText) {
    let rows = Self.sizes.map { size in
      var fields: [(String, JSONText)] = [("n", .count(size))]
      for measure in measures {
        fields.append(
          (
            measure.measure.rawValue,
            .object([
              ("half_width", .integer(measure.halfWidth)),
              ("relative", .exact(Rational(measure.halfWidth, BigInteger(size)))),
            ])
          )
        )
      }
      if let selection = plan.selection {
        let chance = selection.selection.keepProbability(of: BigInteger(size), digits: 8)
          .decimals(digits: 8)
        fields.append(
          ("kept", .object([("lower", .text(chance.lower)), ("upper", .text(chance.upper))]))
        )
      }
      return JSONText.object(fields)
    }
    return ("expected_error", .list(rows))
  }

  /// A percentage, rounded up to three digits.
  static func share(_ part: BigInteger, of whole: Int) -> String {
    Rational(part * 100, BigInteger(whole)).decimal(digits: 3, .up)
  }
}
