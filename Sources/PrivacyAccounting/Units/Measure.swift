// Measure.swift: what is counted in each cell.
// SPDX-License-Identifier: Apache-2.0

/// What is counted in each cell.
public enum Measure: String, Sendable, Hashable, CaseIterable {
  /// The number of signals, after bounding.
  case signals
  /// The number of distinct privacy units, after bounding.
  case units
}
