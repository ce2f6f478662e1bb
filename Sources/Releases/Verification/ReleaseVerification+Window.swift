// ReleaseVerification+Window.swift: the window that was counted, read as times.
// Reference: [RFC3339]; `docs/formats.md`, section "release.json".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension ReleaseVerification {
  /// Holds the window to be from one time to a later one, and to be there where a run counts its own.
  static func window(of body: ReleaseBody) -> [Finding] {
    guard let window = body.query.window else {
      guard body.schedule != nil, readsTimes(body) else { return [] }
      return [
        Finding(
          what: "query.window",
          claimed: "none",
          derived: "the run's own period, because times are read"
        )
      ]
    }
    guard seconds(of: window) == nil else { return [] }
    return [
      Finding(
        what: "query.window",
        claimed: window.joined(separator: " to "),
        derived: "two dates or times, the second later than the first"
      )
    ]
  }

  /// Whether the query cannot do without times: a key is made of them, or what is protected is.
  private static func readsTimes(_ body: ReleaseBody) -> Bool {
    body.privacy.unit != .person
      || body.query.keys.contains { ["day", "week", "month"].contains($0.name) }
  }

  /// Both ends in seconds since 1970; `nil` where they are not times, or not in order.
  static func seconds(of window: [String]) -> (from: Int64, to: Int64)? {
    guard window.count == 2, let from = WrittenTime.seconds(window[0]),
      let to = WrittenTime.seconds(window[1]), from < to
    else { return nil }
    return (from, to)
  }
}

/// A time as a spec writes it: `2026-11-01`, or with a time of day, and a zone that is UTC if left out.
private struct WrittenTime {
  private var rest: Substring.UTF8View

  /// Seconds since 1970; `nil` for what is no such time.
  static func seconds(_ text: String) -> Int64? {
    guard let day = CivilDay(text.prefix(10)) else { return nil }
    var reader = WrittenTime(rest: text.dropFirst(10).utf8)
    if reader.rest.isEmpty { return day.firstSecond }
    guard let clock = reader.clock(), let offset = reader.offset(), reader.rest.isEmpty else {
      return nil
    }
    return day.firstSecond + clock - offset
  }

  private mutating func take(_ bytes: String) -> UInt8? {
    guard let first = rest.first, bytes.utf8.contains(first) else { return nil }
    rest = rest.dropFirst()
    return first
  }

  /// Two digits that make at most `largest`.
  private mutating func pair(_ largest: Int64) -> Int64? {
    guard let tens = take("0123456789"), let ones = take("0123456789") else { return nil }
    let value = Int64(tens - 0x30) * 10 + Int64(ones - 0x30)
    return value <= largest ? value : nil
  }

  /// The time of day in seconds; a leap second counts with the one before it.
  private mutating func clock() -> Int64? {
    guard take("Tt ") != nil, let hour = pair(23), take(":") != nil, let minute = pair(59) else {
      return nil
    }
    var second: Int64 = 0
    if take(":") != nil {
      guard let value = pair(60) else { return nil }
      second = min(value, 59)
      if take(".,") != nil {
        guard take("0123456789") != nil else { return nil }
        while take("0123456789") != nil {}
      }
    }
    return hour * 3600 + minute * 60 + second
  }

  /// The seconds that the clock is ahead of UTC.
  private mutating func offset() -> Int64? {
    if rest.isEmpty || take("Zz") != nil { return 0 }
    guard let sign = take("+-"), let hours = pair(23) else { return nil }
    var minutes: Int64 = 0
    if !rest.isEmpty {
      _ = take(":")
      guard let value = pair(59) else { return nil }
      minutes = value
    }
    return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
  }
}
