// ValueTally.swift: counts, sums and histograms of every cell while they are added up.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Counts, sums and histograms of every cell while values are added up; one thread at a time.
///
/// - Privacy: Secret, as the aggregate that it becomes.
final class ValueTally {
  /// The most that a sum may come to, in steps.
  ///
  /// What is beyond is held there, which changes by no more than the sum did. A sum of fewer signals than 2^31 never gets there.
  static let largestSum: Int64 = 1 << 62

  private let measures: [Measure]
  private let thresholds: [Int64]
  private let lowest: Int64
  private let cellCount: Int
  private var signals: [Int64]
  private var units: [Int64]
  /// The sums of each measure that is one, in the order of the measures.
  ///
  /// They cannot run over: each
  /// signal adds fewer than 2^32, and nobody reads 2^95 of them.
  private var sums: [[Int128]]
  private var bins: [Int64]
  /// What one unit adds to the cell at hand.
  private var own: [Int64]

  init(_ plan: AggregationPlan) {
    measures = plan.measures.map(\.measure)
    let statistics = plan.specification.statistics
    thresholds = statistics?.quantiles?.thresholds ?? []
    lowest = statistics?.values?.range.low ?? 0
    cellCount = plan.cellCount
    signals = Array(repeating: 0, count: cellCount)
    units = signals
    sums = measures.map { $0.range == nil ? [] : Array(repeating: 0, count: plan.cellCount) }
    let binCount = thresholds.isEmpty ? 0 : thresholds.count + 1
    bins = Array(repeating: 0, count: cellCount * binCount)
    own = Array(repeating: 0, count: measures.count)
  }

  /// The 16-byte counts for one cell that a plan needs, rounded up.
  static func weight(of plan: AggregationPlan) -> Int {
    let sums = plan.measures.count { $0.measure.range != nil }
    let bins = plan.specification.statistics?.quantiles?.binCount ?? 0
    return 1 + sums + (bins + 1) / 2
  }

  /// Adds what one unit keeps in one cell: how many signals of each value.
  func add(_ cell: UInt32, _ values: some Sequence<(index: UInt32, count: Int)>) {
    let cell = Int(cell)
    var total = 0
    // A unit keeps at most 2^31 signals in a cell, each of fewer than 2^31 steps.
    for place in own.indices { own[place] = 0 }
    for (index, count) in values {
      let steps = lowest + Int64(index)
      total += count
      for (place, measure) in measures.enumerated() {
        switch measure {
        case .signals, .units: break
        case .sum(let range): own[place] += range.clamp(steps) * Int64(count)
        case .cellSum: own[place] += steps * Int64(count)
        case .deviation(let range):
          own[place] += (range.clamp(steps) - range.middle) * Int64(count)
        }
      }
      if !thresholds.isEmpty { bins[cell * (thresholds.count + 1) + bin(steps)] += Int64(count) }
    }
    for (place, measure) in measures.enumerated() where measure.range != nil {
      if case .cellSum(let range) = measure { own[place] = range.clamp(own[place]) }
      sums[place][cell] += Int128(own[place])
    }
    signals[cell] += Int64(total)
    units[cell] += 1
  }

  /// The number of thresholds below a value, by halving.
  private func bin(_ steps: Int64) -> Int {
    var low = 0
    var high = thresholds.count
    while low < high {
      let middle = (low + high) / 2
      if thresholds[middle] < steps { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The numbers of all cells for each measure in the order of the plan, and the bins of the histogram,
  /// cell by cell.
  var totals: (counts: [[Int64]], bins: [Int64]) {
    let limit = Int128(Self.largestSum)
    let counts = zip(measures, sums).map { measure, sums in
      switch measure {
      case .signals: signals
      case .units: units
      case .sum, .cellSum, .deviation:
        sums.map { Int64(truncatingIfNeeded: min(max($0, -limit), limit)) }
      }
    }
    return (counts, bins)
  }
}

extension ValueRange {
  /// A number of steps, moved to the nearer end where it lies outside.
  func clamp(_ steps: Int64) -> Int64 { min(max(steps, low), high) }
}
