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
    guard !OpenedLedger.isPostgreSQL(place) || OpenedLedger.reachesPostgreSQL else {
      throw .invalid(
        "this program was built without PostgreSQL; write a path, or build it with "
          + "`swift build -c release --traits PostgreSQL`, which needs libpq-dev"
      )
    }
    return place
  }

  /// Opens the ledger.
  static func open(_ named: String?) throws(CommandFailure) -> OpenedLedger {
    let place = try resolve(named)
    return try asking { () throws(LedgerError) in try OpenedLedger(opening: place) }
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
      "The ledger's file or postgres://...; else $HUBBUB_LEDGER, else hubbub.ledger here.",
      valueName: "path"
    )
  )
  var ledger: String?
}

/// The ledger as the first argument, or as `--ledger`.
struct LedgerArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The ledger's file or postgres://...; else $HUBBUB_LEDGER, else hubbub.ledger here.",
      valueName: "ledger"
    )
  )
  var place: String?

  @OptionGroup var option: LedgerOption

  /// The place that the user names, if any.
  func named() throws(CommandFailure) -> String? {
    if let place, let other = option.ledger, place != other {
      throw .invalid(
        "two ledgers are named, \(OpenedLedger.shown(place)) and \(OpenedLedger.shown(other)); "
          + "name one"
      )
    }
    return place ?? option.ledger
  }
}
