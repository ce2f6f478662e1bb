// HTMLReport+Selection.swift: what it means that cells were found and selected, not listed.
// Reference: `docs/selection.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension HTMLReport {
  /// Which cells are shown, where nobody listed them; nothing where all are listed.
  static func selection(of body: ReleaseBody) -> Markup {
    guard let selection = body.selection else { return "" }
    let unit = UnitWords(body.privacy.unit)
    let counted = selection.measure == .units ? "units" : "signals"
    let rule: Markup =
      switch selection.rule {
      case .threshold, .geometric:
        """
        its number of \(counted), with noise that is not shown, reached \
        \(selection.threshold.map(PlainNumber.grouped) ?? "a threshold")
        """
      case .optimal:
        "chance, likelier the more units it has, said so: the best chance that the cost allows"
      }
    return """
      <section aria-labelledby="selected">
      <h2 id="selected">Which cells are shown</h2>
      <p>Nobody listed the values of \(value: selection.keys.sentence("and")): they were found in the signals. That a \
      cell exists could give \(unit.one) away, so a cell is shown only where \(rule). A cell that \
      is not here may hold few units, or none; how many were left out is not known.</p>
      <dl class="pairs">
      <div><dt>Rule</dt><dd>\(selection.rule.rawValue)</dd></div>
      <div><dt>ε of selecting</dt><dd>\(PlainNumber.exact(selection.loss.epsilon))</dd></div>
      <div><dt>δ</dt><dd>\(PlainNumber.exact(selection.loss.delta)): the most that the chance can \
      be that a cell of \(unit.one) alone is shown</dd></div>
      \(other(of: body))</dl>
      </section>

      """
  }

  /// What the cells that are not shown hold together, where that was asked for.
  private static func other(of body: ReleaseBody) -> Markup {
    guard let other = body.selection?.other else { return "" }
    let counts = body.measures.map { measure in
      let name = measure.measure.rawValue
      return "\(PlainNumber.grouped(Int(other[name] ?? 0))) \(name) \u{B1}\(measure.halfWidth)"
    }
    return """
      <div><dt>All other cells</dt><dd>\(counts.sentence("and")) together: what was found in cells \
      that are not shown, with noise as in a cell. Units are counted once for each of their \
      cells.</dd></div>

      """
  }
}
