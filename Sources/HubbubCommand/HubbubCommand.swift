// HubbubCommand.swift: the command `hubbub` and its subcommands.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command `hubbub`.
struct HubbubCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hubbub",
    abstract: "Noised counts per region from intent signals, paid from an exact privacy budget.",
    discussion: """
      Many voices, no one overheard. Begin with

        hubbub demo

      which makes signals, a spec and a ledger, and runs the report on them. Then:

        hubbub ledger create --policy policy.yaml   open an account with a budget
        hubbub plan spec.yaml                       what a report would cost
        hubbub report spec.yaml                     run it
        hubbub ledger show                          what is left

      Exit status: 0 done, 1 refused by budget or policy, 2 bad input or usage, 3 environment \
      (disk, database). Results go to standard output, everything else to standard error.
      """,
    version: "0.1.0",
    subcommands: [
      Demo.self, Report.self, Plan.self, LedgerCommand.self, Account.self, Noise.self, Select.self,
      Verify.self, SignalsCommand.self,
    ]
  )
}
