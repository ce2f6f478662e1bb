// ValueSection.swift: ranges, grids and thresholds of the values that a spec asks for.
// Reference: `docs/measures.md`, section "Values".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import PrivateAggregation

/// What the measures of a spec say about values, made to fit together: all of a release see the same.
struct ValueSection {
  /// The range of the sum, where there is one.
  let sum: ValueRange?
  /// Whether what a unit has in a cell is moved into the range as a whole.
  let isPerCell: Bool
  /// The range of the mean, where there is one.
  let mean: ValueRange?
  /// How values are read, where they are.
  let grid: ValueGrid?
  /// The thresholds of quantiles in steps, and their ranks.
  private let thresholds: [Int64]
  private let ranks: [Rational]

  init(_ items: [MeasureItem]) throws(SpecificationError) {
    let sumItem = items.first { $0.kind == .sum }
    let meanItem = items.first { $0.kind == .mean }
    let sum = try sumItem.map(Self.range)
    let mean = try meanItem.map(Self.range)
    if let sum, let mean, sum.grid != mean.grid {
      throw (meanItem?.keys ?? items[0].keys).error(
        "grid",
        "is \(mean.grid), and that of the sum is \(sum.grid); all measures of a release see the same "
          + "values, so write one grid"
      )
    }
    isPerCell = try sumItem?.keys.optional("per_cell")?.flag() ?? false
    self.sum = sum
    self.mean = mean
    guard let item = items.first(where: { $0.kind == .quantiles }) else {
      thresholds = []
      ranks = []
      let ranges = [sum, mean].compactMap { $0 }
      let isPerCell = isPerCell
      grid = ranges.first.map {
        Self.grid($0.grid, ranges, isPerCell, thresholds: [], .nearest)
      }
      return
    }
    let quantiles = try QuantileValues(item, besides: (sum ?? mean)?.grid)
    thresholds = quantiles.steps
    ranks = quantiles.ranks
    grid = Self.grid(
      quantiles.grid,
      [sum, mean].compactMap { $0 },
      isPerCell,
      thresholds: quantiles.steps,
      quantiles.isOwnGrid ? .up : .nearest
    )
  }

  /// The quantiles that are asked for, with their share of the budget.
  func quantiles(share: Rational) throws(SpecificationError) -> QuantileRequest? {
    guard !thresholds.isEmpty else { return nil }
    return QuantileRequest(thresholds: thresholds, ranks: ranks, share: share)
  }

  /// The values that have to be told apart.
  private static func grid(
    _ grid: Rational,
    _ ranges: [ValueRange],
    _ isPerCell: Bool,
    thresholds: [Int64],
    _ rounding: ValueGrid.Rounding
  ) -> ValueGrid {
    let most = ValueRange.mostSteps
    var low = ranges.map(\.low).min() ?? thresholds[0]
    var high = ranges.map(\.high).max() ?? thresholds[0]
    if let first = thresholds.first, let last = thresholds.last {
      low = min(low, first)
      // One more step, for what is above the last.
      high = max(high, last + 1)
    }
    // What a unit has in a cell is held within the range, its single values are not.
    if isPerCell { (low, high) = (-most, most) }
    guard
      let range = try? ValueRange(
        grid: grid,
        low: Rational(BigInteger(low)) * grid,
        high: Rational(BigInteger(high)) * grid
      )
    else { preconditionFailure("ranges and thresholds within the most steps") }
    return ValueGrid(range: range, rounding: rounding)
  }

  /// Reads `range` and `grid`.
  private static func range(_ item: MeasureItem) throws(SpecificationError) -> ValueRange {
    let keys = item.keys
    let field = try keys.required("range", example: "range: [0, 500]")
    let ends = try field.items()
    guard ends.count == 2 else {
      throw field.error("has \(ends.count) ends; write the lowest and the highest value: [0, 500]")
    }
    let gridField = try keys.required("grid", example: "grid: 0.01")
    let grid = try gridField.rational()
    let (low, high) = (try ends[0].rational(), try ends[1].rational())
    do {
      return try ValueRange(grid: grid, low: low, high: high)
    } catch {
      switch error {
      case .grid: throw gridField.error(gridMessage(grid))
      case .order:
        throw field.error("does not go from a value to a larger one; write [lowest, highest]")
      case .offGrid(let value, let below):
        let end = value == low ? ends[0] : ends[1]
        throw end.error(offGrid(value, below, grid))
      case .tooManySteps(let limit):
        throw field.error(
          "is more than \(limit) steps of the grid away from zero; write a coarser grid or a smaller "
            + "range"
        )
      }
    }
  }

  static func gridMessage(_ grid: Rational) -> String {
    "`\(grid)` cannot be a grid; write a decimal such as 1, 0.5 or 0.01, above zero, with at most "
      + "\(ValueRange.mostPlaces) places"
  }

  static func offGrid(_ value: Rational, _ below: Rational, _ grid: Rational) -> String {
    "\(value) is no multiple of the grid \(grid); write \(below) or \(below + grid), or another grid"
  }
}

/// The thresholds and ranks of quantiles.
private struct QuantileValues {
  let grid: Rational
  /// Whether the grid was made from the thresholds alone.
  let isOwnGrid: Bool
  let steps: [Int64]
  let ranks: [Rational]

  init(_ item: MeasureItem, besides known: Rational?) throws(SpecificationError) {
    let keys = item.keys
    let field = try keys.required("thresholds", example: "thresholds: [10, 20, 50]")
    let fields = try field.items()
    let thresholds = try Self.rising(fields)
    guard fields.count <= QuantileRequest.mostThresholds else {
      throw field.error(
        "has \(fields.count) thresholds; write at most \(QuantileRequest.mostThresholds)"
      )
    }
    let written = try keys.optional("grid")?.rational()
    if let written, let known, written != known {
      throw keys.error(
        "grid",
        "is \(written), and that of the other measures is \(known); all measures of a release see "
          + "the same values, so write one grid"
      )
    }
    let given = known ?? written
    let grid = given ?? Self.commonDivisor(thresholds)
    guard ValueRange.places(of: grid) != nil else {
      throw keys.error(given == nil ? "thresholds" : "grid", ValueSection.gridMessage(grid))
    }
    var steps: [Int64] = []
    for (threshold, field) in zip(thresholds, fields) {
      do { steps.append(try ValueRange.steps(threshold, grid)) } catch {
        guard case .offGrid(let value, let below) = error else {
          throw field.error("is too many steps of the grid \(grid) away from zero")
        }
        throw field.error(ValueSection.offGrid(value, below, grid))
      }
    }
    guard let last = steps.last, last < ValueRange.mostSteps else {
      throw field.error("goes up to the largest number of steps; write smaller thresholds")
    }
    self.grid = grid
    isOwnGrid = given == nil
    self.steps = steps
    ranks = try Self.ranks(keys)
  }

  private static func ranks(_ keys: MappingReader) throws(SpecificationError) -> [Rational] {
    guard let field = keys.optional("at") else {
      return [Rational(1, 4), Rational(1, 2), Rational(3, 4)]
    }
    let fields = field.isText ? [field] : try field.items()
    let ranks = try rising(fields)
    guard let first = ranks.first, let last = ranks.last, first.signum > 0, last < .one,
      ranks.count <= QuantileRequest.mostThresholds
    else { throw field.error("lies above 0 and below 1; write ranks such as [1/4, 1/2, 3/4]") }
    return ranks
  }

  private static func rising(_ fields: [NodeReader]) throws(SpecificationError) -> [Rational] {
    var values: [Rational] = []
    for field in fields {
      let value = try field.rational()
      if let last = values.last, value <= last {
        throw field.error("\(value) does not come after \(last); write each once, rising")
      }
      values.append(value)
    }
    return values
  }

  /// The largest number that all thresholds are multiples of.
  private static func commonDivisor(_ values: [Rational]) -> Rational {
    var divisor = Rational.zero
    for value in values where value.signum != 0 {
      guard divisor.signum != 0 else {
        divisor = value.magnitude
        continue
      }
      let bottom = divisor.denominator * value.denominator
      divisor = Rational(
        (divisor.numerator * value.denominator)
          .greatestCommonDivisor(with: value.numerator * divisor.denominator),
        bottom
      )
    }
    return divisor.signum == 0 ? .one : divisor
  }
}
