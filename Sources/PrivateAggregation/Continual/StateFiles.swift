// StateFiles.swift: files and folders of the encrypted state, which are their owner's alone.
// Reference: `docs/continual.md`, section "The state".
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the encrypted state asks of files and folders: nobody else's, no links, durable.
enum StateFiles {
  /// Makes a folder with those above it, each brought to the disk, and holds it to be its owner's alone.
  ///
  /// Nobody else may write the folder above it either: whoever can could put another in its place.
  static func makeFolder(_ folder: String) throws(StateStoreError) {
    var path = ""
    var above = "/"
    for part in folder.split(separator: "/") {
      path += "/" + part
      if mkdir(path, 0o700) == 0 {
        let failure = synchronize(above)
        guard failure == 0 else { throw StateStoreError(path: above, kind: .system(failure)) }
      } else if errno != EEXIST {
        // A folder above that can be passed but not written is there already.
        var status = stat()
        guard stat(path, &status) == 0 else {
          throw StateStoreError(path: path, kind: .system(errno))
        }
      }
      above = path
    }
    let store = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
    var status = stat()
    guard stat(store.isEmpty ? "/" : store, &status) == 0 else {
      throw StateStoreError(path: store, kind: .system(errno))
    }
    guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      throw StateStoreError(path: store, kind: .folderExposed)
    }
    guard lstat(folder, &status) == 0 else {
      throw StateStoreError(path: folder, kind: .system(errno))
    }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
      status.st_mode & 0o077 == 0
    else { throw StateStoreError(path: folder, kind: .folderExposed) }
  }

  /// Whether anything has the name, a link that leads nowhere included.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// The names in a folder.
  static func names(in folder: String) throws(StateStoreError) -> [String] {
    guard let directory = opendir(folder) else {
      throw StateStoreError(path: folder, kind: .system(errno))
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
      )
    }
    return names
  }

  /// Reads a file of the owner's, or its beginning.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - most: The most bytes that are read.
  ///   - exposed: What is wrong where others can read it.
  /// - Returns: Its bytes.
  /// - Throws: `StateStoreError` where it is not one of the owner's alone, or cannot be read.
  static func read(
    _ path: String,
    upTo most: Int = .max,
    exposed: StateStoreError.Kind = .foreignFile
  ) throws(StateStoreError) -> [UInt8] {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = Glibc.open(path, flags)
    guard descriptor >= 0 else {
      throw StateStoreError(path: path, kind: errno == ELOOP ? .foreignFile : .system(errno))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw StateStoreError(path: path, kind: .system(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_nlink == 1
    else { throw StateStoreError(path: path, kind: .foreignFile) }
    guard status.st_mode & 0o077 == 0 else { throw StateStoreError(path: path, kind: exposed) }
    var bytes = [UInt8](repeating: 0, count: min(most, Int(status.st_size)))
    var done = 0
    while done < bytes.count {
      let room = bytes.count - done
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress.map { $0 + done }, room)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw StateStoreError(path: path, kind: count < 0 ? .system(errno) : .damaged)
      }
      done += count
    }
    return bytes
  }

  /// Writes a file whole: under another name, to the disk, then under its own.
  static func write(
    _ bytes: [UInt8],
    to path: String,
    draft: String
  ) throws(StateStoreError) {
    try StateDraft(at: draft, room: 0).finish(bytes, as: path)
  }

  /// Brings the names of a folder to the disk; zero, or the number of the error.
  fileprivate static func synchronize(_ folder: String) -> Int32 {
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? 0 : errno
  }
}

/// A file under a name that nobody can foresee, until it is whole and gets its own.
final class StateDraft {
  private let path: String
  private let descriptor: Int32
  private var isFinished = false

  /// Makes an empty file, and takes so many bytes of the disk for it.
  ///
  /// - Privacy: It is made before a signal is read, so that what does not fit is known by then.
  /// - Throws: `StateStoreError` where there is no such room, or a limit on the size of files.
  init(at path: String, room: Int) throws(StateStoreError) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
      throw StateStoreError(path: path, kind: .system(errno))
    }
    guard limit.rlim_cur == .max else { throw StateStoreError(path: path, kind: .limited) }
    let flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC
    let opened = Glibc.open(path, flags, 0o600)
    guard opened >= 0 else { throw StateStoreError(path: path, kind: .system(errno)) }
    self.path = path
    descriptor = opened
    var failure: Int32 = 0
    repeat {
      failure = room > 0 ? posix_fallocate(opened, 0, off_t(room)) : 0
    } while failure == EINTR
    guard failure == 0 else { throw StateStoreError(path: path, kind: .system(failure)) }
  }

  deinit {
    close(descriptor)
    if !isFinished { unlink(path) }
  }

  /// Writes the file whole, brings it to the disk, and gives it its name.
  func finish(_ bytes: [UInt8], as name: String) throws(StateStoreError) {
    var failure = write(bytes)
    if failure == 0, ftruncate(descriptor, off_t(bytes.count)) != 0 { failure = errno }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    if failure == 0, rename(path, name) != 0 { failure = errno }
    if failure == 0 {
      isFinished = true
      let folder = name.lastIndex(of: "/").map { String(name[..<$0]) } ?? "."
      failure = StateFiles.synchronize(folder)
    }
    guard failure == 0 else { throw StateStoreError(path: name, kind: .system(failure)) }
  }

  /// Writes everything; zero, or the number of the error.
  private func write(_ bytes: [UInt8]) -> Int32 {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : ENOSPC }
      done += count
    }
    return 0
  }
}
