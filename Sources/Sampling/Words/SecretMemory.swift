// SecretMemory.swift: pages for keys and random words that no child, swap of owner or dump receives.
// Reference: [MADVISE].
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Words in pages of their own, zero at first and zeroed again before they are given back.
///
/// After a fork the child finds zeros (`MADV_WIPEONFORK`); core dumps leave the pages out
/// (`MADV_DONTDUMP`); they are kept from swap as far as the limit on locked memory goes. Where the
/// kernel is too old or the limit too low, the callers' own checks remain.
package final class SecretMemory {
  /// The words; valid as long as this object.
  package let words: UnsafeMutableBufferPointer<UInt64>
  private let pages: UnsafeMutableRawPointer
  private let size: Int

  /// Maps room for `count` words.
  ///
  /// - Precondition: `count > 0`.
  package init(count: Int) {
    precondition(count > 0, "room for at least one word")
    let page = sysconf(Int32(_SC_PAGESIZE))
    let bytes = count * MemoryLayout<UInt64>.stride
    size = (bytes + page - 1) / page * page
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let pages = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), pages != MAP_FAILED
    else { fatalError("the system gives no memory for random words (errno \(errno))") }
    self.pages = pages
    _ = madvise(pages, size, MADV_WIPEONFORK)
    _ = madvise(pages, size, MADV_DONTDUMP)
    _ = mlock(pages, size)
    words = UnsafeMutableBufferPointer(
      start: pages.bindMemory(to: UInt64.self, capacity: count),
      count: count
    )
  }

  deinit {
    Self.wipe(UnsafeMutableRawBufferPointer(start: pages, count: size))
    munmap(pages, size)
  }

  /// Overwrites bytes with zeros by a call that the optimizer may not leave out.
  static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    explicit_bzero(start, bytes.count)
  }
}
