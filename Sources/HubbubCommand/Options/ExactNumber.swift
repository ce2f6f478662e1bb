// ExactNumber.swift: exact numbers on the command line.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// Exact numbers as options have them.
enum ExactNumber {
  /// Reads a number such as `1/3`, `0.1` or `1e-9`.
  static func read(_ text: String, option: String) throws(CommandFailure) -> Rational {
    do {
      return try Rational(parsing: text)
    } catch {
      throw .invalid("\(option): `\(text.prefix(40))` \(error.description)")
    }
  }

  /// Reads a scale that can be drawn exactly.
  static func drawnScale(_ text: String) throws(CommandFailure) -> Rational {
    let scale = try read(text, option: "--scale")
    let scales = Rational(1, 1000)...Rational(BigInteger(1) << 40)
    guard scales.contains(scale) else {
      throw .invalid("--scale: `\(text.prefix(40))` is out of range; write 1/1000 to 2^40")
    }
    return scale
  }
}

extension Rational {
  /// The number as a short decimal where that is exact, else as a fraction.
  var plain: String {
    let decimal = decimal(digits: 12, .down)
    return (try? Rational(parsing: decimal)) == self ? decimal : description
  }
}
