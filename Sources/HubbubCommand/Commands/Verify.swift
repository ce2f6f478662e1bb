// Verify.swift: `hubbub verify`, derives again what a release claims.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// Derives again, without the data, everything that a release claims.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Derive again, without the data, everything that a release claims.",
    discussion: """
      Without a ledger it looks at the release alone: its form, sensitivities, scales, losses, \
      half-widths, cells and digests. With --ledger it also compares the release with the one that \
      was paid and kept, and derives the whole ledger again, as `hubbub ledger verify` does. Ends \
      with 1 where anything differs. A list of which only selected cells are in the release cannot \
      be verified, and is named. For example

        hubbub verify out/release.json
        hubbub verify out/release.json --public-key owner.pem
        hubbub verify out/release.json --ledger hubbub.ledger
      """
  )

  /// The longest release, in bytes.
  private static let longest = 1 << 31

  @Argument(help: "The release: release.json as a report wrote it.")
  var release: String

  @OptionGroup var place: LedgerOption

  @OptionGroup var owner: PublicKeyOption

  @OptionGroup var output: FormatOption

  func run() throws {
    let bytes = try InputFile.read(release, limit: Self.longest, what: "release")
    let verification = ReleaseVerification(of: bytes, publicKey: try owner.hexadecimal())
    var findings = verification.findings
    if place.ledger != nil, let release = verification.release {
      let ledger = try LedgerPlace.open(place.ledger)
      findings += try Self.compared(verification, release, with: ledger)
      findings += try Self.damage(to: ledger)
    }
    switch output.format {
    case .text:
      var text = findings.map { "  \($0)\n" }.joined()
      if findings.isEmpty, let body = verification.release?.body {
        text += "The release \(body.id) holds"
        text += place.ledger == nil ? ".\n" : ", and the ledger keeps the same.\n"
        if let schedule = body.schedule {
          text +=
            "It is run \(schedule.run) of \(schedule.times), which cost \(schedule.price.loss) "
          text += "together by the rule `\(schedule.price.rule.rawValue)`.\n"
        }
        if let key = verification.release?.receipt.signature?.publicKey {
          text += "It is signed by the key \(key).\n"
        }
        text += verification.notes.map { $0 + "\n" }.joined()
      } else {
        text += "The release does not hold.\n"
      }
      try Results.write(text)
    case .json:
      let list = findings.map { finding in
        JSONText.object([
          ("what", .text(finding.what)), ("claimed", .text(finding.claimed)),
          ("derived", .text(finding.derived)),
        ])
      }
      var members: [(String, JSONText)] = [
        ("holds", .flag(findings.isEmpty)), ("findings", .list(list)),
        ("notes", .list(verification.notes.map { .text($0) })),
      ]
      if let key = verification.release?.receipt.signature?.publicKey {
        members.append(("signed_by", .text(key)))
      }
      try Results.write(JSONText.object(members).line)
    }
    if !findings.isEmpty { throw CommandFailure.quiet(.refused) }
  }

  private static func compared(
    _ verification: ReleaseVerification,
    _ release: Release,
    with ledger: OpenedLedger
  ) throws(CommandFailure) -> [Finding] {
    let id = release.body.id
    let known = try asking { () throws(LedgerError) in try ledger.datasets() }
    if known.contains(release.body.dataset),
      let digest = try digest(of: id, release.body.dataset, in: ledger)
    {
      let stored = try asking { () throws(LedgerError) in
        try ledger.storedRelease(id, dataset: release.body.dataset, digest: digest)
      }
      if let stored { return verification.matches(stored) }
    }
    return [
      Finding(
        what: "the ledger",
        claimed: "the id \(id), paid by \(release.body.dataset)",
        derived: "an id that this ledger keeps under that account; it has no such release"
      )
    ]
  }

  /// What does not follow in the ledger itself: a release is paid only in a history that holds.
  private static func damage(to ledger: OpenedLedger) throws(CommandFailure) -> [Finding] {
    let found = try asking { () throws(LedgerError) in try ledger.verify(head: nil) }
    return found.findings.map { sentence in
      Finding(
        what: "the ledger",
        claimed: "an account in a ledger that does not hold (\(sentence))",
        derived: "one in a ledger that follows from its entries"
      )
    }
  }

  /// The digest under which a release was committed, or `nil` where none was.
  private static func digest(
    of id: ReleaseID,
    _ dataset: String,
    in ledger: OpenedLedger
  ) throws(CommandFailure) -> String? {
    var position = 0
    while true {
      let page = try asking { () throws(LedgerError) in
        try ledger.history(dataset: dataset, after: position, limit: 1000)
      }
      guard let last = page.last else { return nil }
      if let entry = page.first(where: { $0.kind == .commit && $0.release == id }) {
        return entry.digest
      }
      position = last.position
    }
  }
}
