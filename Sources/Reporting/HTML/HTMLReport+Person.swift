// HTMLReport+Person.swift: what a person loses where days or weeks are protected by themselves.
// Reference: `docs/privacy-model.md`, section "Days and weeks of a person".
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

extension HTMLReport {
  /// A row of the guarantee: the worst case of one person over the window.
  static func person(of body: ReleaseBody) -> Markup {
    guard let person = body.privacy.person, let period = person.unit.period else { return "" }
    let all: Markup
    if let periods = person.periods {
      let worst =
        person.loss.map { "at most \(PlainNumber.loss($0))" } ?? "no bound below certainty"
      all = """
        who was active in all \(PlainNumber.count(periods, period)) of the window: \(worst); in fewer, \
        in proportion to their number
        """
    } else {
      all = "who was active in k \(period)s: k times \u{3B5}, and no window limits k here"
    }
    return """
      <div><dt>One person</dt><dd>\(all)</dd></div>

      """
  }
}
