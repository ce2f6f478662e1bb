// CountsCSV.swift: the cells of a release as comma-separated values.
// Reference: [RFC4180]; `docs/formats.md`, section "release.json and counts.csv".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// The cells of a release as comma-separated values, one row each.
///
/// The columns are the keys in the order of the query, then for each measure its noisy count and
/// its half-width, the same in every row; sums are in units of the value. Behind them stand means,
/// shares and quantiles, each with the ends of its interval, empty where one is left out. Fields are quoted where [RFC4180] asks for it or a space
/// stands at an end; rows end with a line feed. Listed values are never altered: one that a
/// spreadsheet takes for a formula stays as it was listed, so import such columns as text. Of values
/// that were found in signals, one that begins with `=`, `+`, `-`, `@` or a tab gets a single quote in
/// front, and so does one that begins with single quotes and then one of these. What was not selected
/// is a last row with empty values, which no cell has.
///
/// - Privacy: Post-processing of a release; it costs nothing.
/// - Reference: [RFC4180] section 2.
public enum CountsCSV {
  /// The text of `counts.csv`.
  ///
  /// - Complexity: O(n) in the number of cells.
  public static func text(of release: Release) -> String {
    String(decoding: bytes(of: release), as: UTF8.self)
  }

  /// The same as bytes.
  public static func bytes(of release: Release) -> [UInt8] {
    let body = release.body
    if let levels = HierarchyView(body) { return bytes(of: body, levels) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 + body.cells.count * 48)
    var header = body.query.keys.map(\.name)
    for measure in body.measures {
      header.append(measure.measure.rawValue)
      header.append(measure.measure.rawValue + "_half_width")
    }
    let derived = StatisticsColumn.all(of: body)
    for column in derived {
      header += [column.name, column.name + "_low", column.name + "_high"]
    }
    for (index, name) in header.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(name, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    let isFound = body.query.keys.map { body.selection?.keys.contains($0.name) == true }
    let halfWidths = body.measures.map { Array(",\($0.measure.written($0.halfWidth))".utf8) }
    let ranges = body.measures.map(\.measure.range)
    for (index, cell) in body.cells.enumerated() {
      var isFirst = true
      for (value, isFound) in zip(cell.values, isFound) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        append(isFound && startsFormula(value) ? "'" + value : value, to: &bytes)
      }
      for (place, (count, halfWidth)) in zip(cell.counts, halfWidths).enumerated() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        if ranges[place] == nil {
          append(count, to: &bytes)
        } else {
          bytes.append(
            contentsOf: body.measures[place].measure.written(BigInteger(count)).utf8
          )
        }
        bytes.append(contentsOf: halfWidth)
      }
      for column in derived {
        let text = column.written(index)
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(contentsOf: "\(text.estimate),\(text.low),\(text.high)".utf8)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    if let other = body.selection?.other {
      for index in body.query.keys.indices {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append("", to: &bytes)
      }
      for (measure, halfWidth) in zip(body.measures, halfWidths) {
        bytes.append(contentsOf: ",\(other[measure.measure.rawValue] ?? 0)".utf8)
        bytes.append(contentsOf: halfWidth)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func append(_ count: Int64, to bytes: inout [UInt8]) {
    if count < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = count.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// Whether a spreadsheet may take a value for a formula, now or once it has lost a quote.
  private static func startsFormula(_ value: String) -> Bool {
    let first = value.utf8.first { $0 != UInt8(ascii: "'") }
    return first.map { "=+-@\t".utf8.contains($0) } ?? false
  }

  static func append(_ field: String, to bytes: inout [UInt8]) {
    let text = field.utf8
    let space = UInt8(ascii: " ")
    var field = field
    let mustQuote = field.withUTF8 { buffer in
      var isSpecial = buffer.isEmpty || buffer.first == space || buffer.last == space
      for byte in buffer {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: isSpecial = true
        default: break
        }
      }
      if !isSpecial { bytes.append(contentsOf: buffer) }
      return isSpecial
    }
    guard mustQuote else { return }
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
