// SignalFileError.swift: what can be wrong with a signal file as a whole.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import PrivacyAccounting

/// What is wrong with a signal file as a whole; never with a record in it.
///
/// - Privacy: It depends on names, headers and the state of the disk, which are public, and never on
///   a signal.
public struct SignalFileError: Error, Sendable, Hashable {
  /// The kind of failure.
  public enum Kind: Sendable, Hashable {
    /// There is nothing at that path.
    case missing
    /// No file fits the pattern.
    case noMatch
    /// It is a folder.
    case directory
    /// The system would not open or read it.
    case unreadable
    /// Its compression is damaged or cut off.
    case damaged
    /// It has no header, so no column can be found.
    case noHeader
    /// The header has no column of that name.
    case missingColumn(String)
    /// The header has two columns of that name.
    case duplicateColumn(String)
    /// It is zstd, and this system has no library for that.
    case missingZstandard
    /// It is zstd with a larger window than is taken.
    case windowTooLarge
    /// The format is not read by this version.
    case unsupported(String)
    /// Temporary files cannot be made, written or read in this folder; the number of the error.
    case temporary(code: Int32)
    /// What is read from a temporary file is not what was written.
    case temporaryDamaged
  }

  /// The path or pattern; `-` for standard input.
  public let path: String
  /// The kind of failure.
  public let kind: Kind

  /// Makes an error.
  public init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }

  /// Whether the spec is to blame rather than the machine: bad input rather than environment.
  public var isInvalidInput: Bool {
    switch kind {
    case .noHeader, .missingColumn, .duplicateColumn, .unsupported: true
    case .missing, .noMatch, .directory, .unreadable, .damaged: false
    case .temporary, .temporaryDamaged, .missingZstandard, .windowTooLarge: false
    }
  }
}

extension SignalFileError: CustomStringConvertible {
  /// What is wrong, where, and the way out.
  public var description: String {
    let place = path == "-" ? "standard input" : path
    switch kind {
    case .missing:
      return "\(place): there is no such file; check `signals.files` in the spec"
    case .noMatch:
      return "\(place): no file fits this pattern; check `signals.files` in the spec"
    case .directory:
      return "\(place): is a folder; name its files in `signals.files`, such as \(place)/*.csv"
    case .unreadable:
      return "\(place): cannot be read; check its permissions and the disk"
    case .damaged:
      return "\(place): its compression is damaged or cut off; make the file again"
    case .missingZstandard:
      return
        "\(place): is zstd, and this system has no libzstd.so.1; install it (Debian: libzstd1), "
        + "or decompress the file"
    case .windowTooLarge:
      return "\(place): its zstd window is larger than 128 MiB; compress it again without --long"
    case .noHeader:
      return "\(place): has no header line; the first line names the columns"
    case .missingColumn(let name):
      return "\(place): has no column `\(name)`; check `signals.columns` in the spec"
    case .duplicateColumn(let name):
      return "\(place): has two columns `\(name)`; rename one of them"
    case .unsupported(let format):
      return
        "\(place): \(format) is not read by this version; convert it to CSV or JSON Lines, for "
        + "example by Polars, DuckDB or pyarrow through standard input (`files: \"-\"`)"
    case .temporary(let code):
      return "\(place): a temporary file for signals that may not fit the memory fails "
        + "(\(String(cString: strerror(code)))); make room, name another folder in TMPDIR, or allow "
        + "more memory"
    case .temporaryDamaged:
      return "\(place): a temporary file is not as it was written; check the disk, or name another "
        + "folder in TMPDIR"
    }
  }
}
