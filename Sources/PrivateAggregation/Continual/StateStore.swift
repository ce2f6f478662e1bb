// StateStore.swift: the folder of the encrypted state: key, lock, and one file for each state.
// Reference: `docs/continual.md`, section "The state".
// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Glibc
import PrivacyAccounting
import Sampling

/// The folder in which the state of running counts is kept, held for one run at a time.
///
/// A state has a random name, which stands in the release that goes with it. It is written whole and
/// brought to the disk before that release is committed, so the commit alone decides which state holds:
/// the one that the last committed release names. Others are removed where the ledger knows them as older
/// ones or of attempts that died, and hinder every run where it does not.
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
    try StateFiles.makeFolder(folder)
    let path = folder + "/lock"
    let flags = O_CREAT | O_RDWR | O_NOFOLLOW | O_CLOEXEC
    let descriptor = Glibc.open(path, flags, 0o600)
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

  // MARK: - The key

  private var keyPath: String { folder + "/key" }

  /// Makes the key where there is none, before the first run.
  func makeKey() throws(StateStoreError) {
    guard !StateFiles.exists(keyPath) else {
      _ = try key()
      return
    }
    var writer = StateWriter()
    for word in Entropy.words(4) { writer.integer(word) }
    try StateFiles.write(writer.data, to: keyPath, draft: draftPath)
  }

  /// Another name for a file until it is whole, which nobody can foresee.
  private var draftPath: String { folder + "/" + Self.drawName() + Self.draftEnding }

  /// Reads the key.
  private func key() throws(StateStoreError) -> SymmetricKey {
    guard StateFiles.exists(keyPath) else {
      throw StateStoreError(path: keyPath, kind: .keyMissing)
    }
    let bytes = try StateFiles.read(keyPath, exposed: .keyExposed)
    guard bytes.count == 32 else { throw StateStoreError(path: keyPath, kind: .keyDamaged) }
    return SymmetricKey(data: bytes)
  }

  // MARK: - States

  private static let ending = ".state"
  private static let draftEnding = ".new"

  /// Where the state of a name is.
  func path(_ name: String) -> String { folder + "/" + name + Self.ending }

  /// Every state in the folder but that of a name, with what stands in front of it; `nil` where that
  /// is not what stands in front of a state.
  func states(
    besides name: String?
  ) throws(StateStoreError) -> [(path: String, header: SealedState.Header?)] {
    var found: [(path: String, header: SealedState.Header?)] = []
    for file in try StateFiles.names(in: folder) where file.hasSuffix(Self.ending) {
      let own = String(file.dropLast(Self.ending.utf8.count))
      guard own != name else { continue }
      let path = folder + "/" + file
      let top = try StateFiles.read(path, upTo: SealedState.longestHeader)
      let header = SealedState.header(of: top)
      found.append((path, header?.name == own ? header : nil))
    }
    return found
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
    guard StateFiles.exists(path) else { throw StateStoreError(path: path, kind: .stateMissing) }
    let sealed = try StateFiles.read(path)
    let opened: (header: SealedState.Header, state: [UInt8])
    do { opened = try SealedState.open(sealed, under: key) } catch {
      let kind: StateStoreError.Kind =
        switch error {
        case .damaged: .damaged
        case .newer: .newer
        case .otherKey: .otherKey
        }
      throw StateStoreError(path: path, kind: kind)
    }
    let header = opened.header
    guard header.name == name, header.t == t, header.digest == digest else {
      throw StateStoreError(path: path, kind: .otherRun)
    }
    guard header.law == ContinualState.law(of: plan) else {
      throw StateStoreError(path: path, kind: .otherPlan)
    }
    do {
      let state = try ContinualState.decoding(opened.state, plan)
      guard state.t == t else { throw StateDamage() }
      return state
    } catch { throw StateStoreError(path: path, kind: .damaged) }
  }

  /// Makes the file of the next state, before a signal is read.
  ///
  /// - Parameter size: The size of the state before, zero where there is none: it takes room for a
  ///   state twice as large.
  /// - Returns: The file, which goes where it is not finished.
  /// - Throws: `StateStoreError` where there is no such room.
  func draft(after size: Int) throws(StateStoreError) -> StateDraft {
    let plain = 2 * max(size, ContinualState.smallestSize)
    let room = plain + SealedState.overhead(for: plain)
    return try StateDraft(at: draftPath, room: room)
  }

  /// Writes a state whole and brings it to the disk.
  ///
  /// - Parameters:
  ///   - state: The state.
  ///   - name: Its random name.
  ///   - release: The release that will name it.
  ///   - attempt: The token of the attempt at that.
  ///   - draft: The file that was made for it.
  /// - Throws: `StateStoreError` where it cannot be written whole.
  func save(
    _ state: borrowing ContinualState,
    as name: String,
    release: ReleaseID,
    attempt: String,
    in draft: StateDraft
  ) throws(StateStoreError) {
    let header = SealedState.Header(
      name: name,
      t: state.t,
      digest: digest,
      law: state.law,
      release: release.description,
      attempt: attempt
    )
    let sealed = SealedState.seal(state.encoded(), header, under: try key())
    try draft.finish(sealed, as: path(name))
  }

  /// Removes states that no release goes on from, and drafts, which never were a state.
  ///
  /// What cannot be removed now is removed after the next run.
  func remove(_ paths: [String]) {
    for path in paths { unlink(path) }
    let length = 32 + Self.draftEnding.utf8.count
    for file in (try? StateFiles.names(in: folder)) ?? []
    where file.hasSuffix(Self.draftEnding) && file.utf8.count == length {
      unlink(folder + "/" + file)
    }
  }
}
