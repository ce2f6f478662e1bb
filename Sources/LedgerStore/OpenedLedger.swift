// OpenedLedger.swift: a ledger by its place, a file or a database.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// A ledger by its place: the path of a file, or `postgres://...` of a database.
public struct OpenedLedger: DurableLedger {
  /// What the steps of the ledger run on.
  public let storage: LedgerStorage

  /// Whether this program was built to reach ledgers in PostgreSQL.
  public static var reachesPostgreSQL: Bool {
    #if PostgreSQL
    true
    #else
    false
    #endif
  }

  /// Whether a place is the address of a PostgreSQL database and not a path.
  public static func isPostgreSQL(_ place: String) -> Bool {
    place.hasPrefix("postgres://") || place.hasPrefix("postgresql://")
  }

  /// Opens a ledger, and never creates one.
  ///
  /// - Throws: `LedgerError.unavailable`, whose kind tells why.
  public init(opening place: String) throws(LedgerError) {
    try self.init(opening: place, clock: LedgerClock.now)
  }

  /// Opens a ledger with another clock.
  package init(
    opening place: String,
    clock: @escaping @Sendable () -> String
  ) throws(LedgerError) {
    guard Self.isPostgreSQL(place) else {
      storage = try SQLiteLedger(opening: place, clock: clock).storage
      return
    }
    #if PostgreSQL
    storage = try PostgresLedger(opening: place, clock: clock).storage
    #else
    throw Self.withoutPostgreSQL
    #endif
  }

  /// Opens an account: in a new ledger, or as one more account of one that exists.
  ///
  /// - Throws: `LedgerError.accountExists` where the ledger has the account already,
  ///   `.unavailable` where no ledger can be written there.
  public static func create(at place: String, policy: LedgerPolicy) throws(LedgerError) {
    guard isPostgreSQL(place) else { return try SQLiteLedger.create(at: place, policy: policy) }
    #if PostgreSQL
    try PostgresLedger.create(at: place, policy: policy)
    #else
    throw withoutPostgreSQL
    #endif
  }

  /// A place as it may be shown: without the password and options of an address.
  public static func shown(_ place: String) -> String {
    guard isPostgreSQL(place) else { return place }
    #if PostgreSQL
    return (try? PostgresAddress(place))?.place ?? "postgres://"
    #else
    return "postgres://"
    #endif
  }

  #if !PostgreSQL
  private static var withoutPostgreSQL: LedgerError {
    .unavailable(
      LedgerFailure(
        kind: .missing,
        place: "postgres://",
        detail: "this program was built without PostgreSQL; "
          + "build it with `swift build --traits PostgreSQL`"
      )
    )
  }
  #endif
}
