// Growable.swift: an array of plain values without reference counts or checks of bounds.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An array of plain values that grows where it stands if it can.
struct Growable<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity = 0

  init() {
    base = Self.moved(nil, capacity: 1)
  }

  var bytesHeld: Int { capacity * MemoryLayout<Element>.stride }

  mutating func removeAll() { count = 0 }

  func free() { Glibc.free(base) }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { reserve(1) }
    base[count] = element
    count &+= 1
  }

  mutating func append(repeating element: Element, count more: Int) {
    if capacity - count < more { reserve(more) }
    (base + count).initialize(repeating: element, count: more)
    count += more
  }

  mutating func append(_ elements: UnsafePointer<Element>, count more: Int) {
    if capacity - count < more { reserve(more) }
    (base + count).update(from: elements, count: more)
    count += more
  }

  @inline(never)
  private mutating func reserve(_ more: Int) {
    capacity = max(64, capacity + max(capacity / 2, more))
    base = Self.moved(base, capacity: capacity)
  }

  private static func moved(
    _ base: UnsafeMutablePointer<Element>?,
    capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let moved = realloc(base, capacity * MemoryLayout<Element>.stride) else {
      fatalError("out of memory")
    }
    return moved.assumingMemoryBound(to: Element.self)
  }
}
