// EstimatedInterval.swift: an estimate with the interval that holds the exact number.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// An estimate with the interval that holds the exact number at the confidence of the release.
///
/// What nothing can be said about is left out.
public struct EstimatedInterval: Sendable, Hashable {
  /// The estimate; `nil` where there is none, as for the mean of no signals.
  public let estimate: Rational?
  /// The lower end; `nil` where there is none.
  public let low: Rational?
  /// The upper end; `nil` where there is none.
  public let high: Rational?

  /// Makes an interval.
  public init(estimate: Rational?, low: Rational?, high: Rational?) {
    self.estimate = estimate
    self.low = low
    self.high = high
  }
}

extension JSONWriter {
  /// Appends an interval: its parts that are there.
  mutating func interval(_ interval: EstimatedInterval) {
    raw("{")
    var isFirst = true
    for (part, value) in [
      ("estimate", interval.estimate), ("high", interval.high), ("low", interval.low),
    ] {
      guard let value else { continue }
      if !isFirst { raw(",") }
      isFirst = false
      name(part)
      rational(value)
    }
    raw("}")
  }

  /// Appends a list, written by `body` one after the other.
  mutating func list<Element>(_ elements: [Element], _ body: (inout JSONWriter, Element) -> Void) {
    raw("[")
    for (index, element) in elements.enumerated() {
      if index > 0 { raw(",") }
      body(&self, element)
    }
    raw("]")
  }
}

extension JSONCursor {
  /// Reads an interval.
  mutating func interval() throws(ReleaseDecodingError) -> EstimatedInterval {
    var parts: [String: Rational] = [:]
    try object { name, cursor throws(ReleaseDecodingError) in
      guard ["estimate", "low", "high"].contains(name) else { throw ReleaseDecodingError(.unknown) }
      parts[name] = try cursor.rational()
    }
    return EstimatedInterval(estimate: parts["estimate"], low: parts["low"], high: parts["high"])
  }

  /// Reads a list, read by `body` one after the other.
  mutating func list<Element>(
    _ body: (inout JSONCursor) throws(ReleaseDecodingError) -> Element
  ) throws(ReleaseDecodingError) -> [Element] {
    var elements: [Element] = []
    try array { cursor throws(ReleaseDecodingError) in elements.append(try body(&cursor)) }
    return elements
  }
}
