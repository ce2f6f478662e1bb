// LedgerCommand.swift: `hubbub ledger`, the budget.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The budget: what may be spent, what was, what is left.
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Open, look at and check the privacy budget.",
    discussion: """
      A ledger is one file that remembers every loss for ever. The owner of the signals opens an \
      account in it with a policy; reports are paid from it, and what would pass a cap is refused.

        hubbub ledger create hubbub.ledger --policy policy.yaml
        hubbub ledger show hubbub.ledger
        hubbub ledger history hubbub.ledger
        hubbub ledger verify hubbub.ledger
      """,
    subcommands: [
      LedgerCreate.self, LedgerShow.self, LedgerHistory.self, LedgerVerify.self,
      LedgerSpend.self, LedgerVoid.self,
    ]
  )
}
