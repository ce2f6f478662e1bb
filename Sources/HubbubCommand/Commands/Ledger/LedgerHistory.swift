// LedgerHistory.swift: `hubbub ledger history`, every entry in order.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// Every entry in order, page by page.
struct LedgerHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List what was opened, held, paid and given back, oldest first.",
    discussion: """
      With --format json each entry is one line. For example

        hubbub ledger history hubbub.ledger --limit 20
        hubbub ledger history hubbub.ledger --after 20 --format json
      """
  )

  @OptionGroup var ledger: LedgerArgument

  @Option(help: "The account; all of them if left out.")
  var dataset: String?

  @Option(help: "Begin after this position.")
  var after = 0

  @Option(help: "The most entries to list.")
  var limit = 100

  @OptionGroup var output: FormatOption

  func run() throws {
    guard after >= 0 else {
      throw CommandFailure.invalid("--after: `\(after)` is negative; write 0 or more")
    }
    guard (1...1_000_000).contains(limit) else {
      throw CommandFailure.invalid("--limit: `\(limit)` is out of range; write 1 to 1000000")
    }
    let ledger = try LedgerPlace.open(try ledger.named())
    let page = try asking { () throws(LedgerError) in
      try ledger.history(dataset: dataset, after: after, limit: limit + 1)
    }
    let entries = page.prefix(limit)
    switch output.format {
    case .json:
      try Results.write(entries.map { Self.json($0).line }.joined())
    case .text:
      var table = Columns(
        ["entry", "time", "what", "account", "epsilon", "delta", "day", "id"],
        numbers: [0, 4, 5]
      )
      for entry in entries { table.add(Self.row(entry)) }
      try Results.write(table.text)
    }
    if page.count > limit, let last = entries.last {
      Diagnostics.write("There are more entries; add --after \(last.position).\n")
    }
  }

  private static func row(_ entry: LedgerEntry) -> [String] {
    [
      entry.position.description, entry.time, entry.kind.rawValue, entry.dataset,
      entry.loss?.epsilon.description ?? "", entry.loss?.delta.description ?? "",
      entry.day ?? "", entry.release?.description ?? "",
    ]
  }

  private static func json(_ entry: LedgerEntry) -> JSONText {
    func optional(_ text: String?) -> JSONText { text.map { .text($0) } ?? .null }
    return .object([
      ("position", .count(entry.position)),
      ("time", .text(entry.time)),
      ("kind", .text(entry.kind.rawValue)),
      ("dataset", .text(entry.dataset)),
      ("id", optional(entry.release?.description)),
      ("analyst", optional(entry.analyst)),
      ("day", optional(entry.day)),
      ("loss", entry.loss.map { .pair($0) } ?? .null),
      ("values", entry.slices.map { .list($0.map { .text($0) }) } ?? .null),
      ("digest", optional(entry.digest)),
      ("body_sha256", optional(entry.bodySHA256)),
      ("previous", .text(entry.previous)),
      ("sha256", .text(entry.hash)),
    ])
  }
}
