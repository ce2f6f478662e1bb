// DeltaCurve.swift: delta over epsilon as a drawing, on a logarithmic axis, in one SVG file.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation

/// A drawing of certified delta over epsilon.
///
/// Floating point places marks on paper here; no printed number comes from it.
public struct DeltaCurve: Sendable {
  /// A point of the curve.
  public struct Point: Sendable {
    /// In nats.
    public let epsilon: Rational
    /// Certified bounds.
    public let delta: Enclosure

    /// Makes a point.
    public init(epsilon: Rational, delta: Enclosure) {
      self.epsilon = epsilon
      self.delta = delta
    }
  }

  /// The points, epsilon growing.
  public let points: [Point]
  /// A sentence above the drawing.
  public let title: String

  /// Makes a curve.
  public init(points: [Point], title: String) {
    self.points = points
    self.title = title
  }

  private static let width = 720.0
  private static let height = 440.0
  private static let left = 84.0
  private static let right = 24.0
  private static let top = 56.0
  private static let bottom = 56.0

  /// The drawing as an SVG document.
  public var svg: String {
    let drawn = points.filter { $0.delta.upper.signum > 0 }
    let logarithms = drawn.map { Self.logarithm($0.delta.upper) }
    let floor = max(-300, (logarithms.min() ?? -1).rounded(.down))
    let largest = points.last.map { Self.number($0.epsilon) } ?? 1
    let span = largest > 0 ? largest : 1
    func x(_ epsilon: Double) -> Double {
      Self.left + (Self.width - Self.left - Self.right) * epsilon / span
    }
    func y(_ logarithm: Double) -> Double {
      let low = min(floor, -1)
      return Self.top + (Self.height - Self.top - Self.bottom) * min(1, logarithm / low)
    }
    var body = ""
    let steps = 5
    for step in 0...steps {
      let exponent = (min(floor, -1) * Double(step) / Double(steps)).rounded()
      body += Self.line(Self.left, y(exponent), Self.width - Self.right, y(exponent), "grid")
      body += Self.text(
        Self.left - 8,
        y(exponent) + 4,
        "end",
        step == 0 ? "1" : "1e\(Int(exponent))"
      )
    }
    if let last = points.last {
      for step in 0...4 {
        let epsilon = last.epsilon * Rational(BigInteger(step), 4)
        let label = epsilon.decimal(digits: 3, .down)
        body += Self.text(x(Self.number(epsilon)), Self.height - Self.bottom + 20, "middle", label)
      }
    }
    let path = zip(drawn, logarithms).map {
      Self.format(x(Self.number($0.epsilon))) + "," + Self.format(y($1))
    }
    body += "<polyline class=\"curve\" points=\"\(path.joined(separator: " "))\"/>\n"
    body += Self.text(Self.left, 30, "start", title)
    body += Self.text(Self.width / 2, Self.height - 12, "middle", "epsilon, in nats")
    body += Self.text(Self.left, Self.top - 8, "end", "delta")
    return Self.frame(body, title: title)
  }

  private static func frame(_ body: String, title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(format(width)) \(format(height))" role="img">
    <title>\(escaped(title))</title>
    <style>
    svg { font: 13px sans-serif; background: #fff } text { fill: #222 }
    .grid { stroke: #ddd } .curve { fill: none; stroke: #1f5f8b; stroke-width: 2 }
    @media (prefers-color-scheme: dark) {
    svg { background: #181a1b } text { fill: #ddd } .grid { stroke: #444 } .curve { stroke: #7bb8e0 }
    }
    </style>
    \(body)</svg>

    """
  }

  private static func line(
    _ x1: Double,
    _ y1: Double,
    _ x2: Double,
    _ y2: Double,
    _ name: String
  ) -> String {
    "<line class=\"\(name)\" x1=\"\(format(x1))\" y1=\"\(format(y1))\" x2=\"\(format(x2))\" "
      + "y2=\"\(format(y2))\"/>\n"
  }

  private static func text(_ x: Double, _ y: Double, _ anchor: String, _ text: String) -> String {
    "<text x=\"\(format(x))\" y=\"\(format(y))\" text-anchor=\"\(anchor)\">\(escaped(text))</text>\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }

  /// One decimal is a tenth of a pixel.
  private static func format(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    return "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  private static func number(_ value: Rational) -> Double {
    Double(value.decimal(digits: 15, .down)) ?? 0
  }

  /// The decimal logarithm of a positive number, good to a pixel.
  private static func logarithm(_ value: Dyadic) -> Double {
    let mantissa = value.shifted(by: -value.leadingExponent)
    return Foundation.log10(2) * Double(value.leadingExponent)
      + Foundation.log10(number(mantissa.rational))
  }
}
