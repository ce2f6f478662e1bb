// JSONCursor+Values.swift: the values that a release is made of, each with its own limits.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension JSONCursor {
  /// The value of a member that must be there.
  static func required<Value>(
    _ value: Value?,
    _ name: String
  ) throws(ReleaseDecodingError) -> Value {
    guard let value else { throw ReleaseDecodingError(.missing).within(member: name) }
    return value
  }

  /// Reads a name that must be the one given.
  mutating func constant(_ text: String) throws(ReleaseDecodingError) {
    guard try string().utf8.elementsEqual(text.utf8) else {
      throw ReleaseDecodingError(.unsuitable(expected: "\"\(text)\""))
    }
  }

  /// Reads one of a closed set of names.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type
  ) throws(ReleaseDecodingError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: try string()) else {
      let names = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw ReleaseDecodingError(.unsuitable(expected: "one of \(names)"))
    }
    return choice
  }

  /// Reads SHA-256 in lower-case hexadecimal.
  mutating func digest() throws(ReleaseDecodingError) -> String {
    try hexadecimal(digits: 64)
  }

  /// Reads so many lower-case hexadecimal digits.
  mutating func hexadecimal(digits: Int) throws(ReleaseDecodingError) -> String {
    let text = try string()
    func isHexadecimal(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
    guard text.utf8.count == digits, text.utf8.allSatisfy(isHexadecimal) else {
      throw ReleaseDecodingError(.unsuitable(expected: "\(digits) lower-case hexadecimal digits"))
    }
    return text
  }

  /// Reads an instant, `YYYY-MM-DDThh:mm:ssZ`.
  mutating func instant() throws(ReleaseDecodingError) -> String {
    let text = try string()
    let pattern = "0000-00-00T00:00:00Z"
    let fits = zip(text.utf8, pattern.utf8).allSatisfy { byte, model in
      model == UInt8(ascii: "0")
        ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == model
    }
    guard text.utf8.count == pattern.utf8.count, fits else {
      throw ReleaseDecodingError(.unsuitable(expected: "an instant, YYYY-MM-DDThh:mm:ssZ"))
    }
    return text
  }

  /// Reads a release id.
  mutating func releaseID() throws(ReleaseDecodingError) -> ReleaseID {
    guard let id = try? ReleaseID(try string()) else {
      throw ReleaseDecodingError(
        .unsuitable(
          expected: "1 to \(ReleaseID.longest) letters, digits, dots, underscores and hyphens"
        )
      )
    }
    return id
  }

  /// Reads an integer from 1 to `limit`.
  mutating func positive(limit: Int = .max) throws(ReleaseDecodingError) -> Int {
    let value = try int64()
    guard value >= 1, let number = Int(exactly: value), number <= limit else {
      throw ReleaseDecodingError(.unsuitable(expected: "an integer from 1 to \(limit)"))
    }
    return number
  }

  /// Reads a fraction in lowest terms from its string.
  mutating func rational() throws(ReleaseDecodingError) -> Rational {
    let text = try string()
    guard let value = try? Rational(parsing: text) else {
      throw ReleaseDecodingError(.notLowestTerms(canonical: nil))
    }
    guard value.description.utf8.elementsEqual(text.utf8) else {
      throw ReleaseDecodingError(.notLowestTerms(canonical: value.description))
    }
    return value
  }

  /// Reads a fraction above zero.
  mutating func positiveRational() throws(ReleaseDecodingError) -> Rational {
    let value = try rational()
    guard value.signum > 0 else {
      throw ReleaseDecodingError(.unsuitable(expected: "above zero"))
    }
    return value
  }

  /// Reads an integer of any size that is not negative.
  mutating func natural() throws(ReleaseDecodingError) -> BigInteger {
    let value = try bigInteger()
    guard value.signum >= 0 else {
      throw ReleaseDecodingError(.unsuitable(expected: "zero or more"))
    }
    return value
  }

  /// Reads an array of strings.
  mutating func strings() throws(ReleaseDecodingError) -> [String] {
    var values: [String] = []
    try array { cursor throws(ReleaseDecodingError) in values.append(try cursor.string()) }
    return values
  }

  /// Makes a loss of its two parts, both there and in range.
  static func loss(
    epsilon: Rational?,
    delta: Rational?
  ) throws(ReleaseDecodingError) -> PrivacyLoss {
    let epsilon = try required(epsilon, "epsilon")
    let delta = try required(delta, "delta")
    do { return try PrivacyLoss(epsilon: epsilon, delta: delta) } catch {
      switch error {
      case .negativeEpsilon:
        throw ReleaseDecodingError(.unsuitable(expected: "zero or more")).within(member: "epsilon")
      case .negativeDelta, .deltaNotBelowOne:
        throw ReleaseDecodingError(.unsuitable(expected: "from 0 to below 1"))
          .within(member: "delta")
      }
    }
  }
}
