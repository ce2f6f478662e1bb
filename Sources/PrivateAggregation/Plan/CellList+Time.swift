// CellList+Time.swift: the days, weeks or months of a window as a list of cells.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

extension CellList {
  /// The most values that are derived from a window.
  package static let mostDerived = 100_000

  /// Every value of a time key within a window; `nil` where they are more than `mostDerived`.
  ///
  /// - Precondition: The key is read from times.
  package init?(of key: GroupKey, within window: TimeWindow) {
    precondition(key.column == .time, "a key of time")
    let first = CivilDay(ofSecond: window.from).number
    let last = CivilDay(ofSecond: window.to - 1).number
    guard last - first < Int64(Self.mostDerived * 31) else { return nil }
    var values: [String] = []
    for number in first...last {
      let value = key.label(of: CivilDay(number))
      if values.last != value { values.append(value) }
    }
    guard values.count <= Self.mostDerived else { return nil }
    let digest = ReleaseVerification.sha256(values.flatMap { Array($0.utf8) + [0x0A] })
    self.init(values: values, listSHA256: digest, fileSHA256: nil)
  }
}

extension GroupKey {
  /// The value that a key of time has on a day.
  func label(of day: CivilDay) -> String {
    switch self {
    case .month: day.monthLabel
    case .week: day.weekLabel
    default: day.label
    }
  }
}
