// StateStore.swift: the folder of the encrypted state: key, lock, and one file for each state.
// Reference: `docs/continual.md`, section "The state".
// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Glibc
import Sampling

/// The folder in which the state of running counts is kept, held for one run at a time.
///
/// A state has a random name, which stands in the release that goes with it. It is written whole and
/// brought to the disk before that release is committed, so the commit alone decides which state holds:
/// the one that the last committed release names. All others are of attempts that were not committed,
/// or older, and are removed.
final class StateStore {
  /// The folder.
  let folder: String
  private let digest: String
  private let lock: Int32

  /// Opens a folder, makes it where there is none, and holds it until the object goes.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - digest: SHA-256 of the spec and its lists.
  /// - Throws: `StateStoreError` where it cannot be used, or another process holds it.
  init(folder: String, digest: String) throws(StateStoreError) {
    self.folder = folder
    self.digest = digest
    try Self.makeFolder(folder)
    let path = folder + "/lock"
    let descriptor = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StateStoreError(path: path, kind: .system(errno)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw StateStoreError(path: folder, kind: code == EWOULDBLOCK ? .busy : .system(code))
    }
    lock = descriptor
  }

  deinit { close(lock) }

  /// Draws the name of a state: 128 bits from the kernel.
  static func drawName() -> String {
    Entropy.words(2).map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  private static func makeFolder(_ folder: String) throws(StateStoreError) {
    var path = ""
    for part in folder.split(separator: "/") {
      path += "/" + part
      if mkdir(path, 0o700) != 0, errno != EEXIST {
        // A folder above that can be passed but not written is there already.
        var status = stat()
        guard stat(path, &status) == 0 else {
          throw StateStoreError(path: path, kind: .system(errno))
        }
      }
    }
  }

  // MARK: - The key

  private var keyPath: String { folder + "/key" }

  /// Makes the key where there is none, before the first run.
  func makeKey() throws(StateStoreError) {
    guard access(keyPath, F_OK) != 0 else {
      _ = try key()
      return
    }
    var writer = StateWriter()
    for word in Entropy.words(4) { writer.integer(word) }
    try write(writer.data, to: keyPath)
  }

  /// Reads the key.
  private func key() throws(StateStoreError) -> SymmetricKey {
    var status = stat()
    guard stat(keyPath, &status) == 0 else {
      let kind: StateStoreError.Kind = errno == ENOENT ? .keyMissing : .system(errno)
      throw StateStoreError(path: keyPath, kind: kind)
    }
    guard status.st_mode & 0o077 == 0 else {
      throw StateStoreError(path: keyPath, kind: .keyExposed)
    }
    let bytes = try read(keyPath)
    guard bytes.count == 32 else { throw StateStoreError(path: keyPath, kind: .keyDamaged) }
    return SymmetricKey(data: bytes)
  }

  // MARK: - States

  private func path(_ name: String) -> String { folder + "/" + name + ".state" }

  /// Refuses to begin where there is the state of a later run.
  func refuseLaterStates() throws(StateStoreError) {
    for file in files where file.hasSuffix(".state") {
      let path = folder + "/" + file
      if let period = SealedState.period(of: try read(path)), period > 1 {
        throw StateStoreError(path: path, kind: .ahead)
      }
    }
  }

  /// Opens the state of a name.
  ///
  /// - Throws: `StateStoreError` where it is missing, altered, or one of another run.
  func load(
    _ name: String,
    after t: Int,
    _ plan: AggregationPlan
  ) throws(StateStoreError) -> ContinualState {
    let path = path(name)
    let key = try key()
    guard access(path, F_OK) == 0 else { throw StateStoreError(path: path, kind: .stateMissing) }
    let header = SealedState.Header(name: name, t: t, digest: digest)
    let opened: [UInt8]
    do { opened = try SealedState.open(try read(path), header, under: key) } catch {
      guard let error = error as? SealedState.OpeningError else {
        throw (error as? StateStoreError) ?? StateStoreError(path: path, kind: .damaged)
      }
      let kind: StateStoreError.Kind =
        switch error {
        case .damaged: .damaged
        case .newer: .newer
        case .otherKey: .otherKey
        case .otherRun: .otherRun
        }
      throw StateStoreError(path: path, kind: kind)
    }
    do {
      let state = try ContinualState.decoding(opened, plan)
      guard state.t == t else { throw StateDamage() }
      return state
    } catch { throw StateStoreError(path: path, kind: .damaged) }
  }

  /// Writes a state whole and brings it to the disk.
  func save(_ state: borrowing ContinualState, as name: String) throws(StateStoreError) {
    let header = SealedState.Header(name: name, t: state.t, digest: digest)
    try write(SealedState.seal(state.encoded(), header, under: try key()), to: path(name))
  }

  /// Removes every state but one, and what attempts that died left behind.
  ///
  /// What cannot be removed now is removed after the next run.
  func keepOnly(_ name: String) {
    for file in files where file.hasSuffix(".new") || file.hasSuffix(".state") {
      if file != name + ".state" { unlink(folder + "/" + file) }
    }
  }

  // MARK: - Files

  /// The names in the folder.
  private var files: [String] {
    guard let directory = opendir(folder) else { return [] }
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

  private func read(_ path: String) throws(StateStoreError) -> [UInt8] {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StateStoreError(path: path, kind: .system(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw StateStoreError(path: path, kind: .system(errno))
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
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
  private func write(_ bytes: [UInt8], to path: String) throws(StateStoreError) {
    let draft = path + ".new"
    let descriptor = Glibc.open(draft, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StateStoreError(path: draft, kind: .system(errno)) }
    var failure = Self.write(bytes, to: descriptor)
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(draft, path) != 0 { failure = errno }
    if failure == 0 { failure = Self.synchronize(folder) }
    guard failure == 0 else {
      unlink(draft)
      throw StateStoreError(path: path, kind: .system(failure))
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
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

  /// Brings the names of a folder to the disk; zero, or the number of the error.
  private static func synchronize(_ folder: String) -> Int32 {
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? 0 : errno
  }
}
