// ConsentRegistryError.swift: what can be wrong with a registry of consents as a whole.
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a registry of consents as a whole; never which row of it.
///
/// - Privacy: It depends on the registry's name, its header, the state of the disk and, in one bit,
///   on whether all records can be read; so it tells of no unit whether it agreed.
public struct ConsentRegistryError: Error, Sendable, Hashable {
  /// The kind of failure.
  public enum Kind: Sendable, Hashable {
    /// It is no file that stays as it is, but a pipe or a device.
    case notAFile
    /// The file cannot be read, or its header is not that of a registry.
    case file(SignalFileError.Kind)
    /// The column of that number, from 1, is none that a registry has; `near` is the nearest name.
    case unknownColumn(Int, near: String?)
    /// At least one record cannot be read.
    case broken
  }

  /// The path.
  public let path: String
  /// The kind of failure.
  public let kind: Kind

  /// Makes an error.
  public init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }

  /// Whether the header or the name is to blame: bad input rather than environment.
  public var isInvalidInput: Bool {
    switch kind {
    case .notAFile, .unknownColumn: true
    case .file(let kind): SignalFileError(path: path, kind: kind).isInvalidInput
    case .broken: false
    }
  }
}

extension ConsentRegistryError: CustomStringConvertible {
  /// What is wrong, where, and the way out.
  public var description: String {
    let place = "\(path): the consent registry"
    switch kind {
    case .notAFile:
      return "\(place) is no file but a pipe or a device, which is another thing at each run; "
        + "write it to a file"
    case .unknownColumn(let number, let near):
      return "\(place) has a column \(number) that is not known"
        + (near.map { "; did you mean `\($0)`?" } ?? "")
        + "; its columns are \(ConsentColumn.described), and no others: rename or drop it"
    case .broken:
      return "\(place) holds a record that cannot be read, in which a withdrawal may stand; its "
        + "owner has to mend it (docs/consent.md, \"Broken records\")"
    case .file(let kind): return described(kind, place)
    }
  }

  private func described(_ kind: SignalFileError.Kind, _ place: String) -> String {
    switch kind {
    case .missing, .noMatch:
      return "\(place) is not there; check `consent.registry` in the spec"
    case .directory:
      return "\(place) is a folder; name its file in `consent.registry`"
    case .noHeader:
      return "\(place) has no header line; the first line names its columns: "
        + ConsentColumn.described
    case .missingColumn(let name):
      return "\(place) has no column `\(name)`; its columns are \(ConsentColumn.described)"
    case .duplicateColumn(let name):
      return "\(place) has two columns `\(name)`; rename one of them"
    case .unreadable:
      return "\(place) cannot be read; check its permissions and the disk"
    case .damaged:
      return "\(place) is compressed and damaged or cut off; make the file again"
    default:
      return "the consent registry: \(SignalFileError(path: path, kind: kind))"
    }
  }
}

/// The columns of a registry of consents.
enum ConsentColumn: String, CaseIterable {
  case unit, purpose, from, until, withdrawn

  /// Whether a registry in CSV has to have it.
  var isRequired: Bool { self != .withdrawn }

  /// The columns in words.
  static let described = "unit, purpose, from, until and, where it is used, withdrawn"
}
