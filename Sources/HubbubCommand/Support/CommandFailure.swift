// CommandFailure.swift: how each error of the library ends the program.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// Why a command ends other than well: its exit status and one sentence or two.
///
/// No message holds a unit, a signal or an exact count.
struct CommandFailure: Error {
  let status: ExitStatus
  let message: String

  /// The end of the program without a message: what there is to say was said.
  static func quiet(_ status: ExitStatus) -> CommandFailure {
    CommandFailure(status: status, message: "")
  }

  /// Bad input or usage.
  static func invalid(_ message: String) -> CommandFailure {
    CommandFailure(status: .invalid, message: message)
  }
}

extension CommandFailure {
  init(_ error: SpecificationError) {
    self.init(status: .invalid, message: error.description)
  }

  init(_ error: LedgerError) {
    self.init(status: ExitStatus(error), message: error.description)
  }
}

extension CommandFailure {
  /// The end of a run of the pipeline; `again` is the command that takes it up.
  init(_ error: ReleaseError, again: String) {
    switch error {
    case .ledger(let error):
      self.init(error)
    case .file(let error):
      self.init(
        status: error.isInvalidInput ? .invalid : .environment,
        message: "\(error); nothing was spent"
      )
    case .registry(let error):
      self.init(
        status: error.isInvalidInput ? .invalid : .environment,
        message: "\(error); nothing was spent"
      )
    case .registryInterrupted(let error, _):
      self.init(
        status: .environment,
        message: "\(error). The loss is held: `\(again)` finishes the release at no further cost."
      )
    case .interrupted(let error, _):
      self.init(
        status: .environment,
        message: "\(error). The loss is held: `\(again)` finishes the release at no further cost."
      )
    case .store(let error):
      self.init(
        status: error.isInvalidInput ? .invalid : .environment,
        message: "\(error); nothing was spent"
      )
    case .storeInterrupted(let error, _):
      self.init(
        status: .environment,
        message:
          "\(error); the state could not be written. The loss is held: `\(again)` finishes the "
          + "release at no further cost."
      )
    case .plan(let error):
      self.init(
        status: .invalid,
        message: "the spec's run of that day: \(PlannedReport.described(error)); nothing was spent"
      )
    case .start(let day):
      self.init(
        status: .invalid,
        message: "the schedule cannot begin on \(day): not every month has the day, or the last "
          + "run would end after the year 9999; write another `from: YYYY-MM-DD` under `schedule`, "
          + "or name another day by --day; nothing was spent"
      )
    case .stored(let error):
      self.init(
        status: .environment,
        message: "the ledger keeps something that is no release (\(error)); restore a backup"
      )
    }
  }
}

extension ExitStatus {
  /// How an error of the ledger ends the program.
  init(_ error: LedgerError) {
    switch error {
    case .refused, .mismatch, .superseded, .notVoidable: self = .refused
    case .invalid, .unknownDataset, .conflict, .accountExists: self = .invalid
    case .schedule(let refusal): self = refusal.isMistake ? .invalid : .refused
    case .unavailable(let failure):
      switch failure.kind {
      case .missing, .notALedger: self = .invalid
      case .damaged, .newerSchema, .readOnly, .full, .busy, .signingKey, .other: self = .environment
      }
    }
  }
}

/// Reads what a person wrote; a mistake in it ends the program.
func reading<T>(_ step: () throws(SpecificationError) -> T) throws(CommandFailure) -> T {
  do { return try step() } catch { throw CommandFailure(error) }
}

/// Asks a ledger; what it does not do ends the program.
func asking<T>(_ step: () throws(LedgerError) -> T) throws(CommandFailure) -> T {
  do { return try step() } catch { throw CommandFailure(error) }
}
