// ExactDecimal.swift: decimal numbers that are read and written exactly, in billionths.
// SPDX-License-Identifier: Apache-2.0

/// Decimal numbers with at most nine digits behind the point, counted in billionths.
package enum ExactDecimal {
  /// The billionths in one.
  package static let one: Int64 = 1_000_000_000

  /// The shortest text of a number of billionths: no exponent, no zeros at the end, no `-0`.
  package static func text(_ billionths: Int64) -> String {
    let whole = billionths.magnitude / one.magnitude
    let rest = billionths.magnitude % one.magnitude
    let sign = billionths < 0 ? "-" : ""
    guard rest > 0 else { return "\(sign)\(whole)" }
    var digits = String(rest)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return "\(sign)\(whole).\(digits)"
  }

  /// Whether a text is the shortest one of its number, with at most 12 digits in front of the point and
  /// 12 behind.
  package static func isShortest(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, (1...12).contains(whole.count),
      parts.allSatisfy({ part in part.allSatisfy { (0x30...0x39).contains($0) } })
    else { return false }
    if whole.count > 1, whole.first == 0x30 { return false }
    guard parts.count == 2 else { return !isNegative || whole.first != 0x30 }
    return (1...12).contains(parts[1].count) && parts[1].last != 0x30
  }

  /// The billionths of a shortest text; `nil` for any other text and for more than nine digits behind
  /// the point.
  package static func billionths(_ text: String) -> Int64? {
    guard isShortest(text) else { return nil }
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    let parts = digits.split(separator: UInt8(ascii: "."))
    let behind = parts.count == 2 ? parts[1].count : 0
    guard behind <= 9 else { return nil }
    var value: Int64 = 0
    for part in parts {
      for digit in part {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        value = product + Int64(digit - 0x30)
      }
    }
    for _ in behind..<9 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return text.utf8.first == UInt8(ascii: "-") ? -value : value
  }
}
