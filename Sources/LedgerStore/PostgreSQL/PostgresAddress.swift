// PostgresAddress.swift: where a ledger in PostgreSQL is, with its password kept out of sight.
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
import CPQ
import PrivacyAccounting

/// A connection string, taken apart.
///
/// Nothing that people see is made from the string as it was given: a password that is not
/// percent-encoded can end up in any part of it.
struct PostgresAddress: Sendable {
  /// What libpq is told, in its own words.
  let parameters: [(keyword: String, value: String)]
  /// The address without password and options.
  let place: String

  /// Takes a connection string apart; asks nobody.
  ///
  /// - Throws: `LedgerError.unavailable`, which does not repeat the string.
  init(_ text: String) throws(LedgerError) {
    guard let given = Self.parse(text) else { throw Self.malformed }
    func value(_ keyword: String) -> String? { given.last { $0.keyword == keyword }?.value }
    let (host, port, database) = (value("host"), value("port"), value("dbname"))
    // A sign that reserved characters in the password were taken for the end of a part.
    guard ![host, port, database, value("user")].contains(where: { $0?.contains("@") == true }),
      port?.utf8.allSatisfy({ (48...57).contains($0) || $0 == 44 }) != false
    else { throw Self.malformed }
    var place = "postgres://"
    if let user = value("user") { place += user + "@" }
    place += host ?? value("hostaddr") ?? ""
    if let port { place += ":" + port }
    if let database { place += "/" + database }
    self.place = place
    parameters =
      given
      + [
        ("connect_timeout", "10"), ("application_name", "hubbub"), ("keepalives_idle", "30"),
        ("tcp_user_timeout", "30000"),
      ].filter { value($0.0) == nil }
      + [("client_encoding", "UTF8")]
  }

  private static var malformed: LedgerError {
    .unavailable(
      LedgerFailure(
        kind: .missing,
        place: "postgres://",
        detail: "the connection string is malformed; it reads "
          + "postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full, "
          + "with reserved characters such as @ : / ? # % in its parts percent-encoded"
      )
    )
  }

  private static func parse(_ text: String) -> [(keyword: String, value: String)]? {
    var message: UnsafeMutablePointer<CChar>?
    let options = PQconninfoParse(text, &message)
    defer {
      PQconninfoFree(options)
      PQfreemem(message)
    }
    guard var option = options else { return nil }
    var parameters: [(keyword: String, value: String)] = []
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        parameters.append((String(cString: keyword), String(cString: value)))
      }
      option += 1
    }
    return parameters
  }
}
#endif
