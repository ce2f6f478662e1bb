// ReleaseError.swift: why a release did not come about.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

/// Why a release did not come about.
///
/// - Privacy: No case holds anything that depends on a signal.
public enum ReleaseError: Error, Sendable, Hashable {
  /// The ledger refused, or failed.
  case ledger(LedgerError)
  /// A signal file as a whole is missing, unreadable or lacks a column; nothing was reserved.
  case file(SignalFileError)
  /// The registry of consents cannot be opened or lacks a column; nothing was reserved.
  case registry(ConsentRegistryError)
  /// The registry of consents failed, or has a record that cannot be read: the loss stays reserved,
  /// and the run can be resumed under its id.
  case registryInterrupted(ConsentRegistryError, id: ReleaseID)
  /// A signal file failed while it was read: the loss stays reserved, and the run can be resumed
  /// under its id.
  case interrupted(SignalFileError, id: ReleaseID)
  /// The state of running counts cannot be used; nothing was reserved by this run.
  case store(StateStoreError)
  /// The next state of running counts could not be written: the loss stays reserved, and the run can
  /// be resumed under its id.
  case storeInterrupted(StateStoreError, id: ReleaseID)
  /// The run's own days make more cells than memory holds.
  case plan(PlanError)
  /// A schedule cannot begin on that day: not every month has it, or the last run ends after 9999.
  case start(String)
  /// The ledger holds a body that is no release.
  case stored(ReleaseDecodingError)
}
