// Rational+Parsing.swift: exact fractions from what people write.
// SPDX-License-Identifier: Apache-2.0

/// Why a text is not an exact number.
public enum RationalParsingError: Error, Equatable, Sendable {
  /// The text is not an integer, a decimal or a fraction.
  case notANumber
  /// The denominator is zero.
  case zeroDenominator
  /// The text is longer than `limit` characters.
  case tooLong(limit: Int)
  /// The exponent is outside `-limit...limit`.
  case exponentOutOfRange(limit: Int)
}

extension RationalParsingError: CustomStringConvertible {
  /// What is wrong and what to write instead.
  public var description: String {
    switch self {
    case .notANumber:
      return "is not an exact number; write an integer, a decimal such as 0.1 or 1e-9, "
        + "or a fraction such as 1/3"
    case .zeroDenominator:
      return "divides by zero; write a fraction with another denominator"
    case .tooLong(let limit):
      return "is longer than \(limit) characters; write a shorter number"
    case .exponentOutOfRange(let limit):
      return "has an exponent beyond \(limit); write one from -\(limit) to \(limit)"
    }
  }
}

extension Rational {
  /// The longest text that is read as a number, in characters.
  public static let longestText = 10_000

  /// The largest decimal exponent that is read, either way.
  public static let largestExponent = 10_000

  /// Reads `3`, `-0.25`, `1e-9` or `1/3` exactly: `0.1` is one tenth.
  ///
  /// The two parts of a fraction are integers or decimals. Exponents and lengths are bounded, so
  /// that no short text can ask for much memory.
  ///
  /// - Throws: `RationalParsingError`, which says what to write instead.
  public init(parsing text: some StringProtocol) throws(RationalParsingError) {
    guard text.utf8.count <= Self.longestText else { throw .tooLong(limit: Self.longestText) }
    let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    switch parts.count {
    case 1:
      self = try Self.decimal(parts[0])
    case 2:
      let numerator = try Self.decimal(parts[0])
      let denominator = try Self.decimal(parts[1])
      guard denominator.signum != 0 else { throw .zeroDenominator }
      self = numerator / denominator
    default:
      throw .notANumber
    }
  }

  /// Reads an optional sign, digits with at most one point, and an optional exponent.
  private static func decimal(
    _ text: some StringProtocol
  ) throws(RationalParsingError) -> Rational {
    var bytes = Array(text.utf8)[...]
    var negative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      negative = sign == UInt8(ascii: "-")
      bytes = bytes.dropFirst()
    }
    let letter = bytes.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    let mantissa = bytes[..<(letter ?? bytes.endIndex)]
    var exponent = 0
    if let letter {
      exponent = try Self.exponent(bytes[(letter + 1)...])
    }
    let point = mantissa.firstIndex(of: UInt8(ascii: "."))
    let whole = mantissa[..<(point ?? mantissa.endIndex)]
    let fraction = point.map { mantissa[($0 + 1)...] } ?? []
    guard !(whole.isEmpty && fraction.isEmpty),
      let digits = BigInteger(String(decoding: whole + fraction, as: UTF8.self)[...]),
      (whole + fraction).allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { throw .notANumber }
    let ten: BigInteger = 10
    let scale = exponent - fraction.count
    let magnitude =
      scale >= 0 ? Rational(digits * ten.power(scale)) : Rational(digits, ten.power(-scale))
    return negative ? -magnitude : magnitude
  }

  private static func exponent(
    _ bytes: ArraySlice<UInt8>
  ) throws(RationalParsingError) -> Int {
    let text = String(decoding: bytes, as: UTF8.self)
    let digits =
      bytes.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true
      ? bytes.dropFirst() : bytes
    guard !digits.isEmpty,
      digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { throw .notANumber }
    guard let value = Int(text), value.magnitude <= UInt(largestExponent) else {
      throw .exponentOutOfRange(limit: largestExponent)
    }
    return value
  }
}
