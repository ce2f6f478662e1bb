// ConsentRegistry.swift: a registry of consents: its header first, its rows once the loss is held.
// Reference: `docs/consent.md`.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An opened registry of consents, of which the header was read.
///
/// A registry is CSV or JSON Lines, plain or compressed. CSV has the columns `unit`, `purpose`, `from`
/// and `until`, may have `withdrawn`, and has no other; JSON Lines may leave members out, and have no
/// other either. A row of which an end cannot be read grants nothing. One whose `withdrawn` holds
/// anything but nothing, `false`, `0` or `no` takes its unit out, whatever else it or another row holds.
///
/// - Privacy: What `init` throws depends on the header and the disk alone, never on a row. What `read`
///   throws tells one bit of the rows: whether all of them can be read.
struct ConsentRegistry {
  private let path: String
  private let purpose: [UInt8]
  private let reader: SignalReader
  private let columns: [ConsentColumn]

  /// Opens a registry and reads its header.
  ///
  /// - Throws: `ConsentRegistryError` where it is out of reach or has other columns.
  init(_ request: ConsentRequest) throws(ConsentRegistryError) {
    let path = request.registry
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG,
      status.st_mode & S_IFMT != S_IFDIR
    {
      throw ConsentRegistryError(path: path, kind: .notAFile)
    }
    self.path = path
    purpose = Array(request.purpose.utf8)
    do throws(SignalFileError) {
      (reader, columns) = try Self.open(path)
    } catch {
      throw ConsentRegistryError(path: path, kind: .file(error.kind))
    }
    // Only of what is a header of a registry, by the columns that it has to have, is a name shown.
    for (place, name) in (reader.header ?? []).enumerated() {
      let text = String(decoding: name, as: UTF8.self)
      guard ConsentColumn(rawValue: text) == nil else { continue }
      let near = Suggestion.nearest(to: text, among: ConsentColumn.allCases.map(\.rawValue))
      throw ConsentRegistryError(path: path, kind: .unknownColumn(place + 1, near: near))
    }
  }

  /// Opens a registry with the columns that its header has.
  private static func open(
    _ path: String
  ) throws(SignalFileError) -> (SignalReader, [ConsentColumn]) {
    var columns = ConsentColumn.allCases
    while true {
      do {
        let names = columns.map(\.rawValue)
        return (try SignalReader(path: path, names: names, format: nil), columns)
      } catch {
        guard case .missingColumn(let name) = error.kind,
          let column = ConsentColumn(rawValue: name), !column.isRequired
        else { throw error }
        columns.removeAll { $0 == column }
      }
    }
  }

  /// Reads all rows into a table; once only.
  ///
  /// One record that cannot be read refuses them all, because a withdrawal may stand in it.
  ///
  /// - Throws: `ConsentRegistryError`, of whatever record, without saying which.
  func read() throws(ConsentRegistryError) -> ConsentTable {
    let words = ChoiceKey.drawn().words
    return try read(hash: SipHash(key: (words.0, words.1)))
  }

  /// The same under a given key.
  func read(hash: SipHash) throws(ConsentRegistryError) -> ConsentTable {
    let table = ConsentTable(hash: hash)
    var isWhole = true
    do throws(SignalFileError) {
      var step = try reader.next()
      while step != .end, isWhole {
        isWhole = step == .record && add(to: table)
        step = try reader.next()
      }
    } catch {
      throw ConsentRegistryError(path: path, kind: .file(error.kind))
    }
    guard isWhole else { throw ConsentRegistryError(path: path, kind: .broken) }
    table.seal()
    return table
  }

  /// Adds the record that was read last; false where it may mean what cannot be told.
  private func add(to table: ConsentTable) -> Bool {
    guard !reader.hasOtherMembers, !hasLineEnd, let unit = value(.unit), unit.count > 0,
      let name = value(.purpose), name.count > 0
    else { return false }
    guard name.buffer.elementsEqual(purpose) else { return true }
    if isNested(.withdrawn) || Self.isWithdrawn(value(.withdrawn)) {
      table.withdraw(unit)
    } else if !isNested(.from), !isNested(.until), let from = End(value(.from)),
      let until = End(value(.until))
    {
      table.grant(ConsentSpan(from: from.time, until: until.time), to: unit)
    }
    return true
  }

  /// Whether a field of CSV holds a line end, as one does after a quote that was left open.
  private var hasLineEnd: Bool {
    guard reader.header != nil else { return false }
    return columns.indices.contains { index in
      reader[index]?.buffer.contains(UInt8(ascii: "\n")) ?? false
    }
  }

  private func value(_ column: ConsentColumn) -> ByteSlice? {
    columns.firstIndex(of: column).flatMap { reader[$0] }
  }

  private func isNested(_ column: ConsentColumn) -> Bool {
    columns.firstIndex(of: column).map { reader.isNested($0) } ?? false
  }

  /// Anything that does not plainly say no: of a withdrawal no more is asked than that it is there.
  private static func isWithdrawn(_ text: ByteSlice?) -> Bool {
    guard let text, text.count > 0 else { return false }
    return !(text.isWord("false") || text.isWord("0") || text.isWord("no"))
  }

  /// An end of a span; `nil` for a text that is no time.
  private struct End {
    let time: Int64?

    init?(_ text: ByteSlice?) {
      guard let text, text.count > 0 else {
        time = nil
        return
      }
      guard let seconds = Timestamp.seconds(text) else { return nil }
      time = seconds
    }
  }
}
