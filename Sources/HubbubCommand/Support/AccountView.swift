// AccountView.swift: what there is to see of one account of a ledger.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What there is to see of one account: caps, what was spent, what fits, what is held.
struct AccountView {
  private let policy: LedgerPolicy
  private let remaining: RemainingBudget
  private let day: String
  private let analyst: String?
  private let slices: [String]?
  /// The largest spend that would be accepted; `nil` where whoever asks has no cap to spend from.
  private let fitting: PrivacyLoss?
  /// Releases that are begun and not done.
  private let unfinished: [UnfinishedRelease]
  private let schedules: [(name: ReleaseID, standing: ScheduleStanding)]

  init(
    _ ledger: OpenedLedger,
    _ name: String,
    analyst: String?,
    day: String,
    slices: [String]?
  ) throws(CommandFailure) {
    policy = try asking { () throws(LedgerError) in try ledger.policy(of: name) }
    remaining = try asking { () throws(LedgerError) in
      try ledger.remaining(dataset: name, analyst: analyst, day: day)
    }
    fitting = try asking { () throws(LedgerError) in
      do throws(LedgerError) {
        return try ledger.fitting(dataset: name, analyst: analyst, day: day, slices: slices)
      } catch .invalid(.unknownAnalyst, _) {
        return nil
      }
    }
    unfinished = try asking { () throws(LedgerError) in try ledger.unfinished(dataset: name) }
    schedules = try asking { () throws(LedgerError) in try ledger.schedules(dataset: name) }
    self.day = day
    self.analyst = analyst
    self.slices = slices
  }

  /// The account in words.
  var text: String {
    let lifetime = policy.lifetime
    var text = "\(policy.dataset), which protects one \(policy.privacyUnit.rawValue)\n\n"
    var table = Columns(
      ["budget", "cap epsilon", "left epsilon", "cap delta", "left delta"],
      numbers: [1, 2, 3, 4]
    )
    table.add(row("for ever", lifetime, remaining.lifetime))
    if let cap = policy.daily, let left = remaining.daily {
      table.add(row("on \(day)", cap, left))
    }
    if let left = remaining.analyst {
      let cap = analyst.flatMap { policy.analysts?[$0] } ?? policy.analysts?["*"] ?? left
      table.add(row("for \(analyst ?? "any other analyst")", cap, left))
    }
    text += table.text + "\n"
    text += spent + outlook
    text += Self.pins(policy.pins)
    text += Self.signatures(policy.signingKey)
    for (name, schedule) in schedules { text += Self.words(name, schedule) }
    for release in unfinished { text += Self.words(release) }
    return text
  }

  /// What was spent, where it is a sum, and what "left" means where it is not.
  private var spent: String {
    guard policy.accounting == .zcdp else {
      let spent = policy.lifetime.epsilon - remaining.lifetime.epsilon
      return "Spent so far: epsilon \(spent) of \(policy.lifetime.epsilon). "
    }
    return "Losses add up by zCDP where a cap has a delta: a spend of epsilon costs rho =\n"
      + "epsilon^2/2, and what is left is the largest single epsilon that still fits.\n"
  }

  private static func words(_ name: ReleaseID, _ schedule: ScheduleStanding) -> String {
    let times = schedule.days.count
    let done = schedule.released.count
    let rule =
      switch schedule.price.rule {
      case .sum: "the sum of its runs"
      case .certified: "the certified price"
      case .disjoint: "what one run costs, as each unit lies in one alone"
      case .horizon: "the loss of running counts over the whole horizon"
      }
    return "Schedule \(name): \(done) of \(times) runs were released"
      + (done < times ? ", the next is that of \(schedule.days[done])" : "")
      + ".\n  Paid at once for all of them: \(schedule.price.loss), \(rule).\n"
  }

  private static func words(_ release: UnfinishedRelease) -> String {
    let state = release.isOpen ? "reading signals, or died while it did" : "reserved"
    let loss = release.schedule.map { "a run of \($0)" } ?? release.spend.loss.description
    return "Held: \(release.id), \(loss), \(state). Run the report again with "
      + "--id \(release.id) to\nfinish it at no further cost"
      + (release.isOpen ? ".\n" : ", or void it.\n")
  }

  /// What would be accepted now, and what stands in the way of more.
  private var outlook: String {
    guard let fitting else {
      let names = (policy.analysts ?? [:]).keys.sorted().joined(separator: ", ")
      return "Only analysts whom the policy lists can spend; name one with\n--analyst: \(names).\n"
    }
    if remaining.lifetime.epsilon.signum == 0, slices == nil {
      return "Nothing is left: every further report is refused; stored\nreleases can still be "
        + "asked for by their id, at no cost.\n"
    }
    if let slices {
      return
        "Limited to \(slices.joined(separator: ", ")), a spend of at\nmost \(remaining.words(fitting)) fits "
        + "now\(policy.accounting == .sum ? "; more would be refused" : "").\n"
    }
    var limits: Set<BudgetLimit> = []
    if remaining.lifetime.epsilon == fitting.epsilon { limits.insert(.lifetime) }
    if remaining.daily?.epsilon == fitting.epsilon { limits.insert(.daily) }
    if remaining.analyst?.epsilon == fitting.epsilon { limits.insert(.analyst) }
    if fitting.epsilon.signum == 0 {
      return "No report fits now: it would\npass \(remaining.words(for: limits)).\n"
    }
    return "A report of at most \(remaining.words(fitting)) fits now.\n"
      + "More would pass \(remaining.words(for: limits)).\n"
  }

  private func row(_ name: String, _ cap: PrivacyLoss, _ left: PrivacyLoss) -> [String] {
    let epsilon = RemainingText.epsilon(left, remaining.accounting)
    return [
      name, cap.epsilon.description, epsilon, cap.delta.description,
      left.delta.description,
    ]
  }

  private static func pins(_ pins: SignalPins?) -> String {
    guard let pins else { return "Nothing is pinned: whoever writes a spec chooses the data.\n" }
    var parts: [String] = []
    if let files = pins.files { parts.append("files " + files.joined(separator: ", ")) }
    if let unit = pins.unitColumn { parts.append("unit column `\(unit)`") }
    if let consent = pins.consentColumn { parts.append("consent column `\(consent)`") }
    if let time = pins.timeColumn { parts.append("time column `\(time)`") }
    if let registry = pins.registry { parts.append("consent registry \(registry)") }
    if let purpose = pins.purpose { parts.append("purpose `\(purpose)`") }
    if let store = pins.store { parts.append("store of running counts \(store)") }
    return "Pinned: " + parts.joined(separator: "; ") + ".\n"
  }

  private static func signatures(_ key: SigningKey?) -> String {
    guard let key else { return "Releases are not signed: the policy names no key.\n" }
    return "Releases are signed by the key \(key.publicKey ?? "of \(key.file)");\n"
      + "check them with `hubbub verify release.json --public-key owner-public.pem`.\n"
  }

  /// The account for programs.
  var json: JSONText {
    let held = unfinished.map { release in
      JSONText.object([
        ("id", .text(release.id.description)),
        ("state", .text(release.isOpen ? "reading signals, or died while it did" : "reserved")),
        ("loss", .pair(release.spend.loss)),
        ("schedule", release.schedule.map { .text($0.description) } ?? .null),
      ])
    }
    return .object([
      ("dataset", .text(policy.dataset)),
      ("privacy_unit", .text(policy.privacyUnit.rawValue)),
      ("accounting", .text(policy.accounting.rawValue)),
      ("lifetime", .pair(policy.lifetime)),
      ("daily", policy.daily.map { .pair($0) } ?? .null),
      ("remaining", RemainingText.json(remaining)),
      ("fits", fitting.map { .pair($0) } ?? .null),
      ("held", .list(held)),
      ("signing_key", policy.signingKey?.publicKey.map { .text($0) } ?? .null),
      ("schedules", .list(schedules.map { Self.json($0.name, $0.standing) })),
    ])
  }

  private static func json(_ name: ReleaseID, _ schedule: ScheduleStanding) -> JSONText {
    let done = schedule.released.count
    return .object([
      ("name", .text(name.description)),
      ("every", .text(schedule.every.rawValue)),
      ("times", .count(schedule.days.count)),
      ("released", .list(schedule.released.map { .text($0.description) })),
      ("pending", schedule.pending.map { .text($0.description) } ?? .null),
      ("next", done < schedule.days.count ? .text(schedule.days[done]) : .null),
      ("rule", .text(schedule.price.rule.rawValue)),
      ("price", .pair(schedule.price.loss)),
    ])
  }
}
