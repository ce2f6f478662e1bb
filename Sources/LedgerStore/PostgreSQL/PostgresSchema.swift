// PostgresSchema.swift: the tables of a ledger in PostgreSQL, and the triggers that keep its past.
// Reference: `docs/formats.md`, section "Ledger in PostgreSQL".
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
/// The tables of a ledger, in the schema `hubbub` of a database.
enum PostgresSchema {
  /// The version that this code writes.
  static let version = 3

  /// The first version that keeps schedules, and accounts that add up zCDP.
  static let firstWithSchedules = 3

  static let tables: Set<String> = ["accounts", "balances", "entries", "ledger", "releases"]

  /// The triggers of a version.
  static func triggers(version: Int) -> Set<String> {
    let first: Set<String> = [
      "accounts_stay", "balances_remain", "entries_follow_on", "entries_remain", "entries_stay",
      "ledger_stays", "releases_stay",
    ]
    return first.union(version < 2 ? [] : ["signatures_stay"])
      .union(version < 3 ? [] : ["runs_remain"])
  }

  /// What every session is told before it does anything.
  ///
  /// What was committed is on disk, a step waits for others at most 15 s, and a program that
  /// hangs inside a step lets go of the ledger after a minute.
  static let session = """
    SET search_path TO hubbub, pg_temp;
    SET client_min_messages TO warning;
    SET bytea_output TO hex;
    SET statement_timeout TO 0;
    SET idle_in_transaction_session_timeout TO '60s';
    SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') = 'off'
    """

  /// The number of the lock that makers of a ledger take: the letters `HUBB`.
  static let makersLock = 0x4855_4242

  /// The version of the ledger that is there.
  static func version(of connection: PostgresConnection) throws -> Int? {
    try connection.rows("SELECT version FROM ledger").first?.integer(0, place: "the schema")
  }

  /// The tables that are not there.
  static func missingTables(_ connection: PostgresConnection) throws -> [String] {
    let found = try connection.rows(
      "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'hubbub'"
    )
    return tables.subtracting(try found.map { try $0.text(0, place: "a table") }).sorted()
  }

  /// The triggers that are gone or switched off.
  static func missingTriggers(_ connection: PostgresConnection) throws -> [String] {
    let found = try connection.rows(
      """
      SELECT t.tgname FROM pg_catalog.pg_trigger t
      JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'hubbub' AND t.tgenabled IN ('O', 'A')
      """
    )
    let version = try version(of: connection) ?? version
    return triggers(version: version).subtracting(
      try found.map { try $0.text(0, place: "a trigger") }
    ).sorted()
  }

  /// Brings a ledger to the current version, inside a transaction that has its row locked.
  static func bringUp(_ connection: PostgresConnection) throws {
    guard let old = try version(of: connection) else { return }
    if old < 2 { try connection.script(secondStep) }
    if old < 3 { try connection.script(thirdStep) }
  }

  /// Brings a ledger of version 1 to version 2: signatures, for accounts with a key.
  static let secondStep = """
    CREATE TABLE hubbub.signatures (
      position bigint PRIMARY KEY,
      \(textColumns(["value"], "NOT NULL"))
    );
    CREATE TRIGGER signatures_stay BEFORE UPDATE OR DELETE ON hubbub.signatures
      FOR EACH ROW EXECUTE FUNCTION hubbub.refuse('a signature never changes');
    ALTER TABLE hubbub.ledger DISABLE TRIGGER ledger_stays;
    UPDATE hubbub.ledger SET version = 2;
    ALTER TABLE hubbub.ledger ENABLE TRIGGER ledger_stays;
    """

  /// Brings a ledger of version 2 to version 3: the runs of declared schedules, which whoever reads
  /// or writes releases reads or writes too.
  static let thirdStep = """
    CREATE TABLE hubbub.runs (
      schedule text COLLATE "C" NOT NULL,
      run bigint NOT NULL,
      release_id text COLLATE "C",
      PRIMARY KEY (schedule, run)
    );
    CREATE UNIQUE INDEX runs_by_release ON hubbub.runs (release_id);
    CREATE INDEX releases_unfinished ON hubbub.releases (dataset, id)
      WHERE state IN ('reserved', 'open');
    CREATE TRIGGER runs_remain BEFORE DELETE ON hubbub.runs
      FOR EACH ROW EXECUTE FUNCTION hubbub.refuse('a run is never removed');
    DO $$
    DECLARE granted record;
    BEGIN
      FOR granted IN SELECT grantee, privilege_type FROM information_schema.role_table_grants
        WHERE table_schema = 'hubbub' AND table_name = 'releases' AND grantee <> current_user
          AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
      LOOP
        EXECUTE format('GRANT %s ON hubbub.runs TO %s', granted.privilege_type,
          CASE granted.grantee WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(granted.grantee) END);
      END LOOP;
    END $$;
    ALTER TABLE hubbub.ledger DISABLE TRIGGER ledger_stays;
    UPDATE hubbub.ledger SET version = 3;
    ALTER TABLE hubbub.ledger ENABLE TRIGGER ledger_stays;
    """

  /// Makes the schema, its tables and its triggers, of version 1.
  ///
  /// Text is compared byte by byte, as SQLite does it.
  static let sql = """
    CREATE SCHEMA hubbub;

    CREATE TABLE hubbub.ledger (version integer NOT NULL);
    INSERT INTO hubbub.ledger VALUES (1);

    CREATE TABLE hubbub.entries (
      position bigint PRIMARY KEY,
      \(textColumns(["previous", "time", "kind", "dataset"], "NOT NULL")),
      \(textColumns(["release_id", "attempt", "analyst", "day", "epsilon", "delta", "slices"])),
      \(textColumns(["digest", "data_pinned", "body_sha256", "policy"])),
      \(textColumns(["hash"], "NOT NULL"))
    );
    CREATE INDEX entries_by_dataset ON hubbub.entries (dataset, position);
    CREATE INDEX entries_by_release ON hubbub.entries (release_id, position)
      WHERE release_id IS NOT NULL;

    CREATE TABLE hubbub.accounts (
      dataset text COLLATE "C" PRIMARY KEY,
      \(textColumns(["policy"], "NOT NULL"))
    );

    CREATE TABLE hubbub.releases (
      id text COLLATE "C" PRIMARY KEY,
      \(textColumns(["dataset", "state"], "NOT NULL")),
      \(textColumns(["attempt", "analyst"])),
      \(textColumns(["day", "epsilon", "delta"], "NOT NULL")),
      \(textColumns(["slices", "digest", "data_pinned"])),
      position bigint,
      body bytea
    );

    CREATE TABLE hubbub.balances (
      \(textColumns(["dataset", "cap", "label", "slice", "epsilon", "delta"], "NOT NULL")),
      PRIMARY KEY (dataset, cap, label, slice)
    );

    CREATE FUNCTION hubbub.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '%', TG_ARGV[0];
    END $$;

    CREATE FUNCTION hubbub.follow_on() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last record;
    BEGIN
      SELECT e.position, e.hash INTO last
        FROM hubbub.entries e ORDER BY e.position DESC LIMIT 1;
      IF NEW.position IS DISTINCT FROM coalesce(last.position, 0) + 1
        OR NEW.previous IS DISTINCT FROM coalesce(last.hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'an entry follows on the last one';
      END IF;
      RETURN NEW;
    END $$;

    CREATE FUNCTION hubbub.keep_paid() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state = 'spent' OR OLD.state = 'committed' AND (OLD.body IS NOT NULL
        OR (NEW.id, NEW.dataset, NEW.state, NEW.attempt, NEW.analyst, NEW.day, NEW.epsilon,
          NEW.delta, NEW.slices, NEW.digest, NEW.data_pinned, NEW.position)
        IS DISTINCT FROM (OLD.id, OLD.dataset, OLD.state, OLD.attempt, OLD.analyst, OLD.day,
          OLD.epsilon, OLD.delta, OLD.slices, OLD.digest, OLD.data_pinned, OLD.position)) THEN
        RAISE EXCEPTION 'a release that was paid never changes';
      END IF;
      RETURN NEW;
    END $$;

    CREATE TRIGGER entries_follow_on BEFORE INSERT ON hubbub.entries
      FOR EACH ROW EXECUTE FUNCTION hubbub.follow_on();
    CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON hubbub.entries
      FOR EACH ROW EXECUTE FUNCTION hubbub.refuse('an entry never changes');
    CREATE TRIGGER entries_remain BEFORE TRUNCATE ON hubbub.entries
      FOR EACH STATEMENT EXECUTE FUNCTION hubbub.refuse('an entry is never removed');
    CREATE TRIGGER accounts_stay BEFORE UPDATE OR DELETE ON hubbub.accounts
      FOR EACH ROW EXECUTE FUNCTION hubbub.refuse('an account never changes');
    CREATE TRIGGER releases_stay BEFORE UPDATE ON hubbub.releases
      FOR EACH ROW EXECUTE FUNCTION hubbub.keep_paid();
    CREATE TRIGGER balances_remain BEFORE DELETE ON hubbub.balances
      FOR EACH ROW EXECUTE FUNCTION hubbub.refuse('a balance is never removed');
    CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE ON hubbub.ledger
      FOR EACH ROW EXECUTE FUNCTION hubbub.refuse('only a newer version of the program does this');
    """

  private static func textColumns(_ names: [String], _ constraint: String = "") -> String {
    names.map { "\($0) text COLLATE \"C\" \(constraint)" }.joined(separator: ", ")
  }
}
#endif
