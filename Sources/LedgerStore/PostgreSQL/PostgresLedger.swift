// PostgresLedger.swift: a durable ledger in a PostgreSQL database, shared by several machines.
// Reference: `docs/formats.md`, section "Ledger in PostgreSQL".
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
import PrivacyAccounting

/// A ledger in a PostgreSQL database, which several machines may use at once.
///
/// Every step is one transaction that locks the chain and the account before it reads them. When
/// the connection is lost it is made anew: a step of which nothing came is run again once, and
/// of a commit whose reply was lost the server is asked how it ended.
///
/// - Privacy: No account ever holds more than its caps: a step that would pass one is undone
///   whole.
public final class PostgresLedger: DurableLedger {
  private let database: PostgresDatabase

  /// Opens the ledger that a connection string leads to, and never creates one.
  ///
  /// What the string leaves open is taken from the environment, as `psql` does it: `PGPASSWORD`,
  /// `PGPASSFILE`, `PGSSLMODE` and so on.
  ///
  /// - Throws: `LedgerError.unavailable`, which never repeats the password.
  public convenience init(opening address: String) throws(LedgerError) {
    try self.init(opening: address, clock: LedgerClock.now)
  }

  /// Opens a ledger with another clock, or another patience.
  package init(
    opening address: String,
    clock: @escaping @Sendable () -> String = LedgerClock.now,
    patience: PostgresPatience = PostgresPatience()
  ) throws(LedgerError) {
    database = PostgresDatabase(try PostgresAddress(address), patience: patience, clock: clock)
    try database.open()
  }

  /// Opens an account: in a database that has no ledger yet, or as one more account of a ledger.
  ///
  /// - Throws: `LedgerError.accountExists` where the ledger has the account already,
  ///   `.unavailable` where no ledger can be written there.
  public static func create(
    at address: String,
    policy: LedgerPolicy
  ) throws(LedgerError) {
    let database = PostgresDatabase(
      try PostgresAddress(address),
      patience: PostgresPatience(),
      clock: LedgerClock.now
    )
    try database.makeTables()
    try database.write { rules in try rules.create(policy) }
  }

  /// What the steps of a ledger run on.
  public var storage: LedgerStorage { LedgerStorage(database: database) }

  /// Lets tests do something before each statement and between its sending and its reply; they
  /// get the statement, whether it was sent, the server's process and the socket.
  package func interfere(_ interference: ((String, Bool, Int32, Int32) -> Void)?) {
    database.interfere(interference)
  }
}
#endif
