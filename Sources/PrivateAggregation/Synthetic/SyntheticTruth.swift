// SyntheticTruth.swift: the exact counts of made-up signals, which nobody needs to keep secret.
// SPDX-License-Identifier: Apache-2.0

/// The exact counts of one cell of made-up signals, without any bound.
public struct SyntheticCount: Sendable, Hashable {
  /// The code of the region.
  public let region: String
  /// The name of the intent.
  public let intent: String
  /// The number of signals.
  public let signals: Int
  /// The number of distinct units.
  public let units: Int
  /// The number of signals with valid consent.
  public let consentedSignals: Int
  /// The number of distinct units with such a signal.
  public let consentedUnits: Int
}

extension SyntheticSignals {
  /// The exact counts of every region and intent, in the order of the lists, without any bound.
  ///
  /// - Privacy: The truth about made-up signals. Real signals have no such function.
  /// - Complexity: O(count) time, O(regions x intents) memory.
  public func truth() -> [SyntheticCount] {
    let width = intents.count
    let cells = regions.count * width
    var signals = [Int](repeating: 0, count: cells)
    var units = signals
    var consentedSignals = signals
    var consentedUnits = signals
    // The last unit that was counted in a cell; each unit's signals are looked at in one go.
    var seen = [Int32](repeating: -1, count: cells)
    var seenConsented = seen
    for unit in 0..<unitCount {
      for place in places(ofUnit: unit) {
        let signal = signal(at: place, unit: unit)
        let cell = signal.region * width + signal.intent
        signals[cell] += 1
        if seen[cell] != Int32(unit) { units[cell] += 1 }
        seen[cell] = Int32(unit)
        guard signal.isConsented else { continue }
        consentedSignals[cell] += 1
        if seenConsented[cell] != Int32(unit) { consentedUnits[cell] += 1 }
        seenConsented[cell] = Int32(unit)
      }
    }
    return (0..<cells).map { cell in
      SyntheticCount(
        region: regions[cell / width],
        intent: intents[cell % width],
        signals: signals[cell],
        units: units[cell],
        consentedSignals: consentedSignals[cell],
        consentedUnits: consentedUnits[cell]
      )
    }
  }
}
