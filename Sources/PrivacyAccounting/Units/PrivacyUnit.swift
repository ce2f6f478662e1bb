// PrivacyUnit.swift: what a release protects.
// SPDX-License-Identifier: Apache-2.0

/// What is protected: whose presence or absence a release hides.
public enum PrivacyUnit: String, Sendable, Hashable, CaseIterable {
  /// One person over the whole data set.
  case person
  /// One person on one UTC day.
  case personDay = "person-day"
  /// One person in one ISO week, UTC.
  case personWeek = "person-week"
}
