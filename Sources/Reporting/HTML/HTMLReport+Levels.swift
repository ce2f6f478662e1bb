// HTMLReport+Levels.swift: the counts of a hierarchy, one table for each measure and level.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension HTMLReport {
  /// The counts of every level, from the top.
  static func levels(of body: ReleaseBody) -> Markup? {
    guard let view = HierarchyView(body) else { return nil }
    let tables = body.measures.indices.flatMap { measure in
      view.hierarchy.levels.indices.map { table(of: body, view, measure: measure, level: $0) }
    }
    let added: Markup =
      view.hierarchy.estimates == nil
      ? ""
      : """
      <p>Beside the noisy numbers of signals stand estimates that add up: those of the regions in a \
      region to its own, exactly. They are the least squares of all noisy numbers and cost nothing \
      more. Their ± is certified. Numbers of units are never made to add up: one unit may be in several \
      regions.</p>

      """
    return """
      <p>Regions lie in one another; every level was counted by itself, with noise of its own.</p>
      \(added)\(tables.joined())
      """
  }

  private static func table(
    of body: ReleaseBody,
    _ view: HierarchyView,
    measure index: Int,
    level: Int
  ) -> Markup {
    let noise = view.hierarchy.levels[level].noise[index]
    let name = noise.measure
    let all = body.cells.indices.filter { view.level(ofCell: $0) == level }
    // Of very many the largest, in their order.
    let least =
      all.count > mostCells
      ? all.map { body.cells[$0].counts[index] }.sorted(by: >)[mostCells - 1] : Int64.min
    let cells = Array(all.filter { body.cells[$0].counts[index] >= least }.prefix(mostCells))
    let chart = WhiskerChart(
      of: body.measures[index].measure,
      counts: cells.map { body.cells[$0].counts[index] },
      halfWidth: noise.halfWidth,
      simultaneousHalfWidth: noise.simultaneousHalfWidth
    )
    let isEstimated = view.isEstimated(index)
    let rows: [Markup] = cells.map { row($0, of: body, view, index, noise, chart) }
    let keys: [Markup] = body.query.keys.map { "<th scope=\"col\">\(value: $0.name)</th>" }
    var estimates: Markup = ""
    if isEstimated {
      estimates = "<th scope=\"col\" class=\"n\">adds up</th><th scope=\"col\" class=\"pm\">±</th>"
    }
    if isEstimated, view.hasWhole { estimates += "<th scope=\"col\" class=\"n\">whole</th>" }
    let levelName = view.hierarchy.levels[level].name
    let id = "counts-\(name)-\(level + 1)"
    return """
      <h3 id="\(id)">\(name.prefix(1).uppercased() + name.dropFirst()), \(value: levelName)</h3>
      \(omission(all.count - cells.count, name))\
      <p>Noise of scale \(PlainNumber.exact(noise.scale)): in one cell within \
      ±\(PlainNumber.grouped(noise.halfWidth)), in all \(PlainNumber.grouped(all.count)) cells of this \
      level at once within ±\(PlainNumber.grouped(noise.simultaneousHalfWidth)).</p>
      <div class="scroll" role="region" aria-labelledby="\(id)" tabindex="0">
      <table class="counts" style="--zero:\(chart.zero)">
      <caption>Noisy number of \(name) in each cell of the level \(value: levelName)</caption>
      <thead><tr>\(keys.joined())<th scope="col" class="n">\(name)</th>\
      <th scope="col" class="pm">± cell</th><th scope="col" class="pm">± all</th>\(estimates)\
      <th scope="col" class="bar"><span class="unseen">Bar with whiskers, from \
      \(PlainNumber.grouped(chart.low)) to \(PlainNumber.grouped(chart.high))</span>\
      \(chart.axis)</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>

      """
  }

  private static func row(
    _ place: Int,
    of body: ReleaseBody,
    _ view: HierarchyView,
    _ index: Int,
    _ noise: LevelNoise,
    _ chart: WhiskerChart
  ) -> Markup {
    let cell = body.cells[place]
    let count = cell.counts[index]
    let values: [Markup] = cell.values.map { "<th scope=\"row\">\(value: $0)</th>" }
    var estimate: Markup = ""
    if view.isEstimated(index), let known = view.estimate(ofCell: place) {
      estimate = """
        <td class="n">\(known.value.rounded(places: 2))</td>\
        <td class="pm">±\(PlainNumber.grouped(known.halfWidth))</td>
        """
      if let whole = known.whole {
        estimate += "<td class=\"n\">\(PlainNumber.grouped(whole))</td>"
      }
    }
    return """
      <tr>\(values.joined())<td class="n" data-v="\(String(count))">\
      \(PlainNumber.grouped(count))</td><td class="pm">±\(PlainNumber.grouped(noise.halfWidth))</td>\
      <td class="pm">±\(PlainNumber.grouped(noise.simultaneousHalfWidth))</td>\(estimate)\
      <td class="bar">\(chart.bar(of: count))</td></tr>

      """
  }

  /// The noise of one measure on each level.
  static func levelNoise(of body: ReleaseBody) -> [Markup]? {
    guard let hierarchy = body.hierarchy else { return nil }
    return body.measures.enumerated().flatMap { index, measure in
      hierarchy.levels.map { level in
        let noise = level.noise[index]
        return """
          <tr><th scope="row">\(measure.measure.rawValue), \(value: level.name)</th>\
          <td class="n">\(PlainNumber.grouped(noise.sensitivity))</td>\
          <td class="n">\(PlainNumber.exact(noise.epsilon))</td>\
          <td class="n">\(PlainNumber.exact(noise.scale))</td>\
          <td class="n">±\(PlainNumber.grouped(noise.halfWidth))</td>\
          <td class="n">±\(PlainNumber.grouped(noise.simultaneousHalfWidth))</td>\
          <td class="n">\(PlainNumber.percent(measure.confidence))</td></tr>

          """ as Markup
      }
    }
  }
}
