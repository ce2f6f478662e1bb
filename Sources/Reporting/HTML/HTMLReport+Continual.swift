// HTMLReport+Continual.swift: what running counts promise, and what they leave out.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension HTMLReport {
  /// What is promised to those who read the running counts of all periods, and what is not in them.
  static func runningCounts(of body: ReleaseBody) -> Markup? {
    guard let continual = body.continual, let schedule = body.schedule else { return nil }
    let periods = PlainNumber.count(continual.tree.horizon, schedule.every.rawValue)
    return """
      <p>These are running counts: each release tells the counts since \(schedule.first), and this is \
      the one of \(schedule.day), number \(String(continual.t)) of \(periods). They are noised \
      together, so whoever reads all of them learns no more than \
      ε = \(PlainNumber.exact(schedule.price.loss.epsilon)) allows, however many were made; the bounds \
      hold for all of them together. A count here has \
      \(PlainNumber.count(continual.tree.draws(at: continual.t), "draw")) of noise.</p>
      <p>Signals that arrived after their \(schedule.every.rawValue) was released are not counted. A \
      consent that is withdrawn later keeps signals out from then on; it does not alter counts of \
      earlier \(schedule.every.rawValue)s.</p>

      """
  }
}
