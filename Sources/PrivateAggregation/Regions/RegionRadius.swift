// RegionRadius.swift: the radius of circles as a spec writes it.
// SPDX-License-Identifier: Apache-2.0

import Releases

/// Why a text is no radius.
package enum RadiusProblem: Error, Hashable {
  /// It is not a number and a unit.
  case form
  /// Its unit is none of those that are known.
  case unit
  /// It has more than nine digits behind the point.
  case digits
  /// It is below 1 m or above 10,000 km.
  case range
}

/// The radius of circles, in the one form that names and releases have: `10 mi`, `2.5 km`, `800 m`.
package struct RegionRadius: Sendable, Hashable {
  let radius: PlaceRadius

  /// Reads `10 mi`, `10mi` or `10.0  mi`: a decimal number without sign or exponent, and a unit.
  package init(_ written: String) throws(RadiusProblem) {
    let point = UInt8(ascii: ".")
    let number = written.utf8.prefix { (0x30...0x39).contains($0) || $0 == point }
    let unit = String(Substring(written.utf8.dropFirst(number.count).drop { $0 == 0x20 }))
    let parts = number.split(separator: point, omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), number.contains(where: { $0 != point }), !unit.isEmpty,
      unit.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) })
    else { throw .form }
    guard PlaceRadius.unitNames.contains(unit) else { throw .unit }
    var whole = Substring(parts[0].drop { $0 == 0x30 })
    if whole.isEmpty { whole = "0" }
    var behind = parts.count == 2 ? Substring(parts[1]) : ""
    while behind.last == "0" { behind.removeLast() }
    guard behind.utf8.count <= 9 else { throw .digits }
    let decimal = behind.isEmpty ? String(whole) : "\(whole).\(behind)"
    guard let radius = PlaceRadius("\(decimal) \(unit)") else { throw .range }
    self.radius = radius
  }

  /// The one form.
  package var text: String { radius.text }

  /// Whether another radius is the same length, whatever its unit.
  package func isAsLong(as other: RegionRadius) -> Bool { radius.metres == other.radius.metres }

  /// The units that are known.
  package static var units: [String] { PlaceRadius.unitNames }
}
