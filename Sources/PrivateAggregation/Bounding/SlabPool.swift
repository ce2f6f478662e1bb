// SlabPool.swift: memory in large pieces that is used again and given back all at once.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Memory in slabs of 2 MiB, given out in small pieces.
///
/// - Complexity: A system call for each slab, and none for slabs that are used again.
final class SlabPool {
  static let slabSize = 2 << 20

  private var slabs: [UnsafeMutableRawPointer] = []
  private var current = -1
  private var used = SlabPool.slabSize

  deinit { for slab in slabs { munmap(slab, Self.slabSize) } }

  /// The bytes that were given out since the last `reset`, with what was left over in full slabs.
  var bytesHeld: Int { current * Self.slabSize + used }

  /// Gives out memory that is aligned to 16 bytes and valid until `reset`.
  ///
  /// - Precondition: `count` is at most `slabSize`.
  func take(_ count: Int) -> UnsafeMutableRawPointer {
    precondition(count <= Self.slabSize, "a piece of a slab")
    let size = (count + 15) & ~15
    if Self.slabSize - used < size {
      current += 1
      used = 0
      if current == slabs.count { slabs.append(Self.slab()) }
    }
    let piece = slabs[current] + used
    used += size
    return piece
  }

  /// Takes everything back, and gives it back to the system where nothing more is asked for.
  func reset(isLast: Bool = false) {
    current = -1
    used = Self.slabSize
    if isLast {
      for slab in slabs { munmap(slab, Self.slabSize) }
      slabs = []
    }
  }

  /// Pages of the system's own, which go back to it as soon as they are not needed.
  ///
  /// They begin at a multiple of their size, so that the system can make them one large page, which
  /// spares 511 of 512 faults.
  private static func slab() -> UnsafeMutableRawPointer {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let room = mmap(nil, 2 * slabSize, PROT_READ | PROT_WRITE, flags, -1, 0),
      room != MAP_FAILED
    else { fatalError("out of memory") }
    let skipped = (slabSize - Int(bitPattern: room) % slabSize) % slabSize
    let slab = room + skipped
    if skipped > 0 { munmap(room, skipped) }
    munmap(slab + slabSize, slabSize - skipped)
    // Only a wish: without large pages all is the same, and slower.
    madvise(slab, slabSize, MADV_HUGEPAGE)
    return slab
  }
}
