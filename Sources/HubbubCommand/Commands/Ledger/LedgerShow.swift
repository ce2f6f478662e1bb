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
        hubbub ledger show hubbub.ledger --values north,south
      """
  )

  @OptionGroup var ledger: LedgerArgument

  @Option(help: "The account; all of them if left out.")
  var dataset: String?

  @Option(help: "The analyst whose cap is shown.")
  var analyst: String?

  @Option(help: "The day label whose cap is shown; today in UTC if left out.")
  var day: String?

  @Option(help: "Values of the policy's dimension, with commas between: says what fits on them.")
  var values: String?

  @OptionGroup var output: FormatOption

  func run() throws {
    let slices = values.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let ledger = try LedgerPlace.open(try ledger.named())
    let names =
      if let dataset { [dataset] } else {
        try asking { () throws(LedgerError) in try ledger.datasets() }
      }
    let day = day ?? Today.label
    var accounts: [AccountView] = []
    for name in names {
      accounts.append(
        try AccountView(ledger, name, analyst: analyst, day: day, slices: slices?.map(String.init))
      )
    }
    switch output.format {
    case .text: try Results.write(accounts.map(\.text).joined(separator: "\n"))
    case .json: try Results.write(JSONText.object([("accounts", .list(accounts.map(\.json)))]).line)
    }
  }
}
