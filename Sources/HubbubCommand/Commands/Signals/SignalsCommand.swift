// SignalsCommand.swift: `hubbub signals`, files of signals, for their owner.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Files of signals, for their owner.
struct SignalsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "signals",
    abstract: "Make synthetic signals, or look at a file of your own. Not for analysts.",
    discussion: """
      For example

        hubbub signals generate --count 100000 > signals.csv
        hubbub signals check signals.csv --unit user_id
      """,
    subcommands: [SignalsGenerate.self, SignalsCheck.self]
  )
}
