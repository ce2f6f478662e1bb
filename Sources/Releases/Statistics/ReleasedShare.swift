// ReleasedShare.swift: each cell's share of the signals of a total.
// Reference: `docs/measures.md`, section "Shares".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// Each cell's share of the signals of a total, with an interval that holds for each cell by itself.
///
/// - Privacy: Post-processing of noisy numbers of signals; it costs nothing.
public struct ReleasedShare: Sendable, Hashable {
  /// The key over whose values the total goes; `nil` for the total of all cells.
  public let over: String?
  /// The half-width of a cell's own number that the intervals rest on.
  public let halfWidth: BigInteger
  /// The half-width of the numbers of all other cells of a total together.
  public let restHalfWidth: BigInteger
  /// The share of each cell, from 0 to 1.
  public let cells: [EstimatedInterval]

  init(
    over: String?,
    halfWidth: BigInteger,
    restHalfWidth: BigInteger,
    cells: [EstimatedInterval]
  ) {
    self.over = over
    self.halfWidth = halfWidth
    self.restHalfWidth = restHalfWidth
    self.cells = cells
  }

  /// Derives the shares; `nil` where signals are not counted, or the cells make no such totals.
  init?(
    over: String?,
    _ query: ReleaseQuery,
    _ measures: [ReleasedMeasure],
    _ cells: [ReleasedCell],
    confidence: Rational
  ) {
    guard let place = measures.firstIndex(where: { $0.measure == .signals }) else { return nil }
    let all = over == nil ? CellGroups(all: cells.count) : nil
    guard
      let groups = all
        ?? over.flatMap({ CellGroups(over: $0, of: query.keys, cells: cells.count) })
    else { return nil }
    let law = DiscreteLaplaceLaw(scale: measures[place].scale)
    let alpha = (.one - confidence) / 2
    let own = law.halfWidth(alpha: alpha)
    let others = max(groups.size - 1, 0)
    // A number that was raised to zero is no further from the exact one than its noise, but the sum
    // of such numbers may be further off than the sum of their noise.
    let rest =
      query.nonnegative && others > 1
      ? BigInteger(others) * law.halfWidth(alpha: alpha, draws: others)
      : law.halfWidthOfSum(alpha: alpha, draws: others)
    var totals = [BigInteger](repeating: 0, count: groups.count)
    for (index, cell) in cells.enumerated() {
      totals[groups.group(of: index)] += BigInteger(cell.counts[place])
    }
    self.init(
      over: over,
      halfWidth: own,
      restHalfWidth: rest,
      cells: cells.enumerated().map { index, cell in
        let count = BigInteger(cell.counts[place])
        return Self.interval(count, own, of: totals[groups.group(of: index)], rest)
      }
    )
  }

  /// The share where a number and that of all others lie within their half-widths.
  private static func interval(
    _ count: BigInteger,
    _ own: BigInteger,
    of total: BigInteger,
    _ rest: BigInteger
  ) -> EstimatedInterval {
    func share(_ part: BigInteger, _ others: BigInteger, or none: Rational) -> Rational {
      let (part, others) = (max(0, part), max(0, others))
      return (part + others).signum == 0 ? none : Rational(part, part + others)
    }
    let others = total - count
    return EstimatedInterval(
      estimate: total >= 1 ? min(max(Rational(count, total), .zero), .one) : nil,
      low: share(count - own, others + rest, or: .zero),
      high: share(count + own, others - rest, or: .one)
    )
  }
}

extension JSONWriter {
  mutating func share(_ share: ReleasedShare) {
    raw("{\"cells\":")
    list(share.cells) { $0.interval($1) }
    raw(",\"half_width\":")
    integer(share.halfWidth)
    if let over = share.over {
      raw(",\"over\":")
      string(over)
    }
    raw(",\"rest_half_width\":")
    integer(share.restHalfWidth)
    raw("}")
  }
}

extension JSONCursor {
  mutating func share() throws(ReleaseDecodingError) -> ReleasedShare {
    var cells: [EstimatedInterval]?
    var over: String?
    var widths: [String: BigInteger] = [:]
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "cells":
        cells = try cursor.list { cursor throws(ReleaseDecodingError) in try cursor.interval() }
      case "over": over = try cursor.string()
      case "half_width", "rest_half_width": widths[name] = try cursor.natural()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedShare(
      over: over,
      halfWidth: try Self.required(widths["half_width"], "half_width"),
      restHalfWidth: try Self.required(widths["rest_half_width"], "rest_half_width"),
      cells: try Self.required(cells, "cells")
    )
  }
}
