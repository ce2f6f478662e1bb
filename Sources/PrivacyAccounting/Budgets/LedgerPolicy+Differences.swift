// LedgerPolicy+Differences.swift: in what a policy differs from the one that an account keeps.
// SPDX-License-Identifier: Apache-2.0

extension LedgerPolicy {
  /// The keys, as a policy is written, in which another policy differs; empty where it says the same.
  ///
  /// An account keeps the policy that it was opened under, so what was edited since has no effect.
  /// Keys that sign are compared by their files: the file of a policy names no public key.
  public func differences(from other: LedgerPolicy) -> [String] {
    let parts: [(String, Bool)] = [
      ("dataset", dataset.utf8.elementsEqual(other.dataset.utf8)),
      ("privacy_unit", privacyUnit == other.privacyUnit),
      ("signals", pins == other.pins),
      ("lifetime", lifetime == other.lifetime),
      ("daily", daily == other.daily),
      ("analysts", analysts == other.analysts),
      ("dimension", dimension == other.dimension),
      ("population", population == other.population),
      ("accounting", accounting == other.accounting),
      ("signing_key", signingKey?.file == other.signingKey?.file),
    ]
    return parts.filter { !$0.1 }.map(\.0)
  }
}
