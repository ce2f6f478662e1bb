// SeriesFigure.swift: the numbers of a release over time, a line for each view of each measure.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// The numbers of a release over time, a line for each view of each measure.
struct SeriesFigure {
  /// The most numbers that a page draws over time.
  static let mostNumbers = 12_000

  let axis: TimeAxis
  let layers: [FigureLayer]
  let views: FigureViews
  /// What one place of the axis is: `day`, `week` or `month`.
  let period: String
  /// Whether each number counts all that came before it.
  let isRunning: Bool
  /// The numbers, by layer, view and place of the axis.
  let values: [[[FigureValue?]]]

  /// Counts by day, week or month; `nil` where no key of the release is a time.
  init?(byTimeOf body: ReleaseBody) {
    let layers = FigureLayer.layers(of: body)
    guard !layers.isEmpty,
      let key = TimeAxis.keys.first(where: { key in body.query.keys.contains { $0.name == key } }),
      let views = FigureViews(of: body, along: key, most: Self.mostNumbers / layers.count),
      let axis = TimeAxis(views.axis, key: key)
    else { return nil }
    self.axis = axis
    self.layers = layers
    self.views = views
    period = key
    isRunning = false
    values = layers.map { layer in
      views.views.map { view in
        axis.order.map { place in view.cells[place].flatMap { layer.value(body.cells[$0]) } }
      }
    }
  }

  /// Running counts; `nil` where the release is none of them, or the first.
  init?(runningOf body: ReleaseBody) {
    guard let series = body.continual?.series,
      let axis = TimeAxis(series.days, key: "day", isWhole: true)
    else { return nil }
    let measures = body.measures.filter { measure in
      let name = measure.measure.rawValue
      return series.values[name]?.count == body.cells.count
        && series.halfWidths[name]?.count == series.days.count
        && series.values[name]?.allSatisfy { $0.count == series.days.count } == true
    }
    let all = FigureLayer.layers(of: body)
    let room = Self.mostNumbers / max(1, measures.count * series.days.count)
    guard !measures.isEmpty, let views = FigureViews(cellsOf: body, most: max(1, room)) else {
      return nil
    }
    self.axis = axis
    self.views = views
    layers = measures.compactMap { measure in
      // Half-widths grow with time, so that none holds for all periods.
      all.first { $0.name == measure.measure.rawValue }?.withoutHalfWidth
    }
    period = "day"
    isRunning = true
    values = measures.map { measure in
      let name = measure.measure.rawValue
      let widths = series.halfWidths[name] ?? []
      return views.views.map { view in
        let counts = view.cells.first.flatMap { $0 }.flatMap { series.values[name]?[$0] } ?? []
        return axis.order.map { place in
          FigureValue(counts[place], halfWidth: widths[place], of: measure.measure, isListed: true)
        }
      }
    }
  }
}
