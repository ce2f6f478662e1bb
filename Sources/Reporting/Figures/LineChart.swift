// LineChart.swift: numbers over time as a line with a band, as inline SVG.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Numbers over time, as a line with the band of their half-widths.
///
/// Lines are stretched to the width of the page and texts are not, so that both stay legible.
struct LineChart {
  /// The height of the plot and the room for labels below it, in pixels.
  private static let height = (plot: 208.0, whole: 240.0)

  let axis: TimeAxis
  /// The number at each place of the axis; `nil` leaves a gap.
  let values: [FigureValue?]
  private let low: Double
  private let high: Double
  private let ticks: [Double]

  init(axis: TimeAxis, values: [FigureValue?]) {
    self.axis = axis
    self.values = values
    let present = values.compactMap { $0 }
    let least = min(0, present.map { $0.number - $0.halfWidth }.min() ?? 0)
    let most = max(1, present.map { $0.number + $0.halfWidth }.max() ?? 1)
    ticks = Self.ticks(from: least, to: most)
    let room = (most - least) / 25
    low = least < 0 ? least - room : 0
    high = most + room
  }

  /// Three to six round numbers.
  private static func ticks(from low: Double, to high: Double) -> [Double] {
    let span = high - low
    guard span.isFinite, span > 0 else { return [0] }
    let power = Foundation.pow(10, Foundation.log10(span / 4).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 * 4.5 >= span } ?? power * 10
    let first = (low / step).rounded(.up)
    return (0...6).map { (first + Double($0)) * step }.filter { $0 <= high }
  }

  /// A number with at most two decimals, for a place on the drawing.
  private static func short(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int((min(max(value, -1e7), 1e7) * 100).rounded())
    if hundredths % 100 == 0 { return "\(hundredths / 100)" }
    var text = String(format: "%.2f", Double(hundredths) / 100)
    while text.hasSuffix("0") { text.removeLast() }
    return text
  }

  private func y(_ value: Double) -> Double {
    let part = (value - low) / (high - low)
    return Self.height.plot * (1 - (part.isFinite ? min(max(part, 0), 1) : 0))
  }

  private func x(_ index: Int) -> String { Self.short(axis.places[index] * 1000) }

  /// The places in percent, for the script.
  var places: String {
    axis.places.map { Self.short($0 * 100) }.joined(separator: " ")
  }

  /// Runs of periods that follow on one another and have numbers.
  private var runs: [[Int]] {
    var runs: [[Int]] = []
    for index in values.indices where values[index] != nil {
      if let last = runs.last?.last, last == index - 1, axis.follows[index] {
        runs[runs.count - 1].append(index)
      } else {
        runs.append([index])
      }
    }
    return runs
  }

  /// The drawing.
  var svg: Markup {
    var band = ""
    var curve = ""
    for run in runs {
      var (above, below): ([String], [String]) = ([], [])
      var line: [String] = []
      for index in run {
        guard let value = values[index] else { continue }
        line.append("\(x(index)) \(Self.short(y(value.number)))")
        above.append("\(x(index)) \(Self.short(y(value.number + value.halfWidth)))")
        below.append("\(x(index)) \(Self.short(y(value.number - value.halfWidth)))")
      }
      // A period by itself is a dot and a narrow bar.
      if run.count == 1, let index = run.first {
        let (left, right) = (axis.places[index] * 1000 - 3, axis.places[index] * 1000 + 3)
        let ends = [above[0], below[0]].map { $0.split(separator: " ").last ?? "0" }
        above = ["\(Self.short(left)) \(ends[0])", "\(Self.short(right)) \(ends[0])"]
        below = ["\(Self.short(left)) \(ends[1])", "\(Self.short(right)) \(ends[1])"]
        line.append(line[0])
      }
      band += "M" + (above + below.reversed()).joined(separator: "L") + "z"
      curve += "M" + line.joined(separator: "L")
    }
    return """
      <svg aria-hidden="true" height="\(Self.short(Self.height.whole))">\(grid)\
      <svg width="100%" height="\(Self.short(Self.height.plot))" viewBox="0 0 1000 \
      \(Self.short(Self.height.plot))" preserveAspectRatio="none" overflow="visible">\
      <path class="band" d="\(band)"/><path class="curve" d="\(curve)"/></svg>\
      \(labels)<line class="cursor" x1="0%" x2="0%" y1="0" y2="\(Self.short(Self.height.plot))" \
      visibility="hidden"/></svg>
      """
  }

  private var grid: Markup {
    let lines: [Markup] = ticks.map { tick in
      let place = Self.short(y(tick))
      return """
        <line class="\(tick == 0 ? "zero" : "grid")" x1="0%" x2="100%" y1="\(place)" y2="\(place)"/>
        """
    }
    return lines.joined()
  }

  private var labels: Markup {
    var texts: [Markup] = ticks.map { tick in
      let place = Self.short(max(y(tick) - 4, 10))
      return "<text x=\"0%\" y=\"\(place)\">\(Self.text(tick))</text>"
    }
    let count = min(5, axis.labels.count)
    for step in 0..<count {
      let index = step * (axis.labels.count - 1) / max(1, count - 1)
      let anchor = step == 0 ? "start" : step == count - 1 ? "end" : "middle"
      let minor: Markup = step == 0 || step == count - 1 ? "" : " class=\"minor\""
      texts.append(
        """
        <text x="\(Self.short(axis.places[index] * 100))%" y="228" text-anchor="\(anchor)"\(minor)>\
        \(axis.labels[index])</text>
        """
      )
    }
    return texts.joined()
  }

  private static func text(_ value: Double) -> String {
    if value.rounded() == value, abs(value) < 9e15 { return PlainNumber.grouped(Int(value)) }
    let text = String(format: "%g", abs(value))
    return value < 0 ? "\u{2212}" + text : text
  }
}
