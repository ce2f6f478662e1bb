// Release+Encoding.swift: a release as canonical JSON: keys sorted, one cell a line.
// Reference: `docs/formats.md`, section "release.json and counts.csv".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseBody {
  /// The bytes that the ledger keeps and hashes: `release.json` without its certificate.
  ///
  /// - Precondition: No key of the query is named like a measure, and every cell has a value for
  ///   each key and a count for each measure.
  /// - Complexity: O(n) in the number of cells; nothing is allocated per cell.
  public func encoded() -> [UInt8] {
    encoded(with: nil)
  }

  /// The document, with or without a certificate; every member of the top object is on a line of
  /// its own, so that taking the line of the certificate away leaves the body.
  func encoded(with certificate: Certificate?) -> [UInt8] {
    var writer = JSONWriter()
    writer.bytes.reserveCapacity(2048 + cells.count * 32 * max(1, query.keys.count))
    writer.raw("{\n\"bounds\":")
    writer.bounds(bounds)
    writer.raw(",\n\"cells\":[")
    writer.cells(of: self)
    writer.raw("],\n")
    if let certificate { writer.certificate(line: certificate) }
    if let continual {
      writer.raw("\"continual\":")
      writer.continual(continual)
      writer.raw(",\n")
    }
    writer.raw("\"created\":")
    writer.string(created)
    writer.raw(",\n\"dataset\":")
    writer.string(dataset)
    if let hierarchy {
      writer.raw(",\n\"hierarchy\":")
      writer.hierarchy(hierarchy)
    }
    writer.raw(",\n\"id\":")
    writer.string(id.description)
    writer.raw(",\n\"measures\":[")
    for (index, measure) in measures.enumerated() {
      writer.raw(index > 0 ? ",\n" : "\n")
      writer.measure(measure)
    }
    writer.raw("\n],\n\"name\":")
    writer.string(name)
    if let places {
      writer.raw(",\n\"places\":")
      writer.places(places)
    }
    writer.raw(",\n\"privacy\":{\"delta\":")
    writer.rational(privacy.loss.delta)
    writer.raw(",\"epsilon\":")
    writer.rational(privacy.loss.epsilon)
    if let person = privacy.person { writer.person(person) }
    writer.raw(",\"relation\":")
    writer.string(Certificate.relation)
    writer.raw(",\"unit\":")
    writer.string(privacy.unit.rawValue)
    writer.raw("},\n\"query\":")
    writer.query(query)
    writer.raw(",\n\"remaining\":")
    writer.remaining(remaining)
    if let schedule {
      writer.raw(",\n\"schedule\":")
      writer.schedule(schedule)
    }
    if let selection {
      writer.raw(",\n\"selection\":")
      writer.selection(selection)
    }
    writer.raw(",\n\"spec_sha256\":")
    writer.string(specSHA256)
    if let statistics {
      writer.raw(",\n\"statistics\":")
      writer.statistics(statistics)
    }
    writer.raw("\n}\n")
    return writer.bytes
  }
}

extension Release {
  /// The bytes of `release.json`, the same for every replay.
  ///
  /// - Complexity: O(n) in the number of cells.
  public func encoded() -> [UInt8] {
    body.encoded(with: certificate)
  }

  /// The same from the bytes of the body, where the cells need not be written again.
  ///
  /// - Precondition: `bytes` are those of the body.
  /// - Complexity: O(n) in bytes, which are copied.
  public func encoded(from bytes: [UInt8]) -> [UInt8] {
    // The member that comes next; no string has a line feed in it, so nothing else stands at the
    // beginning of a line like this.
    let next = body.continual == nil ? "created" : "continual"
    let mark = Array("\n\"\(next)\":".utf8)
    var cut = bytes.count - mark.count
    while cut > 0, bytes[cut] != mark[0] || !bytes[cut...].starts(with: mark) { cut -= 1 }
    guard cut > 0 else { return encoded() }
    cut += 1
    var writer = JSONWriter()
    writer.bytes.reserveCapacity(bytes.count + 4096)
    writer.bytes.append(contentsOf: bytes[..<cut])
    writer.certificate(line: certificate)
    writer.bytes.append(contentsOf: bytes[cut...])
    return writer.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func certificate(line certificate: Certificate) {
    raw("\"certificate\":")
    self.certificate(certificate)
    raw(",\n")
  }

  fileprivate mutating func bounds(_ bounds: ContributionBounds) {
    raw("{\"cells_per_unit\":")
    integer(Int64(bounds.cellsPerUnit))
    raw(",\"signals_per_cell\":")
    integer(Int64(bounds.signalsPerCell))
    if let total = bounds.signalsPerUnit {
      raw(",\"signals_per_unit\":")
      integer(Int64(total))
    }
    raw("}")
  }

  fileprivate mutating func measure(_ measure: ReleasedMeasure) {
    raw("{\"confidence\":")
    rational(measure.confidence)
    raw(",\"epsilon\":")
    rational(measure.epsilon)
    grid(of: measure.measure)
    raw(",\"half_width\":")
    integer(measure.halfWidth)
    raw(",\"mechanism\":")
    string(Certificate.mechanism)
    raw(",\"name\":")
    string(measure.measure.rawValue)
    range(of: measure.measure)
    raw(",\"scale\":")
    rational(measure.scale)
    raw(",\"sensitivity\":")
    integer(measure.sensitivity)
    raw(",\"simultaneous_half_width\":")
    integer(measure.simultaneousHalfWidth)
    raw("}")
  }

  fileprivate mutating func query(_ query: ReleaseQuery) {
    raw("{\"consent\":")
    consent(query)
    raw(",\"filters\":{")
    let columns = query.filters.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for (index, column) in columns.enumerated() {
      if index > 0 { raw(",") }
      name(column)
      strings(query.filters[column] ?? [])
    }
    raw("},\"keys\":[")
    for (index, key) in query.keys.enumerated() {
      if index > 0 { raw(",") }
      list(key, named: true)
    }
    raw("],\"nonnegative\":")
    boolean(query.nonnegative)
    if let window = query.window {
      precondition(window.count == 2, "a window with two ends")
      raw(",\"window\":{\"from\":")
      string(window[0])
      raw(",\"to\":")
      string(window[1])
      raw("}")
    }
    raw("}")
  }

  fileprivate mutating func remaining(_ remaining: RemainingBudget) {
    raw("{")
    let parts = [
      ("analyst", remaining.analyst), ("daily", remaining.daily), ("lifetime", remaining.lifetime),
    ]
    var first = true
    for case (let part, let loss?) in parts {
      if !first { raw(",") }
      first = false
      name(part)
      raw("{\"delta\":")
      rational(loss.delta)
      raw(",\"epsilon\":")
      rational(loss.epsilon)
      raw("}")
    }
    raw("}")
  }
}
