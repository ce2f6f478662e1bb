// ForgedEntries.swift: entries that somebody adds to a ledger by hand, with links that hold.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Adds entries to a ledger past everything that guards it, each a copy with something changed.
public enum ForgedEntries {
  /// One more entry: the number of the one that it copies, what its columns hold instead, and what
  /// is replaced in its column `policy`.
  public struct Entry: Sendable, Encodable {
    let position: Int
    let columns: [String: String]
    let replaced: [String]

    /// Describes an entry.
    public init(_ position: Int, _ columns: [String: String] = [:], replaced: [String] = []) {
      self.position = position
      self.columns = columns
      self.replaced = replaced
    }
  }

  /// The arguments of Python that add entries to a ledger in SQLite.
  public static func arguments(adding entries: [Entry], to ledger: String) throws -> [String] {
    let code = """
      import hashlib, json, sqlite3, sys
      sys.path.insert(0, sys.argv[1])
      from verify_release import COLUMNS, field
      c = sqlite3.connect(sys.argv[2])
      c.row_factory = sqlite3.Row
      for forged in json.loads(sys.argv[3]):
          row = c.execute('SELECT * FROM entries WHERE position = ?', [forged['position']])
          row = dict(row.fetchone(), **forged['columns'])
          for old, new in zip(forged['replaced'][::2], forged['replaced'][1::2]):
              assert old in row['policy'], row['policy']
              row['policy'] = row['policy'].replace(old, new)
          last = c.execute('SELECT position, hash FROM entries ORDER BY position DESC').fetchone()
          row['position'], row['previous'] = last[0] + 1, last[1]
          text = ''.join(field(n, None if row[n] is None else str(row[n])) for n in COLUMNS)
          row['hash'] = hashlib.sha256(('hubbub-ledger-entry 1\\n' + text).encode()).hexdigest()
          marks = ', '.join('?' * len(row))
          c.execute(f'INSERT INTO entries ({", ".join(row)}) VALUES ({marks})', list(row.values()))
      c.commit()
      """
    let source = Vectors.root.appendingPathComponent("Sources/verify-release").path
    let json = String(decoding: try JSONEncoder().encode(entries), as: UTF8.self)
    return ["-I", "-B", "-c", code, source, ledger, json]
  }
}
