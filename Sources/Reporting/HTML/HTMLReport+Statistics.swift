// HTMLReport+Statistics.swift: means, shares, quantiles and rankings, a table each.
// Reference: `docs/measures.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension ReleaseBody {
  /// What was derived, in words.
  var derivedInWords: [String] {
    guard let statistics else { return [] }
    var words: [String] = []
    if statistics.mean != nil { words.append("the mean of values") }
    if let share = statistics.share {
      words.append("shares of the signals of " + (share.over.map { "all \($0)" } ?? "all cells"))
    }
    if statistics.quantiles != nil { words.append("quantiles of values") }
    if let top = statistics.top { words.append("the top \(top.count) of \(top.key)") }
    return words
  }
}

extension HTMLReport {
  /// What was derived from the noisy numbers; nothing where nothing was asked for.
  static func statistics(of body: ReleaseBody) -> Markup {
    guard let statistics = body.statistics else { return "" }
    let columns = StatisticsColumn.all(of: body)
    let tables: [Markup] = [
      columns.isEmpty ? "" : table(of: columns, in: body),
      statistics.top.map { table(of: $0, in: body) } ?? "",
    ]
    return tables.joined()
  }

  private static func table(of columns: [StatisticsColumn], in body: ReleaseBody) -> Markup {
    let percent = PlainNumber.percent(body.statistics?.confidence ?? .zero)
    let keys: [Markup] = body.query.keys.map { "<th scope=\"col\">\(value: $0.name)</th>" }
    let names: [Markup] = columns.map {
      "<th scope=\"col\" class=\"n\">\($0.name)</th><th scope=\"col\" class=\"pm\">interval</th>"
    }
    let shown = min(body.cells.count, mostCells)
    let rows: [Markup] = (0..<shown).map { index in
      let values: [Markup] = body.cells[index].values.map {
        "<th scope=\"row\">\(value: $0)</th>"
      }
      let numbers: [Markup] = columns.map { column in
        let text = column.shown(index)
        return "<td class=\"n\">\(text.estimate)</td><td class=\"pm\">\(text.interval)</td>"
      }
      return "<tr>\(values.joined())\(numbers.joined())</tr>\n"
    }
    let more = body.cells.count - shown
    let omission: Markup =
      more > 0
      ? "<p class=\"warning\">The other \(PlainNumber.grouped(more)) cells are in <code>counts.csv</code>.</p>\n"
      : ""
    return """
      <h3 id="counts-derived">Derived</h3>
      \(omission)<p>These follow from the noisy numbers and cost nothing more. Each interval holds for \
      its cell by itself with a probability of at least \(percent); ends are rounded outward. A \
      quantile lies above the first and is at most the second number; “above” alone is above the last \
      threshold.</p>
      <div class="scroll" role="region" aria-labelledby="counts-derived" tabindex="0">
      <table>
      <caption>Derived numbers of each cell, with their intervals</caption>
      <thead><tr>\(keys.joined())\(names.joined())</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>

      """
  }

  private static func table(of top: ReleasedTop, in body: ReleaseBody) -> Markup {
    let percent = PlainNumber.percent(body.statistics?.confidence ?? .zero)
    let others: [Markup] = body.query.keys.filter { $0.name != top.key }.map {
      "<th scope=\"col\">\(value: $0.name)</th>"
    }
    let groups = top.groups.prefix(max(1, mostCells / max(1, top.count)))
    let rows: [Markup] = groups.flatMap { group in
      group.entries.map { entry -> Markup in
        let values: [Markup] = group.others.map { "<th scope=\"row\">\(value: $0)</th>" }
        let ranks =
          entry.best == entry.worst ? "\(entry.best)" : "\(entry.best) to \(entry.worst)"
        return """
          <tr>\(values.joined())<th scope="row">\(value: entry.value)</th>\
          <td class="n">\(PlainNumber.grouped(entry.count))</td><td class="n">\(ranks)</td></tr>

          """
      }
    }
    let more = top.groups.count - groups.count
    let omission: Markup =
      more > 0
      ? "<p class=\"warning\">The other \(PlainNumber.grouped(more)) rankings are in <code>release.json</code>.</p>\n"
      : ""
    return """
      <h3 id="counts-top">Top \(top.count) of \(value: top.key)</h3>
      \(omission)<p>Sorted by the noisy numbers of signals. The rank that a value has without noise is \
      one of those named, for all of a ranking at once with a probability of at least \(percent).</p>
      <div class="scroll" role="region" aria-labelledby="counts-top" tabindex="0">
      <table>
      <caption>The values with the most signals, and the ranks that they may have</caption>
      <thead><tr>\(others.joined())<th scope="col">\(value: top.key)</th>\
      <th scope="col" class="n">signals</th><th scope="col" class="n">rank</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>

      """
  }
}
