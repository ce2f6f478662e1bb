// PackedBytes.swift: short byte strings as two words, and a cheap keyed hash of them.
// SPDX-License-Identifier: Apache-2.0

/// Up to 15 bytes and their number, in two words: equal words are equal byte strings.
struct PackedBytes: Equatable {
  /// The most bytes that fit.
  static let mostBytes = 15
  /// The top byte of `high` in rows and units whose bytes stand elsewhere.
  static let elsewhere: UInt64 = 0xFF

  /// The first eight bytes, the first one lowest; zeros where there are fewer.
  let low: UInt64
  /// The others, and the number of bytes on top.
  let high: UInt64

  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// Packs bytes; reads no byte beyond them.
  ///
  /// - Precondition: `count` is at most `mostBytes`.
  @inline(__always)
  init(_ base: UnsafePointer<UInt8>, count: Int) {
    let bytes = UnsafeRawPointer(base)
    let length = UInt64(truncatingIfNeeded: count) &<< 56
    if count >= 8 {
      low = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      // Of the last eight bytes 16 - count belong to `low`; all eight are 64 bits, one shift too many.
      let last = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      )
      high = (last &>> 8) &>> UInt64(truncatingIfNeeded: 8 &* (15 &- count)) | length
    } else if count >= 4 {
      let first = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
      let last = UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      )
      low = UInt64(first) | UInt64(last) &<< UInt64(truncatingIfNeeded: 8 &* (count &- 4))
      high = length
    } else {
      var word: UInt64 = 0
      var index = 0
      while index < count {
        word |= UInt64(base[index]) &<< UInt64(truncatingIfNeeded: 8 &* index)
        index &+= 1
      }
      low = word
      high = length
    }
  }

  /// What is left of 16 bytes, in two words, for each number of bytes.
  struct Mask {
    let low: UInt64
    let high: UInt64
  }

  /// Makes the masks for up to `mostBytes` bytes, which the caller frees.
  static func makeMasks() -> UnsafePointer<Mask> {
    let masks = UnsafeMutablePointer<Mask>.allocate(capacity: mostBytes + 1)
    for count in 0...mostBytes {
      let mask = Mask(
        low: count >= 8 ? .max : 1 << UInt64(8 * count) - 1,
        high: count <= 8 ? 0 : 1 << UInt64(8 * (count - 8)) - 1
      )
      (masks + count).initialize(to: mask)
    }
    return UnsafePointer(masks)
  }

  /// Packs bytes without asking how many they are.
  ///
  /// - Precondition: `count` is at most `mostBytes`; 16 bytes can be read. `masks` are those of `makeMasks`.
  @inline(__always)
  init(padded base: UnsafePointer<UInt8>, count: Int, masks: UnsafePointer<Mask>) {
    let bytes = UnsafeRawPointer(base)
    let mask = masks[count]
    low = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) & mask.low
    high =
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) & mask.high
      | UInt64(truncatingIfNeeded: count) &<< 56
  }

  /// Whether no byte is beyond ASCII.
  @inline(__always)
  var isASCII: Bool { (low | high) & 0x8080_8080_8080_8080 == 0 }
}

/// A keyed hash of short strings that says where to look, and never whether two are the same.
///
/// A product of two words with its halves folded together, under a key that is drawn for each run,
/// so that nobody can choose strings that collide.
struct PlaceHash: Sendable {
  private let key0: UInt64
  private let key1: UInt64

  init(key: (UInt64, UInt64)) {
    key0 = key.0
    key1 = key.1
  }

  @inline(__always)
  func callAsFunction(_ low: UInt64, _ high: UInt64) -> UInt64 {
    let product = (low ^ key0).multipliedFullWidth(by: high ^ key1)
    return product.high ^ product.low
  }

  /// The hash of any number of bytes.
  func callAsFunction(_ bytes: ByteSlice) -> UInt64 {
    var hash = self(UInt64(truncatingIfNeeded: bytes.count), 0)
    var index = 0
    while index < bytes.count {
      let piece = min(8, bytes.count - index)
      hash = self(hash, PackedBytes(bytes.base + index, count: piece).low)
      index += piece
    }
    return hash
  }
}
