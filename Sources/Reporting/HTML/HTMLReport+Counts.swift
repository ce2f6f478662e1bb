// HTMLReport+Counts.swift: the counts with their half-widths, one table for each measure.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension HTMLReport {
  /// The cells that are drawn for one measure, in the order of the release.
  static func drawn(of body: ReleaseBody, measure index: Int) -> [ReleasedCell] {
    guard body.cells.count > mostCells else { return body.cells }
    let counts = body.cells.map { $0.counts[index] }
    let least = counts.sorted(by: >)[mostCells - 1]
    // Of cells with the least count that is drawn the first ones are.
    var ties = mostCells - counts.count { $0 > least }
    return zip(body.cells, counts).compactMap { cell, count in
      guard count >= least else { return nil }
      guard count == least else { return cell }
      ties -= 1
      return ties >= 0 ? cell : nil
    }
  }

  /// The counts of every measure.
  static func counts(of body: ReleaseBody) -> Markup {
    let tables =
      levels(of: body).map { [$0] } ?? body.shownMeasures.map { table(of: body, measure: $0) }
    return """
      <section aria-labelledby="counts">
      <h2 id="counts">The counts</h2>
      <p>Each count carries noise. The first ± holds for its cell by itself; the second holds for \
      all cells at once, and is the one to use when you look for the largest, the smallest or the \
      surprising. In the bars, the thick whisker is the first and the thin one the second.</p>
      \(tables.joined())\(statistics(of: body))</section>

      """
  }

  private static func table(of body: ReleaseBody, measure index: Int) -> Markup {
    let measure = body.measures[index]
    let name = measure.measure.rawValue
    let cells = drawn(of: body, measure: index)
    let chart = WhiskerChart(
      of: measure.measure,
      counts: cells.map { $0.counts[index] },
      halfWidth: measure.halfWidth,
      simultaneousHalfWidth: measure.simultaneousHalfWidth
    )
    // Room for the longest value, within reason: longer ones are broken where they must.
    let widths = body.query.keys.indices.map { key in
      cells.reduce(3) { max($0, min(DisplayWidth.columns(of: $1.values[key]), 12)) }
    }
    let isWide = widths.reduce(0, +) > 18
    let keys: [Markup] = zip(body.query.keys, widths).map { key, width in
      "<th scope=\"col\" style=\"min-width:\(width)ch\">\(value: key.name)</th>"
    }
    let plusMinus = "\u{B1}\(measure.measure.shown(measure.halfWidth))"
    let plusMinusAll = "\u{B1}\(measure.measure.shown(measure.simultaneousHalfWidth))"
    let rows: [Markup] = cells.map { cell in
      let values: [Markup] = cell.values.map { "<th scope=\"row\">\(value: $0)</th>" }
      let count = cell.counts[index]
      return """
        <tr>\(values.joined())<td class="n" data-v="\(String(count))">\
        \(measure.measure.shown(BigInteger(count)))</td><td class="pm">\(plusMinus)</td>\
        <td class="pm">\(plusMinusAll)</td><td class="bar">\(chart.bar(of: count))</td></tr>

        """
    }
    let percent = PlainNumber.percent(measure.confidence)
    return """
      <h3 id="counts-\(name)">\(name.prefix(1).uppercased() + name.dropFirst())</h3>
      \(omission(body.cells.count - cells.count, name))\
      <p>With a probability of at least \(percent) the noise in a cell is within \(plusMinus), and \
      with the same probability the noise in all \(PlainNumber.grouped(body.cells.count)) cells at \
      once is within \(plusMinusAll).</p>
      <div class="scroll" role="region" aria-labelledby="counts-\(name)" tabindex="0">
      <table class="counts\(isWide ? " wide" : "")" style="--zero:\(chart.zero)">
      <caption>\(measure.measure.caption) in each cell</caption>
      <thead><tr>\(keys.joined())<th scope="col" class="n">\(name)</th>\
      <th scope="col" class="pm">± cell</th><th scope="col" class="pm">± all</th>\
      <th scope="col" class="bar"><span class="unseen">Bar with whiskers, from \
      \(measure.measure.shown(chart.low)) to \(measure.measure.shown(chart.high))</span>\
      \(chart.axis)</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>

      """
  }

  /// A sentence about the cells that are not drawn.
  static func omission(_ omitted: Int, _ name: String) -> Markup {
    guard omitted > 0 else { return "" }
    return """
      <p class="warning">Only the \(PlainNumber.grouped(mostCells)) cells with the largest numbers \
      of \(name) are shown here; the other \(PlainNumber.grouped(omitted)) are in \
      <code>counts.csv</code>. What is chosen for being large is often large by noise: read it with \
      the ± for all cells.</p>

      """
  }

  /// The noise of every measure.
  static func noise(of body: ReleaseBody) -> Markup {
    let levels = levelNoise(of: body)
    let rows: [Markup] =
      levels
      ?? body.measures.map { measure in
        """
        <tr><th scope="row">\(measure.measure.rawValue)</th>\
        <td class="n">\(measure.measure.shown(measure.sensitivity))</td>\
        <td class="n">\(PlainNumber.exact(measure.epsilon))</td>\
        <td class="n">\(PlainNumber.exact(measure.measure.inUnits(measure.scale)))</td>\
        <td class="n">±\(measure.measure.shown(measure.halfWidth))</td>\
        <td class="n">±\(measure.measure.shown(measure.simultaneousHalfWidth))</td>\
        <td class="n">\(PlainNumber.percent(measure.confidence))</td></tr>

        """
      }
    return """
      <section aria-labelledby="noise">
      <h2 id="noise">The noise</h2>
      <p>An independent draw of discrete Laplace noise was added to every cell of every measure: \
      whole numbers, symmetric about zero, with \
      <span class="formula">P(X = x) = (1 − q)/(1 + q) · q<sup>|x|</sup></span> and \
      <span class="formula">q = e<sup>−1/scale</sup></span>. The scale is the sensitivity, \
      which follows from the bounds, divided by ε.</p>
      <div class="scroll" role="region" aria-label="The noise" tabindex="0">
      <table>
      <caption>The noise of each measure</caption>
      <thead><tr><th scope="col">Measure</th><th scope="col" class="n">Sensitivity</th>\
      <th scope="col" class="n">ε</th><th scope="col" class="n">Scale</th>\
      <th scope="col" class="n">± cell</th><th scope="col" class="n">± all</th>\
      <th scope="col" class="n">Confidence</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>
      </section>

      """
  }
}
