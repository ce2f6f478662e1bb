// Zstandard.swift: decompression by the system's libzstd, which is looked for when it is needed.
// Reference: [RFC8878].
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The functions of libzstd that decompress; the library is loaded at the first file that needs it.
///
/// Nothing of it is needed to build the program, nor to run it on files of other formats.
struct ZstandardLibrary: @unchecked Sendable {
  typealias Create = @convention(c) () -> OpaquePointer?
  typealias Free = @convention(c) (OpaquePointer?) -> Int
  typealias SetParameter = @convention(c) (OpaquePointer?, Int32, Int32) -> Int
  typealias Decompress =
    @convention(c) (
      OpaquePointer?, UnsafeMutableRawPointer, UnsafeMutableRawPointer
    ) -> Int
  typealias Test = @convention(c) (Int) -> UInt32

  let create: Create
  let free: Free
  let setParameter: SetParameter
  let decompress: Decompress
  let isError: Test

  /// The library of this system, or `nil` where there is none.
  static let system = ZstandardLibrary(named: "libzstd.so.1")

  /// Loads a library; `nil` where it is not found or lacks a function.
  init?(named name: String) {
    guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { return nil }
    guard let create = dlsym(handle, "ZSTD_createDStream"),
      let free = dlsym(handle, "ZSTD_freeDStream"),
      let setParameter = dlsym(handle, "ZSTD_DCtx_setParameter"),
      let decompress = dlsym(handle, "ZSTD_decompressStream"),
      let isError = dlsym(handle, "ZSTD_isError")
    else { return nil }
    self.create = unsafeBitCast(create, to: Create.self)
    self.free = unsafeBitCast(free, to: Free.self)
    self.setParameter = unsafeBitCast(setParameter, to: SetParameter.self)
    self.decompress = unsafeBitCast(decompress, to: Decompress.self)
    self.isError = unsafeBitCast(isError, to: Test.self)
  }
}

/// Decompresses one stream of frames, skippable ones among them.
///
/// - Reference: [RFC8878] section 3.
final class ZstandardStream {
  /// How a stream fails.
  enum Failure: Error {
    /// What is there is no frame, or is damaged.
    case damaged
    /// A frame looks further back than `mostWindowBits` allows.
    case windowTooLarge
  }

  /// The largest window in bits: 128 MiB, the most that `zstd` itself takes unless told otherwise.
  static let mostWindowBits: Int32 = 27
  /// `ZSTD_d_windowLogMax`.
  private static let windowParameter: Int32 = 100
  /// `ZSTD_error_frameParameter_windowTooLarge`; errors are returned with their sign changed.
  private static let windowError = 16

  private let library: ZstandardLibrary
  private let stream: OpaquePointer
  /// `ZSTD_inBuffer` and `ZSTD_outBuffer`: an address, a size and a place each.
  private let input: UnsafeMutableRawPointer
  private let output: UnsafeMutableRawPointer
  /// Whether the last frame ended and no other began.
  private(set) var isBetweenFrames = true

  /// Begins a stream; `nil` where there is no memory for it.
  init?(_ library: ZstandardLibrary) {
    guard let stream = library.create() else { return nil }
    self.library = library
    self.stream = stream
    _ = library.setParameter(stream, Self.windowParameter, Self.mostWindowBits)
    let size = 3 * MemoryLayout<Int>.stride
    input = .allocate(byteCount: size, alignment: MemoryLayout<Int>.alignment)
    output = .allocate(byteCount: size, alignment: MemoryLayout<Int>.alignment)
  }

  deinit {
    _ = library.free(stream)
    input.deallocate()
    output.deallocate()
  }

  /// Whether the first bytes of a file are those of a frame, or of one to be skipped.
  static func begins(_ signature: [UInt8]) -> Bool {
    guard signature.count == 4 else { return false }
    return signature == [0x28, 0xB5, 0x2F, 0xFD]
      || signature[0] & 0xF0 == 0x50 && signature[1...] == [0x2A, 0x4D, 0x18]
  }

  /// Decompresses as much as fits.
  ///
  /// - Returns: How many bytes were taken and how many were made.
  func decompress(
    _ source: UnsafeRawBufferPointer,
    into target: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> (taken: Int, made: Int) {
    Self.set(input, UnsafeRawPointer(source.baseAddress), source.count)
    Self.set(output, UnsafeRawPointer(target.baseAddress), target.count)
    let result = library.decompress(stream, output, input)
    guard library.isError(result) == 0 else {
      throw result == -Self.windowError ? .windowTooLarge : .damaged
    }
    let place = 2 * MemoryLayout<Int>.stride
    let taken = input.load(fromByteOffset: place, as: Int.self)
    let made = output.load(fromByteOffset: place, as: Int.self)
    // Zero says that a frame ended and was given out whole; a call without input tells nothing new.
    if taken > 0 || made > 0 { isBetweenFrames = result == 0 }
    return (taken, made)
  }

  private static func set(
    _ buffer: UnsafeMutableRawPointer,
    _ base: UnsafeRawPointer?,
    _ count: Int
  ) {
    buffer.storeBytes(of: UInt(bitPattern: base), as: UInt.self)
    buffer.storeBytes(of: count, toByteOffset: MemoryLayout<Int>.stride, as: Int.self)
    buffer.storeBytes(of: 0, toByteOffset: 2 * MemoryLayout<Int>.stride, as: Int.self)
  }
}
