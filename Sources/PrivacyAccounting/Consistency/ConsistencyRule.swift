// ConsistencyRule.swift: what is made of noisy counts that should add up.
// Reference: `docs/hierarchies.md`.
// SPDX-License-Identifier: Apache-2.0

/// What is made of the noisy numbers of signals, so that they add up.
public enum ConsistencyRule: String, Sendable, Hashable, CaseIterable {
  /// Nothing.
  case none
  /// The exact fractions of the least squares.
  case exact
  /// These, and beside them whole numbers from zero on that add up too.
  case whole
}
