// LedgerPlace.swift: which ledger a command means.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Hubbub

/// Which ledger a command means.
enum LedgerPlace {
  /// The ledger that the user names, else `$HUBBUB_LEDGER`, else `hubbub.ledger` here.
  static func resolve(_ named: String?) throws(CommandFailure) -> String {
    let place = named ?? environment ?? "hubbub.ledger"
    guard !place.isEmpty else {
      throw .invalid("the place of the ledger is empty; write a path such as hubbub.ledger")
    }
    guard !place.hasPrefix("postgres://"), !place.hasPrefix("postgresql://") else {
      throw .invalid("ledgers in PostgreSQL are not offered by this version; write a path")
    }
    return place
  }

  /// Opens the ledger.
  static func open(_ named: String?) throws(CommandFailure) -> SQLiteLedger {
    let place = try resolve(named)
    return try asking { () throws(LedgerError) in try SQLiteLedger(opening: place) }
  }

  private static var environment: String? {
    guard let value = getenv("HUBBUB_LEDGER") else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}

/// The option `--ledger`.
struct LedgerOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The ledger's file; else $HUBBUB_LEDGER, else hubbub.ledger in this folder.",
      valueName: "path"
    )
  )
  var ledger: String?
}

/// The ledger as the first argument, or as `--ledger`.
struct LedgerArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The ledger's file; else $HUBBUB_LEDGER, else hubbub.ledger in this folder.",
      valueName: "ledger"
    )
  )
  var place: String?

  @OptionGroup var option: LedgerOption

  /// The place that the user names, if any.
  func named() throws(CommandFailure) -> String? {
    if let place, let other = option.ledger, place != other {
      throw .invalid("two ledgers are named, \(place) and \(other); name one")
    }
    return place ?? option.ledger
  }
}
