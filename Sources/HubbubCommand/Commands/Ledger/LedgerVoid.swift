// LedgerVoid.swift: `hubbub ledger void`, gives back a reservation.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// Gives back a reservation under which no signal was read.
struct LedgerVoid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "void",
    abstract: "Give back a reservation under which no signal was read.",
    discussion: """
      Once a run has begun to read signals its loss stays spent; run it again under its id to \
      finish it. A schedule is voided by its name, as long as none of its runs was opened. For example

        hubbub ledger void 2026-11-30-5d1f0c2b9a7e4c33
        hubbub ledger void hubbub.ledger 2026-11-30-5d1f0c2b9a7e4c33
      """
  )

  @Argument(help: ArgumentHelp("The id, or the ledger's file and the id.", valueName: "id"))
  var words: [String]

  @OptionGroup var option: LedgerOption

  func run() throws {
    guard (1...2).contains(words.count), let word = words.last else {
      throw CommandFailure.invalid("void takes an id, or a ledger and an id")
    }
    if words.count == 2, option.ledger != nil, option.ledger != words[0] {
      throw CommandFailure.invalid("two ledgers are named; name one")
    }
    let id = try ReleaseNaming.read(word)
    let ledger = try LedgerPlace.open(words.count == 2 ? words[0] : option.ledger)
    let loss = try asking { () throws(LedgerError) in try ledger.void(id) }
    try Results.write(
      loss == nil
        ? "The run \(id) is void; its schedule stays paid, and the run can be taken up anew.\n"
        : "The reservation \(id) is void; its loss was given back.\n"
    )
  }
}
