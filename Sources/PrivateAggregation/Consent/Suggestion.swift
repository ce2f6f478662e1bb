// Suggestion.swift: the known word that is nearest to a misspelt one.
// Reference: [WF74].
// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody probably meant.
package enum Suggestion {
  /// The known word nearest to `word`, or `nil` where none is near: at most a third of its
  /// letters, and one more, may differ.
  package static func nearest(to word: String, among known: [String]) -> String? {
    let plain = folded(word)
    let ranked = known.map { (distance(plain, folded($0)), $0) }.min { $0.0 < $1.0 }
    guard let ranked, ranked.0 <= 1 + word.count / 3, ranked.0 < ranked.1.count else { return nil }
    return ranked.1
  }

  private static func folded(_ word: String) -> [UInt8] {
    word.lowercased().utf8.prefix(64).map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
  }

  /// The number of letters to insert, delete or replace.
  ///
  /// - Reference: [WF74].
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(diagonal + (a == b ? 0 : 1), above + 1, row[j] + 1)
        diagonal = above
      }
    }
    return row[right.count]
  }
}
