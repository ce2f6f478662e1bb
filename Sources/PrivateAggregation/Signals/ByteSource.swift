// ByteSource.swift: the bytes of one signal file, decompressed where they are gzip or zstd.
// Reference: [RFC1952], [RFC8878].
// SPDX-License-Identifier: Apache-2.0

import CZlib
import Glibc

/// The bytes of one signal file or of standard input, in blocks, decompressed where they are gzip or
/// zstd.
///
/// Whether a file is compressed follows from its first bytes, not from its name. Several members or
/// frames in a row are one file, as RFC 1952 and RFC 8878 say.
final class ByteSource {
  /// The bytes that are asked of the system at once.
  private static let blockSize = 1 << 20
  /// The same when a file is opened: mostly its header.
  private static let firstSize = 64 << 10

  /// The path, or `-`.
  let path: String
  /// The bytes that were read so far, before decompression.
  private(set) var bytesRead = 0
  /// The size of the file in bytes; `nil` for standard input and pipes.
  let size: Int?

  private let descriptor: Int32
  private let block: UnsafeMutablePointer<UInt8>
  private var blockCount = 0
  private var blockStart = 0
  private var isAtEnd = false
  private var inflater: UnsafeMutablePointer<z_stream>?
  private var isBetweenMembers = false
  private var zstandard: ZstandardStream?

  /// Opens a file.
  ///
  /// - Throws: `SignalFileError` for what is missing, a folder or unreadable.
  init(path: String) throws(SignalFileError) {
    self.path = path
    descriptor = path == "-" ? dup(STDIN_FILENO) : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw SignalFileError(path: path, kind: errno == ENOENT ? .missing : .unreadable)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      close(descriptor)
      throw SignalFileError(path: path, kind: .unreadable)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw SignalFileError(path: path, kind: .directory)
    }
    size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    block = .allocate(capacity: Self.blockSize)
    // The first bytes tell what the file is; a pipe may give them one at a time. From here on an
    // error ends in `deinit`, because every property has its value.
    while blockCount < 4, !isAtEnd { try fill(Self.firstSize) }
    if blockCount >= 2, block[0] == 0x1F, block[1] == 0x8B { try startInflating() }
    if ZstandardStream.begins(signature) {
      guard let library = ZstandardLibrary.system else {
        throw SignalFileError(path: path, kind: .missingZstandard)
      }
      zstandard = ZstandardStream(library)
      guard zstandard != nil else { throw SignalFileError(path: path, kind: .unreadable) }
    }
  }

  deinit {
    close(descriptor)
    block.deallocate()
    if let inflater {
      inflateEnd(inflater)
      inflater.deallocate()
    }
  }

  /// Whether more bytes come out of the file than are in it.
  var isCompressed: Bool { inflater != nil || zstandard != nil }

  /// The first bytes of the file as it is stored, up to four.
  var signature: [UInt8] { (0..<min(4, blockCount)).map { block[$0] } }

  /// Fills `target` with the next bytes and returns how many; zero at the end.
  ///
  /// - Throws: `SignalFileError` for a failing read and for damaged compression.
  func read(into target: UnsafeMutableBufferPointer<UInt8>) throws(SignalFileError) -> Int {
    if let zstandard { return try decompress(zstandard, into: target) }
    guard let inflater else { return try copy(into: target) }
    return try inflate(inflater, into: target)
  }

  private func decompress(
    _ stream: ZstandardStream,
    into target: UnsafeMutableBufferPointer<UInt8>
  ) throws(SignalFileError) -> Int {
    let target = UnsafeMutableRawBufferPointer(target)
    while true {
      if blockStart == blockCount { try refill() }
      let source = UnsafeRawBufferPointer(
        start: block + blockStart,
        count: blockCount - blockStart
      )
      let step: (taken: Int, made: Int)
      do throws(ZstandardStream.Failure) {
        step = try stream.decompress(source, into: target)
      } catch .windowTooLarge {
        throw SignalFileError(path: path, kind: .windowTooLarge)
      } catch {
        throw SignalFileError(path: path, kind: .damaged)
      }
      blockStart += step.taken
      if step.made > 0 { return step.made }
      guard source.isEmpty else { continue }
      // The end of the file is fine only behind a whole frame.
      guard stream.isBetweenFrames else { throw SignalFileError(path: path, kind: .damaged) }
      return 0
    }
  }

  private func copy(
    into target: UnsafeMutableBufferPointer<UInt8>
  ) throws(SignalFileError) -> Int {
    if blockStart == blockCount {
      // What takes a whole block needs no copy of it.
      if target.count >= Self.blockSize / 4, let base = target.baseAddress {
        return try read(into: base, most: target.count)
      }
      try refill()
      if blockCount == 0 { return 0 }
    }
    let count = min(target.count, blockCount - blockStart)
    target.baseAddress?.update(from: block + blockStart, count: count)
    blockStart += count
    return count
  }

  private func inflate(
    _ stream: UnsafeMutablePointer<z_stream>,
    into target: UnsafeMutableBufferPointer<UInt8>
  ) throws(SignalFileError) -> Int {
    stream.pointee.next_out = target.baseAddress
    stream.pointee.avail_out = UInt32(target.count)
    while stream.pointee.avail_out == UInt32(target.count) {
      if blockStart == blockCount { try refill() }
      if blockCount == 0 {
        // The end of the file is fine only behind a whole member.
        guard isBetweenMembers else { throw SignalFileError(path: path, kind: .damaged) }
        return 0
      }
      if isBetweenMembers {
        guard block[blockStart] == 0x1F else {
          // Padding of zeros behind the last member is customary; anything else is damage.
          guard block[blockStart] == 0 else { throw SignalFileError(path: path, kind: .damaged) }
          blockStart += 1
          continue
        }
        inflateReset(stream)
        isBetweenMembers = false
      }
      stream.pointee.next_in = block + blockStart
      stream.pointee.avail_in = UInt32(blockCount - blockStart)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      blockStart = blockCount - Int(stream.pointee.avail_in)
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isBetweenMembers = true
      default: throw SignalFileError(path: path, kind: .damaged)
      }
    }
    return target.count - Int(stream.pointee.avail_out)
  }

  private func startInflating() throws(SignalFileError) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for a gzip header.
    guard hubbub_inflate_init(stream, 15 + 16) == Z_OK else {
      stream.deallocate()
      throw SignalFileError(path: path, kind: .unreadable)
    }
    inflater = stream
  }

  private func refill() throws(SignalFileError) {
    blockStart = 0
    blockCount = 0
    guard !isAtEnd else { return }
    try fill()
  }

  /// Reads behind what is in the block.
  private func fill(_ most: Int = blockSize) throws(SignalFileError) {
    blockCount += try read(into: block + blockCount, most: most - blockCount)
  }

  /// Reads what there is, up to `most` bytes; zero at the end.
  private func read(
    into target: UnsafeMutablePointer<UInt8>,
    most: Int
  ) throws(SignalFileError) -> Int {
    guard !isAtEnd else { return 0 }
    while true {
      let count = Glibc.read(descriptor, target, most)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SignalFileError(path: path, kind: .unreadable) }
      isAtEnd = count == 0
      bytesRead += count
      return count
    }
  }
}
