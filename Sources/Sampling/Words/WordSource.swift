// WordSource.swift: where uniform words come from, a keyed stream in the product and tapes in tests.
// SPDX-License-Identifier: Apache-2.0

/// A source of independent uniform words.
///
/// It is not copyable in general: a copy of a stream would give the same words twice.
package protocol WordSource: ~Copyable {
  /// How it fails: `Never` for a stream; a tape in a test has an end.
  associatedtype Failure: Error

  /// Overwrites every word of the buffer with the next words of the source.
  mutating func read(into words: UnsafeMutableBufferPointer<UInt64>) throws(Failure)
}

extension WordSource where Self: ~Copyable {
  /// Takes one word.
  package mutating func next() throws(Failure) -> UInt64 {
    let word = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 1)
    word.initialize(repeating: 0)
    defer {
      word[0] = 0
      word.deallocate()
    }
    try read(into: word)
    return word[0]
  }
}
