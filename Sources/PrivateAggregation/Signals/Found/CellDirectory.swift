// CellDirectory.swift: numbers for full cells that are found in the signals, shared by threads.
// Reference: `docs/decisions/0013-found-cells-on-all-threads.md`.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Numbers full cells as threads find them, until its memory is full.
///
/// A cell that has a number keeps it. Once one cell got none, no further one gets one: those go with
/// their bytes, so each cell of a run is either always a number or always bytes.
///
/// - Privacy: Secret, as every cell that is found may be one unit's alone. Numbers depend on the order
///   of threads and which cells have one on the order of rows, so nothing that is decided about a cell
///   follows from either: choices use its label, a keyed hash of its bytes.
/// - Complexity: One lock of many for each look-up; memory of at most its limit.
final class CellDirectory: @unchecked Sendable {
  /// In place of a number, which is always smaller: the cell goes with its bytes.
  static let elsewhere: UInt32 = 0xFF_FFFF
  private static let chunkSize = 1 << 16
  private static let chunkCount = 256
  private static let shardCount = 64

  /// A part of the cells, by the first bits of their labels.
  private final class Shard: @unchecked Sendable {
    let turn = Mutex(())
    /// Numbers, looked for from the place on that the label says; `elsewhere` where there is none.
    var places: UnsafeMutablePointer<UInt32>
    var mask = 15
    var count = 0
    let records = RecordRoom()

    init() {
      places = .allocate(capacity: mask + 1)
      places.initialize(repeating: CellDirectory.elsewhere, count: mask + 1)
    }

    deinit { places.deallocate() }
  }

  /// What is given out under one lock.
  private struct State {
    var count = 0
    var bytesHeld = 0
    var isFull = false
  }

  private let hash: SipHash
  private let hashMask: UInt64
  private let limit: Int
  private let pricePerCell: Int
  private let shards: [Shard]
  private let state = Mutex(State())
  /// Labels and records by number, in chunks that never move; a chunk is there before a number in it is.
  private let labels: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
  private let records: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeRawPointer>?>

  /// Makes an empty directory.
  ///
  /// - Parameters:
  ///   - key: The key of the release's choices, from which labels follow.
  ///   - limit: The bytes that cells may take, with their counts on all threads.
  ///   - threads: The threads that count.
  ///   - hashMask: The bits of a label that say where to look; few make cells collide, for tests.
  init(
    key: ChoiceKey,
    limit: Int,
    threads: Int,
    hashMask: UInt64 = .max
  ) {
    self.limit = limit
    self.hashMask = hashMask
    // As in `FoundCells`.
    hash = SipHash(key: (key.words.0, key.words.3))
    // Label, address, places of which half may be free, and two counts a thread and in all.
    pricePerCell = 8 + 8 + 16 + 16 * (threads + 1)
    shards = (0..<Self.shardCount).map { _ in Shard() }
    labels = .allocate(capacity: Self.chunkCount)
    labels.initialize(repeating: nil, count: Self.chunkCount)
    records = .allocate(capacity: Self.chunkCount)
    records.initialize(repeating: nil, count: Self.chunkCount)
  }

  deinit {
    for chunk in 0..<Self.chunkCount {
      labels[chunk]?.deallocate()
      records[chunk]?.deallocate()
    }
    labels.deallocate()
    records.deallocate()
  }

  /// The number of cells that have a number.
  var count: Int { state.withLock { $0.count } }

  /// What tells a cell apart where units choose among theirs: a keyed hash of its bytes.
  func label(of bytes: ByteSlice) -> UInt64 { hash(bytes) }

  /// The label of a cell that has a number.
  @inline(__always)
  func label(of cell: UInt32) -> UInt64 {
    guard let chunk = labels[Int(cell &>> 16)] else { return 0 }
    return chunk[Int(cell & 0xFFFF)]
  }

  /// The bytes of a cell that has a number.
  func bytes(of cell: UInt32) -> ByteSlice {
    guard let chunk = records[Int(cell &>> 16)] else {
      preconditionFailure("a cell that has a number")
    }
    return RecordRoom.bytes(chunk[Int(cell & 0xFFFF)])
  }

  /// The number of a cell, which is given one if there is room; `elsewhere` if it has none.
  func number(of bytes: ByteSlice) -> UInt32 {
    let label = hash(bytes)
    let shard = shards[Int(truncatingIfNeeded: label & hashMask) & (Self.shardCount - 1)]
    return shard.turn.withLock { _ in number(of: bytes, label, in: shard) }
  }

  private func number(of bytes: ByteSlice, _ label: UInt64, in shard: Shard) -> UInt32 {
    var place = home(label, shard.mask)
    while shard.places[place] != Self.elsewhere {
      let number = shard.places[place]
      if self.label(of: number) == label, self.bytes(of: number).hasBytes(of: bytes) {
        return number
      }
      place = (place + 1) & shard.mask
    }
    guard let number = take(bytes.count) else { return Self.elsewhere }
    labels[Int(number >> 16)]?[Int(number & 0xFFFF)] = label
    records[Int(number >> 16)]?[Int(number & 0xFFFF)] = shard.records.store(bytes)
    shard.places[place] = number
    shard.count += 1
    if shard.count * 2 > shard.mask { grow(shard) }
    return number
  }

  private func home(_ label: UInt64, _ mask: Int) -> Int {
    Int(truncatingIfNeeded: (label & hashMask) >> 6) & mask
  }

  /// The next number, if there is room for a cell of so many bytes and there always was.
  private func take(_ bytes: Int) -> UInt32? {
    state.withLock { state in
      let price = pricePerCell + RecordRoom.size(of: bytes)
      guard !state.isFull, state.count < Int(Self.elsewhere), state.bytesHeld + price <= limit
      else {
        state.isFull = true
        return nil
      }
      let number = state.count
      let chunk = number / Self.chunkSize
      if labels[chunk] == nil {
        labels[chunk] = .allocate(capacity: Self.chunkSize)
        records[chunk] = .allocate(capacity: Self.chunkSize)
      }
      state.count += 1
      state.bytesHeld += price
      return UInt32(number)
    }
  }

  private func grow(_ shard: Shard) {
    let (old, size) = (shard.places, shard.mask + 1)
    shard.places = .allocate(capacity: size * 2)
    shard.places.initialize(repeating: Self.elsewhere, count: size * 2)
    shard.mask = size * 2 - 1
    for place in 0..<size where old[place] != Self.elsewhere {
      var target = home(label(of: old[place]), shard.mask)
      while shard.places[target] != Self.elsewhere { target = (target + 1) & shard.mask }
      shard.places[target] = old[place]
    }
    old.deallocate()
  }
}

/// Byte strings behind their lengths, in pieces of memory that never move.
final class RecordRoom {
  private static let pieceSize = 32 << 10

  private var pieces: [UnsafeMutableRawPointer] = []
  private var used = RecordRoom.pieceSize

  deinit { for piece in pieces { piece.deallocate() } }

  /// The bytes that a string takes: a cell has fewer than 2^16.
  static func size(of count: Int) -> Int { 2 + count }

  /// Keeps a string; the address is valid as long as this object.
  func store(_ bytes: ByteSlice) -> UnsafeRawPointer {
    let size = Self.size(of: bytes.count)
    if Self.pieceSize - used < size {
      pieces.append(.allocate(byteCount: Self.pieceSize, alignment: 16))
      used = 0
    }
    let record = pieces[pieces.count - 1] + used
    used += size
    record.storeBytes(of: UInt16(bytes.count), as: UInt16.self)
    (record + 2).copyMemory(from: bytes.base, byteCount: bytes.count)
    return UnsafeRawPointer(record)
  }

  /// The bytes of a string that was kept.
  static func bytes(_ record: UnsafeRawPointer) -> ByteSlice {
    ByteSlice(
      base: (record + 2).assumingMemoryBound(to: UInt8.self),
      count: Int(record.loadUnaligned(as: UInt16.self))
    )
  }
}

extension ByteSlice {
  /// Whether all bytes are the same.
  func hasBytes(of other: ByteSlice) -> Bool {
    count == other.count && memcmp(base, other.base, count) == 0
  }
}
