// ChoiceKey.swift: the secret by which a unit's cells and signals are chosen.
// SPDX-License-Identifier: Apache-2.0

import Sampling

/// The secret by which a unit's cells and signals are chosen, drawn afresh for each release.
///
/// - Privacy: The guarantee does not rest on it; that everybody's cells are chosen fairly does.
struct ChoiceKey: Sendable {
  let words: (UInt64, UInt64, UInt64, UInt64)

  /// Draws a key from the kernel.
  static func drawn() -> ChoiceKey {
    let words = Entropy.words(4)
    return ChoiceKey(words: (words[0], words[1], words[2], words[3]))
  }
}
