// ReleasedMean.swift: the mean of the values of each cell, from its deviation and its signals.
// Reference: `docs/measures.md`, section "The mean".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// The mean of the values of each cell, with an interval that holds for each cell by itself.
///
/// - Privacy: Post-processing of two noisy measures; it costs nothing.
public struct ReleasedMean: Sendable, Hashable {
  /// The half-width of the deviation that the intervals rest on, in steps of the grid: it fails with
  /// half of the probability that an interval may.
  public let deviationHalfWidth: BigInteger
  /// The same of the number of signals.
  public let signalsHalfWidth: BigInteger
  /// The mean of each cell, in units of the value.
  public let cells: [EstimatedInterval]

  init(
    deviationHalfWidth: BigInteger,
    signalsHalfWidth: BigInteger,
    cells: [EstimatedInterval]
  ) {
    self.deviationHalfWidth = deviationHalfWidth
    self.signalsHalfWidth = signalsHalfWidth
    self.cells = cells
  }

  /// Derives the means; `nil` where a measure is missing.
  init?(_ measures: [ReleasedMeasure], _ cells: [ReleasedCell], confidence: Rational) {
    guard let signals = measures.firstIndex(where: { $0.measure == .signals }),
      let place = measures.firstIndex(where: { $0.measure.rawValue == "deviation" }),
      case .deviation(let range) = measures[place].measure
    else { return nil }
    let alpha = (.one - confidence) / 2
    let deviationWidth = DiscreteLaplaceLaw(scale: measures[place].scale).halfWidth(alpha: alpha)
    let signalsWidth = DiscreteLaplaceLaw(scale: measures[signals].scale).halfWidth(alpha: alpha)
    self.init(
      deviationHalfWidth: deviationWidth,
      signalsHalfWidth: signalsWidth,
      cells: cells.map { cell in
        Self.interval(
          (BigInteger(cell.counts[place]), deviationWidth),
          (BigInteger(cell.counts[signals]), signalsWidth),
          range
        )
      }
    )
  }

  /// The mean where both noisy numbers lie within their half-widths.
  ///
  /// It is the middle of the range and a deviation for each signal; its ends are reached at the ends of
  /// the two intervals. Where there is certainly no signal, nothing is said.
  private static func interval(
    _ deviation: (BigInteger, BigInteger),
    _ signals: (BigInteger, BigInteger),
    _ range: ValueRange
  ) -> EstimatedInterval {
    func mean(_ sum: BigInteger, _ count: BigInteger) -> Rational {
      let steps = Rational(BigInteger(range.middle)) + Rational(sum, count)
      return min(max(steps, Rational(BigInteger(range.low))), Rational(BigInteger(range.high)))
        * range.grid
    }
    let most = signals.0 + signals.1
    guard most >= 1 else { return EstimatedInterval(estimate: nil, low: nil, high: nil) }
    let fewest = max(1, signals.0 - signals.1)
    let (lowest, highest) = (deviation.0 - deviation.1, deviation.0 + deviation.1)
    return EstimatedInterval(
      estimate: signals.0 >= 1 ? mean(deviation.0, signals.0) : nil,
      low: mean(lowest, lowest.signum < 0 ? fewest : most),
      high: mean(highest, highest.signum < 0 ? most : fewest)
    )
  }
}

extension JSONWriter {
  mutating func mean(_ mean: ReleasedMean) {
    raw("{\"cells\":")
    list(mean.cells) { $0.interval($1) }
    raw(",\"deviation_half_width\":")
    integer(mean.deviationHalfWidth)
    raw(",\"signals_half_width\":")
    integer(mean.signalsHalfWidth)
    raw("}")
  }
}

extension JSONCursor {
  mutating func mean() throws(ReleaseDecodingError) -> ReleasedMean {
    var cells: [EstimatedInterval]?
    var widths: [String: BigInteger] = [:]
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "cells":
        cells = try cursor.list { cursor throws(ReleaseDecodingError) in try cursor.interval() }
      case "deviation_half_width", "signals_half_width": widths[name] = try cursor.natural()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedMean(
      deviationHalfWidth: try Self.required(
        widths["deviation_half_width"],
        "deviation_half_width"
      ),
      signalsHalfWidth: try Self.required(widths["signals_half_width"], "signals_half_width"),
      cells: try Self.required(cells, "cells")
    )
  }
}
