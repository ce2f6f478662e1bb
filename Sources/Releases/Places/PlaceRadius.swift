// PlaceRadius.swift: the radius of a circle as people write it, and in metres.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// The radius of a circle, exactly as it is written: `10 mi`, `2.5 km`, `800 m`.
package struct PlaceRadius: Sendable, Hashable {
  /// The radii that a circle can have, in metres: up to a quarter of the way round the globe.
  package static let metres = Rational(1)...Rational(10_000_000)
  /// The units, with the metres in one; a mile has 1609.344.
  private static let units: [(name: String, metres: Rational)] = [
    ("mi", Rational(1_609_344, 1000)), ("km", Rational(1000)), ("m", .one),
  ]
  /// The names of the units.
  package static let unitNames = units.map(\.name)

  /// The radius in its one form: the shortest decimal, a space and the unit.
  package let text: String
  /// The radius in metres.
  package let metres: Rational

  /// Reads the one form; `nil` for any other text and for what is out of range.
  package init?(_ text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let unit = Self.units.first(where: { $0.name == parts[1] }),
      let billionths = ExactDecimal.billionths(String(parts[0]))
    else { return nil }
    metres = Rational(BigInteger(billionths), BigInteger(ExactDecimal.one)) * unit.metres
    guard Self.metres.contains(metres) else { return nil }
    self.text = text
  }

  /// The radius that ends the name of a circle, behind that of its place and a space.
  package init?(ending name: String) {
    let space = UInt8(ascii: " ")
    let parts = name.utf8.split(separator: space, omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.dropLast(2).contains(where: { !$0.isEmpty }) else { return nil }
    self.init(parts.suffix(2).map { String(Substring($0)) }.joined(separator: " "))
  }

  /// The radius in metres as the shortest decimal.
  package var metresText: String {
    // A mile has three decimals and a number of miles at most nine.
    metres.decimal(digits: 40, .down)
  }
}
