// LedgerRules+Limits.swift: what a ledger does not keep, though no cap stands in its way.
// Reference: `docs/formats.md`, section "Ledger".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension LedgerRules {
  /// Refuses a spend that would be accepted and has very many digits.
  ///
  /// Every later sum would carry them: a few such spends would slow the ledger for all.
  func refuseLongNumbers(
    in spend: Spend,
    filter: BudgetFilter,
    balances: [BudgetAccount: Odometer]
  ) throws(LedgerError) {
    guard !spend.loss.isShort else { return }
    throw .invalid(
      .tooLong(digits: PrivacyLoss.mostDigits),
      remaining: filter.remaining(analyst: spend.analyst, day: spend.day, balances: balances)
    )
  }
}
