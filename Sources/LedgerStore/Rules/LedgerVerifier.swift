// LedgerVerifier.swift: every link, balance, account and release of a ledger, derived anew.
// Reference: `docs/formats.md`, section "Ledger".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// Reads the entries twice, in the order of their positions and release by release, and compares
/// what follows from them with what the other tables say.
struct LedgerVerifier {
  let tables: LedgerTables
  /// A hash that must be that of an entry.
  let keptHead: String?
  /// A public key, in hexadecimal, by which every account that has one must be signed.
  let publicKey: String?

  private var findings: [String] = []
  private var filters: [String: BudgetFilter] = [:]
  private var balances: [BalanceKey: Odometer] = [:]
  private var schedules = ScheduleHistory()

  private struct BalanceKey: Hashable {
    let dataset: String
    let account: BudgetAccount
  }

  init(tables: LedgerTables, keptHead: String?, publicKey: String?) {
    self.tables = tables
    self.publicKey = publicKey?.lowercased()
    self.keptHead = keptHead?.lowercased()
  }

  /// Verifies everything.
  ///
  /// - Complexity: O(n log n) for n entries; memory for the balances, not for the entries.
  mutating func verify() throws -> LedgerVerification {
    findings += try tables.transaction.integrityFindings()
    let (count, head) = try checkChain()
    try checkAccounts()
    try checkBalances()
    try checkReleases()
    try checkRuns()
    let unsigned = filters.filter { $0.value.policy.signingKey == nil }.keys.sorted()
    return LedgerVerification(entries: count, head: head, findings: findings, unsigned: unsigned)
  }

  // MARK: - The chain

  private mutating func checkChain() throws -> (count: Int, head: String) {
    var count = 0
    var head = EntryText.origin
    var foundHead = false
    let transaction = tables.transaction
    try transaction.forEachRow(Statements.allByPosition) { row in
      count += 1
      let (text, hash) = try LedgerTables.entry(row)
      if text.position != count {
        findings.append("entry \(count) is missing or out of order")
        count = text.position
      }
      if text.previous != head {
        findings.append("entry \(count) does not name the hash of the entry before it")
      }
      if text.hash != hash { findings.append("entry \(count) does not have its hash") }
      if hash == keptHead { foundHead = true }
      head = hash
      do {
        try replay(text, try text.entry(hash: hash))
      } catch let damage as Damage {
        findings.append(damage.detail)
      }
    }
    if let keptHead, !foundHead {
      findings.append(
        "no entry has the hash \(keptHead) that was kept: entries were cut off or rewritten"
      )
    }
    return (count, head)
  }

  /// Follows what an entry does to accounts and balances.
  private mutating func replay(_ text: EntryText, _ entry: LedgerEntry) throws(Damage) {
    let place = "entry \(entry.position)"
    if entry.kind == .create {
      guard filters[entry.dataset] == nil else {
        throw Damage("\(place) opens the account '\(entry.dataset)' a second time")
      }
      guard let policy = text.policy else {
        throw Damage("\(place) opens an account without policy")
      }
      filters[entry.dataset] = BudgetFilter(try LedgerPolicy(stored: policy, place: place))
      return
    }
    guard let filter = filters[entry.dataset] else {
      throw Damage("\(place) is about the account '\(entry.dataset)', which is not open")
    }
    try schedules.follow(entry)
    // The run of a schedule carries no loss: its schedule has paid.
    guard [.reserve, .spend, .void, .schedule].contains(entry.kind), entry.run == nil else {
      return
    }
    guard let loss = entry.loss, let day = entry.day else {
      throw Damage("\(place) lacks its loss or its day")
    }
    let spend = Spend(loss: loss, analyst: entry.analyst, day: day, slices: entry.slices)
    let schedule = entry.declared?.spend(spend)
    let charges = schedule.map(filter.charges(of:)) ?? filter.charges(of: spend)
    var touched: [BudgetAccount: Odometer] = [:]
    for (account, _) in charges {
      touched[account] = balances[BalanceKey(dataset: entry.dataset, account: account)]
    }
    func keep(_ odometers: [BudgetAccount: Odometer]) {
      for (account, odometer) in odometers {
        balances[BalanceKey(dataset: entry.dataset, account: account)] = odometer
      }
    }
    if entry.kind == .void {
      guard let before = filter.removed(charges, slices: entry.slices, from: touched) else {
        throw Damage("\(place) gives back more than was held")
      }
      return keep(before)
    }
    do {
      if let schedule {
        keep(try filter.admitted(schedule, balances: touched))
      } else {
        keep(try filter.admitted(spend, balances: touched))
      }
      return
    } catch BudgetFilter.Objection.passes, BudgetFilter.ScheduleObjection.passes {
      keep(filter.added(charges, slices: entry.slices, to: touched))
    } catch {
      throw Damage("\(place) has no meaning under the policy of its account")
    }
    throw Damage("\(place) passes a cap of the account '\(entry.dataset)'")
  }

  // MARK: - Accounts and balances

  private mutating func checkAccounts() throws {
    let names = try tables.datasets()
    for name in names {
      do {
        let policy = try tables.policy(of: name)
        if policy != filters[name]?.policy {
          findings.append("the policy of the account '\(name)' is not the one in its entry")
        }
      } catch let damage as Damage {
        findings.append(damage.detail)
      }
    }
    for name in filters.keys.sorted() where !names.contains(name) {
      findings.append("the account '\(name)' is missing")
    }
    checkKeys()
  }

  /// Holds the key that was given against every account that has one.
  private mutating func checkKeys() {
    guard let publicKey else { return }
    let keys = filters.compactMapValues(\.policy.signingKey)
    for (name, key) in keys.sorted(by: { $0.key < $1.key }) where key.publicKey != publicKey {
      findings.append("the account '\(name)' is not signed by the key that was given")
    }
    if keys.isEmpty {
      findings.append("no account has a key, so nothing is signed by the one that was given")
    }
  }

  private mutating func checkBalances() throws {
    var stored: [BalanceKey: Odometer] = [:]
    let transaction = tables.transaction
    try transaction.forEachRow(Statements.allBalances) { row in
      do {
        let place = "a balance"
        let dataset = try row.text(0, place: place)
        guard let limit = BudgetLimit(rawValue: try row.text(1, place: place)) else {
          throw Damage("a balance of '\(dataset)' is of no known cap")
        }
        let account = BudgetAccount(limit, label: try row.text(2, place: place))
        let key = try row.text(3, place: place)
        let loss = try PrivacyLoss(
          stored: row.text(4, place: place),
          row.text(5, place: place),
          place: "a balance of '\(dataset)'"
        )
        stored[BalanceKey(dataset: dataset, account: account), default: Odometer()]
          .add(loss ?? .zero, slices: LedgerTables.slice(ofKey: key).map { [$0] })
      } catch let damage as Damage {
        findings.append(damage.detail)
      }
    }
    let keys = Set(stored.keys).union(balances.keys)
    for key in keys.sorted(by: { "\($0)" < "\($1)" })
    where (stored[key] ?? Odometer()).withoutZeros != (balances[key] ?? Odometer()).withoutZeros {
      let label = key.account.label.isEmpty ? "" : " '\(key.account.label)'"
      findings.append(
        "the \(key.account.limit.rawValue) balance\(label) of the account '\(key.dataset)' "
          + "is not what its entries add up to"
      )
    }
  }

  // MARK: - Releases

  private mutating func checkReleases() throws {
    var current: ReleaseRow?
    var bodySHA256: String?
    let transaction = tables.transaction
    try transaction.forEachRow(Statements.allByRelease) { row in
      let (text, hash) = try LedgerTables.entry(row)
      do {
        let entry = try text.entry(hash: hash)
        if let last = current, last.id != entry.release {
          try compare(last, bodySHA256)
          current = nil
          bodySHA256 = nil
        }
        current = try Self.advance(current, by: text, entry)
        bodySHA256 = entry.bodySHA256 ?? bodySHA256
      } catch let damage as Damage {
        findings.append(damage.detail)
      }
    }
    if let current { try compare(current, bodySHA256) }
    try transaction.forEachRow(Statements.releasesWithoutEntry) { row in
      let id = try row.text(0, place: "a release")
      findings.append("the release '\(id)' stands in no entry")
    }
  }

  /// Compares which release each run is with what entries say.
  private mutating func checkRuns() throws {
    guard try tables.transaction.keepsSchedules() else { return }
    var stored: [ReleaseID: [Int: ReleaseID]] = [:]
    let transaction = tables.transaction
    try transaction.forEachRow(Statements.allRuns) { row in
      do {
        let place = "a run"
        let schedule = try ReleaseID(stored: row.text(0, place: place), place: place)
        let id = try ReleaseID(stored: row.text(2, place: place), place: place)
        stored[schedule, default: [:]][try row.integer(1, place: place)] = id
      } catch let damage as Damage {
        findings.append(damage.detail)
      }
    }
    let derived = schedules.schedules.mapValues(\.ids).filter { !$0.value.isEmpty }
    for name in Set(stored.keys).union(derived.keys).sorted(by: { "\($0)" < "\($1)" })
    where stored[name] != derived[name] {
      findings.append("the runs of the schedule '\(name)' are not as its entries say")
    }
  }

  /// The release after an entry, from the release before it.
  private static func advance(
    _ row: ReleaseRow?,
    by text: EntryText,
    _ entry: LedgerEntry
  ) throws(Damage) -> ReleaseRow? {
    let isFree = row == nil || row?.state == .voided
    switch (entry.kind, row) {
    case (.reserve, _) where isFree, (.spend, _) where isFree, (.schedule, _) where isFree:
      guard let id = entry.release, let loss = entry.loss ?? entry.run?.loss, let day = entry.day
      else { break }
      return ReleaseRow(
        id: id,
        dataset: entry.dataset,
        state: entry.kind == .spend ? .spent : entry.kind == .schedule ? .scheduled : .reserved,
        attempt: text.attempt,
        spend: Spend(loss: loss, analyst: entry.analyst, day: day, slices: entry.slices),
        digest: entry.digest,
        dataPinned: text.dataPinned.map { $0 == "1" },
        position: entry.kind == .reserve ? nil : entry.position
      )
    case (_, var row?) where row.dataset == entry.dataset:
      switch (entry.kind, row.state) {
      case (.resume, .reserved), (.resume, .open):
        row.attempt = text.attempt
      case (.open, .reserved) where row.attempt == text.attempt,
        (.open, .open) where row.attempt == text.attempt:
        row.state = .open
      case (.commit, .open) where row.attempt == text.attempt && row.digest == entry.digest:
        (row.state, row.attempt, row.position) = (.committed, nil, entry.position)
      case (.void, .reserved) where entry.givesBack(row) && entry.declared == nil,
        (.void, .scheduled) where entry.givesBack(row) && entry.declared != nil:
        (row.state, row.attempt, row.position) = (.voided, nil, nil)
      default:
        throw Damage("entry \(entry.position) does not follow from the release '\(row.id)'")
      }
      return row
    default: break
    }
    throw Damage("entry \(entry.position) does not follow from the entries before it")
  }

  /// Compares what entries say about a release with its row and its body.
  private mutating func compare(_ derived: ReleaseRow, _ bodySHA256: String?) throws {
    guard try tables.release(derived.id) == derived else {
      findings.append("the release '\(derived.id)' is not as its entries say")
      return
    }
    guard derived.state == .committed else { return }
    if sha256(try tables.body(of: derived.id)) != bodySHA256 {
      findings.append("the body of the release '\(derived.id)' is not the one that was committed")
    }
    try checkSignature(derived, bodySHA256)
  }

  /// Verifies the signature of a committed release where the account has a key.
  private mutating func checkSignature(_ row: ReleaseRow, _ bodySHA256: String?) throws {
    guard let key = filters[row.dataset]?.policy.signingKey?.publicKey,
      let position = row.position, let bodySHA256
    else { return }
    guard let value = try tables.signature(at: position) else {
      findings.append("the signature of the release '\(row.id)' is missing")
      return
    }
    let (text, hash) = try tables.entry(at: position)
    let receipt = LedgerReceipt(
      position: position,
      head: hash,
      previous: text.previous,
      bodySHA256: bodySHA256,
      dataPinned: row.dataPinned ?? false
    )
    let signature = ReleaseSignature(publicKey: key, value: value)
    if !signature.holds(for: receipt, dataset: row.dataset, release: row.id) {
      findings.append(
        "the signature of the release '\(row.id)' is not by the key of the account '\(row.dataset)'"
      )
    }
  }
}

extension LedgerEntry {
  /// Whether it names what a release holds.
  fileprivate func givesBack(_ row: ReleaseRow) -> Bool {
    (loss ?? run?.loss) == row.spend.loss && day == row.spend.day
      && analyst == row.spend.analyst && slices == row.spend.slices
  }
}

extension Odometer {
  /// The same totals without slices that hold nothing.
  fileprivate var withoutZeros: Odometer {
    Odometer(unscoped: unscoped, slices: slices.filter { $0.value != .zero })
  }
}
