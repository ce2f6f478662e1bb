// KeyedStreamTests.swift: the random words against published ones, across blocks and across forks.
// Reference: [MV04] test cases 13 and 14 hold the cipher of the counters 0 to 2 under the zero key.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Sampling
import Testing

@Suite struct `Random words` {
  /// The next `count` words of a stream.
  private func words(_ count: Int, of stream: inout KeyedStream) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      stream.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  @Test func `are the published keystream of AES-256 in counter mode`() {
    var stream = KeyedStream(testing: [0, 0, 0, 0])
    let expected: [UInt64] = [
      0xdc95_c078_a240_8989, 0xad48_a214_9284_2087,  // counter 0: FIPS 197, zero key, zero block
      0x530f_8afb_c745_36b9, 0xa963_b4f1_c4cb_738b,  // counter 1: GCM test case 13
      0xcea7_403d_4d60_6b6e, 0x074e_c5d3_baf3_9d18,  // counter 2: GCM test case 14
    ]
    #expect(words(6, of: &stream).map(\.bigEndian) == expected)
  }

  @Test(arguments: [1, 2, 3, 7, 1000, 8191])
  func `never repeat a counter block, however they are read`(size: Int) {
    // Odd sizes leave half a block, which is skipped; no word may come twice in 2^16 of them.
    // False alarm: 2^32 pairs of words collide with a probability below 2^-32.
    var stream = KeyedStream()
    var seen: Set<UInt64> = []
    var count = 0
    while count < 1 << 14 {
      seen.formUnion(words(size, of: &stream))
      count += size
    }
    #expect(seen.count == count)
  }

  @Test func `are the same whether read at once or block by block`() {
    var whole = KeyedStream(testing: [1, 2, 3, 4])
    var parts = KeyedStream(testing: [1, 2, 3, 4])
    let expected = words(20_000, of: &whole)
    var found: [UInt64] = []
    for size in [2, 8190, 1024, 10_784] { found += words(size, of: &parts) }
    #expect(found == expected)
  }

  @Test func `go on at any block`() {
    var whole = KeyedStream(testing: [1, 2, 3, 4])
    var later = KeyedStream(testing: [1, 2, 3, 4], nextBlock: 66_000)
    let expected = words(132_008, of: &whole)
    #expect(words(8, of: &later) == Array(expected[132_000...]))
  }

  /// False alarm: words agree with a probability of 2^-64 each.
  @Test func `take a new key before one has been used too long`() {
    let last = KeyedStream.blocksPerKey - 1
    var stream = KeyedStream(testing: [1, 2, 3, 4], nextBlock: last)
    var same = KeyedStream(testing: [1, 2, 3, 4], nextBlock: last)
    #expect(words(2, of: &stream) == words(2, of: &same), "the last block is used")
    var first = KeyedStream(testing: [1, 2, 3, 4])
    let old = words(2, of: &first)
    let next = words(2, of: &stream)
    #expect(next != words(2, of: &same), "two new keys differ")
    #expect(next != old, "nor does the old key begin again")
  }

  @Test func `differ from stream to stream`() {
    var first = KeyedStream()
    var second = KeyedStream()
    #expect(words(4, of: &first) != words(4, of: &second))
  }
}
