// SQLiteSchema.swift: the tables of a ledger in SQLite, as a list of steps to which steps are only ever added.
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables of a ledger, and the marks by which a file is known to be one.
enum SQLiteSchema {
  /// The application id in the file's header: the letters `HUBB`.
  static let applicationID: UInt32 = 0x4855_4242

  /// The version that this code writes: the number of steps.
  static var version: Int { steps.count }

  /// The tables and triggers that a ledger of a version has.
  static func objects(version: Int) -> Set<String> {
    let first: Set<String> = [
      "accounts", "balances", "entries", "entries_by_dataset", "entries_by_release", "releases",
      "entries_follow_on", "entries_stay", "entries_remain",
    ]
    let second: Set<String> = ["signatures", "signatures_stay", "signatures_remain"]
    let third: Set<String> = ["runs", "runs_by_release", "runs_remain", "releases_unfinished"]
    return first.union(version < 2 ? [] : second).union(version < 3 ? [] : third)
  }

  /// The first version that keeps schedules, and accounts that add up zCDP.
  static let firstWithSchedules = 3

  /// The version of a database.
  static func version(of database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
  }

  /// Brings a database to the current version, inside a transaction that writes.
  static func bringUp(_ database: Database) throws {
    let old = try version(of: database)
    guard old < version else { return }
    for step in steps[old...] { try database.execute(sql: step.sql) }
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// The steps from an empty file to the current version, each applied once, in this order.
  ///
  /// A step that has been published never changes; what a later version needs is a further step.
  static let steps: [(name: String, sql: String)] = [
    (
      "entries, accounts, releases and balances",
      """
      CREATE TABLE entries (
        position INTEGER PRIMARY KEY,
        previous TEXT NOT NULL,
        time TEXT NOT NULL,
        kind TEXT NOT NULL,
        dataset TEXT NOT NULL,
        release_id TEXT,
        attempt TEXT,
        analyst TEXT,
        day TEXT,
        epsilon TEXT,
        delta TEXT,
        slices TEXT,
        digest TEXT,
        data_pinned TEXT,
        body_sha256 TEXT,
        policy TEXT,
        hash TEXT NOT NULL
      );
      CREATE INDEX entries_by_dataset ON entries (dataset, position);
      CREATE INDEX entries_by_release ON entries (release_id, position)
        WHERE release_id IS NOT NULL;
      CREATE TRIGGER entries_follow_on BEFORE INSERT ON entries
        WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM entries)
        BEGIN SELECT RAISE(ABORT, 'an entry follows on the last one'); END;
      CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
      CREATE TRIGGER entries_remain BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'an entry is never removed'); END;

      CREATE TABLE accounts (
        dataset TEXT PRIMARY KEY,
        policy TEXT NOT NULL
      ) WITHOUT ROWID;

      CREATE TABLE releases (
        id TEXT PRIMARY KEY,
        dataset TEXT NOT NULL,
        state TEXT NOT NULL,
        attempt TEXT,
        analyst TEXT,
        day TEXT NOT NULL,
        epsilon TEXT NOT NULL,
        delta TEXT NOT NULL,
        slices TEXT,
        digest TEXT,
        data_pinned TEXT,
        position INTEGER,
        body BLOB
      );

      CREATE TABLE balances (
        dataset TEXT NOT NULL,
        cap TEXT NOT NULL,
        label TEXT NOT NULL,
        slice TEXT NOT NULL,
        epsilon TEXT NOT NULL,
        delta TEXT NOT NULL,
        PRIMARY KEY (dataset, cap, label, slice)
      ) WITHOUT ROWID;
      """
    ),
    (
      "signatures of releases, for accounts with a key",
      """
      CREATE TABLE signatures (
        position INTEGER PRIMARY KEY,
        value TEXT NOT NULL
      );
      CREATE TRIGGER signatures_stay BEFORE UPDATE ON signatures
        BEGIN SELECT RAISE(ABORT, 'a signature never changes'); END;
      CREATE TRIGGER signatures_remain BEFORE DELETE ON signatures
        BEGIN SELECT RAISE(ABORT, 'a signature is never removed'); END;
      """
    ),
    (
      "the runs of declared schedules, and a way to the releases that are not done",
      """
      CREATE TABLE runs (
        schedule TEXT NOT NULL,
        run INTEGER NOT NULL,
        release_id TEXT,
        PRIMARY KEY (schedule, run)
      ) WITHOUT ROWID;
      CREATE UNIQUE INDEX runs_by_release ON runs (release_id);
      CREATE TRIGGER runs_remain BEFORE DELETE ON runs
        BEGIN SELECT RAISE(ABORT, 'a run is never removed'); END;
      CREATE INDEX releases_unfinished ON releases (dataset, id)
        WHERE state IN ('reserved', 'open');
      """
    ),
  ]
}
