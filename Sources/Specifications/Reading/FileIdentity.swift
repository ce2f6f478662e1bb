// FileIdentity.swift: tells files apart, whatever names lead to them.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import PrivateAggregation

/// Tells one file from another, whatever names lead to it.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let number: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }

  /// The identity of what stands at a path, or `nil` where nothing does.
  package init?(at path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The identity of the file that standard input is, or `nil` where it is a pipe or a terminal.
  private static var standardInput: FileIdentity? {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return FileIdentity(status)
  }

  /// The files that patterns of signal files stand for now; what is not there has no identity.
  package static func signals(_ patterns: [String]) -> Set<FileIdentity> {
    var found: Set<FileIdentity> = []
    for pattern in patterns {
      for path in (try? SignalFiles.expand([pattern])) ?? [] {
        if let identity = path == "-" ? standardInput : FileIdentity(at: path) {
          found.insert(identity)
        }
      }
    }
    return found
  }

  /// The files that only the owner's data are in: those of signals, and a registry of consents.
  package static func owned(by patterns: [String], registry: String?) -> Set<FileIdentity> {
    var found = signals(patterns)
    if let registry, let identity = FileIdentity(at: registry) { found.insert(identity) }
    return found
  }
}

/// A file of cells that a spec names.
package struct NamedCellFile: Sendable {
  /// The key whose values it lists.
  package let key: GroupKey
  /// The file as the spec names it.
  package let name: String
  /// The file, absolute.
  package let path: String
  /// Which file was opened.
  package let identity: FileIdentity

  /// Why it is no list of cells where it is a signal file as well.
  package var refusal: String {
    "`\(name)` lists the values of `\(key.rawValue)` and is also a signal file or the consent registry; a list of "
      + "cells is public, so write one that does not come from the signals"
  }
}
