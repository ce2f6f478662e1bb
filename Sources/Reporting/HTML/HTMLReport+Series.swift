// HTMLReport+Series.swift: counts by day, week or month as a line with its band.
// Reference: [WCAG22].
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

extension HTMLReport {
  /// The time series of a release; empty where it has none.
  static func series(of body: ReleaseBody) -> Markup {
    guard let figure = SeriesFigure(runningOf: body) ?? SeriesFigure(byTimeOf: body) else {
      return ""
    }
    var charts: [Markup] = []
    for (number, layer) in figure.layers.enumerated() {
      for (view, values) in zip(figure.views.views, figure.values[number]) {
        charts.append(
          chart(
            LineChart(axis: figure.axis, values: values),
            layer,
            title: title(layer, figure.views.title(of: view), figure),
            place: "\(number):" + view.choice.map(String.init).joined(separator: ","),
            isHidden: !charts.isEmpty
          )
        )
      }
    }
    return """
      <section aria-labelledby="series">
      <h2 id="series">Over time</h2>
      \(introduction(of: figure))\(controls(figure.layers, figure.views, of: "series"))\
      <figure class="series" data-labels="\(figure.axis.labels.joined(separator: "|"))">
      <p class="none" hidden>Nothing was released for this choice.</p>
      \(charts.joined())<p class="readout" aria-live="polite" hidden></p>
      <figcaption>\(caption(of: figure))</figcaption>
      </figure>
      </section>

      """
  }

  private static func introduction(of figure: SeriesFigure) -> Markup {
    guard figure.isRunning else {
      return """
        <p>The line joins the noisy numbers of each \(figure.period); the band is the ± of each \
        \(figure.period) by itself. A single peak or dip within the band of its neighbours may be \
        noise alone. A gap is a \(figure.period) without a released number.</p>

        """
    }
    return """
      <p>Each point counts everything from the beginning up to the end of its period; the band is the \
      ± of each point by itself, which changes with time as more or fewer noisy sums make it up. \
      Neighbouring points share noise: a line that falls a little is noise, not fewer signals.</p>

      """
  }

  private static func caption(of figure: SeriesFigure) -> Markup {
    figure.isRunning
      ? """
      The last point is in the tables below; all points are in <code>release.json</code>.
      """
      : "All numbers are in the tables below and in <code>counts.csv</code>."
  }

  private static func title(
    _ layer: FigureLayer,
    _ view: String,
    _ figure: SeriesFigure
  ) -> String {
    let what = view.isEmpty ? layer.name : "\(layer.name), \(view)"
    let labels = figure.axis.labels
    let span = "\(labels.first ?? "") to \(labels.last ?? "")"
    return what + (figure.isRunning ? ", running" : ", by \(figure.period)") + ", \(span)"
  }

  private static func chart(
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
