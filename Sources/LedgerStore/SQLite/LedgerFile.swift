// LedgerFile.swift: what can be told about a ledger's file before it is opened.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import PrivacyAccounting

/// A path that may hold a ledger.
struct LedgerFile: Sendable {
  /// The path as the caller gave it.
  let path: String

  /// The path as SQLite gets it: never a URI, never a name with a meaning of its own.
  var plainPath: String { path.hasPrefix("/") ? path : "./" + path }

  /// Whether anything is there, a dangling link included.
  var exists: Bool {
    var status = stat()
    return lstat(plainPath, &status) == 0
  }

  /// Whether nobody may write: no permission bit says so, or the system refuses this process.
  ///
  /// A file without any write bit was marked by its owner; a process that could write all the
  /// same keeps to that.
  var isReadOnly: Bool {
    var status = stat()
    guard stat(plainPath, &status) == 0 else { return false }
    return status.st_mode & 0o222 == 0 || access(plainPath, W_OK) != 0
  }

  /// The folder that holds the file.
  var folder: String {
    guard let slash = plainPath.lastIndex(of: "/") else { return "." }
    return slash == plainPath.startIndex ? "/" : String(plainPath[..<slash])
  }

  /// Whether the disk has no room, not even for a page and its frame in the log.
  var isFull: Bool {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return false }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize) < 65536
  }

  /// Looks at the header of the file without opening it as a database, and creates nothing.
  ///
  /// - Throws: `LedgerError.unavailable` where there is no ledger of a version that can be read.
  func checkHeader() throws(LedgerError) {
    var status = stat()
    guard stat(plainPath, &status) == 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? failure(.missing, "no such file") : failure(.other, String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw failure(.notALedger, "it is not a regular file")
    }
    let header = try self.header()
    guard header.starts(with: Array("SQLite format 3\0".utf8)) else {
      throw failure(.notALedger, header.isEmpty ? "the file is empty" : "it has another format")
    }
    guard header.count == 100 else { throw failure(.damaged, "it is cut off") }
    func word(_ offset: Int) -> UInt32 {
      header[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard word(68) == SQLiteSchema.applicationID else {
      throw failure(.notALedger, "it is a database of another program")
    }
    guard word(60) <= UInt32(SQLiteSchema.version) else {
      throw failure(
        .newerSchema,
        "its schema is version \(word(60)), and this program knows version \(SQLiteSchema.version)"
      )
    }
  }

  /// The first 100 bytes, or as many as there are.
  private func header() throws(LedgerError) -> [UInt8] {
    let descriptor = Glibc.open(plainPath, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(.other, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 100)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      }
      guard count >= 0 else { throw failure(.other, String(cString: strerror(errno))) }
      guard count > 0 else { break }
      filled += count
    }
    return Array(bytes[..<filled])
  }

  /// Gives a finished file its name, unless something has that name already.
  ///
  /// - Returns: Whether it did.
  func take(from temporary: LedgerFile) throws(LedgerError) -> Bool {
    guard link(temporary.plainPath, plainPath) == 0 else {
      if errno == EEXIST { return false }
      throw failure(.other, String(cString: strerror(errno)))
    }
    // The name must be as durable as the file: an account that vanishes would be opened anew.
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
    return true
  }

  /// Removes the file and what SQLite may have put beside it.
  func remove() {
    for suffix in ["", "-journal", "-wal", "-shm"] { unlink(plainPath + suffix) }
  }

  func failure(_ kind: LedgerFailure.Kind, _ detail: String) -> LedgerError {
    .unavailable(LedgerFailure(kind: kind, place: path, detail: detail))
  }
}
