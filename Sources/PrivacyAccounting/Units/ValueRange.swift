// ValueRange.swift: the range that values are moved into, and the grid that they are rounded to.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// Why a range and a grid do not go together.
public enum ValueRangeError: Error, Hashable, Sendable {
  /// The grid is not above zero, or has no end in decimal within nine places, or is too large.
  case grid
  /// The range does not go from one value to a larger one.
  case order
  /// An end is no multiple of the grid; the nearest multiple below is `below`.
  case offGrid(Rational, below: Rational)
  /// An end is more steps of the grid away from zero than `limit`.
  case tooManySteps(limit: Int64)
}

/// A decimal grid and the range on it that values are moved into.
///
/// A value is rounded to the nearest multiple of the grid, and moved to the nearer end of the range
/// where it lies outside; from then on it is a whole number of steps.
///
/// - Privacy: The range, and nothing in the data, fixes how much one signal can change a sum.
public struct ValueRange: Sendable, Hashable {
  /// The most steps that an end may be away from zero: 2^31.
  public static let mostSteps: Int64 = 1 << 31 - 1
  /// The most decimal places of a grid.
  public static let mostPlaces = 9
  private static let grids = Rational(1, 1_000_000_000)...Rational(1_000_000_000)

  /// The distance between two neighbouring values, in units of the value.
  public let grid: Rational
  /// The lower end, in steps of the grid.
  public let low: Int64
  /// The upper end, in steps of the grid.
  ///
  /// - Invariant: `low < high`.
  public let high: Int64

  /// Makes a range whose ends are multiples of the grid.
  ///
  /// - Throws: `ValueRangeError`, for what cannot be added up exactly.
  public init(grid: Rational, low: Rational, high: Rational) throws(ValueRangeError) {
    guard Self.places(of: grid) != nil else { throw .grid }
    guard low < high else { throw .order }
    self.grid = grid
    self.low = try Self.steps(low, grid)
    self.high = try Self.steps(high, grid)
  }

  /// Makes a range of steps.
  ///
  /// - Precondition: `low < high`, both within `mostSteps` of zero; the grid is one that is taken.
  init(grid: Rational, low: Int64, high: Int64) {
    precondition(low < high && low >= -Self.mostSteps && high <= Self.mostSteps, "a range of steps")
    self.grid = grid
    self.low = low
    self.high = high
  }

  /// The decimal places of a grid; `nil` for one that is not taken.
  public static func places(of grid: Rational) -> Int? {
    guard grids.contains(grid) else { return nil }
    return (0...mostPlaces).first { (grid * Rational(BigInteger(10).power($0))).isInteger }
  }

  /// A value as a number of steps.
  ///
  /// - Throws: `ValueRangeError`, where it is no multiple of the grid or too far from zero.
  public static func steps(_ value: Rational, _ grid: Rational) throws(ValueRangeError) -> Int64 {
    let steps = value / grid
    guard steps.isInteger else {
      throw .offGrid(value, below: Rational(steps.roundedDown) * grid)
    }
    guard steps.magnitude <= Rational(BigInteger(mostSteps)),
      let count = Int64(exactly: steps.numerator)
    else { throw .tooManySteps(limit: mostSteps) }
    return count
  }

  /// Steps as a value.
  public func value(_ steps: some FixedWidthInteger) -> Rational {
    Rational(BigInteger(steps)) * grid
  }

  /// The lower end, in units of the value.
  public var lowValue: Rational { value(low) }
  /// The upper end, in units of the value.
  public var highValue: Rational { value(high) }

  /// The multiple of the grid in the middle, the lower one of two, in steps.
  public var middle: Int64 { (low + high) >> 1 }

  /// The larger distance of an end from zero, in steps.
  public var largest: Int64 { max(abs(low), abs(high)) }

  /// The larger distance of an end from the middle, in steps.
  public var largestDeviation: Int64 { high - middle }
}
