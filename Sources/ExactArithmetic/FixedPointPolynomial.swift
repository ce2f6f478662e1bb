// FixedPointPolynomial.swift: polynomials with fixed-point coefficients, rounded one way, multiplied
// as single big integers.
// Reference: [BZ10] section 1.9, Kronecker substitution.
// SPDX-License-Identifier: Apache-2.0

import CGMP

/// A polynomial with non-negative fixed-point coefficients that bound the true ones from one side.
///
/// Every coefficient is a multiple of `2^-(64 f)`. A product packs each factor into one integer, a
/// slot a coefficient, multiplies once, and rounds every coefficient in the polynomial's direction:
/// what bounded from below (or above) still does.
///
/// - Reference: [BZ10] section 1.9.
public struct FixedPointPolynomial: Sendable {
  /// The 64-bit words after the point, `f`.
  public let fractionWords: Int
  /// The direction in which products are rounded.
  public let direction: RoundingDirection
  /// The number of coefficients, from the constant one on.
  public let count: Int
  /// `fractionWords + 1` words for each coefficient, the lowest first.
  let words: [UInt]

  private init(fractionWords: Int, direction: RoundingDirection, count: Int, words: [UInt]) {
    self.fractionWords = fractionWords
    self.direction = direction
    self.count = count
    self.words = words
  }

  /// Makes a polynomial from coefficients that are scaled by `2^(64 f)`.
  ///
  /// - Precondition: At least one coefficient; each from zero to below `2^(64 (f + 1))`.
  public init(_ scaled: [BigInteger], fractionWords: Int, direction: RoundingDirection) {
    precondition(!scaled.isEmpty && fractionWords > 0, "a polynomial has a coefficient")
    let stride = fractionWords + 1
    var words = [UInt](repeating: 0, count: scaled.count * stride)
    for (index, value) in scaled.enumerated() {
      precondition(
        value.signum >= 0 && value.bitWidth <= 64 * stride,
        "a coefficient within its words"
      )
      value.withPointer { source in
        for limb in 0..<__gmpz_size(source) {
          words[index * stride + limb] = __gmpz_getlimbn(source, limb)
        }
      }
    }
    self.init(
      fractionWords: fractionWords,
      direction: direction,
      count: scaled.count,
      words: words
    )
  }

  /// A coefficient, scaled by `2^(64 f)`.
  public subscript(index: Int) -> BigInteger {
    precondition(index >= 0 && index < count, "a coefficient that exists")
    let stride = fractionWords + 1
    return words.withUnsafeBufferPointer { buffer in
      .make { target in
        guard let base = buffer.baseAddress else { return }
        __gmpz_import(target, stride, -1, 8, 0, 0, base + index * stride)
      }
    }
  }

  /// The words of every coefficient, spread so that products of coefficients do not meet.
  private func packed(slot: Int) -> [UInt] {
    let stride = fractionWords + 1
    var spread = [UInt](repeating: 0, count: count * slot)
    for index in 0..<count {
      for word in 0..<stride { spread[index * slot + word] = words[index * stride + word] }
    }
    return spread
  }

  /// The product, each coefficient rounded in the direction of both.
  ///
  /// - Precondition: Equal precision and direction; the coefficients of each factor add up to less
  ///   than `2^31`, so that no slot runs over.
  /// - Complexity: One multiplication of `count * (2 f + 1)` words.
  public func multiplied(by other: FixedPointPolynomial) -> FixedPointPolynomial {
    precondition(
      fractionWords == other.fractionWords && direction == other.direction,
      "factors of one precision and direction"
    )
    let slot = 2 * fractionWords + 1
    let long = count >= other.count ? self : other
    let short = count >= other.count ? other : self
    let left = long.packed(slot: slot)
    let right = short.packed(slot: slot)
    let product = [UInt](unsafeUninitializedCapacity: left.count + right.count) { target, size in
      left.withUnsafeBufferPointer { l in
        right.withUnsafeBufferPointer { r in
          _ = __gmpn_mul(target.baseAddress, l.baseAddress, l.count, r.baseAddress, r.count)
        }
      }
      size = left.count + right.count
    }
    return rounded(product, slot: slot, count: count + other.count - 1)
  }

  /// Drops the lower words of every slot, rounding in the polynomial's direction.
  private func rounded(_ product: [UInt], slot: Int, count: Int) -> FixedPointPolynomial {
    let stride = fractionWords + 1
    var words = [UInt](repeating: 0, count: count * stride)
    for index in 0..<count {
      var carry: UInt = 0
      if direction == .up {
        for word in 0..<fractionWords where product[index * slot + word] != 0 { carry = 1 }
      }
      for word in 0..<stride {
        let (sum, overflow) = product[index * slot + fractionWords + word]
          .addingReportingOverflow(carry)
        words[index * stride + word] = sum
        carry = overflow ? 1 : 0
      }
    }
    return FixedPointPolynomial(
      fractionWords: fractionWords,
      direction: direction,
      count: count,
      words: words
    )
  }

  /// The power with an exponent of at least one, by repeated squaring.
  ///
  /// - Complexity: About as much as three multiplications of the size of the result.
  public func power(_ exponent: Int) -> FixedPointPolynomial {
    precondition(exponent >= 1, "a power of at least one")
    var result = self
    for bit in stride(from: Int.bitWidth - exponent.leadingZeroBitCount - 2, through: 0, by: -1) {
      result = result.multiplied(by: result)
      if exponent >> bit & 1 == 1 { result = result.multiplied(by: self) }
    }
    return result
  }

  /// The polynomial with each coefficient moved to another place; those that meet are added.
  ///
  /// - Precondition: `place` maps every index into `0..<newCount`, and sums stay within their words.
  public func moved(to newCount: Int, _ place: (Int) -> Int) -> FixedPointPolynomial {
    let stride = fractionWords + 1
    var moved = [UInt](repeating: 0, count: newCount * stride)
    for index in 0..<count {
      let target = place(index)
      precondition(target >= 0 && target < newCount, "a place that exists")
      var carry: UInt = 0
      for word in 0..<stride {
        let (first, a) = moved[target * stride + word]
          .addingReportingOverflow(words[index * stride + word])
        let (second, b) = first.addingReportingOverflow(carry)
        moved[target * stride + word] = second
        carry = a || b ? 1 : 0
      }
    }
    return FixedPointPolynomial(
      fractionWords: fractionWords,
      direction: direction,
      count: newCount,
      words: moved
    )
  }
}
