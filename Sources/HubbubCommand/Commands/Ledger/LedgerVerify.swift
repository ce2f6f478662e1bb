// LedgerVerify.swift: `hubbub ledger verify`, derives a ledger anew from its entries.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub
import Releases

/// Derives a ledger anew from its entries and tells every difference.
struct LedgerVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every link and balance of a ledger, against a head kept elsewhere.",
    discussion: """
      The head is the hash of the last entry. Whoever can write the file can also write a new \
      history that holds together; keep the head elsewhere to find that. Ends with 1 where \
      something differs. With the owner's public key every account that has a key must have that \
      one; accounts without a key are named, because nothing in them is signed. For example

        hubbub ledger verify hubbub.ledger --head 3f2a...
        hubbub ledger verify hubbub.ledger --public-key owner-public.pem
      """
  )

  @OptionGroup var ledger: LedgerArgument

  @Option(help: "A head that was kept elsewhere: it must be the hash of some entry.")
  var head: String?

  @OptionGroup var owner: PublicKeyOption

  @OptionGroup var output: FormatOption

  func run() throws {
    let ledger = try LedgerPlace.open(try ledger.named())
    let publicKey = try owner.hexadecimal()
    let result = try asking { () throws(LedgerError) in
      try ledger.verify(head: self.head?.lowercased(), publicKey: publicKey)
    }
    switch output.format {
    case .text:
      var text = result.findings.map { "  \(VisibleText.escaping($0, limit: 1000))\n" }.joined()
      text +=
        result.holds
        ? "The ledger holds: \(result.entries) entries.\nhead \(result.head)\n"
        : "The ledger does not hold; restore a backup and compare its head.\n"
      if publicKey != nil, !result.unsigned.isEmpty {
        text += "Linked, but not signed by any key: \(result.unsigned.joined(separator: ", ")).\n"
      }
      try Results.write(text)
    case .json:
      try Results.write(
        JSONText.object([
          ("holds", .flag(result.holds)), ("entries", .count(result.entries)),
          ("head", .text(result.head)), ("unsigned", .list(result.unsigned.map { .text($0) })),
          ("findings", .list(result.findings.map { .text($0) })),
        ]).line
      )
    }
    if !result.holds { throw CommandFailure.quiet(.refused) }
  }
}
