// HTMLReport+RunningSeries.swift: running counts over their periods, as a line for each cell.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

extension HTMLReport {
  /// The running counts of the periods so far; `nil` where the release has none.
  static func runningSeries(of body: ReleaseBody) -> Markup? {
    guard let continual = body.continual else { return nil }
    let series = continual.series
    guard let axis = TimeAxis(consecutive: series.days) else { return "" }
    let layers = body.measures.map { measure in
      FigureLayer(
        name: measure.measure.rawValue,
        halfWidth: "",
        simultaneousHalfWidth: "",
        confidence: PlainNumber.percent(measure.confidence),
        value: { _ in nil }
      )
    }
    let views = FigureViews(
      running: body,
      most: mostPoints / max(1, layers.count * series.days.count)
    )
    var charts: [Markup] = []
    for (number, layer) in layers.enumerated() {
      for view in views.views {
        guard let cell = view.cells.first ?? nil else { continue }
        let what = views.title(of: view)
        charts.append(
          chart(
            LineChart(axis: axis, values: values(of: series, layer.name, cell)),
            layer,
            title: (what.isEmpty ? layer.name : "\(layer.name), \(what)")
              + ", counts since \(body.schedule?.first ?? ""), \(axis.labels.first ?? "") to "
              + "\(axis.labels.last ?? "")",
            place: "\(number):\(view.choice.map(String.init).joined(separator: ","))",
            isHidden: !charts.isEmpty
          )
        )
      }
    }
    let period = body.schedule?.every.rawValue ?? "day"
    return """
      <section aria-labelledby="series">
      <h2 id="series">Over time</h2>
      <p>The line joins the running counts that were released each \(period); the band is the ± of \
      each by itself. Noise is shared by counts close in time, so the line may lie above or below the \
      exact counts for many \(period)s together. It may fall, though exact running counts never do.</p>
      \(controls(layers, views, of: "series"))<figure class="series" \
      data-labels="\(axis.labels.joined(separator: "|"))">
      <p class="none" hidden>Nothing was released for this choice.</p>
      \(charts.joined())<p class="readout" aria-live="polite" hidden></p>
      <figcaption>All numbers are in <code>release.json</code>, under <code>continual</code>.</figcaption>
      </figure>
      </section>

      """
  }

  /// The running counts of a cell with the half-width of each.
  private static func values(
    of series: ReleasedSeries,
    _ measure: String,
    _ cell: Int
  ) -> [FigureValue?] {
    guard let counts = series.values[measure]?[cell], let widths = series.halfWidths[measure],
      counts.count == widths.count
    else { return [] }
    return zip(counts, widths).map { count, width in
      FigureValue(
        text: PlainNumber.grouped(count),
        number: Double(count),
        halfWidth: Double(width.description) ?? .infinity,
        halfWidthText: PlainNumber.grouped(width),
        isUncertain: FigureValue.isUncertain(count, halfWidth: width)
      )
    }
  }
}

extension FigureViews {
  /// One view for each cell; of too many those with the largest first counts.
  fileprivate init(running body: ReleaseBody, most: Int) {
    var others = body.query.keys.map { (name: $0.name, values: [String]()) }
    var numbers: [[[UInt8]: Int]] = others.map { _ in [:] }
    let all = body.cells.enumerated().map { index, cell in
      let choice = cell.values.enumerated().map { key, value in
        let bytes = Array(value.utf8)
        if let number = numbers[key][bytes] { return number }
        others[key].values.append(value)
        numbers[key][bytes] = others[key].values.count - 1
        return others[key].values.count - 1
      }
      return View(choice: choice, cells: [index])
    }
    let order = body.cells.indices.sorted {
      (body.cells[$1].counts.first ?? 0, $0) < (body.cells[$0].counts.first ?? 0, $1)
    }
    let kept = Set(order.prefix(max(1, most)))
    self.init(
      axisName: "period",
      axis: body.continual?.series.days ?? [],
      others: others,
      views: all.indices.filter(kept.contains).map { all[$0] },
      omitted: all.count - min(all.count, max(1, most))
    )
  }
}

extension TimeAxis {
  /// The first days of periods that follow on one another; `nil` where there are fewer than two.
  fileprivate init?(consecutive days: [String]) {
    let numbers = days.compactMap { CivilDay($0)?.number }
    guard numbers.count == days.count, let first = numbers.first, let last = numbers.last,
      first < last
    else { return nil }
    self.init(
      labels: days,
      places: numbers.map { Double($0 - first) / Double(last - first) },
      order: Array(days.indices),
      follows: days.indices.map { $0 > 0 }
    )
  }
}
