// EntropyTests.swift: requests to the kernel, and what happens when it does not answer.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Sampling
import Testing

@Suite struct Entropies {
  @Test(arguments: [0, 1, 4, 32, 33, 1000])
  func `fills every word`(count: Int) {
    // False alarm: a word is zero with probability 2^-64.
    let words = Entropy.words(count)
    #expect(words.count == count)
    #expect(!words.contains(0))
    #expect(Set(words).count == count)
  }

  @Test func `asks for at most 256 bytes at a time and again after an interruption`() {
    var bytes = [UInt8](repeating: 0, count: 600)
    var asked: [Int] = []
    bytes.withUnsafeMutableBytes { buffer in
      Entropy.fill(buffer) { target, size in
        asked.append(size)
        if asked.count == 2 {
          errno = EINTR
          return -1
        }
        memset(target, 0xA5, size)
        return 0
      }
    }
    #expect(asked == [256, 256, 256, 88])
    #expect(bytes.allSatisfy { $0 == 0xA5 })
  }

  @Test func `stops the process when the kernel fails`() async {
    await #expect(processExitsWith: .failure) {
      withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { buffer in
        Entropy.fill(buffer) { _, _ in
          errno = ENOSYS
          return -1
        }
      }
    }
  }
}
