// PostgresConnection.swift: one connection to a server, through libpq.
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
import CPQ
import Glibc
import PrivacyAccounting

/// What a server or the way to it does wrong.
enum PostgresError: Error {
  /// The server refused a statement; the transaction is undone.
  case refused(state: String, message: String)
  /// No connection, or none any more; whether the last statement was run is unknown.
  case lost(String)
}

/// One connection to a server, used by one thread at a time.
package final class PostgresConnection {
  private let handle: OpaquePointer
  /// How long the server may be silent before it counts as lost, in milliseconds.
  private let patience: Int64
  /// What tests do before a statement is sent, and between its sending and its reply; it gets
  /// the statement, whether it was sent, the number of the server's process and the socket.
  package var interference: ((_ sql: String, _ sent: Bool, _ process: Int32, Int32) -> Void)?

  /// Connects.
  init(_ address: PostgresAddress, patience: Int64) throws(PostgresError) {
    var keywords = address.parameters.map { strdup($0.keyword) }
    var values = address.parameters.map { strdup($0.value) }
    defer { for text in keywords + values { free(text) } }
    keywords.append(nil)
    values.append(nil)
    let handle = keywords.withUnsafeBufferPointer { keywords in
      values.withUnsafeBufferPointer { values in
        keywords.withMemoryRebound(to: UnsafePointer<CChar>?.self) { keywords in
          values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
            PQconnectdbParams(keywords.baseAddress, values.baseAddress, 0)
          }
        }
      }
    }
    guard let handle else { throw .lost("no memory for a connection") }
    self.handle = handle
    self.patience = patience
    guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
    // libpq prints notices on standard error unless it is told otherwise.
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    guard PQserverVersion(handle) >= 130_000 else {
      throw .lost("the server is older than PostgreSQL 13")
    }
    guard PQsetnonblocking(handle, 1) == 0 else { throw lost() }
  }

  /// Connects as a test does, to look at a ledger from outside.
  package convenience init(_ address: String) throws {
    try self.init(PostgresAddress(address), patience: 60_000)
  }

  deinit { PQfinish(handle) }

  /// The values of some columns as text, for tests.
  package func texts(_ sql: String) throws -> [[String?]] {
    try rows(sql).map { row in
      row.values.map { value in
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .null, .bytes, .foreign: nil
        }
      }
    }
  }

  /// Runs one statement with its values bound, and returns its rows.
  func rows(_ sql: String, _ values: [StoredValue] = []) throws -> [StoredRow] {
    interference?(sql, false, PQbackendPID(handle), PQsocket(handle))
    let bytes = try values.map(Self.wireForm)
    let lengths = bytes.map { Int32($0?.count ?? 0) }
    let formats = values.map { value in
      if case .integer = value { Int32(0) } else { Int32(1) }
    }
    let buffers = bytes.map { bytes -> UnsafeMutablePointer<CChar>? in
      guard let bytes else { return nil }
      let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
      for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
      buffer[bytes.count] = 0
      return buffer
    }
    defer { for buffer in buffers { buffer?.deallocate() } }
    let sent = PQsendQueryParams(
      handle,
      Self.numbered(sql),
      Int32(values.count),
      nil,
      buffers.map { UnsafePointer($0) },
      lengths,
      formats,
      1
    )
    guard sent == 1 else { throw lost() }
    return try reply(to: sql)
  }

  /// Runs several statements that have neither values nor results.
  package func script(_ sql: String) throws {
    interference?(sql, false, PQbackendPID(handle), PQsocket(handle))
    guard PQsendQuery(handle, sql) == 1 else { throw lost() }
    _ = try reply(to: sql)
  }

  // MARK: - Replies

  private func reply(to sql: String) throws -> [StoredRow] {
    try flush()
    interference?(sql, true, PQbackendPID(handle), PQsocket(handle))
    var rows: [StoredRow] = []
    var refusal: PostgresError?
    while true {
      try waitForResult()
      guard let result = PQgetResult(handle) else { break }
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK: rows = Self.rows(of: result)
      case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        // A server answers the commit of a failed transaction with its opposite.
        if sql == "COMMIT", String(cString: PQcmdStatus(result)) != "COMMIT" {
          refusal = .refused(state: "25P02", message: "the transaction had failed")
        }
      default: if refusal == nil { refusal = self.refusal(result) }
      }
    }
    if PQstatus(handle) != CONNECTION_OK { throw lost() }
    if let refusal { throw refusal }
    return rows
  }

  private func flush() throws(PostgresError) {
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        try wait(for: POLLIN | POLLOUT)
        guard PQconsumeInput(handle) == 1 else { throw lost() }
      default: throw lost()
      }
    }
  }

  private func waitForResult() throws(PostgresError) {
    while PQisBusy(handle) == 1 {
      try wait(for: POLLIN)
      guard PQconsumeInput(handle) == 1 else { throw lost() }
    }
  }

  private func wait(for events: Int32) throws(PostgresError) {
    var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
    while true {
      let count = poll(&descriptor, 1, Int32(clamping: patience))
      if count > 0 { return }
      guard count < 0, errno == EINTR else {
        throw .lost("the server has been silent for \(patience / 1000) s")
      }
    }
  }

  /// What the server said, without its details: those may hold values.
  private func refusal(_ result: OpaquePointer) -> PostgresError {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
    }
    guard let state = field("C") else { return lost() }
    // 57P01 to 57P03: the server is going down, or an administrator ended the session.
    if state.hasPrefix("57P0") || state.hasPrefix("08") || state == "25P03" {
      return .lost(field("M") ?? "the server ended the session")
    }
    return .refused(state: state, message: field("M") ?? "")
  }

  private func lost() -> PostgresError {
    let message = String(cString: PQerrorMessage(handle))
    let lines = message.split(separator: "\n").map { line in
      String(line.drop { $0 == " " || $0 == "\t" })
    }
    return .lost(lines.isEmpty ? "the connection is gone" : lines.joined(separator: "; "))
  }
}
#endif
