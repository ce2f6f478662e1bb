// Consent.swift: whether a signal may be counted at all.
// SPDX-License-Identifier: Apache-2.0

/// The rule on consent: a data rule, applied to each signal alone before anything is bounded.
enum Consent {
  /// Whether the text of a consent column allows the signal to be counted.
  ///
  /// `true`, `1` and `yes` do, in any case of letters. A date or time is an expiry: it does for
  /// signals whose own time is known and before it. Anything else does not.
  static func isValid(_ text: ByteSlice, at time: Int64?) -> Bool {
    if text.isWord("true") || text.isWord("1") || text.isWord("yes") { return true }
    if text.isWord("false") || text.isWord("0") || text.isWord("no") { return false }
    guard let time, let expiry = Timestamp.seconds(text) else { return false }
    return time < expiry
  }
}
