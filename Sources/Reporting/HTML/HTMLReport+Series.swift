// HTMLReport+Series.swift: counts by day, week or month as a line with its band.
// Reference: [WCAG22].
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

extension HTMLReport {
  /// The most numbers that a page draws over time.
  static let mostPoints = 12_000

  /// The time series of a release; empty where no key of it is a time.
  static func series(of body: ReleaseBody) -> Markup {
    let layers = FigureLayer.layers(of: body)
    guard !layers.isEmpty,
      let key = TimeAxis.keys.first(where: { key in body.query.keys.contains { $0.name == key } }),
      let views = FigureViews(of: body, along: key, most: mostPoints / layers.count),
      let axis = TimeAxis(views.axis, key: key)
    else { return "" }
    var charts: [Markup] = []
    for (number, layer) in layers.enumerated() {
      for view in views.views {
        let values = axis.order.map { place in
          view.cells[place].flatMap { layer.value(body.cells[$0]) }
        }
        let choice = view.choice.map(String.init).joined(separator: ",")
        charts.append(
          chart(
            LineChart(axis: axis, values: values),
            layer,
            title: title(layer, views.title(of: view), axis, key),
            place: "\(number):\(choice)",
            isHidden: !charts.isEmpty
          )
        )
      }
    }
    return """
      <section aria-labelledby="series">
      <h2 id="series">Over time</h2>
      <p>The line joins the noisy counts of each \(key); the band is the ± of each \(key) by itself. \
      A single peak or dip within the band of its neighbours may be noise alone. A gap is a \(key) \
      without a released count.</p>
      \(controls(layers, views, of: "series"))<figure class="series" \
      data-labels="\(axis.labels.joined(separator: "|"))">
      <p class="none" hidden>Nothing was released for this choice.</p>
      \(charts.joined())<p class="readout" aria-live="polite" hidden></p>
      <figcaption>All numbers are in the tables below and in <code>counts.csv</code>.</figcaption>
      </figure>
      </section>

      """
  }

  private static func title(
    _ layer: FigureLayer,
    _ view: String,
    _ axis: TimeAxis,
    _ key: String
  ) -> String {
    let what = view.isEmpty ? layer.name : "\(layer.name), \(view)"
    let span = "\(axis.labels.first ?? "") to \(axis.labels.last ?? "")"
    return "\(what), by \(key), \(span)"
  }

  static func chart(
    _ chart: LineChart,
    _ layer: FigureLayer,
    title: String,
    place: String,
    isHidden: Bool
  ) -> Markup {
    let texts = chart.values.map { $0?.text ?? "" }.joined(separator: "|")
    let halfWidths =
      layer.halfWidth.isEmpty
      ? chart.values.map { $0?.halfWidthText ?? "" }.joined(separator: "|") : layer.halfWidth
    return """
      <div class="chart" role="img" aria-label="\(title)" data-k="\(place)" \
      data-x="\(chart.places)" data-v="\(texts)" data-h="\(halfWidths)"\
      \(isHidden ? " hidden" : "" as Markup)>
      \(chart.svg)
      </div>

      """
  }
}
