// Entropy.swift: random words straight from the kernel.
// Reference: [GETENTROPY].
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The kernel's random number generator, from which all keys come.
public enum Entropy {
  /// The most bytes that one request to the kernel takes.
  private static let largestRequest = 256

  /// Takes uniform words from the kernel, which waits until its generator has been seeded.
  ///
  /// - Precondition: The kernel answers: without entropy the process stops, since any number that
  ///   it could still print would be unprotected.
  public static func words(_ count: Int) -> [UInt64] {
    precondition(count >= 0, "a natural number of words")
    return [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
  }

  /// Fills a buffer from the kernel, or stops the process.
  static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    fill(buffer) { getentropy($0, $1) }
  }

  /// Fills a buffer by requests of at most 256 bytes, each of which succeeds whole or fails.
  ///
  /// An interrupted request is made again; any other failure stops the process.
  package static func fill(
    _ buffer: UnsafeMutableRawBufferPointer,
    by request: (UnsafeMutableRawPointer, Int) -> Int32
  ) {
    guard let start = buffer.baseAddress else { return }
    var filled = 0
    while filled < buffer.count {
      let size = min(largestRequest, buffer.count - filled)
      if request(start + filled, size) == 0 {
        filled += size
      } else if errno != EINTR {
        // `fatalError` and not `precondition`: its sentence is printed in release builds too.
        fatalError("the kernel gives no entropy (errno \(errno)); no noise can be drawn safely")
      }
    }
  }
}
