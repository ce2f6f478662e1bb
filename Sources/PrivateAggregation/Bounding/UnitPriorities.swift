// UnitPriorities.swift: the order in which the cells and signals of a unit are kept.
// Reference: [AB12]; `docs/privacy-model.md`, section "Why it holds".
// SPDX-License-Identifier: Apache-2.0

/// The priorities of one unit's cells and signals: a keyed pseudo-random function of the unit's bytes
/// and the cell, or the cell and which of its signals it is.
///
/// ```
/// SipHash-1-3(padded unit | cell)             of a cell
/// SipHash-1-3(padded unit | cell | signal)    of a signal, counted from 1
/// SipHash-1-3(padded unit | cell | value | occurrence | zeros)    of a signal with a value
/// ```
/// The unit is padded as that function pads: with zeros to a multiple of eight bytes, its length
/// modulo 256 in the last one. So no two units, cells or signals have one string. Cell and signal are
/// four bytes each, the lowest first. All that depends on the unit alone is worked out once.
struct UnitPriorities: BitwiseCopyable {
  /// The state behind the padded unit.
  let state: SipHash.State
  /// The length of the padded unit and a cell, modulo 256, in the top byte.
  let ending: UInt64

  /// Prepares for a unit.
  init(_ function: SipHash, unit: ByteSlice) {
    self.init(state: function.state(behind: unit), unitLength: unit.count)
  }

  /// Takes a state that was worked out before.
  @inline(__always)
  init(state: SipHash.State, unitLength: Int) {
    self.state = state
    ending = Self.ending(unitLength: unitLength)
  }

  @inline(__always)
  private static func ending(unitLength: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: (unitLength & ~7) &+ 8 &+ 4) &<< 56
  }

  /// The priority of a cell.
  @inline(__always)
  func priority(_ cell: UInt32) -> UInt64 {
    var state = state
    state.absorb(ending | UInt64(cell))
    return state.finish()
  }

  /// The priority of a signal of a cell.
  func priority(_ cell: UInt32, signal: UInt32) -> UInt64 {
    var state = state
    state.absorb(UInt64(cell) | UInt64(signal) << 32)
    state.absorb(ending &+ 4 << 56)
    return state.finish()
  }

  /// The priority of a signal of a cell among those of one value, counted from 1.
  ///
  /// Its string is longer than all others.
  func priority(_ cell: UInt32, value: UInt32, occurrence: UInt32) -> UInt64 {
    var state = state
    state.absorb(UInt64(cell) | UInt64(value) << 32)
    state.absorb(UInt64(occurrence))
    state.absorb(ending &+ 12 << 56)
    return state.finish()
  }

  /// The priority of a cell that a label tells apart, in place of its number; of one of its signals
  /// where `signal` is not zero.
  ///
  /// All cells of a release have labels or none has.
  func priority(label: UInt64, signal: UInt32) -> UInt64 {
    var state = state
    state.absorb(label)
    // Eight more bytes than in a cell's own string: label and signal.
    state.absorb(ending &+ 8 << 56 | UInt64(signal))
    return state.finish()
  }
}
