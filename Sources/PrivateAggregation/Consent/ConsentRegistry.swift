// ConsentRegistry.swift: reads a registry of consents into a table.
// Reference: `docs/consent.md`.
// SPDX-License-Identifier: Apache-2.0

import Glibc

extension ConsentTable {
  /// Reads the rows of a registry that are about one purpose.
  ///
  /// A registry is CSV or JSON Lines, plain or compressed, with the columns `unit` and `purpose` and,
  /// where they are used, `from`, `until` and `withdrawn`. A row that cannot be decoded, without a
  /// unit, or with an end that cannot be read grants nothing. One whose `withdrawn` holds anything but
  /// nothing, `false`, `0` or `no` takes its unit out, whatever else it or another row holds.
  ///
  /// - Privacy: What it throws depends on the header and the disk alone, never on a row.
  /// - Throws: `ConsentRegistryError` where the registry as a whole cannot be read.
  static func read(
    _ request: ConsentRequest,
    hash: SipHash
  ) throws(ConsentRegistryError) -> ConsentTable {
    let path = request.registry
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG,
      status.st_mode & S_IFMT != S_IFDIR
    {
      throw ConsentRegistryError(path: path, kind: nil)
    }
    do throws(SignalFileError) {
      let (reader, columns) = try open(path)
      return try read(reader, columns, Array(request.purpose.utf8), hash)
    } catch {
      throw ConsentRegistryError(path: path, kind: error.kind)
    }
  }

  /// The same under a key of its own, drawn afresh.
  static func read(_ request: ConsentRequest) throws(ConsentRegistryError) -> ConsentTable {
    let words = ChoiceKey.drawn().words
    return try read(request, hash: SipHash(key: (words.0, words.1)))
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

  private static func read(
    _ reader: SignalReader,
    _ columns: [ConsentColumn],
    _ purpose: [UInt8],
    _ hash: SipHash
  ) throws(SignalFileError) -> ConsentTable {
    let table = ConsentTable(hash: hash)
    func value(_ column: ConsentColumn) -> ByteSlice? {
      columns.firstIndex(of: column).flatMap { reader[$0] }
    }
    var step = try reader.next()
    while step != .end {
      if step == .record, let unit = value(.unit), unit.count > 0, let name = value(.purpose),
        name.buffer.elementsEqual(purpose)
      {
        if Self.isWithdrawn(value(.withdrawn)) {
          table.withdraw(unit)
        } else if let from = End(value(.from)), let until = End(value(.until)) {
          table.grant(ConsentSpan(from: from.time, until: until.time), to: unit)
        }
      }
      step = try reader.next()
    }
    table.seal()
    return table
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
