// PostgresConnection+Values.swift: values on their way to a server and back.
// SPDX-License-Identifier: Apache-2.0

#if PostgreSQL
import CPQ

extension PostgresConnection {
  /// The statement with its marks numbered, as PostgreSQL has them.
  ///
  /// No statement of a ledger holds a question mark of another meaning.
  static func numbered(_ sql: String) -> String {
    var number = 0
    var text = ""
    for character in sql {
      guard character == "?" else {
        text.append(character)
        continue
      }
      number += 1
      text += "$\(number)"
    }
    return text
  }

  /// The bytes of a value: numbers in digits, everything else as it is.
  static func wireForm(_ value: StoredValue) throws -> [UInt8]? {
    switch value {
    case .null, .foreign: return nil
    case .integer(let number): return Array(String(number).utf8)
    case .bytes(let bytes): return bytes
    case .text(let text):
      let bytes = Array(text.utf8)
      guard !bytes.contains(0) else {
        throw PostgresError.refused(
          state: "22021",
          message: "a name holds the character U+0000, which PostgreSQL cannot keep"
        )
      }
      return bytes
    }
  }

  /// The rows of a result in binary form.
  static func rows(of result: OpaquePointer) -> [StoredRow] {
    let columns = (0..<PQnfields(result)).map { ($0, PQftype(result, $0)) }
    return (0..<PQntuples(result)).map { row in
      StoredRow(
        values: columns.map { column, type in
          guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column)
          else { return .null }
          let count = Int(PQgetlength(result, row, column))
          let bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: count))
          return value(bytes, type: type)
        }
      )
    }
  }

  /// A value by the number that PostgreSQL gives its type.
  private static func value(_ bytes: [UInt8], type: Oid) -> StoredValue {
    switch type {
    case 16, 20, 23:  // boolean, bigint, integer
      let negative = (bytes.first ?? 0) & 0x80 != 0 && type != 16
      return .integer(bytes.reduce(negative ? -1 : 0) { $0 << 8 | Int($1) })
    case 17: return .bytes(bytes)  // bytea
    case 19, 25, 1043:  // name, text, varchar
      return String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .foreign
    default: return .foreign
    }
  }
}
#endif
