// StateStoreTests.swift: the encrypted state on disk: whole, secret, and refused where it was altered.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import ExactArithmetic
import Foundation
import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Encrypted state` {
  fileprivate static let digest = String(repeating: "d", count: 64)

  /// A store with the state after one period.
  private struct Sample {
    let directory: TemporaryDirectory
    let plan: AggregationPlan
    let name = StateStore.drawName()
    let exact: [UInt8]

    var folder: String { directory.appending("store/deep") }
    var path: String { folder + "/\(name).state" }

    init(units: Int = 5) throws {
      directory = try TemporaryDirectory()
      plan = try RunningCounts.plan(cells: 2, horizon: 10)
      let store = try StateStore(
        folder: directory.appending("store/deep"),
        digest: `Encrypted state`.digest
      )
      try store.makeKey()
      var state = ContinualState(plan)
      for unit in 0..<units {
        withSlice("person number \(unit)") { state.add(unit: $0, cell: UInt32(unit % 2)) }
      }
      _ = state.close(threads: 1)
      exact = state.encoded()
      try store.save(
        state,
        as: name,
        release: ReleaseID("d.daily"),
        attempt: "one",
        in: try store.draft(after: 0)
      )
    }

    func open() throws -> StateStore {
      try StateStore(folder: folder, digest: `Encrypted state`.digest)
    }

    /// What opening the state fails with.
    func failure(
      digest: String = `Encrypted state`.digest,
      after t: Int = 1,
      _ name: String? = nil
    ) throws -> StateStoreError.Kind? {
      let store = try StateStore(folder: folder, digest: digest)
      do {
        _ = try store.load(name ?? self.name, after: t, plan).t
        return nil
      } catch { return error.kind }
    }

    func edit(_ path: String, _ body: (inout Data) -> Void) throws {
      var data = try Data(contentsOf: URL(fileURLWithPath: path))
      body(&data)
      try data.write(to: URL(fileURLWithPath: path))
    }
  }

  /// The second has more than one piece.
  @Test(arguments: [0, 150_000])
  func `comes back as it was, and shows nothing of itself`(units: Int) throws {
    let sample = try Sample(units: units)
    #expect(try sample.open().load(sample.name, after: 1, sample.plan).encoded() == sample.exact)
    let sealed = try Data(contentsOf: URL(fileURLWithPath: sample.path))
    #expect(units < 1000 || sample.exact.count > 1 << 22)
    #expect(sealed.count > sample.exact.count)
    #expect(sealed.range(of: Data("person number".utf8)) == nil)
  }

  @Test func `is for its owner alone, as is its key`() throws {
    let sample = try Sample()
    for file in [sample.path, sample.folder + "/key", sample.folder + "/lock"] {
      var status = stat()
      #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600, "\(file)")
    }
    var status = stat()
    #expect(stat(sample.folder, &status) == 0 && status.st_mode & 0o777 == 0o700)
    #expect(chmod(sample.folder + "/key", 0o640) == 0)
    #expect(try sample.failure() == .keyExposed)
  }

  @Test func `does not open where any part of it was altered`() throws {
    let sample = try Sample()
    let count = try Data(contentsOf: URL(fileURLWithPath: sample.path)).count
    // All of the header, and one byte of each further 251.
    for place in Array(0..<512) + Array(stride(from: 512, to: count, by: 251)) {
      try sample.edit(sample.path) { $0[place] ^= 4 }
      #expect(try sample.failure() != nil, "byte \(place)")
      try sample.edit(sample.path) { $0[place] ^= 4 }
    }
    #expect(try sample.failure() == nil)
    let whole = try Data(contentsOf: URL(fileURLWithPath: sample.path))
    for length in [0, 1, 20, count / 2, count - 16, count - 1] {
      try sample.edit(sample.path) { $0 = whole.prefix(length) }
      #expect(try sample.failure() == .damaged, "\(length) bytes")
    }
  }

  /// A piece that is left out at the end, or stands twice.
  @Test func `does not open with a piece missing or doubled`() throws {
    let sample = try Sample(units: 150_000)
    let whole = try Data(contentsOf: URL(fileURLWithPath: sample.path))
    let header = whole.count - sample.exact.count - 2 * 16
    try sample.edit(sample.path) { $0 = whole.prefix(header + (1 << 22) + 16) }
    #expect(try sample.failure() == .damaged)
    try sample.edit(sample.path) {
      $0 = whole + whole.suffix(whole.count - header - (1 << 22) - 16)
    }
    #expect(try sample.failure() == .damaged)
    try sample.edit(sample.path) { $0 = whole }
    #expect(try sample.failure() == nil)
  }

  /// What is inside is not looked at here: each has to be found by the seal alone.
  @Test func `is sealed in pieces of which none can be left out, doubled, moved or replaced`()
    throws
  {
    let key = SymmetricKey(size: .bits256)
    let (header, other) = (Self.header(), Self.header())
    let size = 1 << 22
    let plain = (0..<(2 * size + 5)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let sealed = SealedState.seal(plain, header, under: key)
    let opened = try SealedState.open(sealed, under: key)
    #expect(opened.header == header && opened.state == plain)
    #expect(SealedState.header(of: Array(sealed.prefix(SealedState.longestHeader))) == header)
    let start = sealed.count - plain.count - 3 * 16
    func piece(_ number: Int, of sealed: [UInt8]) -> [UInt8] {
      Array(sealed.dropFirst(start + number * (size + 16)).prefix(size + 16))
    }
    let (one, two, three) = (piece(0, of: sealed), piece(1, of: sealed), piece(2, of: sealed))
    let top = Array(sealed.prefix(start))
    let foreign = piece(1, of: SealedState.seal(plain, other, under: key))
    let forgeries: [[[UInt8]]] = [
      [top, one], [top, one, two], [top, one, three], [top, two], [top, two, one, three],
      [sealed, three], [top, one, two, two, three], [top, one, foreign, three],
    ]
    for forged in forgeries {
      #expect(throws: SealedState.OpeningError.damaged) {
        _ = try SealedState.open(Array(forged.joined()), under: key)
      }
    }
    #expect(throws: SealedState.OpeningError.otherKey) {
      _ = try SealedState.open(sealed, under: SymmetricKey(size: .bits256))
    }
  }

  @Test func `says what is wrong with key, state and run`() throws {
    let sample = try Sample()
    #expect(try sample.failure(digest: String(repeating: "e", count: 64)) == .otherRun)
    #expect(try sample.failure(after: 2) == .otherRun)
    #expect(try sample.failure(StateStore.drawName()) == .stateMissing)
    // Under the name of another one.
    let other = StateStore.drawName()
    try FileManager.default.copyItem(atPath: sample.path, toPath: sample.folder + "/\(other).state")
    #expect(try sample.failure(other) == .otherRun)
    try sample.edit(sample.folder + "/key") { $0[0] ^= 1 }
    #expect(try sample.failure() == .otherKey)
    try sample.edit(sample.folder + "/key") { $0.removeLast() }
    #expect(try sample.failure() == .keyDamaged)
    try FileManager.default.removeItem(atPath: sample.folder + "/key")
    #expect(try sample.failure() == .keyMissing)
  }

  @Test func `is held by one run at a time`() throws {
    let sample = try Sample()
    let store = try sample.open()
    #expect(throws: StateStoreError(path: sample.folder, kind: .busy)) { try sample.open() }
    _ = consume store
    _ = try sample.open()
  }

  private static func header() -> SealedState.Header {
    SealedState.Header(
      name: StateStore.drawName(),
      t: 7,
      digest: digest,
      law: digest,
      release: "d.daily",
      attempt: digest
    )
  }

  @Test func `says of each which attempt wrote it, and removes only what is named`() throws {
    let sample = try Sample()
    let store = try sample.open()
    var state = try store.load(sample.name, after: 1, sample.plan)
    _ = state.close(threads: 1)
    let later = StateStore.drawName()
    try store.save(
      state,
      as: later,
      release: try ReleaseID("d.later"),
      attempt: "two",
      in: try store.draft(after: 0)
    )
    let others = try store.states(besides: later)
    #expect(others.map(\.path) == [sample.path] && others[0].header?.attempt == "one")
    #expect(try store.states(besides: sample.name).map(\.header?.release) == ["d.later"])
    // Under the name of another one, and no state at all.
    let copy = sample.folder + "/\(StateStore.drawName()).state"
    try FileManager.default.copyItem(atPath: sample.path, toPath: copy)
    let foreign = sample.folder + "/notes.state"
    try Data("x".utf8).write(to: URL(fileURLWithPath: foreign))
    #expect(chmod(foreign, 0o600) == 0)
    let draft = sample.folder + "/\(StateStore.drawName()).new"
    for path in [draft, sample.folder + "/my.new"] {
      try Data("x".utf8).write(to: URL(fileURLWithPath: path))
    }
    let unknown = try store.states(besides: later).filter { $0.header == nil }.map(\.path)
    #expect(Set(unknown) == [copy, foreign])
    store.remove([sample.path])
    let left = try FileManager.default.contentsOfDirectory(atPath: sample.folder).sorted()
    let copied = String(copy.dropFirst(sample.folder.utf8.count + 1))
    #expect(left == ["\(later).state", "key", "lock", "my.new", "notes.state", copied].sorted())
  }

  /// Whoever sees the size, or sets a limit to it, learns nothing of single units.
  @Test func `has the same size for whatever fits its step`() throws {
    let sizes = try [0, 1, 5, 500].map { count in
      let sample = try Sample(units: count)
      return try Data(contentsOf: URL(fileURLWithPath: sample.path)).count
    }
    #expect(Set(sizes).count == 1)
    #expect(
      [0, 65_536, 65_537, 131_073].map(ContinualState.paddedSize) == [
        65_536, 65_536, 131_072, 262_144,
      ]
    )
  }

  @Test func `is in folders and files of its owner alone`() throws {
    let sample = try Sample()
    let key = sample.folder + "/key"
    #expect(link(key, key + "2") == 0)
    #expect(try sample.failure() == .foreignFile)
    #expect(unlink(key) == 0 && symlink(key + "2", key) == 0)
    #expect(try sample.failure() == .foreignFile)
    #expect(unlink(key) == 0 && rename(key + "2", key) == 0)
    #expect(try sample.failure() == nil)
    #expect(chmod(sample.folder, 0o750) == 0)
    #expect(throws: StateStoreError(path: sample.folder, kind: .folderExposed)) {
      try sample.open()
    }
    #expect(chmod(sample.folder, 0o700) == 0)
    let above = sample.directory.appending("store")
    #expect(chmod(above, 0o770) == 0)
    #expect(throws: StateStoreError(path: above, kind: .folderExposed)) { try sample.open() }
    #expect(chmod(above, 0o755) == 0)
    #expect(try sample.failure() == nil)
    // A link in the place of the folder.
    #expect(rename(sample.folder, above + "/other") == 0)
    #expect(symlink(above + "/other", sample.folder) == 0)
    #expect(throws: StateStoreError(path: sample.folder, kind: .folderExposed)) {
      try sample.open()
    }
  }

  @Test func `does not go on under another tree, noise or bounds`() throws {
    let sample = try Sample()
    for plan in [
      try RunningCounts.plan(cells: 2, horizon: 10, arity: 3),
      try RunningCounts.plan(cells: 2, horizon: 11),
      try RunningCounts.plan(cells: 2, horizon: 10, epsilon: 2),
      try RunningCounts.plan(cells: 2, horizon: 10, bounds: Samples.bounds(1, 2)),
    ] {
      let store = try sample.open()
      #expect(throws: StateStoreError(path: sample.path, kind: .otherPlan)) {
        _ = try store.load(sample.name, after: 1, plan).t
      }
    }
  }

  @Test func `has names that do not repeat`() {
    let names = (0..<1000).map { _ in StateStore.drawName() }
    #expect(Set(names).count == 1000 && names.allSatisfy { $0.utf8.count == 32 })
  }
}
