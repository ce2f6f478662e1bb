// ReleasedQuantiles.swift: quantiles of the values of each cell, from a noisy histogram.
// Reference: `docs/measures.md`, section "Quantiles".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// Quantiles of the values of each cell over public thresholds, and the noisy histogram that they are
/// read off, with intervals that hold for all quantiles of a cell at once.
///
/// The quantile of rank p is the smallest threshold that at least the share p of the signals of the cell
/// do not pass.
///
/// - Privacy: The histogram costs `epsilon`; the quantiles are post-processing of it.
public struct ReleasedQuantiles: Sendable, Hashable {
  /// The thresholds, rising, in units of the value.
  public let thresholds: [Rational]
  /// The ranks, rising.
  public let ranks: [Rational]
  /// The part of the loss that the histogram costs, in nats.
  public let epsilon: Rational
  /// The L1 sensitivity of the histogram, over all bins of all cells.
  public let sensitivity: BigInteger
  /// The scale of its noise.
  public let scale: Rational
  /// The half-width that holds for all bins of a cell at once.
  public let halfWidth: BigInteger
  /// The noisy histogram of each cell: how many signals lie up to the first threshold, up to the second
  /// and so on, and above the last.
  public let bins: [[Int64]]
  /// The quantiles of each cell.
  ///
  /// An estimate or an upper end that is left out lies above the last
  /// threshold; the quantile lies above its lower end, and is at most its upper one.
  public let cells: [[EstimatedInterval]]

  init(
    thresholds: [Rational],
    ranks: [Rational],
    epsilon: Rational,
    sensitivity: BigInteger,
    scale: Rational,
    halfWidth: BigInteger,
    bins: [[Int64]],
    cells: [[EstimatedInterval]]
  ) {
    self.thresholds = thresholds
    self.ranks = ranks
    self.epsilon = epsilon
    self.sensitivity = sensitivity
    self.scale = scale
    self.halfWidth = halfWidth
    self.bins = bins
    self.cells = cells
  }

  /// Derives noise and quantiles from what was asked and the noisy bins.
  ///
  /// - Precondition: Thresholds and ranks rise, there is at least one of each, every cell has one bin
  ///   more than there are thresholds, and the scale is one that is taken.
  init(
    thresholds: [Rational],
    ranks: [Rational],
    epsilon: Rational,
    bounds: ContributionBounds,
    bins: [[Int64]],
    confidence: Rational
  ) {
    let sensitivity = bounds.sensitivity(of: .signals)
    let scale = Rational(sensitivity) / epsilon
    let law = DiscreteLaplaceLaw(scale: scale)
    let alpha = .one - confidence
    // Two sums of noise for each threshold: what lies up to it, and what lies above.
    let count = thresholds.count
    let part = alpha / Rational(2 * count)
    let widths = (1...count).map { law.halfWidthOfSum(alpha: part, draws: $0) }
    self.init(
      thresholds: thresholds,
      ranks: ranks,
      epsilon: epsilon,
      sensitivity: sensitivity,
      scale: scale,
      halfWidth: law.halfWidth(alpha: alpha, draws: count + 1),
      bins: bins,
      cells: bins.map { bins in
        let sums = QuantileSums(bins, widths: widths)
        return ranks.map { sums.quantile($0, thresholds) }
      }
    )
  }
}

/// The noisy histogram of one cell, added up.
private struct QuantileSums {
  /// How many signals lie up to each threshold, and above it.
  private var up: [BigInteger] = []
  private var above: [BigInteger] = []
  /// The half-widths of sums of one, two and so on draws.
  private let widths: [BigInteger]

  init(_ bins: [Int64], widths: [BigInteger]) {
    self.widths = widths
    let total = bins.reduce(BigInteger(0)) { $0 + BigInteger($1) }
    var sum = BigInteger(0)
    for bin in bins.dropLast() {
      sum += BigInteger(bin)
      up.append(sum)
      above.append(total - sum)
    }
  }

  /// The quantile of a rank `p`: that `a` signals up to a threshold and `b` above it are at least the
  /// share `p` means that `(1 - p) a - p b >= 0`.
  func quantile(_ rank: Rational, _ thresholds: [Rational]) -> EstimatedInterval {
    var signs: [Bool] = []
    // The last threshold that the quantile certainly passes, and the first that it certainly does not.
    var low = -1
    var high = thresholds.count
    for place in thresholds.indices {
      let left = .one - rank
      let balance = left * Rational(up[place]) - rank * Rational(above[place])
      let reach =
        left * Rational(widths[place]) + rank * Rational(widths[widths.count - 1 - place])
      signs.append(balance.signum >= 0)
      if balance < -reach { low = place }
      if balance >= reach, high == thresholds.count { high = place }
    }
    // Where the noise contradicts itself it was larger than its half-widths: nothing is said then.
    if low >= high { (low, high) = (-1, thresholds.count) }
    let range = (low + 1)..<min(high + 1, thresholds.count)
    let place = range.first { signs[$0] } ?? high
    return EstimatedInterval(
      estimate: place < thresholds.count ? thresholds[place] : nil,
      low: low >= 0 ? thresholds[low] : nil,
      high: high < thresholds.count ? thresholds[high] : nil
    )
  }
}

extension JSONWriter {
  mutating func quantiles(_ quantiles: ReleasedQuantiles) {
    raw("{\"at\":")
    list(quantiles.ranks) { $0.rational($1) }
    raw(",\"bins\":")
    list(quantiles.bins) { writer, bins in writer.list(bins) { $0.integer($1) } }
    raw(",\"cells\":")
    list(quantiles.cells) { writer, cell in writer.list(cell) { $0.interval($1) } }
    raw(",\"epsilon\":")
    rational(quantiles.epsilon)
    raw(",\"half_width\":")
    integer(quantiles.halfWidth)
    raw(",\"mechanism\":")
    string(Certificate.mechanism)
    raw(",\"scale\":")
    rational(quantiles.scale)
    raw(",\"sensitivity\":")
    integer(quantiles.sensitivity)
    raw(",\"thresholds\":")
    list(quantiles.thresholds) { $0.rational($1) }
    raw("}")
  }
}

extension JSONCursor {
  mutating func quantiles() throws(ReleaseDecodingError) -> ReleasedQuantiles {
    var lists: [String: [Rational]] = [:]
    var fractions: [String: Rational] = [:]
    var integers: [String: BigInteger] = [:]
    var bins: [[Int64]]?
    var cells: [[EstimatedInterval]]?
    var hasMechanism = false
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "at", "thresholds":
        lists[name] = try cursor.list { cursor throws(ReleaseDecodingError) in
          try cursor.rational()
        }
      case "bins":
        bins = try cursor.list { cursor throws(ReleaseDecodingError) in
          try cursor.list { cursor throws(ReleaseDecodingError) in try cursor.int64() }
        }
      case "cells":
        cells = try cursor.list { cursor throws(ReleaseDecodingError) in
          try cursor.list { cursor throws(ReleaseDecodingError) in try cursor.interval() }
        }
      case "epsilon", "scale": fractions[name] = try cursor.positiveRational()
      case "half_width", "sensitivity": integers[name] = try cursor.natural()
      case "mechanism":
        try cursor.constant(Certificate.mechanism)
        hasMechanism = true
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    _ = try Self.required(hasMechanism ? true : nil, "mechanism")
    return ReleasedQuantiles(
      thresholds: try Self.required(lists["thresholds"], "thresholds"),
      ranks: try Self.required(lists["at"], "at"),
      epsilon: try Self.required(fractions["epsilon"], "epsilon"),
      sensitivity: try Self.required(integers["sensitivity"], "sensitivity"),
      scale: try Self.required(fractions["scale"], "scale"),
      halfWidth: try Self.required(integers["half_width"], "half_width"),
      bins: try Self.required(bins, "bins"),
      cells: try Self.required(cells, "cells")
    )
  }
}
