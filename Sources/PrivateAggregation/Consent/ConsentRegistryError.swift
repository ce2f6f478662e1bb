// ConsentRegistryError.swift: what can be wrong with a registry of consents as a whole.
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a registry of consents as a whole; never with a row of it.
///
/// - Privacy: It depends on the registry's name, its header and the state of the disk, and never on a
///   row; so it tells of no unit whether it agreed.
public struct ConsentRegistryError: Error, Sendable, Hashable {
  /// The path.
  public let path: String
  /// The kind of failure; `nil` for what is no file that stays as it is: a pipe or a device.
  public let kind: SignalFileError.Kind?

  /// Makes an error.
  public init(path: String, kind: SignalFileError.Kind?) {
    self.path = path
    self.kind = kind
  }

  /// Whether the registry was written wrongly rather than out of reach.
  public var isInvalidInput: Bool {
    kind.map { SignalFileError(path: path, kind: $0).isInvalidInput } ?? true
  }
}

extension ConsentRegistryError: CustomStringConvertible {
  /// What is wrong, where, and the way out.
  public var description: String {
    let place = "\(path): the consent registry"
    guard let kind else {
      return "\(place) is no file but a pipe or a device, which is another thing at each run; "
        + "write it to a file"
    }
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

  /// Whether a registry has to have it.
  var isRequired: Bool { self == .unit || self == .purpose }

  /// The columns in words.
  static let described = "unit, purpose, and from, until and withdrawn where they are used"
}
