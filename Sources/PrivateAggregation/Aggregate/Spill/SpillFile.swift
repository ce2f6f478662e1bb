// SpillFile.swift: rows that do not fit the memory, sealed in a temporary file without a name.
// Reference: [SP800-38D].
// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Glibc
import Sampling
import Synchronization

/// Pieces of bytes, each sealed by AES-256 in Galois/counter mode, in a file that has no name.
///
/// The key is drawn for the file, stays in memory and goes with this object; the file goes with its
/// last descriptor, however the process ends. A piece is sealed under its own number, which never
/// repeats, so one that was altered or moved does not open.
///
/// - Privacy: What is on disk tells the sizes of the pieces and nothing else.
/// - Reference: [SP800-38D] sections 7 and 8.2.1.
final class SpillFile: @unchecked Sendable {
  /// A piece: where it stands, and its size before it was sealed.
  struct Piece: Sendable {
    let offset: Int
    let count: Int
    let number: UInt64
  }

  private struct Index {
    var end = 0
    var number: UInt64 = 0
    var pieces: [[Piece]]
  }

  /// The bytes behind a sealed piece that show whether it was altered.
  static let tagSize = 16
  private static let keyWords = 4

  /// The folder that the file is in.
  let folder: String
  private let descriptor: Int32
  private let key: SecretMemory
  private let index: Mutex<Index>

  /// Opens a file for the pieces of so many parts, and takes so many bytes of the disk for it.
  ///
  /// - Parameters:
  ///   - folder: The folder that it is in.
  ///   - partCount: The number of parts.
  ///   - room: The bytes that it will need at most; `nil` where nobody knows.
  /// - Throws: `SignalFileError` where no file can be made, or none of that size.
  init(in folder: String, partCount: Int, room: Int? = 0) throws(SignalFileError) {
    self.folder = folder
    let opened = try Self.open(in: folder)
    let failure = Self.take(room, for: opened)
    guard failure == 0 else {
      close(opened)
      throw SignalFileError(path: folder, kind: .temporary(code: failure))
    }
    descriptor = opened
    // One word more tells whether the key is there: in a forked child it is not.
    key = SecretMemory(count: Self.keyWords + 1)
    var stream = KeyedStream()
    stream.read(into: UnsafeMutableBufferPointer(rebasing: key.words[..<Self.keyWords]))
    key.words[Self.keyWords] = 1
    index = Mutex(Index(pieces: Array(repeating: [], count: partCount)))
  }

  deinit { close(descriptor) }

  /// The folder of temporary files: that in `TMPDIR`, or one that is seldom in memory.
  static var systemFolder: String {
    guard let named = getenv("TMPDIR"), named.pointee != 0 else { return "/var/tmp" }
    return String(cString: named)
  }

  /// Opens a file without a name, for its owner alone.
  private static func open(in folder: String) throws(SignalFileError) -> Int32 {
    // O_TMPFILE, which Swift does not see; O_EXCL keeps anybody from giving the file a name.
    let unnamed = 0o20_000_000 | O_DIRECTORY
    var opened = Glibc.open(folder, unnamed | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if opened < 0, errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL {
      // A file system without them: the name goes at once.
      let path = folder + "/.hubbub-" + String(Entropy.words(1)[0], radix: 36)
      opened = Glibc.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
      if opened >= 0 { unlink(path) }
    }
    guard opened >= 0 else {
      throw SignalFileError(path: folder, kind: .temporary(code: errno))
    }
    return opened
  }

  /// Takes room on the disk for a file; zero, or the number of the error.
  ///
  /// A limit on the size of files is no limit of the disk: whoever starts the program sets it. Under one
  /// a file whose size nobody knows is not begun.
  private static func take(_ room: Int?, for descriptor: Int32) -> Int32 {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { return errno }
    guard limit.rlim_cur == .max || room.map({ UInt64($0) <= limit.rlim_cur }) == true else {
      return EFBIG
    }
    guard let room, room > 0 else { return 0 }
    while true {
      let failure = posix_fallocate(descriptor, 0, off_t(room))
      if failure != EINTR { return failure }
    }
  }

  /// Whether nothing was written.
  var isEmpty: Bool { index.withLock { $0.number == 0 } }

  /// The bytes that were written.
  var size: Int { index.withLock { $0.end } }

  /// The pieces of a part.
  func pieces(of part: Int) -> [Piece] { index.withLock { $0.pieces[part] } }

  /// Seals bytes and writes them behind what is there.
  ///
  /// - Throws: `SignalFileError` where they cannot be written whole.
  func append(_ bytes: UnsafeRawBufferPointer, to part: Int) throws(SignalFileError) {
    let size = bytes.count + Self.tagSize
    let piece = index.withLock { index in
      let piece = Piece(offset: index.end, count: bytes.count, number: index.number)
      index.end += size
      index.number += 1
      index.pieces[part].append(piece)
      return piece
    }
    guard let nonce = try? AES.GCM.Nonce(data: Self.nonce(piece)),
      let sealed = try? AES.GCM.seal(bytes, using: cipherKey(), nonce: nonce)
    else { fatalError("the cipher refuses a key of 256 bits") }
    // Behind its twelve bytes of nonce, which follow from the number of the piece.
    let combined = sealed.combined ?? Data()
    let stored = combined.dropFirst(combined.count - size)
    var failure: Int32 = 0
    stored.withUnsafeBytes { failure = Self.write($0, to: descriptor, at: piece.offset) }
    guard failure == 0 else {
      throw SignalFileError(path: folder, kind: .temporary(code: failure))
    }
  }

  /// Writes everything; zero, or the number of the error.
  private static func write(
    _ bytes: UnsafeRawBufferPointer,
    to descriptor: Int32,
    at offset: Int
  ) -> Int32 {
    var done = 0
    while done < bytes.count {
      let start = bytes.baseAddress.map { $0 + done }
      let count = pwrite(descriptor, start, bytes.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : ENOSPC }
      done += count
    }
    return 0
  }

  /// Reads a piece back into room that is at least as large.
  ///
  /// - Throws: `SignalFileError` where they cannot be read or are not what was written.
  func read(
    _ piece: Piece,
    into target: UnsafeMutableRawBufferPointer
  ) throws(SignalFileError) {
    precondition(target.count >= piece.count, "room for the piece")
    let size = piece.count + Self.tagSize
    var sealed = Data(count: size)
    var failure: Int32 = 0
    sealed.withUnsafeMutableBytes { failure = Self.read($0, from: descriptor, at: piece.offset) }
    guard failure == 0 else {
      throw SignalFileError(path: folder, kind: .temporary(code: failure))
    }
    guard
      let box = try? AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: Self.nonce(piece)),
        ciphertext: sealed.prefix(piece.count),
        tag: sealed.suffix(Self.tagSize)
      ), let bytes = try? AES.GCM.open(box, using: cipherKey()), bytes.count == piece.count
    else { throw SignalFileError(path: folder, kind: .temporaryDamaged) }
    bytes.withUnsafeBytes { target.copyMemory(from: $0) }
  }

  /// Fills a buffer; zero, or the number of the error.
  private static func read(
    _ bytes: UnsafeMutableRawBufferPointer,
    from descriptor: Int32,
    at offset: Int
  ) -> Int32 {
    var done = 0
    while done < bytes.count {
      let start = bytes.baseAddress.map { $0 + done }
      let count = pread(descriptor, start, bytes.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      done += count
    }
    return 0
  }

  private static func nonce(_ piece: Piece) -> [UInt8] {
    [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: piece.number >> UInt64(56 - 8 * $0)) }
  }

  /// The key as the cipher takes it: a copy for the time of a call, which it wipes.
  private func cipherKey() -> SymmetricKey {
    precondition(key.words[Self.keyWords] == 1, "a file is not used after a fork")
    let words = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: key.words[..<Self.keyWords]))
    return SymmetricKey(data: words)
  }
}
