// Statements.swift: the SQL of a ledger, apart from the library that runs it.
// SPDX-License-Identifier: Apache-2.0

/// The SQL of a ledger.
///
/// It keeps to what SQLite and PostgreSQL share, so that a second store can run the same texts.
enum Statements {
  static let head = "SELECT position, hash FROM entries ORDER BY position DESC LIMIT 1"

  static let append = """
    INSERT INTO entries (\(EntryText.columns.joined(separator: ", ")), hash)
    VALUES (\(EntryText.columns.map { _ in "?" }.joined(separator: ", ")), ?)
    """

  static let entries = """
    SELECT \(EntryText.columns.joined(separator: ", ")), hash FROM entries
    """

  static let page = entries + " WHERE position > ? ORDER BY position LIMIT ?"

  static let pageOfDataset =
    entries + " WHERE dataset = ? AND position > ? ORDER BY position LIMIT ?"

  static let entry = entries + " WHERE position = ?"

  static let attempts = """
    SELECT DISTINCT attempt FROM entries
    WHERE release_id = ? AND dataset = ? AND attempt IS NOT NULL
    """

  static let allByPosition = entries + " ORDER BY position"

  static let allByRelease =
    entries + " WHERE release_id IS NOT NULL ORDER BY release_id, position"

  static let datasets = "SELECT dataset FROM accounts ORDER BY dataset"

  static let policy = "SELECT policy FROM accounts WHERE dataset = ?"

  static let addAccount = "INSERT INTO accounts (dataset, policy) VALUES (?, ?)"

  static let balance = """
    SELECT slice, epsilon, delta FROM balances WHERE dataset = ? AND cap = ? AND label = ?
    """

  static let allBalances = "SELECT dataset, cap, label, slice, epsilon, delta FROM balances"

  static let setBalance = """
    INSERT INTO balances (dataset, cap, label, slice, epsilon, delta) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (dataset, cap, label, slice)
    DO UPDATE SET epsilon = excluded.epsilon, delta = excluded.delta
    """

  static let releaseColumns = """
    id, dataset, state, attempt, analyst, day, epsilon, delta, slices, digest, data_pinned, position
    """

  static let release = "SELECT \(releaseColumns) FROM releases WHERE id = ?"

  static let unfinished = """
    SELECT \(releaseColumns) FROM releases
    WHERE dataset = ? AND state IN ('reserved', 'open') ORDER BY id
    """

  static let releasesWithoutEntry = """
    SELECT id FROM releases
    WHERE NOT EXISTS (SELECT 1 FROM entries WHERE entries.release_id = releases.id)
    """

  static let body = "SELECT body FROM releases WHERE id = ?"

  static let setRelease = """
    INSERT INTO releases (\(releaseColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
      dataset = excluded.dataset, state = excluded.state, attempt = excluded.attempt,
      analyst = excluded.analyst, day = excluded.day, epsilon = excluded.epsilon,
      delta = excluded.delta, slices = excluded.slices, digest = excluded.digest,
      data_pinned = excluded.data_pinned, position = excluded.position
    """

  static let schedules = """
    SELECT id FROM releases WHERE id IN (SELECT schedule FROM runs WHERE run = 0)
      AND dataset = ? AND state = 'scheduled' ORDER BY id
    """

  static let runs = """
    SELECT runs.release_id, releases.state FROM runs
    LEFT JOIN releases ON releases.id = runs.release_id
    WHERE runs.schedule = ? AND runs.release_id IS NOT NULL ORDER BY runs.run
    """

  static let runOfRelease = "SELECT schedule, run FROM runs WHERE release_id = ?"

  static let allRuns = "SELECT schedule, run, release_id FROM runs WHERE release_id IS NOT NULL"

  static let setRun = """
    INSERT INTO runs (schedule, run, release_id) VALUES (?, ?, ?)
    ON CONFLICT (schedule, run) DO UPDATE SET release_id = excluded.release_id
    """

  static let signature = "SELECT value FROM signatures WHERE position = ?"

  static let addSignature = "INSERT INTO signatures (position, value) VALUES (?, ?)"

  static let setBody = "UPDATE releases SET body = ? WHERE id = ?"
}
