// NoiseChecks.swift: what draws of the discrete Laplace law must look like.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Compares draws with the law of a scale, computed here in floating point on its own.
///
/// Each check gives the chance that true draws look as far off; a test rejects below `rate`.
struct NoiseChecks {
  /// The false-alarm rate of one check.
  ///
  /// A set of draws has at most ten, so true draws are
  /// rejected with a probability of at most 1e-6.
  static let rate = 1e-7

  /// The chance of a false alarm by check.
  let falseAlarms: [String: Double]

  /// The checks that reject the draws.
  var rejections: [String] { falseAlarms.filter { $0.value < Self.rate }.keys.sorted() }

  init(_ values: [Int64], scale: Double) {
    let law = Law(scale: scale)
    let cells = law.cells(60, draws: values.count)
    var found: [String: Double] = [:]
    if cells.count > 1 {
      found["probabilities"] = Self.compare(values, with: cells)
    }
    let nonzero = values.filter { $0 != 0 }
    found["zeros"] = BinomialCount.falseAlarm(
      values.count - nonzero.count,
      of: values.count,
      probability: law.zero
    )
    if !nonzero.isEmpty {
      found["signs"] = BinomialCount.falseAlarm(
        nonzero.count { $0 < 0 },
        of: nonzero.count,
        probability: 0.5
      )
    }
    for multiple in [1.0, 3, 6] {
      let k = Int64((scale * multiple).rounded(.up))
      found["tail at \(multiple) scales"] = BinomialCount.falseAlarm(
        values.count { $0.magnitude >= k.magnitude },
        of: values.count,
        probability: law.tail(k)
      )
    }
    let few = law.cells(6, draws: values.count / 40)
    if few.count > 1 {
      for lag in [1, 8] {
        found["pairs at distance \(lag)"] = Self.comparePairs(values, few, lag: lag)
      }
    }
    falseAlarms = found
  }

  /// The law in floating point.
  private struct Law {
    let scale: Double
    let q: Double

    init(scale: Double) {
      self.scale = scale
      q = exp(-1 / scale)
    }

    /// `P(X = 0) = tanh(1 / 2b)`.
    var zero: Double { min(tanh(1 / (2 * scale)), 1 - 1e-15) }

    /// `P(|X| >= k)` for `k >= 1`.
    func tail(_ k: Int64) -> Double { max(2 * exp(-Double(k) / scale) / (1 + q), 1e-300) }

    /// `P(X <= x)`.
    func cumulative(_ x: Int64) -> Double {
      x < 0
        ? exp(Double(x) / scale) / (1 + q)
        : 1 - exp(-Double(x + 1) / scale) / (1 + q)
    }

    /// Cuts the integers into at most `count` cells of about equal probability, each with enough
    /// draws; a cell is the integers from its lower bound to the next one's.
    func cells(_ count: Int, draws: Int) -> [(lower: Int64, probability: Double)] {
      var bounds: [Int64] = []
      for index in 1..<count {
        let p = Double(index) / Double(count)
        // Where the cumulative probability first reaches p.
        let x =
          p < 0.5
          ? scale * log(p * (1 + q)) : -scale * log((1 - p) * (1 + q)) - 1
        let bound = Int64(x.rounded(.up)) + 1
        if bound != bounds.last { bounds.append(bound) }
      }
      var cells: [(lower: Int64, probability: Double)] = []
      var lower = Int64.min
      var below = 0.0
      let least = ChiSquared.leastExpected / Double(draws)
      for bound in bounds {
        let reached = cumulative(bound - 1)
        guard reached - below >= least, 1 - reached >= least else { continue }
        cells.append((lower, reached - below))
        (lower, below) = (bound, reached)
      }
      cells.append((lower, 1 - below))
      return cells
    }
  }

  /// The number of the cell of a value.
  private static func cell(
    _ value: Int64,
    in cells: [(lower: Int64, probability: Double)]
  ) -> Int {
    var (low, high) = (0, cells.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if cells[middle].lower <= value { low = middle } else { high = middle }
    }
    return low
  }

  private static func compare(
    _ values: [Int64],
    with cells: [(lower: Int64, probability: Double)]
  ) -> Double {
    var observed = [Int](repeating: 0, count: cells.count)
    for value in values { observed[cell(value, in: cells)] += 1 }
    return ChiSquared(observed: observed, probabilities: cells.map(\.probability)).falseAlarm
  }

  /// Compares pairs that do not overlap with the product of the probabilities.
  private static func comparePairs(
    _ values: [Int64],
    _ cells: [(lower: Int64, probability: Double)],
    lag: Int
  ) -> Double {
    var observed = [Int](repeating: 0, count: cells.count * cells.count)
    for start in stride(from: 0, to: values.count - 2 * lag + 1, by: 2 * lag) {
      for index in start..<(start + lag) {
        let first = cell(values[index], in: cells)
        observed[first * cells.count + cell(values[index + lag], in: cells)] += 1
      }
    }
    let products = cells.flatMap { first in
      cells.map { first.probability * $0.probability }
    }
    return ChiSquared(observed: observed, probabilities: products).falseAlarm
  }
}
