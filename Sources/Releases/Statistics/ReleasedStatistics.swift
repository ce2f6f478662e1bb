// ReleasedStatistics.swift: what is derived from the noisy numbers of a release, each time alike.
// Reference: `docs/measures.md`; `docs/decisions/0009-measures.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// What is derived from the noisy numbers of a release, and the histogram that quantiles are read off.
public struct ReleasedStatistics: Sendable, Hashable {
  /// The probability that each interval holds what it is said to.
  public let confidence: Rational
  /// The mean of each cell.
  public let mean: ReleasedMean?
  /// The quantiles of each cell.
  public let quantiles: ReleasedQuantiles?
  /// The share of each cell.
  public let share: ReleasedShare?
  /// The values with the most signals.
  public let top: ReleasedTop?
}

/// What is to be derived, and the noisy histogram that it is derived from.
package struct StatisticsForm: Sendable {
  /// A noisy histogram with what was asked of it.
  package struct Histogram: Sendable {
    let thresholds: [Rational]
    let ranks: [Rational]
    package let epsilon: Rational
    let bins: [[Int64]]

    package init(thresholds: [Rational], ranks: [Rational], epsilon: Rational, bins: [[Int64]]) {
      self.thresholds = thresholds
      self.ranks = ranks
      self.epsilon = epsilon
      self.bins = bins
    }
  }

  /// The total that a cell's share is a part of.
  package enum Total: Sendable {
    case all
    case over(String)
  }

  let confidence: Rational
  package var hasMean = false
  package var share: Total?
  package var quantiles: Histogram?
  package var top: (key: String, count: Int)?

  package init(confidence: Rational) { self.confidence = confidence }

  /// Whether nothing is derived.
  package var isEmpty: Bool {
    !hasMean && share == nil && quantiles == nil && top == nil
  }

  /// What a release claims to have derived.
  init(_ claimed: ReleasedStatistics) {
    confidence = claimed.confidence
    hasMean = claimed.mean != nil
    share = claimed.share.map { $0.over.map(Total.over) ?? .all }
    top = claimed.top.map { ($0.key, $0.count) }
    quantiles = claimed.quantiles.map {
      Histogram(thresholds: $0.thresholds, ranks: $0.ranks, epsilon: $0.epsilon, bins: $0.bins)
    }
  }

  /// Derives it; what the measures and cells do not allow is left out.
  ///
  /// - Precondition: Thresholds and ranks rise, every cell has one bin more than there are thresholds,
  ///   and all scales are ones that are taken.
  package func derived(
    _ bounds: ContributionBounds,
    _ query: ReleaseQuery,
    _ measures: [ReleasedMeasure],
    _ cells: [ReleasedCell]
  ) -> ReleasedStatistics {
    var over: String?
    if case .over(let key) = share { over = key }
    return ReleasedStatistics(
      confidence: confidence,
      mean: hasMean ? ReleasedMean(measures, cells, confidence: confidence) : nil,
      quantiles: quantiles.map {
        ReleasedQuantiles(
          thresholds: $0.thresholds,
          ranks: $0.ranks,
          epsilon: $0.epsilon,
          bounds: bounds,
          bins: $0.bins,
          confidence: confidence
        )
      },
      share: share == nil
        ? nil : ReleasedShare(over: over, query, measures, cells, confidence: confidence),
      top: top.flatMap {
        ReleasedTop(
          key: $0.key,
          count: $0.count,
          query,
          measures,
          cells,
          confidence: confidence
        )
      }
    )
  }
}

extension JSONWriter {
  /// Appends what was derived, on one line.
  mutating func statistics(_ statistics: ReleasedStatistics) {
    raw("{\"confidence\":")
    rational(statistics.confidence)
    if let part = statistics.mean {
      raw(",\"mean\":")
      mean(part)
    }
    if let part = statistics.quantiles {
      raw(",\"quantiles\":")
      quantiles(part)
    }
    if let part = statistics.share {
      raw(",\"share\":")
      share(part)
    }
    if let part = statistics.top {
      raw(",\"top\":")
      top(part)
    }
    raw("}")
  }
}

extension JSONCursor {
  /// Reads what was derived.
  mutating func statistics() throws(ReleaseDecodingError) -> ReleasedStatistics {
    var confidence: Rational?
    var mean: ReleasedMean?
    var quantiles: ReleasedQuantiles?
    var share: ReleasedShare?
    var top: ReleasedTop?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "confidence": confidence = try cursor.positiveRational()
      case "mean": mean = try cursor.mean()
      case "quantiles": quantiles = try cursor.quantiles()
      case "share": share = try cursor.share()
      case "top": top = try cursor.top()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return ReleasedStatistics(
      confidence: try Self.required(confidence, "confidence"),
      mean: mean,
      quantiles: quantiles,
      share: share,
      top: top
    )
  }
}
