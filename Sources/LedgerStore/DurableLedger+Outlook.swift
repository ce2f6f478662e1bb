// DurableLedger+Outlook.swift: what would still fit.
// Reference: `docs/formats.md`, section "Ledger".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension DurableLedger {
  /// The largest spend that every cap admits now, for an analyst, a day label and slices.
  ///
  /// - Complexity: The number of slices with spends, whatever the number of entries.
  /// - Throws: `LedgerError.invalid` for an analyst or slices that have no meaning under the
  ///   policy, `.unknownDataset` where there is no such account.
  public func fitting(
    dataset: String,
    analyst: String?,
    day: String,
    slices: [String]? = nil
  ) throws(LedgerError) -> PrivacyLoss {
    try storage.database.read { rules in
      try rules.fitting(dataset: dataset, analyst: analyst, day: day, slices: slices)
    }
  }
}

extension LedgerRules {
  /// The largest spend that every cap admits now.
  fileprivate func fitting(
    dataset: String,
    analyst: String?,
    day: String,
    slices: [String]?
  ) throws -> PrivacyLoss {
    let filter = try filter(of: dataset)
    let balances = try balances(filter.accounts(analyst: analyst, day: day), dataset: dataset)
    let spend = Spend(loss: .zero, analyst: analyst, day: day, slices: slices)
    do {
      return filter.fitting(
        analyst: analyst,
        day: day,
        slices: try filter.checkedSlices(of: spend),
        balances: balances
      )
    } catch {
      throw LedgerError.invalid(
        error,
        remaining: filter.remaining(analyst: analyst, day: day, balances: balances)
      )
    }
  }
}
