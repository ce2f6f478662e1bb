// LedgerTables.swift: the rows of a ledger read and written, inside a transaction.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// How far a release has come.
enum ReleaseState: String, Sendable, Hashable {
  /// Its loss is held and no signal has been read.
  case reserved
  /// Signals may have been read.
  case open
  /// It is paid and kept.
  case committed
  /// Its loss was given back; the id may be used again.
  case voided
  /// A loss that was spent outside this program.
  case spent
  /// It is no release but a schedule, whose price was charged.
  case scheduled
}

/// The row of one release.
struct ReleaseRow: Sendable, Hashable {
  var id: ReleaseID
  var dataset: String
  var state: ReleaseState
  var attempt: String?
  var spend: Spend
  var digest: String?
  var dataPinned: Bool?
  /// The position of the entry that put it in its last state, where that is `committed`, `spent`
  /// or `scheduled`.
  var position: Int?
}

/// The rows of a ledger, within one transaction on one connection.
struct LedgerTables {
  let transaction: any LedgerTransaction

  // MARK: - Entries

  /// Adds an entry after the last one.
  func append(_ text: EntryText) throws -> (text: EntryText, hash: String) {
    let head = try transaction.rows(Statements.head, []).first
    var text = text
    text.position = try head.map { try $0.integer(0, place: "the last entry") + 1 } ?? 1
    text.previous = try head.map { try $0.text(1, place: "the last entry") } ?? EntryText.origin
    let hash = text.hash
    let values = text.values.dropFirst().map { StoredValue($0) }
    try transaction.run(Statements.append, [.integer(text.position)] + values + [.text(hash)])
    return (text, hash)
  }

  /// The fields of an entry, and the hash that stands beside them.
  static func entry(_ row: StoredRow) throws(Damage) -> (text: EntryText, hash: String) {
    let position = try row.integer(0, place: "an entry")
    let place = "entry \(position)"
    let text = EntryText(
      position: position,
      previous: try row.text(1, place: place),
      time: try row.text(2, place: place),
      kind: try row.text(3, place: place),
      dataset: try row.text(4, place: place),
      release: try row.optionalText(5, place: place),
      attempt: try row.optionalText(6, place: place),
      analyst: try row.optionalText(7, place: place),
      day: try row.optionalText(8, place: place),
      epsilon: try row.optionalText(9, place: place),
      delta: try row.optionalText(10, place: place),
      slices: try row.optionalText(11, place: place),
      digest: try row.optionalText(12, place: place),
      dataPinned: try row.optionalText(13, place: place),
      bodySHA256: try row.optionalText(14, place: place),
      policy: try row.optionalText(15, place: place)
    )
    return (text, try row.text(16, place: place))
  }

  /// The entry at a position, which another row says is there.
  func entry(at position: Int) throws -> (text: EntryText, hash: String) {
    guard let row = try transaction.rows(Statements.entry, [.integer(position)]).first else {
      throw Damage("entry \(position) is missing")
    }
    return try Self.entry(row)
  }

  /// At most `limit` entries after a position, of one account or of all.
  func page(of dataset: String?, after position: Int, limit: Int) throws -> [LedgerEntry] {
    let bounds: [StoredValue] = [.integer(position), .integer(limit)]
    let rows =
      if let dataset {
        try transaction.rows(Statements.pageOfDataset, [.text(dataset)] + bounds)
      } else {
        try transaction.rows(Statements.page, bounds)
      }
    return try rows.map { row in
      let (text, hash) = try Self.entry(row)
      return try text.entry(hash: hash)
    }
  }

  /// The tokens of all attempts at a release.
  func attempts(at id: ReleaseID, dataset: String) throws -> Set<String> {
    let values: [StoredValue] = [.text(id.description), .text(dataset)]
    let rows = try transaction.rows(Statements.attempts, values)
    return Set(try rows.map { try $0.text(0, place: "an entry") })
  }

  // MARK: - Accounts and balances

  /// The names of all accounts, in order.
  func datasets() throws -> [String] {
    try transaction.rows(Statements.datasets, []).map { try $0.text(0, place: "an account") }
  }

  /// The policy of an account; `nil` where there is no such account.
  func policy(of dataset: String) throws -> LedgerPolicy? {
    let place = "the account '\(dataset)'"
    return try transaction.rows(Statements.policy, [.text(dataset)]).first.map { row in
      try LedgerPolicy(stored: row.text(0, place: place), place: place)
    }
  }

  func addAccount(_ dataset: String, policy: String) throws {
    try transaction.run(Statements.addAccount, [.text(dataset), .text(policy)])
  }

  /// The totals of one capped account.
  func odometer(of account: BudgetAccount, dataset: String) throws -> Odometer {
    var unscoped = PrivacyLoss.zero
    var slices: [String: PrivacyLoss] = [:]
    let place = "a balance of '\(dataset)'"
    let rows = try transaction.rows(
      Statements.balance,
      [.text(dataset), .text(account.limit.rawValue), .text(account.label)]
    )
    for row in rows {
      let key = try row.text(0, place: place)
      let loss = try PrivacyLoss(
        stored: row.text(1, place: place),
        row.text(2, place: place),
        place: place
      )
      guard let slice = Self.slice(ofKey: key) else {
        unscoped = loss ?? .zero
        continue
      }
      slices[slice] = loss
    }
    return Odometer(unscoped: unscoped, slices: slices)
  }

  /// Writes the totals that a spend on `slices` has changed.
  func store(
    _ odometer: Odometer,
    of account: BudgetAccount,
    dataset: String,
    changed slices: [String]?
  ) throws {
    let changed: [(String, PrivacyLoss)] =
      slices.map { $0.map { (Self.key(ofSlice: $0), odometer.slices[$0] ?? .zero) } }
      ?? [("", odometer.unscoped)]
    for (key, loss) in changed {
      try transaction.run(
        Statements.setBalance,
        [
          .text(dataset), .text(account.limit.rawValue), .text(account.label), .text(key),
          .text(loss.epsilon.description), .text(loss.delta.description),
        ]
      )
    }
  }

  /// How a slice is written in a balance: an empty text is the whole population.
  static func key(ofSlice slice: String) -> String { "=" + slice }

  /// The slice of a balance; `nil` for the whole population.
  static func slice(ofKey key: String) -> String? {
    key.isEmpty ? nil : String(key.dropFirst())
  }

  // MARK: - Releases

  /// The row of a release; `nil` where the id was never used.
  func release(_ id: ReleaseID) throws -> ReleaseRow? {
    try transaction.rows(Statements.release, [.text(id.description)]).first.map(Self.release)
  }

  static func release(_ row: StoredRow) throws(Damage) -> ReleaseRow {
    let place = "the release '\(try row.text(0, place: "a release"))'"
    guard let state = ReleaseState(rawValue: try row.text(2, place: place)),
      let loss = try PrivacyLoss(
        stored: row.text(6, place: place),
        row.text(7, place: place),
        place: place
      )
    else { throw Damage("\(place) is in no known state") }
    let slices = try row.optionalText(8, place: place)
    return ReleaseRow(
      id: try ReleaseID(stored: row.text(0, place: place), place: place),
      dataset: try row.text(1, place: place),
      state: state,
      attempt: try row.optionalText(3, place: place),
      spend: Spend(
        loss: loss,
        analyst: try row.optionalText(4, place: place),
        day: try row.text(5, place: place),
        slices: try slices.map { text throws(Damage) in try sliceNames(text, place: place) }
      ),
      digest: try row.optionalText(9, place: place),
      dataPinned: try row.optionalText(10, place: place).map { $0 == "1" },
      position: try row.optionalInteger(11, place: place)
    )
  }

  func store(_ release: ReleaseRow) throws {
    try transaction.run(
      Statements.setRelease,
      [
        .text(release.id.description), .text(release.dataset), .text(release.state.rawValue),
        StoredValue(release.attempt), StoredValue(release.spend.analyst),
        .text(release.spend.day), .text(release.spend.loss.epsilon.description),
        .text(release.spend.loss.delta.description), StoredValue(sliceText(release.spend.slices)),
        StoredValue(release.digest), StoredValue(release.dataPinned.map { $0 ? "1" : "0" }),
        StoredValue(release.position),
      ]
    )
  }

  /// The releases of an account that are begun and not done, in the order of their ids.
  func unfinished(dataset: String) throws -> [UnfinishedRelease] {
    try transaction.rows(Statements.unfinished, [.text(dataset)]).map { row in
      let release = try Self.release(row)
      return UnfinishedRelease(
        id: release.id,
        isOpen: release.state == .open,
        spend: release.spend,
        schedule: try run(of: release.id)?.schedule
      )
    }
  }

  // MARK: - Schedules

  /// The names of an account's schedules, in order; those that were voided are left out.
  func schedules(of dataset: String) throws -> [ReleaseID] {
    guard try transaction.keepsSchedules() else { return [] }
    return try transaction.rows(Statements.schedules, [.text(dataset)]).map { row in
      try ReleaseID(stored: row.text(0, place: "a schedule"), place: "a schedule")
    }
  }

  /// The runs of a schedule that are held or further along, in order.
  func runs(of schedule: ReleaseID) throws -> [(id: ReleaseID, state: ReleaseState)] {
    guard try transaction.keepsSchedules() else { return [] }
    let place = "a run of the schedule '\(schedule)'"
    return try transaction.rows(Statements.runs, [.text(schedule.description)]).map { row in
      guard let state = ReleaseState(rawValue: try row.text(1, place: place)) else {
        throw Damage("\(place) is in no known state")
      }
      return (try ReleaseID(stored: row.text(0, place: place), place: place), state)
    }
  }

  /// The schedule that a release is a run of, and its number from 0; `nil` for other releases.
  func run(of id: ReleaseID) throws -> (schedule: ReleaseID, index: Int)? {
    guard try transaction.keepsSchedules() else { return nil }
    let place = "the run '\(id)'"
    return try transaction.rows(Statements.runOfRelease, [.text(id.description)]).first.map { row in
      (
        try ReleaseID(stored: row.text(0, place: place), place: place),
        try row.integer(1, place: place)
      )
    }
  }

  /// Writes which release a run is; `nil` where it was given back.
  func store(run: Int, of schedule: ReleaseID, id: ReleaseID?) throws {
    try transaction.run(
      Statements.setRun,
      [.text(schedule.description), .integer(run), StoredValue(id?.description)]
    )
  }

  // MARK: - Bodies and signatures

  func body(of id: ReleaseID) throws -> [UInt8] {
    let row = try transaction.rows(Statements.body, [.text(id.description)]).first
    guard case .bytes(let bytes) = row?.values[0] else {
      throw Damage("the body of the release '\(id)' is missing")
    }
    return bytes
  }

  /// The signature of the release that an entry commits, in hexadecimal; `nil` where there is none.
  func signature(at position: Int) throws -> String? {
    try transaction.rows(Statements.signature, [.integer(position)]).first?
      .text(0, place: "the signature of entry \(position)")
  }

  func store(_ signature: ReleaseSignature, at position: Int) throws {
    try transaction.run(Statements.addSignature, [.integer(position), .text(signature.value)])
  }

  func store(_ body: [UInt8], of id: ReleaseID) throws {
    guard body.count <= transaction.largestBody else {
      throw StoreRefusal(
        detail: "the release '\(id)' has \(body.count) bytes, more than a ledger keeps"
      )
    }
    try transaction.run(Statements.setBody, [.bytes(body), .text(id.description)])
  }
}
