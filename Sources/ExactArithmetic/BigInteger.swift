// BigInteger.swift: integers of any size, over the GNU multiple-precision library.
// Reference: [GMP].
// SPDX-License-Identifier: Apache-2.0

import CGMP

/// An integer of any size.
///
/// A value never changes: every operation makes a new one, so values are shared freely between
/// threads.
///
/// - Reference: [GMP].
public struct BigInteger: Sendable {
  /// Owns one GMP integer.
  ///
  /// `@unchecked Sendable` because the integer is written only between its allocation and the
  /// moment it becomes part of a `BigInteger`; from then on it is only read.
  final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<__mpz_struct>

    init() {
      pointer = .allocate(capacity: 1)
      __gmpz_init(pointer)
    }

    deinit {
      __gmpz_clear(pointer)
      pointer.deallocate()
    }
  }

  let storage: Storage

  init(_ storage: Storage) {
    self.storage = storage
  }

  /// Makes the integer that `write` leaves behind.
  static func make(_ write: (UnsafeMutablePointer<__mpz_struct>) -> Void) -> BigInteger {
    let storage = Storage()
    write(storage.pointer)
    return BigInteger(storage)
  }

  /// Runs `body` with read access to the GMP integer, which lives at least as long as the call.
  func withPointer<R>(_ body: (UnsafePointer<__mpz_struct>) -> R) -> R {
    withExtendedLifetime(storage) { body(UnsafePointer(storage.pointer)) }
  }

  /// Makes an integer from any fixed-width integer.
  public init(_ value: some FixedWidthInteger) {
    let magnitude = value.magnitude
    self = .make { target in
      if let word = UInt(exactly: magnitude) {
        __gmpz_set_ui(target, word)
      } else {
        withUnsafeBytes(of: magnitude.littleEndian) { bytes in
          __gmpz_import(target, bytes.count, -1, 1, -1, 0, bytes.baseAddress)
        }
      }
      if value < 0 { __gmpz_neg(target, target) }
    }
  }

  /// Makes an integer from decimal digits with an optional sign, or `nil` for anything else.
  ///
  /// - Complexity: Grows faster than linearly with the number of digits; callers that take text
  ///   from outside bound its length first.
  public init?(_ text: some StringProtocol) {
    let digits =
      text.utf8.first.map { $0 == 0x2D || $0 == 0x2B } == true ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    let negative = text.utf8.first == 0x2D
    self = .make { target in
      let status = String(digits).withCString { __gmpz_set_str(target, $0, 10) }
      precondition(status == 0, "decimal digits are always a GMP integer")
      if negative { __gmpz_neg(target, target) }
    }
  }

  /// Minus one, zero or one, as the integer is negative, zero or positive.
  public var signum: Int {
    withPointer { Int($0.pointee._mp_size.signum()) }
  }

  /// The number of bits of the magnitude; zero for zero.
  public var bitWidth: Int {
    signum == 0 ? 0 : withPointer { __gmpz_sizeinbase($0, 2) }
  }

  /// The number of zero bits below the lowest set bit; zero for zero.
  public var trailingZeroBitCount: Int {
    signum == 0 ? 0 : Int(withPointer { __gmpz_scan1($0, 0) })
  }

  /// The absolute value.
  public var magnitude: BigInteger {
    withPointer { source in .make { __gmpz_abs($0, source) } }
  }

  /// The lowest 64 bits of the magnitude.
  public var lowWord: UInt64 {
    withPointer { UInt64(__gmpz_get_ui($0)) }
  }
}

extension BigInteger: ExpressibleByIntegerLiteral {
  /// Makes an integer from a literal.
  public init(integerLiteral value: Int) {
    self.init(value)
  }
}

extension BigInteger: Hashable, Comparable {
  /// Tells whether two integers are equal.
  public static func == (left: BigInteger, right: BigInteger) -> Bool {
    left.withPointer { l in right.withPointer { r in __gmpz_cmp(l, r) == 0 } }
  }

  /// Tells whether one integer is less than another.
  public static func < (left: BigInteger, right: BigInteger) -> Bool {
    left.withPointer { l in right.withPointer { r in __gmpz_cmp(l, r) < 0 } }
  }

  /// Hashes the sign and every limb.
  public func hash(into hasher: inout Hasher) {
    withPointer { source in
      hasher.combine(source.pointee._mp_size)
      for index in 0..<Int(source.pointee._mp_size.magnitude) {
        hasher.combine(__gmpz_getlimbn(source, index))
      }
    }
  }
}

extension BigInteger: CustomStringConvertible, LosslessStringConvertible {
  /// Makes an integer from its decimal digits.
  public init?(_ description: String) {
    self.init(description[...])
  }

  /// The decimal digits, with a minus sign where negative.
  public var description: String {
    withPointer { source in
      // Room for the digits, a sign and the terminating zero.
      let capacity = __gmpz_sizeinbase(source, 10) + 2
      return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
        _ = __gmpz_get_str(buffer.baseAddress, 10, source)
        return buffer.baseAddress.map { String(cString: $0) } ?? ""
      }
    }
  }
}

extension FixedWidthInteger {
  /// The same number as a fixed-width integer, or `nil` where it does not fit.
  public init?(exactly value: BigInteger) {
    guard value.bitWidth <= Self.bitWidth else { return nil }
    var magnitude = Self.Magnitude.zero
    let wide = value.magnitude
    for index in stride(from: 0, to: value.bitWidth, by: 64) {
      let limb = Self.Magnitude(truncatingIfNeeded: (wide >> index).lowWord)
      magnitude |= limb << index
    }
    if value.signum < 0 {
      guard Self.isSigned, magnitude <= Self.min.magnitude else { return nil }
      self = Self.zero &- Self(truncatingIfNeeded: magnitude)
    } else {
      guard let same = Self(exactly: magnitude) else { return nil }
      self = same
    }
  }
}
