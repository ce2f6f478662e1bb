// CellText.swift: the bytes of a full cell: its values, one after the other.
// SPDX-License-Identifier: Apache-2.0

/// The bytes of a full cell: each value with a zero byte behind it.
///
/// No value holds a zero byte, so no two cells have the same bytes, and their order is that of their
/// values, key by key.
enum CellText {
  /// The most bytes of one value; a signal with a longer one contributes nothing.
  static let longestValue = 256

  /// Whether a cell can have a value: text of 1 to `longestValue` bytes, all of which show and none of
  /// which moves others.
  ///
  /// - Precondition: The value is valid UTF-8.
  static func takes(_ value: ByteSlice) -> Bool {
    1...longestValue ~= value.count && !value.hasControls
  }

  /// The values of a cell, in the order of the keys.
  static func values(_ bytes: some Collection<UInt8>) -> [String] {
    bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
