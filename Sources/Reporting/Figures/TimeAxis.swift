// TimeAxis.swift: days, weeks and months at their true distances.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// Days, weeks or months in their order, and where each stands between the first and the last.
struct TimeAxis {
  /// The labels in the order of time.
  let labels: [String]
  /// Where each stands, from 0 to 1.
  let places: [Double]
  /// The position of each label among those that were given.
  let order: [Int]
  /// Whether the period before each is the one just before it.
  let follows: [Bool]

  /// The keys that hold times, from the finest.
  static let keys = ["day", "week", "month"]

  /// Puts labels in order; `nil` where one is no such label, or there are fewer than two.
  ///
  /// - Parameters:
  ///   - labels: The labels of days, weeks or months.
  ///   - key: Which of these they are.
  ///   - isWhole: Whether the labels are all that there are, so that each follows on the one before.
  init?(_ labels: [String], key: String, isWhole: Bool = false) {
    var numbers: [Int64] = []
    for label in labels {
      guard let number = Self.number(of: label, key: key) else { return nil }
      numbers.append(number)
    }
    order = labels.indices.sorted { numbers[$0] < numbers[$1] }
    guard let first = order.first, let last = order.last, numbers[first] < numbers[last] else {
      return nil
    }
    let span = Double(numbers[last] - numbers[first])
    self.labels = order.map { labels[$0] }
    places = order.map { Double(numbers[$0] - numbers[first]) / span }
    follows = zip(order, order.dropFirst()).reduce(into: [false]) { result, pair in
      result.append(isWhole || numbers[pair.1] - numbers[pair.0] == 1)
    }
  }

  /// The number of a period, one more for each next one; `nil` where the label is none.
  private static func number(of label: String, key: String) -> Int64? {
    switch key {
    case "day":
      return CivilDay(label)?.number
    case "week":
      let parts = label.split(separator: "W", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].hasSuffix("-"), parts[1].utf8.count == 2,
        let week = Int64(parts[1]), (1...53).contains(week),
        let fourth = CivilDay(parts[0] + "01-04")
      else { return nil }
      // The fourth of January is in the first week, whatever its weekday; day 0 is a Thursday.
      return (fourth.number + 3).quotient(by: 7) + week - 1
    case "month":
      guard label.utf8.count == 7, CivilDay(label + "-01") != nil,
        let year = Int64(label.prefix(4)), let month = Int64(label.suffix(2))
      else { return nil }
      return year * 12 + month
    default:
      return nil
    }
  }
}

extension Int64 {
  /// The quotient, rounded down.
  fileprivate func quotient(by divisor: Int64) -> Int64 {
    self / divisor - (self % divisor < 0 ? 1 : 0)
  }
}
