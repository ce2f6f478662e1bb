// ForkTests.swift: a forked child never gives its parent's words again.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Sampling
import Testing

/// One test at a time: a fork copies only the thread that asks for it.
@Suite(.serialized) struct `After a fork` {
  private typealias Fork = @convention(c) () -> pid_t

  /// Runs `body` in a forked child and returns the words that it gives back through a pipe.
  private func inChild(_ count: Int, _ body: () -> [UInt64]) throws -> [UInt64] {
    // Swift hides fork(2), which is not safe for general use; the child here only draws words.
    let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "fork"))
    let fork = unsafeBitCast(symbol, to: Fork.self)
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let child = fork()
    if child == 0 {
      // A child that hangs is ended by the kernel.
      alarm(20)
      let words = body()
      let bytes = words.count * MemoryLayout<UInt64>.stride
      let written = words.withUnsafeBytes { write(ends[1], $0.baseAddress, bytes) }
      _exit(written == bytes ? 0 : 1)
    }
    try #require(child > 0)
    close(ends[1])
    var answer = [UInt64](repeating: 0, count: count)
    let bytes = count * MemoryLayout<UInt64>.stride
    let received = answer.withUnsafeMutableBytes { read(ends[0], $0.baseAddress, bytes) }
    close(ends[0])
    var status: Int32 = 0
    waitpid(child, &status, 0)
    try #require(status == 0 && received == bytes, "the child answers")
    return answer
  }

  private func words(_ count: Int, of stream: inout KeyedStream) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      stream.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  /// False alarm: 16 words agree with a probability of 2^-1024.
  @Test func `a stream goes on under a new key in the child`() throws {
    var stream = KeyedStream()
    _ = words(16, of: &stream)
    let child = try inChild(16) { words(16, of: &stream) }
    let parent = words(16, of: &stream)
    #expect(Set(child).isDisjoint(with: parent))
    #expect(!child.contains(0))
  }

  /// An emptied key must not be used as a key: then all children would give the same words.
  @Test func `a stream goes on under another key in each child`() throws {
    var stream = KeyedStream()
    _ = words(16, of: &stream)
    let first = try inChild(16) { words(16, of: &stream) }
    let second = try inChild(16) { words(16, of: &stream) }
    #expect(Set(first).isDisjoint(with: second))
  }

  /// A known key shows that the parent itself goes on as before, and what the child would repeat.
  @Test func `a stream goes on under the old key in the parent`() throws {
    var stream = KeyedStream(testing: [1, 2, 3, 4])
    var other = KeyedStream(testing: [1, 2, 3, 4])
    _ = words(16, of: &stream)
    let child = try inChild(16) { words(16, of: &stream) }
    let parent = words(16, of: &stream)
    let expected = words(32, of: &other)
    #expect(parent == Array(expected[16...]))
    #expect(Set(child).isDisjoint(with: expected))
  }

  /// The page itself is empty in the child, so the key is not there to be used.
  @Test func `secret memory is empty in the child`() throws {
    let memory = SecretMemory(count: 4)
    for index in 0..<4 { memory.words[index] = 7 }
    #expect(try inChild(4) { Array(memory.words) } == [0, 0, 0, 0])
    #expect(Array(memory.words) == [7, 7, 7, 7])
  }

  /// False alarm: 100 draws of scale 2^40 agree with a probability far below 1e-9.
  @Test func `draws differ between parent and child`() throws {
    let sampler = DiscreteLaplaceSampler(scale: DiscreteLaplaceSampler.supportedScales.upperBound)
    var values = [Int64](repeating: 0, count: 100)
    sampler.fill(&values)
    let child = try inChild(100) {
      sampler.fill(&values)
      return values.map { UInt64(bitPattern: $0) }
    }
    sampler.fill(&values)
    #expect(Set(child).isDisjoint(with: values.map { UInt64(bitPattern: $0) }))
  }
}
