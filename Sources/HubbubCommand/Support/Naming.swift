// Naming.swift: names of releases and accounts as the user gives them, or as they are made.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// Names of releases.
enum ReleaseNaming {
  /// Reads an id from the command line.
  static func read(_ text: String) throws(CommandFailure) -> ReleaseID {
    do {
      return try ReleaseID(text)
    } catch {
      throw .invalid(
        "the id `\(text.prefix(40))` is malformed; write 1 to \(ReleaseID.longest) letters, digits, "
          + "dots, underscores and hyphens, a letter or digit first"
      )
    }
  }

  /// Makes an id that nobody has used: the day and 64 random bits.
  static func fresh() throws(CommandFailure) -> ReleaseID {
    let word = String(Entropy.words(1)[0], radix: 16)
    return try read("\(Today.label)-" + String(repeating: "0", count: 16 - word.count) + word)
  }
}

/// Accounts of a ledger.
enum Accounts {
  /// The account that the user names, or the only one there is.
  static func resolve(
    _ named: String?,
    in ledger: OpenedLedger
  ) throws(CommandFailure) -> String {
    if let named { return named }
    let known = try asking { () throws(LedgerError) in try ledger.datasets() }
    guard let only = known.first, known.count == 1 else {
      throw .invalid(
        "the ledger has \(known.count) accounts; name one with --dataset: "
          + known.joined(separator: ", ")
      )
    }
    return only
  }
}
