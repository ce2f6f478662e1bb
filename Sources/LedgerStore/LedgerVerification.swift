// LedgerVerification.swift: a ledger derived anew from its entries, and every difference found.
// Reference: `docs/formats.md`, section "Ledger".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// What re-deriving a ledger from its entries has found.
public struct LedgerVerification: Sendable, Hashable {
  /// The number of entries.
  public let entries: Int
  /// The hash of the last entry: keep it elsewhere, and give it to a later verification.
  public let head: String
  /// What does not hold, a sentence each; empty where everything does.
  public let findings: [String]
  /// The accounts whose releases nobody signs, in order: only a head that was kept elsewhere shows
  /// what was done to them.
  public let unsigned: [String]

  /// Whether everything holds.
  public var holds: Bool { findings.isEmpty }
}
