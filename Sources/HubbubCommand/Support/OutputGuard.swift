// OutputGuard.swift: refuses outputs that would stand where an input stands.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hubbub

/// What a report reads, none of which its outputs may replace or join.
struct OutputGuard {
  private let named: [(what: String, path: String)]
  private let patterns: [String]
  private let signalFiles: Set<FileIdentity>
  private let store: String?

  /// - Parameters:
  ///   - spec: The path of the spec.
  ///   - ledger: The place of the ledger.
  ///   - cells: The files of cells, absolute.
  ///   - map: The file of shapes, absolute.
  ///   - signals: The patterns of the signal files, absolute, or `-`.
  ///   - registry: The registry of consents, absolute.
  ///   - store: The folder of the encrypted state of running counts, absolute.
  init(
    spec: String,
    ledger: String,
    cells: [String],
    map: String?,
    signals: [String],
    registry: String? = nil,
    store: String? = nil
  ) {
    self.store = store
    var named = [(what: "the spec", path: spec)]
    if !OpenedLedger.isPostgreSQL(ledger) {
      for ending in ["", "-wal", "-shm", "-journal"] {
        named.append((what: "the ledger", path: ledger + ending))
      }
    }
    named += cells.map { (what: "a file of cells", path: $0) }
    if let registry { named.append((what: "the consent registry", path: registry)) }
    if let map { named.append((what: "the map's file", path: map)) }
    self.named = named
    patterns = signals.filter { $0 != "-" }
    signalFiles = FileIdentity.signals(signals)
  }

  /// Refuses a file that would be written, by its name and by what stands there now.
  func check(_ files: ReportFiles) throws(CommandFailure) {
    for input in named where isInStore(input.path) {
      throw .invalid(
        "\(input.path): \(input.what) is in the folder of the encrypted state; keep it elsewhere, or "
          + "name another `store`; nothing was spent"
      )
    }
    for format in files.formats {
      let path = files.path(format)
      guard let what = hindrance(path) else { continue }
      throw .invalid(
        "\(path): the output would take the place of \(what); name another folder with --output; "
          + "nothing was spent"
      )
    }
  }

  private func hindrance(_ path: String) -> String? {
    let place = Self.place(path)
    if isInStore(path) { return "the encrypted state of running counts" }
    let identity = FileIdentity(at: path)
    for input in named {
      if Self.place(input.path) == place { return input.what }
      if let identity, FileIdentity(at: input.path) == identity { return input.what }
    }
    if let identity, signalFiles.contains(identity) { return "a signal file" }
    for pattern in patterns {
      if Self.place(pattern) == place { return "a signal file" }
      // A name that is there is that file, whatever characters it has, as for reading.
      guard access(pattern, F_OK) != 0 else { continue }
      if Self.fits(place, pattern) || Self.fits(Self.absolute(path), pattern) {
        return "signal files: it fits `\(pattern)`"
      }
    }
    return nil
  }

  /// Whether a path leads into the store.
  private func isInStore(_ path: String) -> Bool {
    guard let store else { return false }
    let folder = Self.place(store + "/-")
    let top = String(folder.dropLast(2))
    return Self.place(path) == top || Self.place(path).hasPrefix(top + "/")
  }

  /// Whether a path fits a pattern, or its folder is one that the pattern's folder leads to.
  private static func fits(_ path: String, _ pattern: String) -> Bool {
    if fnmatch(pattern, path, FNM_PATHNAME | FNM_PERIOD) == 0 { return true }
    let (folder, name) = parts(path)
    let (folders, names) = parts(pattern)
    guard fnmatch(names, name, FNM_PERIOD) == 0, let identity = FileIdentity(at: folder) else {
      return false
    }
    return FileIdentity.signals([folders]).contains(identity)
  }

  /// A path without symbolic links, as far as its folders exist; the last name stays as it is.
  private static func place(_ path: String) -> String {
    let (folder, name) = parts(absolute(path))
    guard folder != "/" else { return "/" + name }
    guard let real = realpath(folder, nil) else {
      let above = place(folder)
      return name == ".." ? parts(above).folder : above + "/" + name
    }
    defer { free(real) }
    return String(cString: real) + "/" + name
  }

  private static func parts(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
  }

  /// A path as seen from the working folder, without `.` and empty parts; `..` stays, since a link
  /// may stand before it.
  private static func absolute(_ path: String) -> String {
    var whole = path
    if !path.hasPrefix("/"), let here = getcwd(nil, 0) {
      defer { free(here) }
      whole = String(cString: here) + "/" + path
    }
    return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }
}
