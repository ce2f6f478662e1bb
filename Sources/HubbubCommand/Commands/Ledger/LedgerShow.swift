// LedgerShow.swift: `hubbub ledger show`, the budget in words.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// The budget in words: caps, what was spent, what is left, what is held.
struct LedgerShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Say what may be spent, what was spent and what is left.",
    discussion: """
      For example

        hubbub ledger show hubbub.ledger
        hubbub ledger show hubbub.ledger --analyst alice --day 2026-11-30 --format json
      """
  )

  @OptionGroup var ledger: LedgerArgument

  @Option(help: "The account; all of them if left out.")
  var dataset: String?

  @Option(help: "The analyst whose cap is shown.")
  var analyst: String?

  @Option(help: "The day label whose cap is shown; today in UTC if left out.")
  var day: String?

  @OptionGroup var output: FormatOption

  func run() throws {
    let ledger = try LedgerPlace.open(try ledger.named())
    let names =
      if let dataset { [dataset] } else {
        try asking { () throws(LedgerError) in try ledger.datasets() }
      }
    let day = day ?? Today.label
    var accounts: [AccountView] = []
    for name in names {
      accounts.append(try AccountView(ledger, name, analyst: analyst, day: day))
    }
    switch output.format {
    case .text: try Results.write(accounts.map(\.text).joined(separator: "\n"))
    case .json: try Results.write(JSONText.object([("accounts", .list(accounts.map(\.json)))]).line)
    }
  }
}

/// What there is to see of one account.
struct AccountView {
  private let policy: LedgerPolicy
  private let remaining: RemainingBudget
  private let day: String
  private let analyst: String?
  /// Releases that hold a loss and are not done, with their states.
  private let pending: [(id: ReleaseID, state: String, loss: PrivacyLoss)]

  init(
    _ ledger: OpenedLedger,
    _ name: String,
    analyst: String?,
    day: String
  ) throws(CommandFailure) {
    policy = try asking { () throws(LedgerError) in try ledger.policy(of: name) }
    remaining = try asking { () throws(LedgerError) in
      try ledger.remaining(dataset: name, analyst: analyst, day: day)
    }
    self.day = day
    self.analyst = analyst
    pending = try Self.pending(ledger, name)
  }

  /// Follows the history to the releases that are held and not done.
  private static func pending(
    _ ledger: OpenedLedger,
    _ name: String
  ) throws(CommandFailure) -> [(id: ReleaseID, state: String, loss: PrivacyLoss)] {
    var held: [ReleaseID: (position: Int, state: String, loss: PrivacyLoss)] = [:]
    var position = 0
    while true {
      let page = try asking { () throws(LedgerError) in
        try ledger.history(dataset: name, after: position, limit: 1000)
      }
      guard let last = page.last else { break }
      for entry in page {
        guard let id = entry.release else { continue }
        switch entry.kind {
        case .reserve:
          if let loss = entry.loss { held[id] = (entry.position, "reserved", loss) }
        case .open: held[id]?.state = "reading signals, or died while it did"
        case .commit, .void: held[id] = nil
        case .create, .resume, .spend: break
        }
      }
      position = last.position
    }
    return held.sorted { $0.value.position < $1.value.position }
      .map { ($0.key, $0.value.state, $0.value.loss) }
  }

  /// The account in words.
  var text: String {
    let lifetime = policy.lifetime
    var text = "\(policy.dataset), which protects one \(policy.privacyUnit.rawValue)\n\n"
    var table = Columns(
      ["budget", "cap epsilon", "left epsilon", "cap delta", "left delta"],
      numbers: [1, 2, 3, 4]
    )
    table.add(Self.row("for ever", lifetime, remaining.lifetime))
    if let cap = policy.daily, let left = remaining.daily {
      table.add(Self.row("on \(day)", cap, left))
    }
    if let left = remaining.analyst {
      let cap = analyst.flatMap { policy.analysts?[$0] } ?? policy.analysts?["*"] ?? left
      table.add(Self.row("for \(analyst ?? "any other analyst")", cap, left))
    }
    text += table.text + "\n"
    let spent = lifetime.epsilon - remaining.lifetime.epsilon
    text += "Spent so far: epsilon \(spent) of \(lifetime.epsilon). "
    if remaining.lifetime.epsilon.signum == 0 {
      text += "Nothing is left: every further report is refused; stored\nreleases can still be "
      text += "asked for by their id, at no cost.\n"
    } else {
      text += "A report of at most epsilon \(fitting) fits now.\n"
    }
    text += Self.pins(policy.pins)
    for release in pending {
      text += "Held: \(release.id), \(release.loss), \(release.state). Run the report again with "
      text += "--id \(release.id) to\nfinish it at no further cost"
      text += release.state == "reserved" ? ", or void it.\n" : ".\n"
    }
    return text
  }

  /// The largest epsilon that every cap admits.
  private var fitting: Rational {
    [remaining.daily, remaining.analyst].compactMap { $0?.epsilon }
      .reduce(remaining.lifetime.epsilon) { min($0, $1) }
  }

  private static func row(_ name: String, _ cap: PrivacyLoss, _ left: PrivacyLoss) -> [String] {
    [
      name, cap.epsilon.description, left.epsilon.description, cap.delta.description,
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
    return "Pinned: " + parts.joined(separator: "; ") + ".\n"
  }

  /// The account for programs.
  var json: JSONText {
    let held = pending.map { release in
      JSONText.object([
        ("id", .text(release.id.description)), ("state", .text(release.state)),
        ("loss", .pair(release.loss)),
      ])
    }
    return .object([
      ("dataset", .text(policy.dataset)),
      ("privacy_unit", .text(policy.privacyUnit.rawValue)),
      ("lifetime", .pair(policy.lifetime)),
      ("daily", policy.daily.map { .pair($0) } ?? .null),
      ("remaining", RemainingText.json(remaining)),
      ("held", .list(held)),
    ])
  }
}
