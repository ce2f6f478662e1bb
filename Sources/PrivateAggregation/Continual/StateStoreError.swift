// StateStoreError.swift: why the encrypted state of running counts cannot be used.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why the encrypted state of running counts cannot be used.
///
/// - Privacy: No case holds anything that depends on a signal.
public struct StateStoreError: Error, Sendable, Hashable {
  /// What is wrong.
  public enum Kind: Sendable, Hashable {
    /// Another process works with the state.
    case busy
    /// The key file is missing, though runs were released.
    case keyMissing
    /// The key file is not one: 32 bytes.
    case keyDamaged
    /// Others than its owner can read the key file.
    case keyExposed
    /// A folder of the state is not its owner's alone.
    case folderExposed
    /// A file of the state is a link, of another user, or has further names.
    case foreignFile
    /// Another version of the program plans other noise than the state was made with.
    case otherPlan
    /// The size of files is limited, which would tell that of the state.
    case limited
    /// The state was sealed under another key.
    case otherKey
    /// The state that the last release names is missing.
    case stateMissing
    /// The state was altered, or cut off.
    case damaged
    /// The state was written for another spec or another period.
    case otherRun
    /// A newer version of the program wrote the state.
    case newer
    /// There is a state of an attempt that the ledger does not know.
    case ahead
    /// The system refused.
    case system(Int32)
  }

  /// The file or folder.
  public let path: String
  /// What is wrong.
  public let kind: Kind

  /// Names a failure.
  public init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }

  /// Whether what was given is wrong, rather than what it runs on.
  public var isInvalidInput: Bool { kind == .otherRun || kind == .ahead }
}

extension StateStoreError: CustomStringConvertible {
  /// What is wrong, where, and the way out.
  public var description: String {
    switch kind {
    case .busy:
      "\(path): another run works with this state; wait until it has ended"
    case .keyMissing:
      "\(path): the key of the state is missing; restore it from a backup, as nothing else opens the "
        + "state"
    case .keyDamaged:
      "\(path): this is no key of a state, which has 32 bytes; restore it from a backup"
    case .keyExposed:
      "\(path): others than its owner can read the key; run `chmod 600` on it"
    case .folderExposed:
      "\(path): the state is secret, and this folder is not the own one of the user who runs this; run "
        + "`chmod 700` on it as its owner, or name another `store` under `continual`"
    case .foreignFile:
      "\(path): this is no plain file of the user who runs this with one name alone; restore it from a "
        + "backup with its owner and mode"
    case .otherPlan:
      "\(path): the horizon was begun with another tree, noise or bounds than this version of the "
        + "program plans; go on with the version that began it"
    case .limited:
      "\(path): a limit on the size of files is set, under which no state is written, as it would tell "
        + "the size of that; run `ulimit -f unlimited` first"
    case .otherKey:
      "\(path): the state was sealed under another key; restore the key beside it from the backup "
        + "that goes with it"
    case .stateMissing:
      "\(path): the state that the last release names is missing; restore it from a backup made after "
        + "that release: an older one does not go on from there"
    case .damaged:
      "\(path): the state was altered or cut off, and does not open; restore it from a backup made "
        + "after the last release"
    case .otherRun:
      "\(path): the state was written for another spec or another period; name another `store` under "
        + "`continual`"
    case .newer:
      "\(path): a newer version of the program wrote this state; use that version"
    case .ahead:
      "\(path): there is the state of a run here that the ledger does not know; name the ledger that it "
        + "belongs to, or another `store` under `continual`; what was released from it stays spent"
    case .system(let code):
      "\(path): \(String(cString: strerror(code)))"
    }
  }
}
