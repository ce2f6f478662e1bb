// Files.swift: reading an input whole, and writing an output whole or not at all.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hubbub

/// An input that is read whole.
enum InputFile {
  /// Reads a file of at most `limit` bytes.
  static func read(
    _ path: String,
    limit: Int,
    what: String
  ) throws(CommandFailure) -> [UInt8] {
    func failure(_ reason: String) -> CommandFailure {
      .invalid("\(path): the \(what) cannot be read (\(reason)); name a file that exists")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(String(cString: strerror(errno))) }
      guard count > 0 else { return content }
      guard content.count + count <= limit else { throw failure("it is too long") }
      content.append(contentsOf: buffer[..<count])
    }
  }
}

/// What the system said when a file could not be written.
struct WriteFailure: Error {
  let path: String
  let number: Int32

  /// The failure of the last call.
  init(_ path: String, _ number: Int32 = errno) {
    self.path = path
    self.number = number
  }

  /// The failure in words.
  var reason: String { String(cString: strerror(number)) }
}

/// An output that is written whole or not at all.
enum OutputFile {
  /// Makes a folder and those above it.
  static func makeFolder(_ path: String) throws(WriteFailure) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolder(String(path[..<slash]))
    }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw WriteFailure(path) }
    guard stat(path, &status) == 0 else { throw WriteFailure(path) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw WriteFailure(path, ENOTDIR) }
  }

  /// Writes a file under a name of its own, brings it to the disk, then gives it its name.
  static func write(_ bytes: [UInt8], to path: String) throws(WriteFailure) {
    try write(to: path) { descriptor in writeAll(bytes, to: descriptor) }
  }

  /// The same for what is written piece by piece.
  ///
  /// - Parameters:
  ///   - path: The name that the file gets.
  ///   - content: Writes to the open file and returns zero, or the number of the error.
  /// - Throws: `WriteFailure`, with nothing left behind.
  static func write(to path: String, _ content: (Int32) -> Int32) throws(WriteFailure) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    // Hidden, so that no pattern takes it for a file, and under a name that nobody can foresee.
    let temporary = "\(folder).\(name).new-" + String(Entropy.words(1)[0], radix: 16)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(temporary, flags, 0o666)
    guard descriptor >= 0 else { throw WriteFailure(path) }
    var number = content(descriptor)
    if number == 0, fsync(descriptor) != 0 { number = errno }
    if close(descriptor) != 0, number == 0 { number = errno }
    if number == 0, rename(temporary, path) != 0 { number = errno }
    guard number == 0 else {
      unlink(temporary)
      throw WriteFailure(path, number)
    }
    try keepName(in: folder.isEmpty ? "." : folder, of: path)
  }

  /// Brings the names in a folder to the disk; that a file system cannot do so is no failure.
  private static func keepName(in folder: String, of path: String) throws(WriteFailure) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder that may be written and not read is left to the system.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw WriteFailure(path)
    }
  }
}

extension SyntheticSignals {
  /// Writes all signals to an open file.
  ///
  /// - Returns: Zero, or the number of the error.
  func write(_ format: Format, to descriptor: Int32) -> Int32 {
    do {
      try write(format) { bytes throws(WriteFailure) in
        let number = writeAll(bytes, to: descriptor)
        guard number == 0 else { throw WriteFailure("", number) }
      }
      return 0
    } catch {
      return error.number
    }
  }
}
