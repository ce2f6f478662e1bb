// KeyedStream.swift: random words from AES-256 in counter mode, keyed by the kernel.
// Reference: [SP800-38A] section 6.5.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Glibc

/// The keystream of AES-256 in counter mode under a key that the kernel gave, read as words.
///
/// The counter starts at zero and moves on by the blocks that were used, so no counter block ever
/// repeats under one key. After a fork the child takes a new key: the page that holds the key is
/// empty there, and the process number differs. The stream cannot be copied, as a copy would give
/// the same words again.
///
/// - Privacy: Noise is as good as this generator: it is computationally, not perfectly, uniform.
/// - Reference: [SP800-38A] section 6.5.
package struct KeyedStream: ~Copyable {
  private static let keyWords = 4
  /// One more word behind the key says that a key is there; it is zero in a forked child.
  private static let marker = 4
  /// The most bytes that one call to the cipher produces.
  private static let blockBytes = 65_536
  /// A key is left after 2^28 cipher blocks (4 GiB), long before blocks that never repeat could be
  /// told from random ones: the advantage is at most 2^(2 * 28 - 129) = 2^-73.
  package static let blocksPerKey: UInt64 = 1 << 28
  private static let zeros = [UInt8](repeating: 0, count: blockBytes)

  private let key = SecretMemory(count: keyWords + 1)
  private var nextBlock: UInt64 = 0
  private var process: pid_t = 0

  /// Makes a stream under a new key from the kernel.
  package init() {
    rekey()
  }

  /// Makes a stream under a given key and at a given block, for tests against published keystreams.
  package init(testing words: [UInt64], nextBlock: UInt64 = 0) {
    precondition(words.count == Self.keyWords, "a key of 256 bits")
    for (index, word) in words.enumerated() { key.words[index] = word }
    key.words[Self.marker] = 1
    process = getpid()
    self.nextBlock = nextBlock
  }

  private mutating func rekey() {
    Entropy.fill(UnsafeMutableRawBufferPointer(rebasing: keyBytes))
    key.words[Self.marker] = 1
    nextBlock = 0
    process = getpid()
  }

  private var keyBytes: Slice<UnsafeMutableRawBufferPointer> {
    UnsafeMutableRawBufferPointer(key.words)[..<(Self.keyWords * MemoryLayout<UInt64>.size)]
  }

  /// Overwrites `bytes`, at most `blockBytes` of them, with the next part of the keystream.
  private mutating func encrypt(into bytes: UnsafeMutableRawBufferPointer) {
    let blocks = UInt64((bytes.count + 15) / 16)
    if key.words[Self.marker] == 0 || process != getpid()
      || nextBlock + blocks > Self.blocksPerKey
    {
      rekey()
    }
    var counter = [UInt8](repeating: 0, count: 16)
    for index in 0..<8 { counter[15 - index] = UInt8(truncatingIfNeeded: nextBlock >> (8 * index)) }
    nextBlock += blocks
    // Both calls fail for wrong sizes alone, and the sizes are fixed here.
    guard let nonce = try? AES._CTR.Nonce(nonceBytes: counter),
      var stream = try? AES._CTR.encrypt(
        Self.zeros[..<bytes.count],
        using: SymmetricKey(data: UnsafeRawBufferPointer(rebasing: keyBytes)),
        nonce: nonce
      )
    else { fatalError("the cipher refuses a key of 256 bits; no noise can be drawn safely") }
    Self.move(&stream, to: bytes)
  }

  /// Copies the cipher's answer and wipes it.
  private static func move(
    _ stream: inout some RangeReplaceableCollection<UInt8>,
    to bytes: UnsafeMutableRawBufferPointer
  ) {
    let moved: Void? = stream.withContiguousStorageIfAvailable { source in
      precondition(source.count == bytes.count, "a keystream of the length that was asked for")
      bytes.copyMemory(from: UnsafeRawBufferPointer(source))
      // The cipher has just allocated this storage and nothing else refers to it.
      SecretMemory.wipe(
        UnsafeMutableRawBufferPointer(
          start: UnsafeMutableRawPointer(mutating: source.baseAddress),
          count: source.count
        )
      )
    }
    precondition(moved != nil, "a keystream in one piece")
  }
}

extension KeyedStream: WordSource {
  package typealias Failure = Never

  package mutating func read(into words: UnsafeMutableBufferPointer<UInt64>) {
    let bytes = UnsafeMutableRawBufferPointer(words)
    for start in stride(from: 0, to: bytes.count, by: Self.blockBytes) {
      let end = min(start + Self.blockBytes, bytes.count)
      encrypt(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }
}
