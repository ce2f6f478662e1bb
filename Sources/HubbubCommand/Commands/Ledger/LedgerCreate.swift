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

      `lifetime` is the guarantee and can never be raised: the account keeps the policy as it was, and \
      editing the file later changes nothing. `signals` pins what an analyst's spec \
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
    do throws(LedgerError) { try OpenedLedger.create(at: place, policy: policy) } catch {
      throw Self.failure(error, policy, place)
    }
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

  /// Why no account was opened; of one that exists, whether the file says what rules it.
  private static func failure(
    _ error: LedgerError,
    _ policy: LedgerPolicy,
    _ place: String
  ) -> CommandFailure {
    guard case .accountExists(let name) = error,
      let kept = try? OpenedLedger(opening: place).policy(of: name)
    else { return CommandFailure(error) }
    let parts = kept.differences(from: policy)
    return .invalid(
      parts.isEmpty
        ? "the ledger already has the account '\(name)', under this very policy; there is nothing "
          + "to do"
        : "the ledger already has the account '\(name)', ruled for ever by the policy that it was "
          + "opened under, whatever the file says now; the file differs in "
          + "\(parts.map { "`\($0)`" }.joined(separator: ", ")); open an account under another "
          + "`dataset`, or go on under the old policy"
    )
  }
}
