// ByteSlice.swift: bytes that belong to somebody else, for as long as one record is looked at.
// SPDX-License-Identifier: Apache-2.0

/// Bytes in a buffer that lives at least until the next record is read.
struct ByteSlice {
  let base: UnsafePointer<UInt8>
  let count: Int

  subscript(index: Int) -> UInt8 { base[index] }

  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// Whether the bytes are the UTF-8 form of a text.
  var isValidUTF8: Bool {
    var index = 0
    // Almost everything is ASCII, eight bytes at a time.
    while index + 8 <= count {
      let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
      guard word & 0x8080_8080_8080_8080 == 0 else { break }
      index += 8
    }
    while index < count, base[index] < 0x80 { index += 1 }
    guard index < count else { return true }
    return String(validating: buffer, as: UTF8.self) != nil
  }

  /// Whether a valid UTF-8 text has characters that steer what shows it: the controls C0, DEL and C1,
  /// those of the direction of text (the property Bidi_Control), and separators of lines and paragraphs.
  var hasControls: Bool {
    var index = 0
    while index < count {
      let byte = base[index]
      if byte < 0x20 || byte == 0x7F { return true }
      // The three that begin such a character in UTF-8; more bytes follow in a valid text.
      if byte == 0xC2 || byte == 0xD8, index + 1 < count {
        let next = base[index + 1]
        if byte == 0xC2 ? next < 0xA0 : next == 0x9C { return true }
      } else if byte == 0xE2, index + 2 < count {
        switch (base[index + 1], base[index + 2]) {
        // U+200E and U+200F, U+2028 to U+202E; U+2066 to U+2069.
        case (0x80, 0x8E...0x8F), (0x80, 0xA8...0xAE), (0x81, 0xA6...0xA9): return true
        default: break
        }
      }
      index += 1
    }
    return false
  }

  /// The bytes of the first `length` characters (Unicode scalars) of a valid UTF-8 text.
  func prefix(scalars length: Int) -> ByteSlice {
    var index = 0
    var seen = 0
    while index < count {
      // Every byte but a continuation begins a scalar.
      if base[index] & 0xC0 != 0x80 {
        if seen == length { break }
        seen += 1
      }
      index += 1
    }
    return ByteSlice(base: base, count: index)
  }

  /// Whether the bytes are an ASCII word, in upper or lower case.
  func isWord(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    for index in 0..<count {
      var byte = base[index]
      if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
      guard byte == word.utf8Start[index] else { return false }
    }
    return true
  }
}
