// LedgerCreate.swift: `hubbub ledger create`, opens an account under a policy.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Hubbub

/// Opens an account under a policy.
struct LedgerCreate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Open an account under a policy, in a new ledger or one that exists.",
    discussion: """
      A policy is a YAML file such as

        dataset: signals-2026
        lifetime: {epsilon: 10, delta: 1e-6}
        signals: {files: [signals/*.csv], unit: user_id}

      `lifetime` is the guarantee and can never be raised. `signals` pins what an analyst's spec \
      must read; leave it out only where analysts may choose the data. For example

        hubbub ledger create hubbub.ledger --policy policy.yaml
      """
  )

  @OptionGroup var ledger: LedgerArgument

  @Option(help: "The policy, a YAML file.")
  var policy: String

  @OptionGroup var output: FormatOption

  func run() throws {
    let place = try LedgerPlace.resolve(try ledger.named())
    let policy = try reading { () throws(SpecificationError) in
      try PolicyReader.read(path: self.policy)
    }
    if policy.lifetime.epsilon > 10 {
      Diagnostics.warn(
        "a lifetime epsilon of \(policy.lifetime.epsilon) is large; most owners allow at most 10"
      )
    }
    try asking { () throws(LedgerError) in try OpenedLedger.create(at: place, policy: policy) }
    let shown = OpenedLedger.shown(place)
    let publicKey = try asking { () throws(LedgerError) -> String? in
      guard policy.signingKey != nil else { return nil }
      return try OpenedLedger(opening: place).policy(of: policy.dataset).signingKey?.publicKey
    }
    switch output.format {
    case .text:
      var text = "The account \(policy.dataset) is open in \(shown).\n"
      text += "  may ever be spent  \(policy.lifetime)\n"
      if policy.accounting == .zcdp {
        text +=
          "Losses add up by zCDP: a spend of epsilon costs rho = epsilon^2/2, held against the\n"
        text += "cap by the epsilon that all of it implies at its delta.\n"
      }
      if policy.pins?.files == nil {
        text += "Its signal files are not pinned: whoever writes a spec chooses the data.\n"
      }
      if let publicKey {
        text += "Its releases are signed; publish the public key, \(publicKey).\n"
      }
      try Results.write(text)
    case .json:
      var members: [(String, JSONText)] = [
        ("dataset", .text(policy.dataset)), ("ledger", .text(shown)),
        ("remaining", .object([("lifetime", .pair(policy.lifetime))])),
      ]
      if let publicKey { members.append(("public_key", .text(publicKey))) }
      try Results.write(JSONText.object(members).line)
    }
  }
}
