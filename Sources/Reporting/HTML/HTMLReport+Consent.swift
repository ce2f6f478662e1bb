// HTMLReport+Consent.swift: the rule on consent in words; how many it left out is told nowhere.
// Reference: `docs/consent.md`.
// SPDX-License-Identifier: Apache-2.0

import Releases

extension HTMLReport {
  /// Whose signals could count at all.
  static func consent(in query: ReleaseQuery) -> Markup {
    guard let purpose = query.purpose else {
      return query.consent
        ? "only signals whose consent was valid when they arose"
        : "no consent column was used; all signals were taken as consented"
    }
    let column: Markup =
      query.consent ? ", and whose consent in a column of their own was valid then too" : ""
    return """
      only signals whose unit had agreed to the purpose \(value: purpose), by the owner\u{2019}s consent \
      registry, when they arose\(column); none of a unit that has withdrawn since
      """
  }
}
