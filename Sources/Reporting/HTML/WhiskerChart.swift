// WhiskerChart.swift: bars with whiskers on one common axis, as inline SVG.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// Bars with whiskers on one common axis, one small picture for each count.
///
/// The axis holds every count with its wider whisker, and zero. Floating point places the strokes;
/// the numbers at the ticks are exact.
struct WhiskerChart {
  /// The left end of the axis.
  let low: BigInteger
  /// The right end of the axis.
  let high: BigInteger
  private let measure: Measure
  private let halfWidth: BigInteger
  private let simultaneousHalfWidth: BigInteger
  private let origin: Double
  private let span: Double

  /// Makes the axis for all counts of a measure.
  init(
    of measure: Measure,
    counts: [Int64],
    halfWidth: BigInteger,
    simultaneousHalfWidth: BigInteger
  ) {
    self.measure = measure
    self.halfWidth = halfWidth
    self.simultaneousHalfWidth = simultaneousHalfWidth
    let left = min(0, BigInteger(counts.min() ?? 0) - simultaneousHalfWidth)
    let right = max(1, BigInteger(counts.max() ?? 0) + simultaneousHalfWidth)
    // A little room, so that no whisker ends at the edge.
    let room = (right - left).dividedRoundingUp(by: 50)
    low = left - room
    high = right + room
    origin = Self.double(low)
    span = Self.double(high - low)
  }

  private static func double(_ value: BigInteger) -> Double {
    Double(value.description) ?? 0
  }

  /// The place of a number on the axis, from 0 to 100.
  private func place(_ value: BigInteger) -> Double {
    let place = (Self.double(value) - origin) / span * 100
    return place.isFinite ? min(max(place, 0), 100) : 0
  }

  /// A percentage with two decimals.
  private static func percent(_ place: Double) -> String {
    let hundredths = Int((place * 100).rounded())
    let fraction = hundredths % 100
    let tail = fraction == 0 ? "" : fraction < 10 ? ".0\(fraction)" : ".\(fraction)"
    return "\(hundredths / 100)\(tail)%"
  }

  /// The place of zero.
  var zero: String { Self.percent(place(0)) }

  /// The picture of one count: a bar from zero, a thick whisker and a thin one.
  func bar(of count: Int64) -> Markup {
    let value = BigInteger(count)
    let (from, to) = (place(min(value, 0)), place(max(value, 0)))
    let inner = (place(value - halfWidth), place(value + halfWidth))
    let outer = (place(value - simultaneousHalfWidth), place(value + simultaneousHalfWidth))
    return """
      <svg aria-hidden="true" width="100%" height="16">\
      <rect x="\(Self.percent(from))" y="2" width="\(Self.percent(to - from))" height="12"/>\
      <line class="o" x1="\(Self.percent(outer.0))" x2="\(Self.percent(outer.1))" y1="8" y2="8"/>\
      <line class="i" x1="\(Self.percent(inner.0))" x2="\(Self.percent(inner.1))" y1="8" y2="8"/>\
      </svg>
      """
  }

  /// The numbers below which the bars stand.
  var axis: Markup {
    let labels: [Markup] = ticks.map { tick in
      let place = place(tick)
      let anchor = place < 8 ? "start" : place > 92 ? "end" : "middle"
      let minor: Markup = tick == 0 || tick == ticks.last ? "" : " class=\"minor\""
      return """
        <text x="\(Self.percent(place))" y="12" text-anchor="\(anchor)"\(minor)>\
        \(label(tick))</text>
        """
    }
    return """
      <svg aria-hidden="true" width="100%" height="16">\(labels.joined())</svg>
      """
  }

  /// Three to five round numbers on the axis.
  private var ticks: [BigInteger] {
    let span = high - low
    var power: BigInteger = 1
    while power * 40 < span { power *= 10 }
    let steps = [power, power * 2, power * 5, power * 10]
    let step = steps.first { $0 * 4 >= span } ?? power * 10
    var tick = low.dividedRoundingUp(by: step) * step
    var ticks: [BigInteger] = []
    while tick <= high {
      ticks.append(tick)
      tick += step
    }
    return ticks
  }

  /// A round number in few characters: 20k for 20,000; steps in units of the value.
  private func label(_ value: BigInteger) -> String {
    if let range = measure.range { return PlainNumber.short(Rational(value) * range.grid) }
    for (unit, letter) in [(1_000_000 as BigInteger, "M"), (1000, "k")]
    where value.magnitude >= unit * 10 && value.modulo(unit) == 0 {
      return PlainNumber.grouped(value.dividedExactly(by: unit)) + letter
    }
    return PlainNumber.grouped(value)
  }
}
