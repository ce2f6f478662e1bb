// LedgerFile+Errors.swift: what SQLite reports, as the kinds of failure that people can act on.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import PrivacyAccounting

extension LedgerFile {
  /// The error of this module for whatever was thrown beneath it.
  func error(_ thrown: any Error) -> LedgerError {
    switch thrown {
    case let error as LedgerError: error
    case let damage as Damage: failure(.damaged, damage.detail)
    case let refusal as StoreRefusal: failure(.other, refusal.detail)
    case let error as DatabaseError: failure(kind(of: error), detail(of: error))
    case is RowDecodingError: failure(.damaged, "it holds a value of another type than its column")
    default: failure(.other, "an error of unknown origin")
    }
  }

  private func kind(of error: DatabaseError) -> LedgerFailure.Kind {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: return .busy
    case .SQLITE_FULL: return .full
    case .SQLITE_READONLY: return .readOnly
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_TOOBIG: return .damaged
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHORT_READ:
      return .damaged
    case .SQLITE_ERROR where error.message?.hasPrefix("no such ") == true: return .damaged
    // A table or column that the schema names is gone.
    case .SQLITE_IOERR, .SQLITE_CANTOPEN:
      if isFull { return .full }
      if !exists { return .missing }
      return isReadOnly || error.resultCode == .SQLITE_CANTOPEN ? .readOnly : .other
    default: return .other
    }
  }

  /// What SQLite said, never with the arguments of a statement.
  private func detail(of error: DatabaseError) -> String {
    error.message ?? error.resultCode.description
  }
}
