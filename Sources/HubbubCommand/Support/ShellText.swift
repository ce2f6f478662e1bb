// ShellText.swift: commands that a user can paste into a shell.
// SPDX-License-Identifier: Apache-2.0

/// Words as a shell reads them.
enum ShellText {
  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,".utf8
  )

  /// A word that the shell reads as exactly this text; quoted only where it has to be.
  static func quoted(_ word: String) -> String {
    if !word.isEmpty, word.utf8.allSatisfy(plain.contains) { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
